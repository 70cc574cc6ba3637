"""Views made of others, and those to write, compare and review: driven as a person would, and what is stored."""

import json
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.annotator import PHONE, Annotator, write_tasks
from tests.browser.test_accessibility import check
from tests.browser.test_spans import PLACE_OF

pytestmark = pytest.mark.browser

OPTIONS = [{"id": "good", "text": "Good"}, {"id": 2, "text": "Bad"}]
COLOURS = [{"id": "red", "text": "Red"}, {"id": "blue", "text": "Blue"}]
A_FIRST = {"A": "accept", "B": "reject"}
B_FIRST = {"A": "reject", "B": "accept"}


@pytest.fixture
def begin(serve, open_page, tmp_path):
    """Start a server on some tasks and open its page."""

    def start(tasks, *, config=None, page=None, view_id="text", **options):
        overrides = json.dumps({"validate": False, **(config or {})})
        server = serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id=view_id, PRODFLOW_CONFIG_OVERRIDES=overrides)
        return Annotator(page or open_page(**options), server)

    return start


@pytest.fixture
def picture(tmp_path):
    """A picture that is there."""
    Image.effect_noise((640, 480), 60).convert("RGB").save(tmp_path / "noise.png")
    return str(tmp_path / "noise.png")


def keys(annotator, *names):
    """Press keys that do not answer, each painted before the next."""
    for name in names:
        annotator.page.keyboard.press(name)
        annotator.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def answered(annotator, count):
    expect(annotator.history).to_have_count(count)


def field(annotator, name="Your text"):
    # With suggestions it is a combobox, without a textbox; both have their label.
    return annotator.page.get_by_label(name, exact=False).and_(annotator.page.locator(".pf-field-control"))


def compose(annotator, reading, written):
    """Write with an input method: its Enter is its own."""
    expect(field(annotator)).to_be_focused()
    session = annotator.page.context.new_cdp_session(annotator.page)
    session.send("Input.imeSetComposition", {"text": reading, "selectionStart": 2, "selectionEnd": 2})
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    expect(field(annotator)).to_be_focused()
    session.send("Input.insertText", {"text": written})
    expect(field(annotator)).to_have_value(written)


def test_typing_is_never_a_key_of_the_page(begin):
    tasks = [
        {"text": "One", "field_autofocus": True},
        {"text": "Two", "user_input": "as the model says"},
        {"text": "Three", "field_rows": 3, "field_id": "note"},
        {"text": "Four", "field_autofocus": True},
    ]
    annotator = begin(tasks, view_id="text_input")
    page = annotator.page

    expect(field(annotator)).to_be_focused()
    page.keyboard.type("a fox x? ")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(field(annotator)).not_to_be_focused()
    annotator.press("a")
    expect(field(annotator)).to_have_value("as the model says")
    keys(annotator, "Enter")
    expect(field(annotator)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("!")
    keys(annotator, "Escape")
    annotator.press("x")
    keys(annotator, "Enter")
    page.keyboard.type("line one")
    page.keyboard.press("Enter")
    page.keyboard.type("line two")
    page.keyboard.press("Control+Enter")
    answered(annotator, 3)
    compose(annotator, "にほ", "日本")
    page.keyboard.press("Control+Enter")
    answered(annotator, 4)

    assert [(one["answer"], one.get("user_input"), one.get("note")) for one in annotator.stored()] == [
        ("accept", "a fox x?", None),
        ("reject", "as the model says!", None),
        ("accept", None, "line one\nline two"),
        ("accept", "日本", None),
    ]


def test_required_fields_and_suggestions(begin):
    required = [{"text": name, "field_required": True} for name in ("One", "Two", "Three")]
    suggestions = ["Rain", "A rainy day", "Snow"]
    suggested = [{"text": name, "field_suggestions": suggestions} for name in ("Four", "Five")]
    annotator = begin([*required, *suggested], view_id="text_input")
    page = annotator.page
    options = page.get_by_role("option")

    keys(annotator, "a")
    expect(page.get_by_role("alert")).to_have_text("Write something here before you accept.")
    expect(field(annotator)).to_be_focused()
    page.keyboard.type("a")
    expect(page.get_by_role("alert")).to_have_text("")
    page.keyboard.press("Control+Enter")
    answered(annotator, 1)
    annotator.press("x")
    annotator.button("Accept").click()
    expect(page.get_by_role("alert")).not_to_have_text("")
    keys(annotator, "Escape")
    annotator.press("Space")

    field(annotator).click()
    expect(options).to_have_text(suggestions)
    page.keyboard.type("rain")
    expect(options).to_have_text(["Rain", "A rainy day"])
    keys(annotator, "ArrowDown", "ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    keys(annotator, "Enter")
    expect(options).to_have_count(0)
    expect(field(annotator)).to_have_value("A rainy day")
    page.keyboard.press("Control+Enter")
    answered(annotator, 4)
    keys(annotator, "Enter", "ArrowDown")
    options.get_by_text("Snow").click()
    expect(field(annotator)).to_be_focused()
    keys(annotator, "Escape")
    annotator.press("a")

    stored = annotator.stored()
    assert [one["answer"] for one in stored] == ["accept", "reject", "ignore", "accept", "accept"]
    assert [one.get("user_input") for one in stored] == ["a", None, None, "A rainy day", "Snow"]


def test_an_answer_changed_after_a_reload_keeps_what_was_written(begin):
    annotator = begin([{"text": "One"}, {"text": "Two"}], view_id="text_input")

    keys(annotator, "Enter")
    annotator.page.keyboard.type("kept")
    annotator.page.keyboard.press("Control+Enter")
    answered(annotator, 1)
    annotator.saved()
    annotator.page.reload()
    answered(annotator, 1)
    annotator.history.first.click()
    expect(field(annotator)).to_have_value("kept")
    keys(annotator, "x")
    expect(field(annotator)).to_have_value("")

    assert [(one["answer"], one["user_input"]) for one in annotator.stored()] == [("reject", "kept")]


CAPTION = [
    {"view_id": "image"},
    {"view_id": "choice", "image": None, "options": OPTIONS, "label": "How good is the caption?"},
    {"view_id": "text_input", "field_id": "caption", "field_label": "Caption", "caption": "a cat"},
    {"view_id": "text_input", "field_id": "note", "field_label": "Note", "field_rows": 2},
]


def test_blocks_of_one_task_each_with_settings_of_its_own(begin, picture):
    two = [{"view_id": "choice", "options": OPTIONS}, {"view_id": "choice", "text": None, "options": COLOURS}]
    tasks = [{"image": picture, "label": "CAPTION"}, {"image": picture, "text": "Two", "caption": "a dog"}]
    tasks += [{"text": name, "config": {"blocks": two}} for name in ("Three", "Four")]
    annotator = begin(tasks, config={"blocks": CAPTION}, view_id="blocks")
    page = annotator.page

    expect(page.locator(".pf-label")).to_have_text("CAPTION")
    expect(page.locator(".pf-picture img")).to_have_count(1)
    assert page.locator(".pf-picture").bounding_box()["height"] > 240
    expect(page.get_by_label("Caption", exact=True)).to_have_value("a cat")
    keys(annotator, "2")
    page.get_by_label("Caption", exact=True).fill("a grey cat")
    keys(annotator, "Tab")
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("1 a x")
    keys(annotator, "Escape")
    annotator.press("a")
    expect(page.get_by_label("Caption", exact=True)).to_have_value("a dog")
    annotator.press("x")
    keys(annotator, "1")
    page.get_by_text("Blue").click()
    keys(annotator, "1")  # goes to the block last used
    annotator.press("a", "Space")

    first, second, third, fourth = annotator.stored()
    assert (third["accept"], fourth["accept"]) == (["good", "red"], [])
    assert (first["accept"], first["caption"], first["note"]) == ([2], "a grey cat", "1 a x")
    assert (second["accept"], second["caption"], second["answer"]) == ([], "a dog", "reject")
    assert "config" not in first and "options" not in first


def test_a_required_field_of_a_block_and_a_block_that_cannot_be_shown(begin):
    blocks = [
        {"view_id": "hologram"},
        {"view_id": "image"},
        {"view_id": "text_input", "field_id": "why", "field_label": "Why", "field_required": True},
    ]
    annotator = begin([{"text": "One"}], config={"blocks": blocks}, view_id="blocks", **PHONE)

    expect(annotator.card).to_contain_text("There is no view “hologram”")
    expect(annotator.card).to_contain_text("needs “image”")
    annotator.button("Accept").tap()
    expect(annotator.page.get_by_label("Why")).to_be_focused()
    annotator.page.keyboard.type("because")
    annotator.button("Accept").tap()
    answered(annotator, 1)

    assert annotator.stored()[0]["why"] == "because"


def test_differences_and_what_a_language_model_was_asked(begin):
    pair = {"accept": {"text": "A brown dog runs"}, "reject": {"text": "A drawn dog runs"}}
    diffs = [pair, {"text": "T", "added": "same", "removed": "same"}, {"text": "no pair"}]
    llm = {"prompt": "Is it\n  good?", "response": "Yes. " * 4000}
    asked = [{"_view_id": "llm_io", "llm": llm}, {"_view_id": "llm_io", "llm": "no"}]
    annotator = begin([*diffs, *asked], view_id="diff", permissions=["clipboard-read", "clipboard-write"])
    page = annotator.page
    text, panes = page.locator(".pf-diff-text"), page.locator(".pf-pane-text")

    expect(text.locator("del")).to_contain_text("drawn")
    expect(text.locator("ins")).to_contain_text("brown")
    keys(annotator, "d")  # by characters
    expect(text.locator("ins").first).not_to_contain_text("brown")
    annotator.press("a")
    expect(annotator.card).to_contain_text("The two texts are the same")
    annotator.press("x")
    expect(annotator.card).to_contain_text("needs “accept” and “reject” with a “text” each")
    annotator.press("Space")
    page.get_by_role("button", name="Copy: Prompt").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == llm["prompt"]
    keys(annotator, "r")
    expect(panes.nth(1)).not_to_be_visible()
    keys(annotator, "r", "p")
    expect(panes.nth(0)).not_to_be_visible()
    expect(panes.nth(1)).to_be_visible()
    annotator.press("a")
    expect(annotator.card).to_contain_text("needs “llm”")
    annotator.press("Space")

    assert [one["answer"] for one in annotator.stored()] == ["accept", "reject", "ignore", "accept", "ignore"]


def test_two_versions_are_compared_blind_and_the_answer_is_mapped_back(begin):
    pair = {"accept": {"text": "the new one", "name": "v2"}, "reject": {"text": "the old one"}}
    tasks = [{**pair, "input": {"text": f"Q{n}"}, "mapping": A_FIRST if n % 2 else B_FIRST} for n in range(5)]
    annotator = begin([*tasks, {**pair, "input": "Q5"}, {**pair, "input": "Q6", "mapping": A_FIRST}], view_id="compare")
    page = annotator.page
    sides = page.locator(".pf-version")

    expect(sides.first).to_contain_text("the old one")
    expect(annotator.card).not_to_contain_text("v2")
    expect(annotator.button("A is better")).to_be_visible()
    annotator.press("a")  # n=0, A is the old one
    annotator.press("a")  # n=1, A is the new one
    annotator.press("x")  # n=2, B is the new one
    keys(annotator, "2", "1", "Enter")  # n=3, A after all
    answered(annotator, 4)
    keys(annotator, "ArrowRight", "Enter")  # n=4, B is the new one
    answered(annotator, 5)
    new_is_a = "new" in sides.first.inner_text()
    sides.first.click()
    expect(page.get_by_role("radio", name="Version A")).to_be_checked()
    keys(annotator, "Enter")
    answered(annotator, 6)
    annotator.press("Space")

    stored = annotator.stored()
    assert [one["answer"] for one in stored[:5]] == ["reject", "accept", "accept", "accept", "accept"]
    assert [one["chosen"] for one in stored[:5]] == ["A", "A", "B", "A", "B"]
    assert stored[5]["mapping"] == (A_FIRST if new_is_a else B_FIRST)
    assert stored[5]["answer"] == ("accept" if new_is_a else "reject")
    assert stored[6]["answer"] == "ignore" and "chosen" not in stored[6]


def test_pictures_options_and_names_are_compared_on_a_phone(begin, picture):
    options = {"options": OPTIONS, "accept": [2]}
    tasks = [
        {"accept": {"image": picture}, "reject": {"image": picture + ".gone"}, "mapping": A_FIRST},
        {"accept": options, "reject": {**options, "accept": []}, "mapping": B_FIRST},
    ]
    annotator = begin(tasks, config={"compare_blind": False, "show_diff": True}, view_id="compare", **PHONE)

    expect(annotator.page.locator(".pf-version-name")).to_have_text(["accept", "reject"])
    expect(annotator.card).to_contain_text("This picture cannot be shown")
    first, second = (annotator.button(name).bounding_box() for name in ("A is better", "B is better"))
    assert first["x"] < second["x"]
    annotator.swipe(-180, 0)  # towards A
    expect(annotator.page.locator(".pf-option-list [data-picked=true]")).to_have_text(["Bad"])
    annotator.swipe(180, 0)

    assert [(one["answer"], one["chosen"]) for one in annotator.stored()] == [("accept", "A"), ("accept", "B")]


VERSIONS = [
    {"accept": ["good"], "answer": "accept", "sessions": ["set-alex", "set-kim"], "default": True},
    {"accept": [2], "answer": "accept", "sessions": ["set-robin"]},
    {"answer": "ignore", "sessions": ["set-sam"]},
]


def test_review_picks_a_version_and_makes_it_right(begin):
    task = {"view_id": "choice", "options": OPTIONS, "versions": VERSIONS}
    annotator = begin([{**task, "text": f"Nice {n}"} for n in range(4)], view_id="review")
    page = annotator.page
    state = page.locator(".pf-versions-state")

    expect(page.locator(".pf-given").first).to_contain_text("alex, kim")
    expect(state).to_have_text("As version 1")
    annotator.press("a")
    keys(annotator, "2")
    expect(page.get_by_role("radio", name="Bad", exact=True)).to_be_checked()
    annotator.press("a")
    page.locator(".pf-option").nth(1).click()
    expect(state).to_have_text("As version 2")
    keys(annotator, "2", "Alt+3")  # the editor's own key lets go; the other picks
    expect(state).to_have_text("As version 3")
    keys(annotator, "[", "[", "1")  # version 1, and the editor's key lets go of its pick
    expect(state).to_have_text("As version 3")
    annotator.press("a")
    annotator.press("x")

    stored = annotator.stored()
    assert [one["accept"] for one in stored] == [["good"], [2], [], ["good"]]
    assert [one["answer"] for one in stored] == ["accept", "accept", "accept", "reject"]
    assert all(one["versions"] == VERSIONS and one["view_id"] == "choice" for one in stored)


def test_review_of_votes_and_of_written_texts(begin):
    votes = [{"answer": "accept", "sessions": ["set-a", "set-b"]}, {"answer": "reject", "sessions": ["set-c"]}]
    written = [{"user_input": text, "answer": "accept", "sessions": [f"set-{text}"]} for text in ("one", "two")]
    tasks = [
        {"text": "Nice", "label": "GOOD", "view_id": "classification", "versions": votes},
        {"text": "Nice", "view_id": "text_input", "versions": written},
        {"text": "Well", "view_id": "text_input", "versions": written, "config": {"review_blind": True}},
        {"text": "No view", "versions": written},
    ]
    annotator = begin(tasks, view_id="review")
    page = annotator.page

    expect(page.locator(".pf-vote")).to_have_text([re.compile("Accepted.*2.*a, b"), re.compile("Rejected.*1.*c")])
    annotator.press("x")
    keys(annotator, "2")
    expect(field(annotator)).to_have_value("two")
    keys(annotator, "Enter", "End")
    page.keyboard.type("!")
    expect(page.locator(".pf-versions-state")).to_have_text("Your own version")
    page.keyboard.press("Control+Enter")
    answered(annotator, 2)
    expect(page.locator(".pf-who").first).to_have_text("1 annotator")
    annotator.press("a")
    expect(annotator.card).to_contain_text("needs “view_id”")
    annotator.press("Space")

    stored = annotator.stored()
    assert stored[0]["answer"] == "reject" and stored[0]["versions"] == votes
    assert [one.get("user_input") for one in stored[1:3]] == ["two!", "one"]


PAGES = [
    {"text": "First page", "options": OPTIONS},
    {"view_id": "text_input", "text": "Second page", "field_label": "Say"},
    {"view_id": "text", "text": "Third page", "label": "LAST"},
]


def test_pages_are_turned_by_keys_and_answered_as_one(begin):
    pair = {"view_id": "compare", "accept": {"text": "new"}, "reject": {"text": "old"}, "mapping": B_FIRST}
    tasks = [*({"pages": PAGES, "n": n} for n in range(2)), {"pages": [pair, {"view_id": "text", "text": "After"}]}]
    annotator = begin(tasks, config={"page_view_id": "choice", "choice_auto_accept": True}, view_id="pages")
    page = annotator.page

    expect(annotator.card).to_contain_text("Page 1 of 3")
    expect(annotator.card).to_contain_text("2 pages not seen yet")
    keys(annotator, "2")  # picks, and goes on by itself
    expect(annotator.text).to_have_text("Second page")
    page.get_by_label("Say").fill("a . b")
    keys(annotator, "Escape", ",", "PageDown", ".")
    expect(annotator.text).to_have_text("Third page")
    expect(annotator.card).to_contain_text("LAST")
    expect(annotator.card).not_to_contain_text("not seen yet")
    annotator.press("a")
    page.get_by_role("button", name="Page 3").click()
    expect(annotator.text).to_have_text("Third page")
    annotator.press("x")
    keys(annotator, "a")  # says nothing about which of two is better
    expect(annotator.card).to_contain_text("Choose one of the two")
    keys(annotator, "1", "Enter")
    expect(annotator.card).to_contain_text("After")
    annotator.press("a")

    first, second, third = annotator.stored()
    assert (third["answer"], third["pages"][0]["answer"], third["pages"][0]["chosen"]) == ("accept", "reject", "A")
    assert [first["answer"], second["answer"]] == ["accept", "reject"]
    assert first["pages"][0]["accept"] == [2] and first["pages"][1]["user_input"] == "a . b"
    assert first["pages"][2] == PAGES[2] and "accept" not in first
    assert second["pages"][0]["accept"] == []


def test_pages_that_must_all_be_seen(begin):
    pages = [
        {"text": "One"},
        {"text": "Two"},
        {"view_id": "text_input", "field_id": "why", "config": {"field_required": True}},
    ]
    config = {"page_view_id": "text", "pages_require_all": True}
    annotator = begin([{"pages": pages}], config=config, view_id="pages", **PHONE)

    annotator.button("Accept").tap()
    expect(annotator.text).to_have_text("Two")
    expect(annotator.card).to_contain_text("Look at every page before you accept.")
    annotator.button("Accept").tap()
    expect(annotator.card).to_contain_text("Page 3 of 3")
    annotator.page.get_by_role("button", name="Previous page").tap()
    annotator.button("Accept").tap()
    expect(annotator.page.get_by_label("Your text")).to_be_focused()
    annotator.page.keyboard.type("so")
    annotator.button("Accept").tap()
    answered(annotator, 1)

    assert annotator.stored()[0]["pages"][2]["why"] == "so"


def test_a_thousand_options_and_options_with_pictures(begin, picture):
    options = [{"id": n if n % 2 else str(n), "text": f"Product {n:04d}"} for n in range(1000)]
    several = {"choice_style": "multiple", "choice_auto_accept": False}
    pictures = [{"id": 1, "image": picture, "text": "Car"}, {"id": 2, "image": picture + ".gone", "text": "Lorry"}]
    tasks = [{"options": options, "config": several}, {"label": "CARS", "options": pictures}]
    tasks += [{"text": "One", "options": OPTIONS}, {"text": "Two", "options": []}]
    annotator = begin(tasks, config={"choice_auto_accept": True}, view_id="choice")
    page = annotator.page
    finder = page.get_by_role("searchbox", name="Find an option")

    keys(annotator, "2", "/")
    expect(finder).to_be_focused()
    page.keyboard.type("0998")
    expect(page.locator(".pf-option")).to_have_count(1)
    keys(annotator, "Enter")
    expect(page.locator(".pf-option")).to_have_count(1000)
    expect(page.locator(".pf-finder-chip")).to_have_text(["Product 0001 ×", "Product 0998 ×"])
    finder.fill("product 05")
    keys(annotator, "Escape")
    took_ms = page.evaluate(
        """() => new Promise(done => {
            const start = performance.now();
            document.dispatchEvent(new KeyboardEvent('keydown', {key: '3', bubbles: true}));
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        })"""
    )
    assert took_ms < 500
    annotator.press("a")
    expect(page.locator(".pf-label")).to_have_text("CARS")
    expect(page.locator(".pf-option").nth(1)).to_contain_text("This picture cannot be shown: Lorry")
    page.get_by_role("button", name="Load again").click()
    expect(page.locator(".pf-option").nth(1)).to_contain_text("This picture cannot be shown: Lorry")
    keys(annotator, "2")
    answered(annotator, 2)
    page.get_by_role("radio", name="Good").focus()
    keys(annotator, "ArrowDown")  # picks on its way, and does not answer
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    answered(annotator, 2)
    annotator.press("a")
    expect(annotator.card).to_contain_text("needs “options”")
    annotator.press("Space")

    assert [one.get("accept") for one in annotator.stored()][:3] == [[1, "998", "2"], [2], [2]]


FORM = """
<h2>{{text}}</h2><div class="esc">{{evil}}</div><div class="raw">{{{evil}}}</div>
<p title="{{evil}}"><label for="name">Name</label> <input id="name" value="{{text}}" onchange="window.hits = 9"></p>
<button type="button" data-id="{{n}}" onclick="window.prodigy.update({n: 1})">Go</button>
<b onclick="window.hits('{{evil}}')">tagged</b><select><option>One</option></select><textarea>{{text}}</textarea>
"""
EVIL = (
    "\"><img src=x onerror='window.hits=1'><button onclick='window.hits=2'>b</button>"
    "<input onfocus=window.hits=3 autofocus>"
    "<form action='javascript:window.hits=4'><textarea></textarea></form><script>window.hits=5</script>"
    "' onmouseover='window.hits=6'"
)
CONTROLS = """box => [...box.querySelectorAll('*')].flatMap(element => [...element.attributes]
    .filter(({name}) => name.startsWith('on')).map(({name, value}) => `${element.localName} ${name} ${value}`))"""


def test_only_the_recipes_own_template_has_controls_and_handlers(begin, open_page):
    foreign = {"config": {"html_template": FORM}}
    also_foreign = {"html_template": "<button onclick='window.hits=7'>x</button><i>{{{evil}}}</i>"}
    tasks = [{"text": "One", "n": 1, "evil": EVIL}, {"html": FORM.replace("{{{evil}}}", EVIL)}]
    page = open_page()
    page.add_init_script("window.hits = 0")
    annotator = begin([*tasks, {"evil": EVIL, **foreign}, {"evil": EVIL, **also_foreign}], page=page, view_id="html",
                      config={"blocks": [{"view_id": "html", "html_template": FORM}]})  # fmt: skip
    assert annotator.page.locator(".pf-html button").count() == 0  # the first has no template and no html: it says so
    annotator.press("Space")
    for _ in range(3):
        box = annotator.page.locator(".pf-html")
        expect(box).to_be_visible()
        assert box.evaluate(CONTROLS) == []
        assert box.locator("button, input, select, textarea, form, script").count() == 0
        annotator.press("Space")
    assert annotator.page.evaluate("window.hits") == 0


def test_a_recipes_template_keeps_its_form_and_nothing_of_a_tasks(begin, open_page):
    config = {
        "html_template": FORM,
        "blocks": [{"view_id": "html", "html_template": FORM.replace("<h2>", "<h2>Block ")}],
    }
    page = open_page()
    page.add_init_script("window.hits = 0")
    tasks = [{"_view_id": "html", "text": "One"}, {"_view_id": "blocks", "text": "Two"}]
    annotator = begin([{**task, "n": 1, "evil": EVIL} for task in tasks], page=page, config=config)
    check_form(annotator, "One")
    check_form(annotator, "Block Two")

    assert page.evaluate("window.hits") == 9  # the recipe's own handler, and no other
    assert [one["answer"] for one in annotator.stored()] == ["accept", "accept"]


def check_form(annotator, title):
    page = annotator.page
    box = page.locator(".pf-html")
    before = annotator.history.count()
    expect(box.locator("h2")).to_have_text(title)
    assert box.evaluate(CONTROLS) == ["input onchange window.hits = 9", "button onclick window.prodigy.update({n: 1})"]
    assert box.locator("input, button, textarea, select").count() == 4
    assert box.locator("form, script").count() == 0
    expect(box.locator("button")).to_have_attribute("data-id", "1")
    assert box.locator(".raw").locator("input, button, textarea").count() == 0
    box.locator("label").click()
    expect(box.locator("input")).to_be_focused()
    page.keyboard.type("a x")
    answered(annotator, before)
    page.mouse.move(400, 300)
    keys(annotator, "Escape")
    annotator.press("a")


def every_view(picture):
    text = "The quick brown fox jumps over the lazy dog. "
    return [
        {"_view_id": "text_input", "text": text, "field_required": True, "field_suggestions": ["a"]},
        {"_view_id": "blocks", "image": picture, "label": "X", "config": {"blocks": CAPTION}},
        {"_view_id": "diff", "accept": {"text": text}, "reject": {"text": text.replace("quick", "slow")}},
        {"_view_id": "compare", "input": {"text": "Q"}, "accept": {"text": text}, "reject": {"text": "no " + text},
         "config": {"show_diff": True}},
        {"_view_id": "review", "view_id": "choice", "text": text, "options": OPTIONS, "versions": VERSIONS},
        {"_view_id": "review", "view_id": "text", "text": text, "versions": VERSIONS[:1]},
        {"_view_id": "pages", "pages": PAGES, "page_view_id": "choice", "label": "PAGES"},
        {"_view_id": "llm_io", "llm": {"prompt": text, "response": text}},
        {"_view_id": "choice", "options": [{"id": n, "text": f"No. {n}"} for n in range(30)], "accept": [3]},
        {"_view_id": "html", "text": text, "n": 4},
    ]  # fmt: skip


@pytest.mark.parametrize(("scheme", "options"), [("light", PHONE), ("dark", {})])
def test_axe_finds_nothing_in_them(begin, picture, scheme, options):
    tasks = every_view(picture)
    template = "<h2>{{text}}</h2><label for=a>Name</label> <input id=a> <button type=button>Go</button>"
    tasks = [
        {**task, "text": f"{task['text']} {place}"} if "text" in task else task for place, task in enumerate(tasks)
    ]
    annotator = begin(tasks, config={"html_template": template}, color_scheme=scheme, **options)
    for place, task in enumerate(tasks):
        if task["_view_id"] in ("text_input", "compare"):
            keys(annotator, "Enter", "ArrowDown")  # with its list open, with a side chosen
        check(annotator.page)
        keys(annotator, "Escape", "Escape")
        annotator.press("Space")
        answered(annotator, place + 1)


def test_long_texts_are_shown_whole(begin):
    text = "Sentence after sentence goes by. " * 620
    changed = text.replace("goes", "went", 40)
    tasks = [
        {"_view_id": "classification", "text": text + "1", "label": "LONG"},
        {"_view_id": "diff", "added": text, "removed": changed},
        {"_view_id": "compare", "accept": {"text": text}, "reject": {"text": changed}, "config": {"show_diff": True}},
        {"_view_id": "text_input", "text": text, "user_input": text, "field_rows": 5},
        {"_view_id": "html", "html": f"<p>{text}</p><script>window.hits = 1</script>"},
    ]
    annotator = begin(tasks)
    for _ in tasks:
        expect(annotator.card).to_contain_text("Sentence after sentence")
        expect(annotator.card).not_to_contain_text("cannot be shown")
        annotator.press("x")

    assert annotator.page.evaluate("window.hits") is None
    assert [one["answer"] for one in annotator.stored()] == ["reject"] * 5


def words(text):
    """A task with its words as tokens."""
    tokens, start = [], 0
    for number, word in enumerate(text.split()):
        tokens.append({"text": word, "start": start, "end": start + len(word), "id": number, "ws": True})
        start += len(word) + 1
    return {"text": text, "tokens": tokens}


def entity(first, last, label, task):
    tokens = task["tokens"]
    places = {"start": tokens[first]["start"], "end": tokens[last]["end"], "token_start": first, "token_end": last}
    return {**places, "label": label}


def test_editors_work_inside_the_others(begin, picture):
    person = words("Anna Smith lives in Berlin")
    made = [[entity(0, 1, "PERSON", person)], [entity(4, 4, "CITY", person)]]
    versions = [{"spans": spans, "answer": "accept", "sessions": [f"set-{n}"]} for n, spans in enumerate(made)]
    note = {"view_id": "text_input", "field_id": "note", "field_label": "Note"}
    boxes = {"labels": ["RBC", "WBC"], "blocks": [{"view_id": "image_manual"}, {"view_id": "choice"}, note]}
    tasks = [
        {"_view_id": "blocks", "image": picture, "options": OPTIONS, "config": boxes},
        {"_view_id": "review", "view_id": "ner_manual", **person, "versions": versions},
        {"_view_id": "pages", "pages": [{"view_id": "ner_manual", **person}, {"view_id": "text", "text": "After"}]},
    ]
    tasks[0]["config"]["blocks"][1] |= {"image": None}
    annotator = begin(tasks, config={"labels": ["PERSON", "CITY"]})
    page = annotator.page

    box = page.locator(".pf-canvas-picture img").bounding_box()
    keys(annotator, "2")
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    page.locator(".pf-option").first.click()
    keys(annotator, "2")  # now an option, and no label
    page.get_by_label("Note", exact=True).fill("a 1 x")
    keys(annotator, "Escape")
    annotator.press("a")
    keys(annotator, "2")
    expect(page.locator(".pf-versions-state")).to_have_text("As version 2")
    expect(page.locator(".pf-span-list li")).to_contain_text(["Berlin"])
    annotator.press("a")
    place = page.evaluate(PLACE_OF, ["Berlin", 0])
    page.mouse.dblclick(place["x"], place["y"])
    expect(page.locator(".pf-span-list li")).to_contain_text(["Berlin"])
    keys(annotator, ".")
    expect(annotator.text).to_have_text("After")
    annotator.press("a")

    first, second, third = annotator.stored()
    assert [span["label"] for span in first["spans"]] == ["WBC"]
    assert first["spans"][0]["width"] == pytest.approx(160, abs=4)
    assert (first["accept"], first["note"]) == ([2], "a 1 x")
    assert [span["label"] for span in second["spans"]] == ["CITY"]
    spans = third["pages"][0]["spans"]
    assert [(span["token_start"], span["label"]) for span in spans] == [(4, "PERSON")] and "spans" not in third
