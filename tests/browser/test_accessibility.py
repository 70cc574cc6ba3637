"""axe-core finds nothing to object to, in any view, light and dark, large and small."""

import json

import pytest
from playwright.sync_api import expect

from prodflow.samples import fashion_images
from tests.browser.annotator import PHONE, Annotator, texts, write_tasks

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
VIOLATIONS = "rules => axe.run(rules).then(found => found.violations)"  # all else is large and would be sent too


def check(page):
    from axe_playwright_python.base import AXE_SCRIPT

    page.wait_for_timeout(250)  # colours that are still fading in would be measured wrongly
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(VIOLATIONS, RULES)
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def view_tasks(folder):
    photo = str(next(iter(sorted(fashion_images(folder, limit=1).iterdir()))))
    options = [{"id": name, "text": name} for name in ("Business", "Sports")]
    points = [[2, 2], [2, 20], [20, 20], [20, 2]]
    return [
        {"_view_id": "text", "text": "One text", "meta": {"source": "somewhere", "score": 0.5}},
        {"_view_id": "classification", "image": photo, "label": "SANDAL"},
        {"_view_id": "choice", "text": "Which one", "options": options},
        {"_view_id": "image", "image": photo, "spans": [{"label": "STRAP", "points": points}]},
        {"_view_id": "html", "html": "<h2>Title</h2><p>Some <b>words</b></p>"},
        {"_view_id": "choice"},
    ]


@pytest.mark.parametrize(("scheme", "options"), [("light", {}), ("dark", PHONE)])
def test_axe_finds_nothing_in_any_view(serve, open_page, tmp_path, scheme, options):
    tasks = view_tasks(tmp_path / "photos")
    no_check = json.dumps({"validate": False})
    server = serve(write_tasks(tmp_path / "t.jsonl", tasks), PRODFLOW_CONFIG_OVERRIDES=no_check)
    annotator = Annotator(open_page(color_scheme=scheme, **options), server)
    for _ in tasks:
        check(annotator.page)
        annotator.press("Space")


def test_axe_finds_nothing_in_the_help_the_history_and_the_end(serve, open_page, tmp_path):
    server = serve(write_tasks(tmp_path / "t.jsonl", texts(2)))
    annotator = Annotator(open_page(color_scheme="dark"), server)
    annotator.page.keyboard.press("?")
    check(annotator.page)
    annotator.page.keyboard.press("Escape")
    annotator.press("a")
    annotator.history.first.click()
    expect(annotator.card).to_contain_text("Answered before")
    check(annotator.page)
    annotator.page.keyboard.press("Escape")
    annotator.press("x")
    expect(annotator.card).to_contain_text("Nothing more for now")
    check(annotator.page)


def test_axe_finds_nothing_in_the_drawer(serve, open_page, tmp_path):
    annotator = Annotator(open_page(**PHONE), serve(write_tasks(tmp_path / "t.jsonl", texts(2))))
    annotator.press("a")
    annotator.page.get_by_role("button", name="Open the sidebar").tap()
    expect(annotator.page.locator(".pf-sidebar")).to_be_visible()
    check(annotator.page)
