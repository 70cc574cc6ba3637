"""Relations and parses, made and changed as a person would, and what is stored then."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.annotator import Annotator, write_tasks

pytestmark = pytest.mark.browser

LABELS = {"labels": ["founded", "works for", "near"], "relations_span_labels": ["PERSON", "ORG"]}
JOBS = "Steve Jobs founded Apple in Cupertino"


def task(text: str, **more: Any) -> dict[str, Any]:
    """A text with its words and signs as tokens."""
    tokens = [
        {"text": one.group(), "start": one.start(), "end": one.end(), "id": place, "ws": text[one.end() :][:1] == " "}
        for place, one in enumerate(re.finditer(r"\w+|[^\w\s]", text))
    ]
    return {"text": text, "tokens": tokens, **more}


def span(of: dict[str, Any], first: int, last: int, label: str | None) -> dict[str, Any]:
    """Tokens of a task as a span."""
    tokens = of["tokens"]
    ends = {"start": tokens[first]["start"], "end": tokens[last]["end"]}
    return {**ends, "token_start": first, "token_end": last, "label": label}


def jobs(text: str = JOBS, **more: Any) -> dict[str, Any]:
    """A text with two spans."""
    plain = task(text)
    return {**plain, "spans": [span(plain, 0, 1, "PERSON"), span(plain, 3, 3, "ORG")], **more}


class Relator(Annotator):
    """A person who draws relations."""

    def ready(self) -> None:
        super().ready()
        expect(self.page.locator(".pf-rel-canvas[data-ready=true], .pf-cannot, .pf-done").first).to_be_visible()

    def word(self, place: int) -> Locator:
        return self.page.locator(f'[data-token="{place}"]')

    def arc(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def arcs(self) -> Locator:
        return self.page.locator(".pf-rel-label")

    @property
    def said(self) -> Locator:
        return self.page.locator(".pf-rel-now")

    def tool(self, name: str) -> Locator:
        return self.page.locator(".pf-rel-strip").get_by_role("button", name=name)

    def label(self, name: str) -> Locator:
        return self.page.locator("[data-shown=true]").get_by_role("radio", name=name)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, first: int, last: int) -> None:
        """Drag with the mouse from one word to another."""
        (x, y), (to_x, to_y) = self.middle(first), self.middle(last)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=3)
        self.page.mouse.move(to_x, to_y, steps=3)
        self.page.mouse.up()

    def middle(self, place: int) -> tuple[float, float]:
        box = self.word(place).bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def relate(serve, open_page, tmp_path):
    """Open a page with tasks of the view."""

    def start(*tasks, view_id="relations", config=None, **page_options):
        overrides = json.dumps(config or LABELS)
        source = write_tasks(tmp_path / "tasks.jsonl", tasks)
        server = serve(source, view_id=view_id, PRODFLOW_CONFIG_OVERRIDES=overrides)
        return Relator(open_page(**page_options), server)

    return start


def test_relations_by_mouse(relate):
    page = relate(jobs(), jobs(JOBS.replace("in", "at")))
    page.word(0).click()
    expect(page.said).to_have_text("Head: Steve Jobs. Now pick the child.")
    page.word(3).click()
    expect(page.arc("founded: Steve Jobs to Apple")).to_be_visible()
    page.label("near").click()
    page.drag(3, 5)
    page.arc("near: Apple to Cupertino").click()
    page.label("works for").click()
    page.tool("Turn round").click()
    expect(page.arc("works for: Cupertino to Apple")).to_have_attribute("aria-pressed", "true")
    page.press("a")

    page.word(4).click()
    page.word(4).click()
    expect(page.said).to_contain_text("“at” cannot be related to itself")
    page.word(0).click()
    page.word(3).click()
    page.word(1).click()
    page.word(3).click()
    expect(page.said).to_contain_text("there already")
    expect(page.arcs).to_have_count(1)
    page.tool("Remove").click()
    expect(page.arcs).to_have_count(0)
    expect(page.said).to_contain_text("Removed: works for: Steve Jobs to Apple. Ctrl Z brings it back.")
    page.keys("Control+z")
    expect(page.arcs).to_have_count(1)
    page.keys("Control+Shift+Z")
    expect(page.arcs).to_have_count(0)
    page.word(0).click()
    page.keys("Escape")
    page.press("x")

    first, second = page.stored()
    person, org = jobs()["spans"]
    assert [{**one, "color": None} for one in first["relations"]] == [
        {"head": 1, "child": 3, "label": "founded", "head_span": person, "child_span": org, "color": None},
        {
            "head": 5,
            "child": 3,
            "label": "works for",
            "head_span": span(task(JOBS), 5, 5, None),
            "child_span": org,
            "color": None,
        },
    ]
    assert all(re.fullmatch("#[0-9a-f]{6}", one["color"]) for one in first["relations"])
    assert first["spans"] == jobs()["spans"]
    assert (second["answer"], second["relations"]) == ("reject", [])


def test_relations_and_spans_by_keyboard_alone(relate):
    page = relate(jobs(), task("One more text"))
    page.keys("ArrowRight", "Enter", "ArrowRight", "ArrowRight", "Enter")
    expect(page.arc("founded: Steve Jobs to Apple")).to_be_visible()
    page.keys("2", "End", "Enter", "ArrowLeft", "ArrowLeft", "Shift+Enter", "3", "Home", "Enter")
    assert page.arcs.count() == 3
    page.keys("Tab")
    expect(page.arc("founded: Steve Jobs to Apple")).to_be_focused()
    page.keys("ArrowRight", "t", "ArrowRight", "2", "Delete")
    expect(page.said).to_contain_text("Removed: works for: Cupertino to Apple")
    expect(page.arc("near: Steve Jobs to Cupertino")).to_be_focused()
    page.keys("Escape", "m", "Home", "ArrowRight", "ArrowRight", "Enter", "ArrowRight", "2", "Enter")
    expect(page.said).to_contain_text("Made: ORG, founded Apple")
    page.keys("Home", "Delete")
    expect(page.said).to_contain_text("went with it")
    page.keys("Control+z")
    page.press("a")
    page.keys("Backspace")
    expect(page.arcs).not_to_have_count(0)
    page.press("a", "Space")

    first = page.stored()[0]
    assert [(one["token_start"], one["token_end"], one["label"]) for one in first["spans"]] == [
        (0, 1, "PERSON"),
        (2, 3, "ORG"),
    ]
    assert [(one["head"], one["child"], one["label"]) for one in first["relations"]] == [
        (1, 3, "founded"),
        (1, 5, "near"),
    ]
    assert first["relations"][0]["child_span"] == span(task(JOBS), 2, 3, "ORG")
