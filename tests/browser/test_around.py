"""What surrounds the interfaces: a recipe's scripts, styles, keys, colours; drafts; history; languages; errors."""

import json
import signal
import socket

import pytest
from playwright.sync_api import expect

from tests.browser.annotator import PHONE, Annotator, texts, write_tasks
from tests.browser.test_accessibility import check
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

RECIPE = '''
import prodflow

SCRIPT = """
window.heard = [];
for (const name of ["prodigymount", "prodigyupdate", "prodigyanswer", "prodigyundo", "prodigyend"])
  document.addEventListener(name, ({ detail }) => heard.push([name, detail.answer ?? detail.task?.text ?? null]));
window.foundAtOnce = document.querySelector(".vote").textContent;
document.addEventListener("prodigymount", () => {
  document.querySelector("#app").addEventListener("click", async (event) => {
    if (event.target.className === "vote") window.prodigy.update({ vote: (window.prodigy.content.vote ?? 0) + 1 });
    if (event.target.className === "shout") {
      const example = await window.prodigy.event("shout", { example: window.prodigy.content });
      window.prodigy.update(example);
    }
  });
});
"""
TEMPLATE = '<p class="words">{{text}}</p><p><b class="vote">Vote: {{vote}}</b> <b class="shout">Shout</b></p>'

STYLE = ".vote { color: rgb(1, 2, 3) } [data-prodigy-view-id='html'] .prodigy-content { color: rgb(4, 5, 6) }"

def shout(controller, *, example):
    if example["text"].isupper():
        raise ValueError("It is loud enough")
    return {**example, "text": example["text"].upper()}

@prodflow.recipe("old-style")
def old_style(dataset: str):
    return {
        "dataset": dataset,
        "view_id": "html",
        "stream": [{"text": f"task {number}", "meta": {"number": number}} for number in range(3)],
        "event_hooks": {"shout": shout},
        "config": {
            "html_template": TEMPLATE,
            "javascript": SCRIPT,
            "global_css": STYLE,
            "instructions": INSTRUCTIONS,
        },
    }
'''


@pytest.fixture
def source(tmp_path):
    return write_tasks(tmp_path / "tasks.jsonl", texts(30))


def overrides(**config):
    return {"PRODFLOW_CONFIG_OVERRIDES": json.dumps(config)}


def update(annotator, **changes):
    annotator.page.evaluate("changes => window.prodigy.update(changes)", changes)


def test_a_recipe_with_javascript_css_a_template_and_an_event_hook(open_page, tmp_path, home):
    (tmp_path / "how.md").write_text("# How\n\nBe **loud**.")
    recipe = tmp_path / "old_style.py"
    recipe.write_text(f"INSTRUCTIONS = {str(tmp_path / 'how.md')!r}\n" + RECIPE)
    with ServerProcess(home, "old-style", "set", "-F", recipe) as server:
        annotator = Annotator(open_page(), server)
        page, card = annotator.page, annotator.card

        page.wait_for_function("() => window.heard?.length")
        assert page.evaluate("window.foundAtOnce") == "Vote: "
        expect(page.locator(".vote")).to_have_css("color", "rgb(1, 2, 3)")
        expect(page.locator(".words")).to_have_css("color", "rgb(4, 5, 6)")
        page.locator(".vote").click()
        page.locator(".vote").click()
        expect(page.locator(".vote")).to_have_text("Vote: 2")
        page.locator(".shout").click()
        expect(page.locator(".words")).to_have_text("TASK 0")
        page.locator(".shout").click()
        expect(card.get_by_role("alert")).to_have_text("event shout: It is loud enough")
        annotator.press("a")
        expect(card.get_by_role("alert")).to_have_count(0)
        page.evaluate("window.prodigy.answer('reject')")
        expect(page.locator(".words")).to_have_text("task 2")
        page.evaluate("window.prodigy.undo()")
        expect(page.locator(".words")).to_have_text("task 1")
        annotator.press("x", "Space")
        expect(card).to_contain_text("Nothing more for now")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog").locator("strong")).to_have_text("loud")

        page.wait_for_function("() => window.heard.at(-1)[0] === 'prodigyend'")
        heard = page.evaluate("window.heard")
        assert [one for one in heard if one[0] != "prodigyupdate"] == [
            ["prodigymount", "task 0"],
            ["prodigyanswer", "accept"],
            ["prodigyanswer", "reject"],
            ["prodigyundo", "task 1"],
            ["prodigyanswer", "reject"],
            ["prodigyanswer", "ignore"],
            ["prodigyend", None],
        ]
        updates = [one[1] for one in heard if one[0] == "prodigyupdate"]
        assert updates == ["task 0", "task 0", "TASK 0", "task 1", "task 2", "task 1", "task 2"]
        first = annotator.stored()[0]
        assert (first["text"], first["vote"], first["answer"]) == ("TASK 0", 2, "accept")


def test_a_script_with_an_error_or_that_is_not_there_never_breaks_the_page(serve, chromium, source):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        missing = f"http://127.0.0.1:{nobody.getsockname()[1]}/lib.js"
        script = """
          document.addEventListener('prodigyupdate', () => { throw new Error('first things first') });
          document.addEventListener('prodigyanswer', () => window.prodigy.update('no object'));
          nowhere.to.be.found();
        """
        server = serve(source, **overrides(javascript_urls=[missing], javascript=script))
        page = chromium.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        annotator = Annotator(page, server)
        toasts = page.locator(".pf-toast")
        expect(toasts).to_have_count(2, timeout=10_000)
        expect(toasts.nth(0)).to_contain_text(f"cannot be loaded: {missing}")
        expect(toasts.nth(1)).to_contain_text("The recipe’s script has an error: Uncaught ReferenceError: nowhere")
        check(page)
        annotator.press("a", "x")
        page.wait_for_function("() => performance.now() > 0")

        assert [answer["answer"] for answer in annotator.stored()] == ["accept", "reject"]
        assert len(errors) >= 3
        expect(toasts).to_have_count(2)
        for _ in range(2):
            toasts.first.get_by_role("button", name="Close").click()
        expect(toasts).to_have_count(0)
        page.close()


def test_what_was_begun_survives_a_reload_a_closed_tab_and_a_restarted_server(serve, open_page, source):
    server = serve(source, view_id="text")
    annotator = Annotator(open_page(), server, session="ada")
    page = annotator.page

    update(annotator, spans=[{"start": 0, "end": 8}])
    page.keyboard.press("f")
    page.reload()
    expect(page.locator(".pf-notice")).to_contain_text("Restored")
    check(page)
    server.stop(signal.SIGTERM)
    server = annotator.server = serve(source, port=server.port)
    page.close()
    page = annotator.page = page.context.new_page()
    page.goto(f"{server.address}?session=jo")
    annotator.ready()
    assert page.evaluate("window.prodigy.content.spans") is None, "another session has its own desk"
    page.goto(f"{server.address}?session=ada")
    expect(page.locator(".pf-notice")).to_contain_text("Restored")
    annotator.press("a")
    expect(page.locator(".pf-notice")).to_have_count(0)
    [stored] = annotator.stored()
    assert (stored["spans"], stored["flagged"]) == ([{"start": 0, "end": 8}], True)

    update(annotator, spans=[1])
    page.reload()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".pf-notice")).to_have_count(0)
    page.reload()
    annotator.ready()
    expect(page.locator(".pf-notice")).to_have_count(0)
    annotator.press("x")
    assert "spans" not in annotator.stored()[1]


def test_another_answer_keeps_all_that_the_first_one_changed_also_after_a_reload(serve, open_page, tmp_path):
    tasks = [{"text": f"number {number}", "spans": [{"start": 0, "end": 1, "label": "A"}]} for number in range(4)]
    annotator = Annotator(open_page(), serve(write_tasks(tmp_path / "t.jsonl", tasks)))
    page = annotator.page
    made = {"spans": [], "comment": "so", "relations": [{"head": 1}]}

    update(annotator, **made)
    annotator.press("a")
    update(annotator, **made)
    annotator.press("a")
    annotator.saved()
    page.reload()
    expect(annotator.history).to_have_count(2)
    annotator.history.nth(1).click()
    expect(annotator.text).to_have_text("number 0")
    assert page.evaluate("window.prodigy.content.comment") == "so"
    page.keyboard.press("x")
    expect(annotator.text).to_have_text("number 2")
    page.keyboard.press("Backspace")
    annotator.saved()
    page.reload()
    expect(annotator.text).to_have_text("number 1")
    expect(page.locator(".pf-notice")).to_contain_text("Restored")
    page.keyboard.press("Space")
    expect(annotator.text).to_have_text("number 2")

    first, second = sorted(annotator.stored(), key=lambda answer: answer["text"])
    assert (first["answer"], second["answer"]) == ("reject", "ignore")
    for answer in (first, second):
        assert {key: answer[key] for key in made} == made


SETTINGS = {
    "buttons": ["reject", "accept", "flag"],
    "keymap": {"accept": ["Right", "command+enter"], "reject": "left", "save": ["ctrl+s", "F2"]},
    "hide_meta": True,
    "show_stats": False,
    "project_info": ["dataset", "view_id", "lang"],
    "history_size": 10,
    "ui_lang": "de-DE",
    "lang": "fi",
    "total_examples_target": 12345,
    "custom_theme": {"accept": "#ffe14d", "cardMaxWidth": 500, "largeText": "40px", "bgCardTitle": "wheat", "no": "x"},
    "label": "NEWS",
}


CLOCK_OF_SENDING = """
  addEventListener("keydown", () => { window.pressed = performance.now() }, true);
  const { fetch } = window;
  window.fetch = (url, ...rest) => {
    if (String(url).endsWith("give_answers")) window.sent = performance.now();
    return fetch(url, ...rest);
  };
"""


def test_settings_of_the_recipe_buttons_keys_colours_and_another_language(serve, open_page, source):
    annotator = Annotator.__new__(Annotator)
    page = open_page(color_scheme="light", locale="en-GB")
    server = serve(source, **overrides(**SETTINGS))
    annotator.page, annotator.server, annotator.session = page, server, None
    page.add_init_script(CLOCK_OF_SENDING)
    page.goto(server.address)
    buttons = page.locator(".pf-action")

    expect(buttons).to_have_count(3)
    assert [text.split("\n")[0] for text in buttons.all_inner_texts()] == ["Ablehnen", "Annehmen", "Merken"]
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".pf-content")).to_have_attribute("lang", "fi")
    expect(page.locator(".pf-progress-text")).to_have_text("0 von 12.345 Antworten")
    expect(page.locator(".pf-meta, .pf-stats, .pf-flag")).to_have_count(0)
    assert page.locator(".pf-info dd").all_inner_texts() == ["set", "text", "fi"]
    expect(buttons.nth(1)).to_have_css("background-color", "rgb(255, 225, 77)")
    expect(buttons.nth(1)).to_have_css("color", "rgb(20, 21, 27)")
    expect(page.locator(".pf-label")).to_have_css("color", "rgb(20, 21, 27)")
    expect(annotator.text).to_have_css("font-size", "40px")
    assert annotator.card.bounding_box()["width"] == 500
    check(page)

    page.keyboard.press("ArrowRight")
    expect(annotator.text).to_have_text("Headline number 1")
    for key in ("a", "x", "Space", "Backspace"):
        page.keyboard.press(key)
    page.keyboard.press("f")
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowLeft")
    expect(annotator.text).to_have_text("Headline number 2")
    page.keyboard.press("Control+s")
    page.wait_for_function("() => window.sent > window.pressed")
    assert page.evaluate("window.sent - window.pressed") < 400, "what waits is sent at once"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Tasten")
    expect(page.get_by_role("row", name="Annehmen")).to_contain_text("→Strg ↵")
    page.keyboard.press("Escape")
    expect(page.locator(".pf-save-line").first).to_have_text("Alles gespeichert")
    stored = [(answer["answer"], answer.get("flagged")) for answer in server.client.get("/history").json()["answers"]]
    assert stored == [("reject", True), ("accept", None)]


def test_the_history_has_something_to_show_for_every_kind_of_task_and_goes_by_keys(serve, open_page, tmp_path):
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
    kinds = [
        ({"html": "<h1>Some</h1><p>html</p>"}, "Some html"),
        ({"text": "Which?", "options": [{"id": 1, "text": "One"}], "accept": [1]}, "One"),
        ({"image": pixel, "meta": {"file": "cat.gif"}}, "cat.gif"),
        ({"audio": "data:audio/wav;base64,", "meta": {"file": "voice.wav"}}, "voice.wav"),
        ({"pages": [{"image": pixel}, {"text": "Inside a page"}]}, "Inside a page"),
    ]
    tasks = [{"text": "one"}, {"text": "two"}, {"text": "three"}, {"text": "four"}, *(task for task, _ in kinds)]
    server = serve(write_tasks(tmp_path / "t.jsonl", tasks), **overrides(validate=False))
    annotator = Annotator(open_page(), server)
    page, history = annotator.page, annotator.history

    annotator.press("a", "x", "a", "Space")
    page.keyboard.press("f")
    annotator.press(*["a"] * 5)
    titles = history.locator(".pf-entry-text").all_inner_texts()
    assert titles[:5] == [title for _, title in reversed(kinds)]
    assert history.nth(0).locator("img").count() == history.nth(2).locator("img").count() == 1

    filters = page.get_by_role("group", name="Show")
    filters.get_by_role("button", name="Rejected").click()
    expect(history).to_have_count(1)
    filters.get_by_role("button", name="Flagged").click()
    expect(history).to_have_count(1)
    expect(history).to_contain_text("Some html")
    check(page)
    filters.get_by_role("button", name="All").click()
    filters.get_by_role("button", name="Flagged").focus()
    page.keyboard.press("Tab")
    expect(history.first).to_be_focused()
    for key in ("End", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(annotator.text).to_have_text("two")
    expect(annotator.card).to_contain_text("Answered before: Rejected")
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(annotator.text).to_have_text("one")
    page.keyboard.press("x")
    expect(annotator.card).to_contain_text("Nothing more for now")
    assert annotator.stored()[-1]["answer"] == "reject"


BREAK = """
  const { createNodeIterator } = Document.prototype;
  Document.prototype.createNodeIterator = function (root, ...rest) {
    if (window.mended !== true && root.textContent.includes("boom")) throw new Error("it went boom");
    return createNodeIterator.call(this, root, ...rest);
  };
"""


def test_a_view_that_fails_says_so_in_its_card_and_the_work_goes_on(serve, open_page, tmp_path):
    source = write_tasks(
        tmp_path / "t.jsonl", [{"html": "a"}, {"html": "<b>boom</b>"}, {"html": "<b>boom</b> again"}, {"html": "b"}]
    )
    page = open_page()
    page.add_init_script(BREAK)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    annotator = Annotator(page, serve(source, view_id="html", **overrides(buttons=["accept", "undo"])))

    annotator.press("a")
    expect(annotator.card).to_contain_text("This task cannot be shown")
    expect(annotator.card).to_contain_text("it went boom")
    check(page)
    assert any("it went boom" in line for line in said)
    page.get_by_role("button", name="Ignore this task").click()
    expect(annotator.history).to_have_count(2)
    expect(annotator.card).to_contain_text("it went boom")
    page.evaluate("window.mended = true")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".pf-html")).to_have_text("boom again")
    annotator.press("a")
    expect(page.locator(".pf-html")).to_have_text("b")
    assert [answer["answer"] for answer in annotator.stored()] == ["accept", "ignore", "accept"]


def test_an_objection_of_the_recipe_comes_before_the_task_is_left(open_page, tmp_path, home):
    recipe = tmp_path / "strict.py"
    recipe.write_text(
        "import prodflow\n"
        "def check(answer):\n"
        "    assert answer['answer'] != 'reject', 'Headlines may not be rejected'\n"
        "@prodflow.recipe('strict')\n"
        "def strict(dataset: str):\n"
        "    stream = [{'text': f'Headline number {number}'} for number in range(9)]\n"
        "    return {'dataset': dataset, 'view_id': 'text', 'stream': stream, 'validate_answer': check}\n"
    )
    with ServerProcess(home, "strict", "set", "-F", recipe) as server:
        annotator = Annotator(open_page(), server)
        annotator.press("a")
        annotator.page.keyboard.press("x")
        expect(annotator.page.get_by_role("alert")).to_contain_text("Headlines may not be rejected")
        late = annotator.page.get_by_role("button", name="Change it now")
        if late.is_visible():  # on a machine that is busy for most of a second
            late.click()
        expect(annotator.card.get_by_role("alert")).to_contain_text("Headlines may not be rejected")
        expect(annotator.text).to_have_text("Headline number 1")
        check(annotator.page)
        annotator.press("a")
        expect(annotator.text).to_have_text("Headline number 2")
        expect(annotator.card.get_by_role("alert")).to_have_count(0)
        assert [answer["answer"] for answer in annotator.stored()] == ["accept", "accept"]


CONTRAST = """selector => {
  const element = document.querySelector(selector), { color, backgroundColor } = getComputedStyle(element);
  const light = rgb => {
    const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_high_contrast_by_choice_or_by_the_system(serve, open_page, tmp_path, scheme):
    tasks = [{"text": "One text", "label": "NEWS", "meta": {"source": "here"}}, *texts(9)]
    theme = {"custom_theme": {"accept": "#ffff00", "colorText": "#999999"}}
    page = open_page(color_scheme=scheme)
    server = serve(write_tasks(tmp_path / "t.jsonl", tasks), **overrides(**theme))
    annotator = Annotator(page, server)

    colours = page.get_by_role("button", name="Colours")
    for _ in range(3):
        colours.click()
    expect(colours).to_have_accessible_name("Colours: high contrast")
    page.reload()
    annotator.ready()
    check(page)
    for selector in (".pf-action-accept", ".pf-action-reject", ".pf-action-ignore", ".pf-label"):
        assert page.evaluate(CONTRAST, selector) >= 7, selector
    annotator.press("a")
    check(page)
    page.evaluate("localStorage.clear()")
    page.emulate_media(contrast="more", color_scheme=scheme)
    page.reload()
    annotator.ready()
    assert page.evaluate(CONTRAST, ".pf-action-accept") >= 7
    page.emulate_media(forced_colors="active")
    check(page)
    expect(annotator.button("Accept")).to_have_css("border-style", "solid")


def test_on_a_phone_all_is_in_reach_and_swipes_obey_the_buttons(serve, open_page, source):
    buttons = ["accept", "ignore", "undo", "flag"]
    annotator = Annotator(open_page(**PHONE), serve(source, **overrides(buttons=buttons, project_info=["recipe"])))
    page = annotator.page

    for box in [one.bounding_box() for one in page.locator(".pf-action").all()]:
        assert box["width"] >= 48 and box["height"] >= 48 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    annotator.swipe(-180, 0)
    page.wait_for_timeout(300)
    expect(annotator.text).to_have_text("Headline number 0")
    annotator.swipe(180, 0)
    expect(annotator.text).to_have_text("Headline number 1")
    annotator.press(*["a"] * 9)
    page.get_by_role("button", name="Open the sidebar").tap()
    for button in page.locator(".pf-filter-choice, .pf-save-now, .pf-entry").all():
        box = button.bounding_box()
        assert box["height"] >= 40 and box["x"] + box["width"] <= 390
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("options", [{"reduced_motion": "reduce"}])
def test_nothing_moves_for_who_wants_no_motion(serve, open_page, source, options):
    annotator = Annotator(open_page(**options), serve(source))
    longest = annotator.page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('*')].flatMap(element => {
          const { animationDuration, transitionDuration } = getComputedStyle(element);
          return `${animationDuration},${transitionDuration}`.split(',').map(parseFloat);
        }))"""
    )
    assert longest <= 0.001


def test_an_interface_that_cannot_be_fetched_says_so_and_comes_when_it_can(serve, open_page, tmp_path):
    task = {"text": "Ada met Grace", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]}
    server = serve(write_tasks(tmp_path / "t.jsonl", [task]), view_id="ner")
    page = open_page()
    page.route("**/assets/ner-*.js", lambda route: route.abort())
    annotator = Annotator(page, server)

    expect(annotator.card).to_contain_text("The view “ner” cannot be fetched. It is tried again by itself.")
    expect(annotator.card.get_by_role("button", name="Load the page again")).to_be_visible()
    check(page)
    page.unroute_all()
    expect(annotator.card).to_contain_text("Ada met Grace")
    annotator.press("a")

    assert annotator.stored()[0]["answer"] == "accept"
