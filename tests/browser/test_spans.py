"""Spans of text, made as a person makes them: by mouse, by finger, by keys alone; and what is stored then."""

import json
import re

import pytest
from playwright.sync_api import expect

from prodflow.preprocess import add_tokens
from tests.browser.annotator import PHONE, Annotator, hear_spans, write_tasks
from tests.browser.test_accessibility import check

pytestmark = pytest.mark.browser

LABELS = ["ORG", "PERSON", "GPE"]
LINES = "Ann met Bo Li in Old York.\nThey went to New York with Eve."

# The middle of a part of the text, in pixels of the window: the n-th time it is there.
PLACE_OF = """([part, nth]) => {
  let left = nth;
  for (const block of document.querySelectorAll('.pf-span-words')) {
    const text = block.textContent;
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      if (left-- > 0) continue;
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      const spot = (unit) => {
        walker.currentNode = block;
        let begin = 0;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          if (unit <= begin + node.length) return [node, unit - begin];
          begin += node.length;
        }
      };
      range.setStart(...spot(at));
      range.setEnd(...spot(at + part.length));
      const rect = range.getBoundingClientRect();
      return {x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, left: rect.left, right: rect.right};
    }
  }
  throw new Error('not in the text: ' + part);
}"""


# The words that marks in the middle of the window lie on.
MARKED_WORDS = """() => [...document.querySelectorAll('.pf-span-fill')]
  .map((fill) => fill.getBoundingClientRect())
  .filter(({top, bottom}) => top > 220 && bottom < 520)
  .map(({x, y, width, height}) => {
    const {offsetNode, offset} = document.caretPositionFromPoint(x + width / 2, y + height / 2);
    const before = offsetNode.data.slice(0, offset).match(/\\S*$/)[0];
    return before + offsetNode.data.slice(offset).match(/^\\S*/)[0];
  })"""


class Marker(Annotator):
    """An annotator of spans."""

    def place(self, part, nth=0):
        """Where a part of the text is on the screen."""
        self.page.wait_for_selector(".pf-span-words")
        return self.page.evaluate(PLACE_OF, [part, nth])

    def drag(self, start, end, steps=4):
        """Drag from a part of the text, or a place, to another."""
        begin, finish = (self.place(one) if isinstance(one, str) else one for one in (start, end))
        self.page.mouse.move(begin["x"], begin["y"])
        self.page.mouse.down()
        self.page.mouse.move(finish["x"], finish["y"], steps=steps)
        self.page.mouse.up()

    def click(self, part, nth=0, **options):
        """Click on a part of the text."""
        place = self.place(part, nth)
        self.page.mouse.click(place["x"], place["y"], **options)

    def label(self, name):
        """Click on a label of the bar."""
        self.page.get_by_role("radio", name=name).click()

    def keys(self, *keys):
        """Press keys that answer nothing."""
        for key in keys:
            self.page.keyboard.press(key)

    def shown(self):
        """The spans as they are told to screen readers."""
        return self.page.locator(".pf-span-list li").all_text_contents()

    def sees(self, *spans):
        """Wait until these are the spans."""
        if spans:
            expect(self.page.locator(".pf-span-list li")).to_have_text(list(spans))
        else:
            expect(self.page.locator(".pf-span-list")).to_have_count(0)


def with_tokens(*tasks, chars=False):
    return list(add_tokens("blank:en", tasks, use_chars=chars))


def spans_of(answer):
    """Label and text of each span, by Python's own offsets; its tokens must be those."""
    text, tokens = answer["text"], {token["id"]: token for token in answer["tokens"]}
    for span in answer["spans"]:
        assert tokens[span["token_start"]]["start"] == span["start"]
        assert tokens[span["token_end"]]["end"] == span["end"]
    return [(span["label"], text[span["start"] : span["end"]]) for span in answer["spans"]]


@pytest.fixture
def mark(serve, open_page, tmp_path):
    """Open tasks with labels, in a page of its own."""

    def start(*tasks, view_id="ner_manual", page=None, **config):
        overrides = json.dumps({"labels": LABELS, "validate": False, **config})
        source = write_tasks(tmp_path / "t.jsonl", tasks)
        server = serve(source, view_id=view_id, PRODFLOW_CONFIG_OVERRIDES=overrides)
        return Marker(open_page(**(page or {})), server)

    return start


def test_dragging_with_the_mouse_marks_whole_tokens(mark):
    given = {"start": 0, "end": 3, "label": "PERSON", "source": "model", "score": 0.5}
    marker = mark(*with_tokens({"text": f"{LINES} \U0001f600 Fin", "spans": [given]}, {"text": LINES}))

    marker.label("PERSON")
    marker.drag("Bo", "in")  # from the middle of one word to that of another
    marker.keys("3")
    marker.drag("ew", "ith")
    end = marker.place("Fin")
    marker.drag(
        {"x": end["right"] + 40, "y": end["y"]}, marker.place("in", 1), steps=2
    )  # backwards, from beside the text, no word hit
    marker.sees("PERSON: Ann", "PERSON: Bo Li in", "GPE: New York with", "GPE: Fin")
    marker.press("a")

    marker.drag("Old", "went")  # over the line break
    marker.sees("GPE: Old York. They went")
    gap = marker.place("k w")
    marker.drag({"x": gap["x"], "y": gap["y"]}, "Eve")  # from the gap between two words
    marker.sees("GPE: Old York. They went", "GPE: with Eve")
    marker.press("a")

    first, second = marker.stored()
    assert first["spans"][0] == {**given, "token_start": 0, "token_end": 0}, "what is not touched stays as it is"
    assert spans_of(first)[1:] == [("PERSON", "Bo Li in"), ("GPE", "New York with"), ("GPE", "Fin")]
    assert first["spans"][3]["start"] == len(LINES) + 3, "an emoji counts one, as in Python"
    assert spans_of(second) == [("GPE", "Old York.\nThey went"), ("GPE", "with Eve")]


def test_clicks_select_relabel_remove_and_double_clicks_mark_a_word(mark):
    marker = mark(*with_tokens({"text": LINES}))

    marker.click("Ann", click_count=2)
    marker.click("Li", click_count=2)
    marker.sees("ORG: Ann", "ORG: Li")
    selected = hear_spans(marker.page)
    marker.click("Ann")
    expect(marker.page.locator(".pf-spans-now")).to_have_text("ORGAnn")
    marker.keys("2")
    marker.sees("PERSON: Ann", "ORG: Li")
    assert [(span["label"], span["start"]) for span in selected()] == [("ORG", 0), ("PERSON", 0)]
    marker.page.locator(".pf-span-over .pf-span-tag", has_text="ORG").hover()
    marker.page.locator(".pf-span-over .pf-span-tag", has_text="ORG").locator(".pf-span-cross").click()
    marker.sees("PERSON: Ann")
    marker.keys("Escape")
    marker.click("They")
    marker.page.keyboard.down("Shift")
    marker.click("New")
    marker.page.keyboard.up("Shift")
    marker.sees("PERSON: Ann", "PERSON: They went to New")
    marker.click("went")
    marker.page.get_by_role("button", name="Remove").click()
    marker.press("a")

    assert [spans_of(answer) for answer in marker.stored()] == [[("PERSON", "Ann")]]


def test_a_new_span_takes_the_place_of_those_below_it_and_each_step_comes_back(mark):
    marker = mark(*with_tokens({"text": "Before"}, {"text": LINES}))
    marker.press("x")
    marker.drag("Ann", "met")
    marker.keys("2")
    marker.drag("met", "Li")
    marker.sees("PERSON: met Bo Li")
    marker.keys("Control+z")
    marker.sees("ORG: Ann met")
    marker.keys("Control+Shift+z")
    marker.sees("PERSON: met Bo Li")
    marker.page.get_by_role("button", name="Take back").click()
    marker.click("Ann")
    marker.keys("Backspace", "Backspace")  # once more than there are spans: no answer is taken back for that
    marker.sees()
    expect(marker.history).to_have_count(1)
    marker.keys("Control+z", "Control+z")
    marker.sees()
    marker.keys("Control+z")  # nothing left here: the page takes the last answer back

    expect(marker.history).to_have_count(0)
    marker.press("a")
    assert [answer["answer"] for answer in marker.stored()] == ["accept"]


def test_the_edges_of_a_span_are_dragged_and_stop_at_the_next_span(mark):
    marker = mark(*with_tokens({"text": LINES}))
    marker.drag("Ann", "met")
    marker.drag("Old", "York")
    marker.click("met")
    handle = marker.page.locator(".pf-span-handle[data-edge=end]").bounding_box()
    grab = {"x": handle["x"], "y": handle["y"] + handle["height"] / 2}
    marker.drag(grab, "Bo")
    marker.sees("ORG: Ann met Bo", "ORG: Old York")
    handle = marker.page.locator(".pf-span-handle[data-edge=end]").bounding_box()
    marker.drag({"x": handle["x"], "y": handle["y"] + handle["height"] / 2}, "York")
    marker.sees("ORG: Ann met Bo Li in", "ORG: Old York")
    handle = marker.page.locator(".pf-span-handle[data-edge=start]").bounding_box()
    marker.drag({"x": handle["x"], "y": handle["y"] + handle["height"] / 2}, "Bo")
    marker.press("a")

    assert spans_of(marker.stored()[0]) == [("ORG", "Bo Li in"), ("ORG", "Old York")]


def test_keys_alone_do_all_of_it(mark):
    marker = mark(*with_tokens({"text": LINES}))
    told = marker.page.locator(".pf-spans [role=status]").last
    marker.page.get_by_role("textbox", name="Text to annotate").focus()

    marker.keys("ArrowRight")
    expect(told).to_have_text("Ann")
    marker.keys("2")
    expect(told).to_have_text("PERSON added. Ann. PERSON: Ann, span 1 of 1")
    marker.keys("ArrowRight", "ArrowRight", "Shift+ArrowRight")
    expect(told).to_have_text("Selected: Bo Li")
    marker.keys("Enter", "End", "ArrowLeft", "3")  # the last word of the line, without its full stop
    marker.keys("ArrowDown", "Home")
    expect(told).to_have_text("They")
    marker.keys("Shift+ArrowRight", "1", "Control+End", "1")
    marker.sees("PERSON: Ann", "PERSON: Bo Li", "GPE: York", "ORG: They went", "ORG: .")
    marker.keys("Delete", "Control+ArrowLeft", "Control+ArrowLeft")
    expect(told).to_have_text("GPE: York, span 3 of 4")
    marker.keys("Control+Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft", "1")
    marker.sees("PERSON: Ann", "PERSON: Bo Li", "ORG: Old York.", "ORG: They went")
    marker.keys("Escape", "Control+ArrowRight", "Backspace")
    marker.sees("PERSON: Bo Li", "ORG: Old York.", "ORG: They went")
    marker.press("a")

    assert spans_of(marker.stored()[0]) == [("PERSON", "Bo Li"), ("ORG", "Old York."), ("ORG", "They went")]


def test_fingers_mark_and_scroll_and_do_not_swipe_the_card_away(mark):
    long = " ".join(f"word{number}" for number in range(400))
    marker = mark(*with_tokens({"text": long}), page=PHONE)
    touches = marker.page.context.new_cdp_session(marker.page)

    def touch(start, end, steps=8):
        def send(kind, *points):
            touches.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [dict(zip("xy", p)) for p in points]}
            )

        send("touchStart", start)
        for step in range(1, steps + 1):
            send("touchMove", tuple(a + (b - a) * step / steps for a, b in zip(start, end)))
        send("touchEnd")

    one, other = marker.place("word3 "), marker.place("word6 ")
    touch((one["x"], one["y"]), (other["x"], other["y"]))
    marker.sees("ORG: word3 word4 word5 word6" if other["y"] == one["y"] else re.compile("^ORG: word3 .* word6$"))
    expect(marker.history).to_have_count(0)

    scroller = marker.page.locator(".pf-content")
    place = marker.place("word20 ")
    touch((place["x"], place["y"]), (place["x"] + 4, place["y"] - 220))
    assert scroller.evaluate("element => element.scrollTop") > 100, "up and down still scrolls"
    assert len(marker.shown()) == 1

    marker.page.wait_for_timeout(600)  # the text goes on scrolling for a while when the finger has left
    scroller.evaluate("(element, y) => element.scrollBy(0, y - 400)", marker.place("word60 ")["y"])
    marker.page.wait_for_timeout(100)
    place = marker.place("word60 ")
    marker.page.touchscreen.tap(place["x"], place["y"])
    expect(marker.page.locator(".pf-spans-now")).to_have_text("word60")
    marker.page.get_by_role("radio", name="GPE").tap()
    expect(marker.page.locator(".pf-span-list li")).to_have_count(2)
    assert marker.shown()[1] == "GPE: word60"
    marker.page.touchscreen.tap(place["x"], place["y"])
    marker.page.get_by_role("button", name="Remove").tap()
    expect(marker.page.locator(".pf-span-list li")).to_have_count(1)
    marker.button("Accept").tap()
    expect(marker.history).to_have_count(1)
    assert spans_of(marker.stored()[0])[0][1].startswith("word3 ")


def test_spans_overlap_in_lanes_of_their_own(mark):
    marker = mark(*with_tokens({"text": LINES}), view_id="spans_manual")

    marker.drag("Ann", "Li")
    marker.keys("2")
    marker.click("Ann", click_count=2)
    marker.drag("Bo", "Old")
    marker.sees("ORG: Ann met Bo Li", "PERSON: Ann", "PERSON: Bo Li in Old")
    boxes = [box.bounding_box() for box in marker.page.locator(".pf-span-strip > .pf-span-tag").all()]
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
            assert apart or one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]

    now = marker.page.locator(".pf-spans-now")
    marker.click("Ann")
    expect(now).to_have_text("PERSONAnn")
    marker.page.wait_for_timeout(500)
    marker.click("Ann")  # again: the span around it
    expect(now).to_have_text("ORGAnn met Bo Li")
    marker.page.locator(".pf-span-strip > .pf-span-tag", has_text="PERSON").nth(1).click(position={"x": 8, "y": 8})
    expect(now).to_have_text("PERSONBo Li in Old")
    marker.keys("Delete")
    marker.press("a")

    assert spans_of(marker.stored()[0]) == [("ORG", "Ann met Bo Li"), ("PERSON", "Ann")]


def test_each_token_gets_one_tag(mark):
    marker = mark(*with_tokens({"text": "They went home"}), view_id="pos_manual", labels=["NOUN", "PRON", "VERB"])

    before = marker.place("home")
    marker.click("They")
    marker.label("PRON")
    marker.keys("3", "2")  # the cursor goes on by itself
    marker.sees("PRON: They", "VERB: went", "PRON: home")
    marker.click("home")
    marker.keys("1")
    marker.sees("PRON: They", "VERB: went", "NOUN: home")
    assert marker.place("home") == before, "labels below the words move nothing"
    marker.press("a")

    assert spans_of(marker.stored()[0]) == [("PRON", "They"), ("VERB", "went"), ("NOUN", "home")]


def test_views_that_show_change_nothing(mark):
    odd = {"start": 4, "end": 7, "label": "PERSON", "pattern": 12, "anything": {"nested": [1]}}
    tasks = [
        {"text": f"{LINES} {name}", "spans": [odd, {"start": 8, "end": 13, "label": "NEW"}], "_view_id": name}
        for name in ("ner", "spans", "pos")
    ]
    marker = mark(*tasks, view_id="ner")
    for name in ("fill", "lanes", "columns"):
        expect(marker.page.locator(f".pf-spans-shown[data-style={name}]")).to_be_visible()
        marker.sees("PERSON: met", "NEW: Bo Li")
        expect(marker.page.locator(".pf-span-over .pf-span-tag")).to_have_text(["PERSON", "NEW"])
        marker.press("a")

    assert [answer["spans"] for answer in marker.stored()] == [task["spans"] for task in tasks]


def test_spans_that_do_not_fit_are_named_and_kept(mark):
    odd = [
        {"start": 1, "end": 6, "label": "ORG"},
        {"start": 70, "end": 99, "label": "GPE", "why": "outside"},
        {"label": "PERSON"},
    ]
    [task] = with_tokens({"text": "Ann met Bo"})
    marker = mark({**task, "spans": odd})
    note = marker.page.locator(".pf-spans-note")
    expect(note).to_contain_text("3 spans do not fit")
    for words in ("GPE 70–99 lies outside the text", "PERSON has no place", "“nn me” (ORG 1–6) is not made of whole"):
        expect(note).to_contain_text(words)
    marker.click("Bo", click_count=2)
    marker.sees("ORG: nn me", "ORG: Bo")
    marker.press("a")

    stored = marker.stored()[0]["spans"]
    assert [span for span in stored if span in odd] == odd
    assert len(stored) == 4


def test_tasks_without_tokens_or_with_wrong_ones_and_recipes_without_labels(mark):
    tasks = (
        {"text": "\U0001f600 Ann met Bo"},
        {"text": "Ann", "tokens": [{"text": "Ann", "start": 0, "end": 9, "id": 0}]},
        {"text": "Ann met Bo", "config": {"labels": []}, "spans": [{"start": 0, "end": 3, "label": "PERSON"}]},
        {"text": "Ann met Bo", "label": "WHO", "config": {"labels": []}},
    )
    # The server makes tokens for a project of this view; a task that names its view itself comes as it is.
    marker = mark(*({**task, "_view_id": "ner_manual"} for task in tasks), view_id="text")
    expect(marker.page.locator(".pf-spans-note")).to_contain_text("without tokens")
    marker.drag("Ann", "met")
    marker.press("a")
    expect(marker.card).to_contain_text("token 0 ends outside the text")
    marker.press("Space")
    expect(marker.page.locator(".pf-spans-note").first).to_contain_text("no labels")
    marker.click("Ann")
    marker.keys("Delete")
    marker.press("a")
    marker.click("Bo", click_count=2)
    marker.press("a")

    made, _, without, one = marker.stored()
    assert spans_of(made) == [("ORG", "Ann met")]
    assert made["tokens"][1] == {"text": "Ann", "start": 2, "end": 5, "id": 1, "ws": True}
    assert without["spans"] == []
    assert spans_of(one) == [("WHO", "Bo")]


def test_characters_are_marked_but_never_half_a_sign(mark):
    text = "caf\u0065\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467 end"
    marker = mark(*with_tokens({"text": text}, chars=True), ner_manual_highlight_chars=True)

    marker.drag("af", "e\u0301")
    marker.click("\U0001f468\u200d\U0001f469\u200d\U0001f467", click_count=2)
    marker.click("nd", click_count=2)
    marker.page.keyboard.press("a")

    answer = marker.stored()[0]
    assert spans_of(answer) == [
        ("ORG", "afe\u0301"),
        ("ORG", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("ORG", "end"),
    ]


def test_text_from_right_to_left(mark):
    text = "مرحبا بالعالم من Apple في باريس"
    marker = mark(*with_tokens({"text": text}, {"text": "Ann met Bo"}), writing_dir="rtl")

    assert marker.place("مرحبا")["x"] > marker.place("باريس")["x"]
    marker.drag("بالعالم", "Apple")
    marker.sees("ORG: بالعالم من Apple")
    marker.keys("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "2")  # onwards is to the left
    marker.sees("ORG: بالعالم من Apple", "PERSON: في")
    tag, word = marker.page.locator(".pf-span-over .pf-span-tag").last.bounding_box(), marker.place("في")
    assert tag["x"] + tag["width"] == pytest.approx(word["right"], abs=4), "the label begins where the word does"
    marker.press("a")

    assert spans_of(marker.stored()[0]) == [("ORG", "بالعالم من Apple"), ("PERSON", "في")]


def test_newlines_and_tokens_that_are_switched_off(mark):
    configs = {}, {"allow_newline_highlight": True}, {"hide_newlines": True}, {"hide_true_newline_tokens": True}
    tasks = with_tokens(*({"text": f"One\nTwo Three {number}"} for number in range(4)))
    for task, config in zip(tasks, configs):
        task["tokens"][3]["disabled"] = True
        task["config"] = config
    marker = mark(*tasks)
    sign = marker.page.locator(".pf-span-newline")
    for allowed in (False, True):
        expect(sign).to_have_text("↵")
        marker.drag("Two", "Three")
        place = sign.bounding_box()
        marker.drag("One", {"x": place["x"] + 8, "y": place["y"] + place["height"] / 2})
        marker.sees("ORG: One " if allowed else "ORG: One", "ORG: Two")
        marker.press("a")
    expect(sign).to_have_count(0)
    expect(marker.page.locator(".pf-span-block")).to_have_count(2)
    marker.press("Space")
    expect(marker.page.locator(".pf-span-block")).to_have_count(1)

    answers = marker.stored()
    assert [spans_of(answer) for answer in answers[:2]] == [
        [("ORG", "One"), ("ORG", "Two")],
        [("ORG", "One\n"), ("ORG", "Two")],
    ]


@pytest.fixture
def patience():
    """Half a second of work is long for a machine that does other things too."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


def test_a_text_of_20000_tokens_is_usable(patience, mark):
    text = " ".join(f"w{number}" for number in range(20_000))
    tokens, at = [], 0
    for number, word in enumerate(text.split()):
        tokens.append({"text": word, "start": at, "end": at + len(word), "id": number})
        at += len(word) + 1
    spans = [{"start": t["start"], "end": t["end"], "label": "GPE"} for t in tokens[::40]]
    marker = mark({"text": text, "tokens": tokens, "spans": spans})

    marker.keys("ArrowRight", "Control+End", "ArrowUp", "Home", "Shift+ArrowDown", "2")
    expect(marker.page.locator(".pf-spans-now")).to_contain_text("PERSON")
    marker.page.locator(".pf-content").evaluate("element => element.scrollTo(0, element.scrollHeight / 2)")
    seen = "(one) => Math.abs(one.getBoundingClientRect().y - 350) < 150"
    marker.page.wait_for_function(f"[...document.querySelectorAll('.pf-span-fill')].some({seen})")
    words = marker.page.evaluate(MARKED_WORDS)
    assert words
    assert all(int(word[1:]) % 40 == 0 for word in words), words
    assert marker.page.locator(".pf-span-fill").count() < 250, "what is far away is drawn, too"
    marker.press("a")

    answer = marker.stored()[0]
    [made] = [span for span in answer["spans"] if span["label"] == "PERSON"]
    assert made["token_end"] - made["token_start"] > 5
    assert text[made["start"] : made["end"]].split()[0] == f"w{made['token_start']}"


@pytest.mark.parametrize(("scheme", "options"), [("light", {}), ("dark", PHONE)])
def test_axe_finds_nothing(mark, scheme, options):
    text = "Apple was founded by Steve Jobs"
    spans = [
        {"start": 0, "end": 5, "label": "ORG"},
        {"start": 21, "end": 31, "label": "PERSON"},
        {"start": 21, "end": 26, "label": "PALE"},
    ]
    views = ["ner", "ner_manual", "spans", "spans_manual", "pos", "pos_manual"]
    tasks = with_tokens(*({"text": f"{text}, {name}", "spans": spans, "_view_id": name} for name in views))
    theme = {"labels": {"PALE": "#f6e58d"}}
    marker = mark(*tasks, page={"color_scheme": scheme, **options}, custom_theme=theme, labels=[*LABELS, "PALE"])
    for name in views:
        expect(marker.page.locator(".pf-span-over .pf-span-tag").first).to_be_visible()
        if name.endswith("manual"):
            marker.keys("4", "Control+ArrowRight", "Control+ArrowRight")
            expect(marker.page.locator(".pf-spans-now")).to_contain_text("Steve")
        check(marker.page)
        marker.keys("Escape")
        marker.press("Space")
