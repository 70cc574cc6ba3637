"""Each view, driven as a person would, and what is stored then."""

import json
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from prodflow.samples import fashion_images
from tests.browser.annotator import PHONE, Annotator, exported, texts, write_tasks

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fashion_images(tmp_path_factory.mktemp("photos"), limit=12)


def picture_size(annotator: Annotator) -> tuple[int, int]:
    box = annotator.page.locator(".pf-picture img").bounding_box()
    assert box
    return round(box["width"]), round(box["height"])


def test_classification_of_images_by_keys(serve, open_page, photos, home):
    server = serve(photos, "--loader", "images", "--label", "SANDAL", view_id="classification")
    annotator = Annotator(open_page(), server)

    expect(annotator.page.locator(".pf-label")).to_have_text("SANDAL")
    width, height = picture_size(annotator)
    assert width == height and width % 28 == 0 and width >= 448, "a small picture is enlarged by a whole factor"
    style = "element => getComputedStyle(element).imageRendering"
    assert annotator.page.locator(".pf-picture img").evaluate(style) == "pixelated"
    annotator.press("a", "x", "Space", "f", "a")
    annotator.saved()

    answers = exported(home)
    assert [answer["answer"] for answer in answers] == ["accept", "reject", "ignore", "accept"]
    assert [answer.get("flagged", False) for answer in answers] == [False, False, False, True]
    assert {answer["label"] for answer in answers} == {"SANDAL"}


def test_text_by_mouse_and_the_space_bar_still_ignores_after_a_click(serve, open_page, tmp_path):
    annotator = Annotator(open_page(), serve(write_tasks(tmp_path / "t.jsonl", texts(5))))

    annotator.button("Accept").click()
    expect(annotator.text).to_have_text("Headline number 1")
    annotator.button("Reject").click()
    annotator.press("Space")

    assert [(a["text"][-1], a["answer"]) for a in annotator.stored()] == [
        ("0", "accept"),
        ("1", "reject"),
        ("2", "ignore"),
    ]


def test_keyboard_alone_reaches_the_buttons(serve, open_page, tmp_path):
    annotator = Annotator(open_page(), serve(write_tasks(tmp_path / "t.jsonl", texts(3))))

    button = annotator.button("Reject")
    button.focus()
    annotator.page.keyboard.press("Tab")
    annotator.page.keyboard.press("Shift+Tab")
    expect(button).to_be_focused()
    annotator.page.keyboard.press("Space")
    expect(annotator.history).to_have_count(1)

    assert annotator.stored()[0]["answer"] == "reject"


def choice_tasks(count: int) -> list[dict[str, object]]:
    options = [{"id": name.lower(), "text": name} for name in ("Business", "Sports", "Politics")]
    return [{**task, "options": options} for task in texts(count)]


def test_choice_by_number_keys_and_clicks(serve, open_page, tmp_path):
    server = serve(write_tasks(tmp_path / "t.jsonl", choice_tasks(4)), view_id="choice")
    annotator = Annotator(open_page(), server)

    annotator.press("2", "1", "a")
    expect(annotator.text).to_have_text("Headline number 1")
    annotator.page.get_by_text("Politics", exact=True).click()
    annotator.press("a")
    annotator.press("3", "3", "a")

    assert [answer["accept"] for answer in annotator.stored()] == [["business"], ["politics"], []]


def test_choice_of_several_and_choice_that_answers_at_once(serve, open_page, tmp_path):
    several, one = choice_tasks(2)
    several["config"] = {"choice_style": "multiple"}
    one["config"] = {"choice_auto_accept": True}
    server = serve(write_tasks(tmp_path / "t.jsonl", [several, one]), view_id="choice")
    annotator = Annotator(open_page(), server)

    annotator.press("1", "3", "a")
    expect(annotator.text).to_have_text("Headline number 1")
    annotator.page.keyboard.press("2")
    expect(annotator.history).to_have_count(2)

    assert [answer["accept"] for answer in annotator.stored()] == [["business", "politics"], ["sports"]]


def test_image_with_spans_in_pixels_of_the_original(serve, open_page, tmp_path):
    Image.new("RGB", (2000, 1000), "#88aacc").save(tmp_path / "large.png")
    points = [[200, 100], [200, 500], [1000, 500], [1000, 100]]
    task = {"image": str(tmp_path / "large.png"), "spans": [{"label": "CELL", "points": points}]}
    annotator = Annotator(open_page(), serve(write_tasks(tmp_path / "t.jsonl", [task]), view_id="image"))

    expect(annotator.page.locator(".pf-shape-name")).to_have_text("CELL")
    width, height = picture_size(annotator)
    assert abs(width - 2 * height) <= 2, "a large picture is fitted, not squeezed"
    picture = annotator.page.locator(".pf-picture img").bounding_box()
    shape = annotator.page.locator(".pf-shape").evaluate(
        "element => { const {x, y, width} = element.getBoundingClientRect(); return [x, y, width]; }"
    )
    assert shape[0] - picture["x"] == pytest.approx(width * 0.1, abs=3)
    assert shape[1] - picture["y"] == pytest.approx(height * 0.1, abs=3)
    assert shape[2] == pytest.approx(width * 0.4, abs=4)


def test_html_from_a_template(serve, open_page, tmp_path):
    overrides = json.dumps({"html_template": "<h2>{{text}}</h2><p>No. <b>{{meta.number}}</b></p>"})
    server = serve(write_tasks(tmp_path / "t.jsonl", texts(2)), view_id="html", PRODFLOW_CONFIG_OVERRIDES=overrides)
    annotator = Annotator(open_page(), server)

    expect(annotator.page.locator(".pf-html h2")).to_have_text("Headline number 0")
    expect(annotator.page.locator(".pf-html b")).to_have_text("0")
    annotator.press("a")

    assert annotator.stored()[0]["answer"] == "accept"


def test_swipes_on_a_phone(serve, open_page, tmp_path):
    annotator = Annotator(open_page(**PHONE), serve(write_tasks(tmp_path / "t.jsonl", texts(5))))

    for number, (x, y) in enumerate([(180, 0), (-180, 0), (0, -220), (40, 0)]):
        expect(annotator.text).to_have_text(f"Headline number {number}")
        annotator.swipe(x, y)
    expect(annotator.text).to_have_text("Headline number 3")

    assert [answer["answer"] for answer in annotator.stored()] == ["accept", "reject", "ignore"]


def test_the_card_and_the_buttons_stay_where_they_are(serve, open_page, tmp_path):
    long = {"text": "A long story. " * 400}
    server = serve(write_tasks(tmp_path / "t.jsonl", [*texts(1), long, {"text": "Short", "meta": {"a": "b"}}]))
    annotator = Annotator(open_page(), server)

    places = []
    for _ in range(3):
        places.append((annotator.card.bounding_box(), annotator.button("Accept").bounding_box()))
        annotator.press("Space")
    assert places[0] == places[1] == places[2]
    expect(annotator.card).to_contain_text("Nothing more for now")
    assert annotator.card.bounding_box() == places[0][0]
