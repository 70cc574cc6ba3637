"""The dashboard in the real browser: live, in both themes, on a phone, and on paper."""

import re

import pytest
from playwright.sync_api import expect

from prodflow.samples import fashion_images, fashion_labels
from tests.browser.annotator import PHONE
from tests.browser.test_accessibility import check
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

LABELS = "SNEAKER,SANDAL,OTHER"


@pytest.fixture
def server(home, tmp_path):
    images = fashion_images(tmp_path / "images", limit=12)
    mark = ("mark", "clothes", images, "--view-id", "choice", "--label", LABELS, "--feed-overlap")
    with ServerProcess(home, *mark) as server:
        yield server


def answer_all(server, name, pick):
    session = f"clothes-{name}"
    while tasks := server.questions(session):
        picked = [{"_task_hash": task["_task_hash"], "answer": "accept", "accept": [pick(task)]} for task in tasks]
        server.answer(*picked, session_id=session)


def true_label(task):
    label = fashion_labels()[task["meta"]["file"]]
    return label if label in LABELS.split(",") else "OTHER"


def open_dashboard(page, server):
    page.goto(server.address + "dashboard")
    expect(page.get_by_role("heading", level=1)).to_have_text("clothes")
    return page


def test_the_dashboard_follows_the_work(server, open_page):
    page = open_dashboard(open_page(color_scheme="light"), server)
    expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.locator("#panel-headline")).to_contain_text("none yet")
    answer_all(server, "ada", true_label)
    expect(page.locator("#panel-people")).to_contain_text("ada", timeout=20_000)
    expect(page.locator("#panel-agreement")).to_contain_text("two annotators", timeout=20_000)
    answer_all(server, "bob", lambda task: "SANDAL" if true_label(task) == "SNEAKER" else true_label(task))
    agreement = page.locator("#panel-agreement")
    expect(agreement.locator("table.pairs")).to_contain_text(re.compile(r"0\.\d\d"), timeout=30_000)
    cards = page.locator("#panel-disagreements .cards > li")
    expect(cards.first).to_contain_text("SNEAKER", timeout=30_000)
    picture = cards.first.locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 28

    agreement.locator("details").first.locator("summary").click()
    answer_all(server, "cy", true_label)
    expect(page.locator("#panel-headline")).to_contain_text("36 accepted", timeout=20_000)
    expect(agreement.get_by_role("row", name=re.compile("^cy"))).to_be_visible(timeout=60_000)
    assert agreement.locator("details").first.evaluate("details => details.open"), "what was opened stays open"
    check(page)


def test_a_phone_in_the_dark_shows_it_in_its_width(server, open_page):
    for name in ("ada", "bob"):
        answer_all(server, name, true_label)
    page = open_dashboard(open_page(**PHONE, color_scheme="dark"), server)
    expect(page.locator("#panel-agreement")).to_contain_text("alpha", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check(page)


def test_it_says_when_the_server_is_gone(home, open_page, tmp_path):
    (tmp_path / "t.jsonl").write_text('{"text": "a"}\n')
    with ServerProcess(home, "mark", "clothes", tmp_path / "t.jsonl", "--view-id", "text") as server:
        page = open_dashboard(open_page(), server)
        expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.get_by_role("status")).to_contain_text("cannot be reached")
