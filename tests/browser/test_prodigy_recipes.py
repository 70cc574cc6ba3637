"""Recipes written for Prodigy, unchanged, in the real browser: what they show, and what is stored."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.annotator import DESKTOP, Annotator, exported
from tests.browser.test_spans import Marker
from tests.compat.test_recipes import png
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

RECIPES = Path(__file__).parents[1] / "compat" / "recipes"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": f"text {number}"}) + "\n" for number in range(6)))
    (folder / "apples.jsonl").write_text('{"text": "Apple it is"}\n{"text": "Nothing"}\n')
    (folder / "fruits.txt").write_text("I eat an apple. It was red.\nAn apple, red as an apple.\n")
    (folder / "patterns.jsonl").write_text('{"label": "FRUIT", "pattern": "apple"}\n')
    (folder / "rows.csv").write_text("text\nAn apple a day\nNothing here\n")
    (folder / "photos").mkdir()
    for number in range(2):
        png(folder / "photos" / f"{number}.png", 60 + number, 40)
    return folder


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Page]:
    """One page for all, as an annotator has who goes from one project to the next."""
    context = chromium.new_context(**DESKTOP)
    context.set_default_timeout(10_000)
    problems: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def start(home: Path, page: Page) -> Iterator["Start"]:
    with ExitStack() as stack:

        def start(file: str, name: str, *arguments: object, session: str | None = None) -> Marker:
            command = (name, "set", *arguments, "-F", RECIPES / file)
            imports = ("spacy",) if "entities" in file or "csv" in file else ()
            return Marker(page, stack.enter_context(ServerProcess(home, *command, imports=imports)), session)

        yield start


Start = Callable[..., Marker]


def stored(annotator: Annotator, home: Path) -> list[dict]:
    annotator.saved()
    return exported(home)


def test_survey_blocks(start: Start, data, home):
    """Blocks, a template with a button that calls the recipe's script, a style sheet, answers rewritten."""
    said = []
    annotator = start("survey_blocks.py", "survey-blocks", data / "texts.jsonl")
    page = annotator.page
    page.on("console", lambda message: said.append(message.text))
    title = page.locator(".survey-title")
    expect(title).to_have_text("Question 0")
    expect(title).to_have_css("color", "rgb(102, 51, 153)")
    expect(annotator.button("Reject")).to_have_count(0)

    page.get_by_role("button", name="Shout").click()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.get_by_label("Comment").fill("fine")
    page.keyboard.press("Escape")
    annotator.press("a")
    expect(title).to_have_text("Question 1")

    [answer] = stored(annotator, home)
    assert (answer["text"], answer["accept"], answer["comment"]) == ("TEXT 0", ["yes", "no"], "fine")
    assert answer["year"] > 2000
    assert "options" not in answer
    assert any(words.startswith("accept") for words in said)


def test_change_model(start: Start, home):
    """The page's script calls an event hook of the recipe, and shows what that made of the task."""
    annotator = start("change_model.py", "change-model")
    expect(annotator.card).to_contain_text("OLD")

    while not annotator.page.evaluate("'refresh' in window"):
        annotator.page.wait_for_timeout(20)
    annotator.page.evaluate("refresh('NEWER')")
    expect(annotator.card).to_contain_text("NEWER")
    annotator.press("a")
    annotator.page.evaluate("prodigy.event('switch', { words: ['again'] })")
    annotator.press("x")
    annotator.ready()
    expect(annotator.text).to_have_text("AGAIN")

    first, second = stored(annotator, home)
    assert (first["text"], first["label"], first["answer"]) == ("A", "NEWER", "accept")
    assert (second["text"], second["answer"]) == ("B", "reject")


def test_older_forms(start: Start, data):
    """HTML made by the recipe; nothing is stored."""
    annotator = start("older_forms.py", "older-forms", data / "texts.jsonl", "-l", "GOOD")
    expect(annotator.card.locator("b")).to_have_text("text 0")
    expect(annotator.card).to_contain_text("GOOD")

    annotator.press("Space")

    expect(annotator.card.locator("b")).to_have_text("text 1")
    assert [answer["answer"] for answer in annotator.stored()] == ["ignore"]


def test_choose_options(start: Start, data, home):
    """Options under a picture, and a rule for answers that is the recipe's own."""
    annotator = start("choose_options.py", "choose-options", data / "photos", "-l", "CAT,DOG,COW", "-M")
    page = annotator.page
    expect(annotator.card.get_by_role("img").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Select at least one option!")).to_be_visible()

    page.get_by_text("DOG").click()
    annotator.press("a")

    [answer] = stored(annotator, home)
    assert (answer["accept"], answer["options"][1]) == ([1], {"id": 1, "text": "DOG"})
    assert answer["image"] == str(data / "photos" / "0.png")


def test_detect_boxes(start: Start, data, home):
    """Pictures as data URIs, with a shape each; stored as paths."""
    annotator = start("detect_boxes.py", "detect-boxes", data / "photos", "-R")
    expect(annotator.card).to_contain_text("LEFT")

    annotator.press("a")
    expect(annotator.card).to_contain_text("RIGHT")
    annotator.press("x")

    answers = stored(annotator, home)
    assert [(answer["spans"][0]["label"], answer["answer"]) for answer in answers] == [
        ("LEFT", "accept"),
        ("RIGHT", "reject"),
    ]
    assert {answer["image"] for answer in answers} == {str(data / "photos" / "0.png")}


def test_pattern_entities(start: Start, data, home):
    """What patterns match is marked, and a word more by a double click."""
    arguments = ("en", data / "fruits.txt", "-pt", data / "patterns.jsonl", "-l", "FRUIT")
    annotator = start("pattern_entities.py", "pattern-entities", *arguments)
    expect(annotator.card).to_contain_text("I eat an apple.")
    expect(annotator.page.get_by_role("list", name="Spans")).to_have_text("FRUIT: apple")

    eat = annotator.place("eat")
    annotator.page.mouse.dblclick(eat["x"], eat["y"])
    annotator.press("a")

    [answer] = stored(annotator, home)
    marked = [(answer["text"][span["start"] : span["end"]], span["label"]) for span in answer["spans"]]
    assert marked == [("eat", "FRUIT"), ("apple", "FRUIT")]
    assert answer["spans"][1]["pattern"] == 0


def test_suggest_entities(start: Start, data, home):
    annotator = start("suggest_entities.py", "suggest-entities", data / "apples.jsonl")
    expect(annotator.card).to_contain_text("Apple it is")

    annotator.press("a")

    [answer] = stored(annotator, home)
    [span] = answer["spans"]
    assert (span["label"], span["token_start"], span["token_end"]) == ("ORG", 0, 0)


def test_text_review(start: Start, data, home):
    annotator = start("text_review.py", "text-review", data / "texts.jsonl", "-v", "text")
    expect(annotator.text).to_have_text("text 0")

    annotator.press("a", "x", "Space", "a")

    answers = stored(annotator, home)
    assert [answer["answer"] for answer in answers] == ["accept", "reject", "ignore", "accept"]
    assert {answer["_view_id"] for answer in answers} == {"text"}


def test_uncertain_texts(start: Start, data, home):
    """A model that learns while questions are asked; its progress is on the page."""
    annotator = start("uncertain_texts.py", "uncertain-texts", data / "texts.jsonl", "--label", "NEWS")
    expect(annotator.card).to_contain_text("NEWS")

    annotator.press("a")

    [answer] = stored(annotator, home)
    assert (answer["label"], answer["meta"]["score"]) == ("NEWS", 0.5)


def test_newer_forms(start: Start, home):
    annotator = start("newer_forms.py", "newer.forms", "--label", "CAT,DOG", "-E")

    annotator.page.keyboard.press("2")
    annotator.page.keyboard.press("1")
    annotator.press("a")

    [answer] = stored(annotator, home)
    assert answer["accept"] == ["CAT"]


def test_csv_project(start: Start, data, home):
    """Four blocks: HTML, spans to mark, options, a note; nobody is told of errors that are none."""
    arguments = (data / "rows.csv", "-l", "A|B", "-pt", data / "patterns.jsonl")
    annotator = start("csv_project.py", "csv.project", *arguments)
    expect(annotator.card.locator("em").first).to_have_text("An")
    expect(annotator.page.get_by_role("list", name="Spans")).to_have_text("FRUIT: apple")
    expect(annotator.page.get_by_role("checkbox", name="A", exact=True)).to_be_checked()

    annotator.page.locator(".pf-option", has_text="B").click()
    annotator.page.get_by_role("textbox").last.fill("noted")
    annotator.page.keyboard.press("Escape")
    annotator.press("a")

    [answer] = stored(annotator, home)
    assert (answer["accept"], answer["note"], len(answer["spans"])) == (["opt_A", "opt_B"], "noted", 1)
    expect(annotator.page.get_by_text("script has an error")).to_have_count(0)


def test_targets(start: Start):
    """A named session with a target of its own gets no more than that."""
    annotator = start("targets.py", "targets", session="alex")

    annotator.press("a", "a")

    expect(annotator.card).to_contain_text("The target of 2 answers is reached")
    assert len(annotator.stored()) == 2


def test_wrap_mark(start: Start, home):
    annotator = start("wrap_mark.py", "wrap-mark", "-n", 2)
    expect(annotator.card).to_contain_text("mark")

    annotator.press("x")

    [answer] = stored(annotator, home)
    assert (answer["text"], answer["meta"]) == ("text 0", {"via": "mark"})


def test_route_by_confidence(start: Start, home):
    annotator = start("route_by_confidence.py", "route-by-confidence", session="claire")

    annotator.press("a")

    [answer] = stored(annotator, home)
    assert (answer["text"], answer["_session_id"], answer["_annotator_id"]) == ("text 0", "set-claire", "claire")
