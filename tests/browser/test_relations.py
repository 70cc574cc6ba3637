"""Relations and parses, made and changed as a person would, and what is stored then."""

import json
import random
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.annotator import PHONE, Annotator, log, write_tasks
from tests.browser.test_accessibility import check

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
    expect(page.said).to_have_text("Head: “Steve Jobs”. Now pick the child.")
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


def test_spans_by_mouse(relate):
    page = relate(jobs(relations=[{"head": 1, "child": 3, "label": "founded", "score": 0.5}]))
    page.tool("Spans").click()
    page.label("ORG").click()
    page.drag(5, 4)
    expect(page.said).to_have_text("Made: ORG, in Cupertino.")
    page.drag(2, 3)
    page.word(0).click()
    page.label("ORG").click()
    page.tool("Extend").click()
    page.word(2).click()
    expect(page.said).to_contain_text("2 spans became one. 1 relation went with it")
    expect(page.arcs).to_have_count(0)
    page.tool("Take back").click()
    expect(page.arcs).to_have_count(1)
    page.word(3).click()
    page.tool("Remove").click()
    expect(page.said).to_contain_text("Removed: founded Apple, ORG. 1 relation went with it. Ctrl Z brings it back.")
    page.keys("Control+z")
    page.word(5).click()
    page.keys("Delete")
    page.press("a")

    (stored,) = page.stored()
    assert [(one["token_start"], one["token_end"], one["label"]) for one in stored["spans"]] == [
        (0, 1, "ORG"),
        (2, 3, "ORG"),
    ]
    (relation,) = stored["relations"]
    assert (relation["head"], relation["child"], relation["score"]) == (1, 3, 0.5)
    assert relation["child_span"] == {**span(task(JOBS), 2, 3, "ORG")}


def test_what_is_given_stays_and_what_cannot_be_drawn_is_named(relate):
    plain = jobs(JOBS + " 😀 today")
    plain["tokens"][2]["disabled"] = True
    relations = [
        {"head": 1, "child": 3, "label": "founded", "by": {"model": 1}},
        {"head": 2, "child": 99, "label": "lost"},
        {"head": 7, "child": 5, "label": "custom"},
    ]
    page = relate({**plain, "relations": relations}, config=LABELS | {"validate": False})
    expect(page.page.locator(".pf-rel-lost")).to_contain_text("lost (2 → 99)")
    expect(page.arcs).to_have_count(2)
    page.word(2).click(force=True)
    expect(page.said).to_have_text("“founded” is switched off and cannot be picked.")
    page.arc("custom: today to Cupertino").click()
    page.label("near").click()
    page.word(7).click()
    page.word(0).click()
    page.press("a")

    (stored,) = page.stored()
    assert stored["relations"][:2] == relations[:2]
    assert stored["relations"][2] == relations[2] | {"label": "near"}
    assert stored["relations"][3]["head_span"] == span(plain, 7, 7, None)
    assert (stored["tokens"][7]["text"], stored["tokens"][7]["start"]) == ("today", 40)


ENDS = """() => {
  const canvas = document.querySelector(".pf-rel-canvas").getBoundingClientRect();
  const words = [...document.querySelectorAll("[data-token]")].map(word => [...word.getClientRects()]);
  const far = (box, x, y) => y < box.top - 14 || y > box.bottom ? 1e9 : Math.max(box.left - x, x - box.right, 0);
  const hits = (x, y) => {
    const all = words.map(rects => Math.min(...rects.map(box => far(box, x, y))));
    const least = Math.min(...all);
    return least > 12 ? -1 : all.indexOf(least);
  };
  return [...document.querySelectorAll(".pf-rel-arc")].map(arc => {
    const path = arc.querySelector(".pf-rel-line");
    const ends = [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())];
    return [arc.dataset.arc, ...ends.map(end => hits(end.x + canvas.left, end.y + canvas.top + 10))];
  });
}"""

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(".pf-rel-label")].map(label => label.getBoundingClientRect());
  return boxes.filter((one, place) => boxes.some((other, at) => at > place && one.left < other.right - 0.5
    && other.left < one.right - 0.5 && one.top < other.bottom - 4 && other.top < one.bottom - 4)).length;
}"""


def ends_are_right(page: Relator) -> None:
    """Each line begins at its head and ends at its child."""
    arcs = page.page.evaluate(ENDS)
    assert arcs
    for name, head, child in arcs:
        ends = [tuple(map(int, end.split("-"))) for end in name.split(" ")[:2]]
        assert ends[0][0] <= head <= ends[0][1], (name, head)
        assert ends[1][0] <= child <= ends[1][1], (name, child)


WORDS = [
    "the",
    "model",
    "of",
    "protein",
    "binding",
    "activates",
    "gene",
    "expression",
    "in",
    "human",
    "cells",
    "while",
    "kinase",
    "inhibitors",
    "reduce",
    "it",
]


def large(words: int, relations: int, **more: Any) -> dict[str, Any]:
    """A long text with many relations, most of them short."""
    chance = random.Random(words)
    plain = task(" ".join(chance.choice(WORDS) for _ in range(words)))
    joined = []
    for _ in range(relations):
        head = chance.randrange(words)
        child = min(words - 1, max(0, head + chance.choice((-1, 1)) * int(1 + abs(chance.gauss(0, 9)))))
        if head != child:
            joined.append({"head": head, "child": child, "label": chance.choice(LABELS["labels"])})
    return {**plain, "relations": joined, **more}


def test_many_arcs_are_legible_and_quick_in_one_line_and_wrapped(relate):
    page = relate(
        large(200, 100, config={"wrap_relations": True}),
        large(1000, 400),
        jobs(
            "أسس ستيف جوبز شركة Apple Inc في",
            relations=[{"head": 1, "child": 3, "label": "near"}],
            config={"writing_dir": "rtl"},
        ),
    )
    for _ in ("wrapped", "in one line"):
        ends_are_right(page)
        assert page.page.evaluate(OVERLAPS) == 0
        page.keys("w")
        page.page.wait_for_timeout(50)
    page.word(150).scroll_into_view_if_needed()
    before = page.middle(150)
    log(f"200 words, 100 relations: one more shows after {time_to_add(page, 150, 153):.0f} ms")
    assert page.middle(150) == before, "the text stays where it is"
    ends_are_right(page)
    page.press("Space")
    page.page.set_viewport_size({"width": 820, "height": 1180})
    ends_are_right(page)
    assert page.page.evaluate(OVERLAPS) == 0
    log(f"1,000 words, 400 relations: one more shows after {time_to_add(page, 10, 12):.0f} ms")
    page.press("Space")
    assert page.middle(0)[0] > page.middle(6)[0]
    ends_are_right(page)
    page.keys("ArrowLeft", "ArrowLeft", "Enter", "ArrowLeft", "Enter")
    expect(page.arcs).to_have_count(2)


def time_to_add(page: Relator, head: int, child: int) -> float:
    """Add a relation; returns the milliseconds until it is painted."""
    page.word(head).click()
    click = """([head, child]) => new Promise(done => {
      const box = document.querySelector(`[data-token="${child}"]`).getBoundingClientRect();
      const began = performance.now();
      const at = {bubbles: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2};
      document.querySelector(`[data-token="${child}"]`).dispatchEvent(new MouseEvent("click", at));
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    })"""
    before = page.arcs.count()
    took = page.page.evaluate(click, [head, child])
    expect(page.arcs).to_have_count(before + 1)
    return float(took)


def test_a_parse_is_looked_at_and_judged(relate):
    root = {"head": 2, "child": 2, "label": "ROOT"}
    parse = task(
        JOBS, relations=[{"head": 1, "child": 0, "label": "compound"}, {"head": 2, "child": 1, "label": "nsubj"}, root]
    )
    one = task("Apple sells fruit", arc={"head": 1, "child": 0, "label": "nsubj"})
    page = relate(
        one, parse, {"text": "No tokens"}, view_id="dep", config={"validate": False, "hide_arrow_heads": True}
    )
    page.arc("nsubj: sells to Apple").click()
    expect(page.page.locator(".pf-rel-end")).to_have_count(2)
    expect(page.page.locator(".pf-rel-tip")).to_have_count(0)
    page.word(1).click()
    page.word(2).click()
    expect(page.arcs).to_have_count(1)
    page.press("x")
    expect(page.arcs).to_have_count(3)
    page.keys("Tab", "Tab")
    page.press("a")
    expect(page.card).to_contain_text("needs “tokens”")
    page.press("Space")

    answers = page.stored()
    assert [answer["answer"] for answer in answers] == ["reject", "accept", "ignore"]
    assert answers[0]["arc"] == one["arc"] and "relations" not in answers[0]
    assert answers[1]["relations"] == parse["relations"]


def test_fingers_pick_and_scroll(relate):
    page = relate(jobs(), **PHONE)
    page.tool("Wrap lines").tap()
    page.word(0).tap()
    page.word(3).tap()
    page.label("near").tap()
    page.word(3).tap()
    page.word(5).tap()
    page.arc("near: Apple to Cupertino").tap()
    page.tool("Turn round").tap()
    page.tool("Spans").tap()
    page.word(4).tap()
    page.word(5).tap()
    for wrapped in (True, False):  # a swipe neither answers nor leaves the page; one line scrolls
        left = 0
        for _ in range(1 if wrapped else 4):  # a busy browser takes a late swipe for none
            page.swipe(200, 0)
            page.swipe(-200, 0)
            page.page.wait_for_timeout(600)  # a tap would stop the text that still glides
            left = page.page.locator(".pf-rel-scroller").evaluate("element => element.scrollLeft")
            if left > 0:
                break
        assert left == 0 if wrapped else left > 0
        page.tool("Wrap lines").tap()
    page.button("Accept").tap()
    expect(page.page.locator(".pf-done")).to_be_visible()
    (stored,) = page.stored()
    assert [(one["head"], one["child"], one["label"]) for one in stored["relations"]] == [
        (1, 3, "founded"),
        (5, 3, "near"),
    ]
    assert stored["spans"][2] == {**span(task(JOBS), 4, 5, "PERSON"), "type": "span"}
    assert stored["relations"][1]["head_span"] == span(task(JOBS), 4, 5, "PERSON")


@pytest.mark.parametrize(("scheme", "options"), [("light", {}), ("dark", PHONE)])
def test_axe_finds_nothing(relate, scheme, options):
    given = [{"head": 1, "child": 3, "label": "founded"}, {"head": 3, "child": 5, "label": "near"}]
    page = relate(jobs(relations=given), jobs(JOBS + " "), color_scheme=scheme, **options)
    check(page.page)
    page.arc("founded: Steve Jobs to Apple").click()
    check(page.page)
    page.keys("Escape", "m", "ArrowRight", "Enter")
    check(page.page)
    page.keys("w", "m", "Enter")
    check(page.page)
