"""What a task must look like to be shown."""

import pytest

from prodflow import get_schema, set_hashes
from prodflow.core.errors import TaskError, UnknownNameError
from prodflow.session.schema import SCHEMAS, check_task

TEXT = "Ann met Bo 😀 in Ulm"
TOKENS = [
    {"text": "Ann", "start": 0, "end": 3, "id": 0, "ws": True},
    {"text": "met", "start": 4, "end": 7, "id": 1, "ws": True, "disabled": True},
    {"text": "Bo", "start": 8, "end": 10, "id": 2, "ws": True},
    {"text": "😀", "start": 11, "end": 12, "id": 3, "ws": True, "style": {"color": "red"}},
    {"text": "in", "start": 13, "end": 15, "id": 4, "ws": True},
    {"text": "Ulm", "start": 16, "end": 19, "id": 5},
]
TOKENIZED = {"text": TEXT, "tokens": TOKENS}
CITY = {"start": 16, "end": 19, "token_start": 5, "token_end": 5, "label": "CITY"}
BOX = {"type": "rect", "x": 1, "y": 2.5, "width": 10, "height": 20, "label": "CAR", "center": [6, 12.5]}
POLYGON = {"type": "polygon", "points": [(0, 0), (1, 1.5), (2, 0)], "label": "CAR", "color": "#f00"}
REGION = {"start": 0.5, "end": 2, "label": "SPEECH", "id": "a1"}

FITTING = {
    "text": [{"text": "a"}, {"text": ""}],
    "html": [{"html": "<b>a</b>"}],
    "image": [{"image": "a.png", "spans": [BOX, POLYGON]}, {"image": "a.png", "spans": None}],
    "image_manual": [{"image": "a.png", "width": 640, "spans": [BOX, POLYGON]}],
    "classification": [{"image": "a.png", "label": "CAR"}, {"text": "a", "spans": [{"start": 0, "end": 1}]}],
    "choice": [{"text": "a", "options": [{"id": 1, "text": "x"}, {"id": "1", "image": "b.png"}], "accept": [1]}],
    "text_input": [{}, {"text": "a", "field_id": "note", "field_rows": 3, "field_suggestions": ["x"], "note": "y"}],
    "blocks": [{"text": "a"}],
    "diff": [{"added": "a", "removed": "b"}, {"accept": {"text": "a"}, "reject": {"text": "b"}}],
    "compare": [
        {"input": {"text": "q"}, "accept": {"text": "a"}, "reject": {"image": "b.png"}},
        {"accept": "a", "reject": "b", "mapping": {"A": "reject", "B": "accept"}},
    ],
    "review": [
        {"text": "a", "view_id": "text", "versions": [{"answer": "accept", "sessions": ["set-ann"], "default": True}]},
        {**TOKENIZED, "view_id": "ner_manual", "versions": [{"spans": [CITY], "sessions": ["set-bo"]}]},
    ],
    "pages": [{"pages": [{"view_id": "text", "text": "a"}, {"view_id": "image", "image": "b.png"}]}],
    "llm_io": [{"llm": {"prompt": "Say a", "response": "a"}}, {"text": "a", "llm": {"response": "a"}}],
    "ner": [{"text": TEXT, "spans": [{"start": 1, "end": 5, "label": "X"}]}],
    "ner_manual": [{**TOKENIZED, "spans": [CITY]}, TOKENIZED],
    "spans": [{"text": TEXT, "spans": [CITY, {**CITY, "label": "PLACE"}]}],
    "spans_manual": [{**TOKENIZED, "spans": [CITY, {"start": 8, "end": 19, "label": "WHERE"}]}],
    "pos": [{"text": TEXT, "spans": [{"start": 0, "end": 3, "label": "PROPN"}]}],
    "pos_manual": [{**TOKENIZED, "spans": [{"start": 11, "end": 12, "label": "SYM"}]}],
    "relations": [
        {
            **TOKENIZED,
            "spans": [CITY],
            "relations": [{"head": 0, "child": 5, "label": "IN", "child_span": CITY, "color": "#0f0"}],
        },
    ],
    "dep": [{**TOKENIZED, "arc": {"head": 1, "child": 0, "label": "nsubj"}}],
    "audio": [{"audio": "a.wav", "audio_spans": [REGION]}, {"video": "a.mp4"}],
    "audio_manual": [{"audio": "a.wav", "audio_spans": [REGION]}],
    "video": [{"video": "a.mp4"}],
}
BLOCKS = {"blocks": [{"view_id": "text"}, {"view_id": "html", "html": "<hr>", "text": None}, {"view_id": "text_input"}]}


@pytest.mark.parametrize("view_id", SCHEMAS)
def test_every_view_takes_its_tasks_and_what_else_is_in_them(view_id):
    config = BLOCKS if view_id == "blocks" else {}
    for task in FITTING[view_id]:
        check_task({**set_hashes(task), "own": {"key": 1}}, view_id, config)


@pytest.mark.parametrize("view_id", SCHEMAS)
def test_every_view_has_a_json_schema(view_id):
    schema = get_schema(view_id)
    assert schema["title"].endswith("Task")
    assert {"_input_hash", "_task_hash"} <= set(schema["required"])
    assert schema["properties"]["meta"]["type"] == "object"


def changed(index, **changes):
    return [{**token, **changes} if number == index else token for number, token in enumerate(TOKENS)]


MISFITS = [
    ("text", {"image": "a.png"}, "text: Field required (its keys: image)"),
    ("text", {"text": 5}, "text: Input should be a valid string, got 5"),
    ("text", {"text": "a", "meta": "source"}, "meta: Input should be a valid dictionary"),
    ("text", {"text": "a", "_view_id": "txet"}, "_view_id: Input should be 'audio'"),
    ("html", {"text": "a"}, "html: none, and the configuration has no html_template"),
    ("image", {"image": ""}, "image: String should have at least 1 character"),
    ("image", {"image": "a.png", "spans": [{"points": [[1]]}]}, "spans.0.points.0"),
    ("image", {"image": "a.png", "spans": [{"label": "CAR"}]}, "spans.0: a shape needs points, or x, y, width"),
    ("image_manual", {"image": "a.png", "spans": [{**BOX, "width": -1}]}, "spans.0.width"),
    ("image_manual", {"image": "a.png", "spans": [{**BOX, "x": float("nan")}]}, "spans.0.x"),
    ("image_manual", {"image": "a.png", "spans": [{**BOX, "x": "1"}]}, "spans.0.x: Input should be a valid number"),
    ("image_manual", {"image": "a.png", "spans": [{**BOX, "type": "circle"}]}, "spans.0.type: Input should be 'rect'"),
    ("classification", {"label": "CAR"}, "it needs a text, an image or html"),
    ("choice", {"text": "a"}, "options: Field required"),
    ("choice", {"text": "a", "options": []}, "at least 1 item"),
    ("choice", {"text": "a", "options": [{"text": "no id"}]}, "options.0.id"),
    ("choice", {"options": [{"id": 1}, {"id": 1}]}, "options: two have the id 1; each needs its own"),
    ("text_input", {"field_rows": 0}, "field_rows: Input should be greater than or equal to 1"),
    ("text_input", {"field_suggestions": "a"}, "field_suggestions: Input should be a valid list"),
    ("ner", {"text": "abc", "spans": [{"start": 1, "end": 9, "label": "X"}]}, "span 'bc' (1 to 9, X) is outside"),
    ("ner", {"text": "abc", "spans": [{"start": 2, "end": 2}]}, "spans.0: span '' (2 to 2) ends before it starts"),
    ("ner", {"text": "abc", "spans": [{"start": "0", "end": 1}]}, "spans.0.start: Input should be a valid integer"),
    ("spans", {"text": "abc", "spans": [{"start": True, "end": 1}]}, "spans.0.start"),
    ("spans", {"text": "abc", "spans": [{"start": -1, "end": 1}]}, "spans.0.start: Input should be greater than"),
    ("pos", {"text": "abc", "spans": {"start": 0}}, "spans: Input should be a valid list"),
    ("ner_manual", {"text": TEXT}, "tokens: none; apply add_tokens to the stream"),
    ("ner_manual", {"text": TEXT, "tokens": [{"text": "Ann"}]}, "tokens.0.start: Field required"),
    (
        "ner_manual",
        {"text": TEXT, "tokens": changed(5, end=20)},
        "tokens.5: token 'Ulm' (16 to 20) is outside the text",
    ),
    (
        "ner_manual",
        {**TOKENIZED, "spans": [{"start": 8, "end": 11, "label": "X"}]},
        "spans.0: span 'Bo ' (8 to 11, X) does not begin and end with a token",
    ),
    ("spans_manual", {**TOKENIZED, "spans": [{**CITY, "token_end": 6}]}, "token_end=6 is outside the 6 tokens"),
    ("pos_manual", {**TOKENIZED, "spans": [{"start": 12, "end": 15}]}, "does not begin and end with a token"),
    ("relations", {"text": TEXT}, "tokens: Field required"),
    (
        "relations",
        {**TOKENIZED, "relations": [{"head": 0, "child": 6}]},
        "relations.0.child: 6 is outside the 6 tokens",
    ),
    ("dep", {**TOKENIZED, "arc": {"head": 6, "child": 0}}, "arc.head: 6 is outside the 6 tokens"),
    ("dep", {**TOKENIZED, "arcs": [{"head": 0}]}, "arcs.0.child: Field required"),
    ("audio", {"text": "a"}, "it needs audio or video"),
    ("audio_manual", {"audio": "a.wav", "audio_spans": [{"start": 2, "end": 2}]}, "a region from 2 s to 2 s"),
    ("audio_manual", {"audio": "a.wav", "audio_spans": [{"start": -1, "end": 2}]}, "audio_spans.0.start"),
    ("video", {"audio": "a.wav"}, "video: Field required"),
    ("compare", {"accept": {"text": "a"}}, "reject: Field required"),
    ("compare", {"accept": {"text": "a"}, "reject": {"score": 1}}, "reject: it needs a text, an image or html"),
    ("compare", {"accept": "a", "reject": "b", "mapping": {"A": "accept", "B": "accept"}}, "mapping:"),
    ("diff", {"accept": {"text": "a"}}, "it needs added and removed, or accept and reject"),
    ("diff", {"accept": {"image": "a"}, "reject": "b"}, "accept: it needs a text"),
    ("llm_io", {"text": "a"}, "llm: Field required"),
    ("llm_io", {"llm": {}}, "llm: it needs a prompt or a response"),
    ("pages", {"pages": []}, "pages: List should have at least 1 item"),
    ("pages", {"pages": [{"text": "a"}]}, "pages.0.view_id: None; each page names its view"),
    (
        "pages",
        {"pages": [{"view_id": "txet", "text": "a"}]},
        "pages.0.view_id: no view named 'txet'; did you mean 'text'",
    ),
    ("pages", {"pages": [{"view_id": "text", "text": "a"}, {"view_id": "image"}]}, "pages.1.image: Field required"),
    ("review", {"text": "a", "versions": [{"sessions": []}]}, "view_id: Field required"),
    ("review", {"text": "a", "view_id": "text", "versions": []}, "versions: List should have at least 1 item"),
    ("review", {"view_id": "choice", "versions": [{"options": []}]}, "versions.0.options"),
    ("review", {"view_id": "review", "versions": [{}]}, "cannot be reviewed"),
    ("blocks", {"text": "a"}, "blocks: None; the view 'blocks' needs a list of blocks"),
    ("blocks", {"text": "a", "config": {"blocks": [{"view_id": "choice"}]}}, "blocks.0.options: Field required"),
    (
        "blocks",
        {"text": "a", "config": {"blocks": [{"view_id": "text", "text": None}]}},
        "blocks.0.text: Field required",
    ),
]


@pytest.mark.parametrize(("view_id", "task", "words"), MISFITS)
def test_a_task_that_does_not_fit_names_the_field(view_id, task, words):
    hashed = {"_input_hash": 1, "_task_hash": 2, **task}
    with pytest.raises(TaskError) as told:
        check_task(hashed, view_id)
    assert words in str(told.value)
    assert str(told.value).startswith(f"a task does not fit the view {view_id!r}: ")
    assert "\n" not in str(told.value)


def test_where_characters_are_marked_no_tokens_are_needed():
    task = set_hashes({"text": TEXT, "spans": [{"start": 1, "end": 5, "label": "X"}]})
    check_task(task, "ner_manual", {"ner_manual_highlight_chars": True})
    check_task({**task, "config": {"ner_manual_highlight_chars": True}}, "spans_manual")
    with pytest.raises(TaskError, match="apply add_tokens"):
        check_task({**task, "config": {"ner_manual_highlight_chars": False}}, "ner_manual")


def test_offsets_are_those_of_python_texts():
    """An emoji counts one and a combining accent counts one."""
    text = "e\u0301 😀!"
    check_task(set_hashes({"text": text, "spans": [{"start": 3, "end": 5, "label": "X"}]}), "ner")
    with pytest.raises(TaskError, match="outside the text of 5 characters"):
        check_task(set_hashes({"text": text, "spans": [{"start": 3, "end": 6, "label": "X"}]}), "ner")


def test_a_template_is_content():
    task = set_hashes({"title": "a"})
    check_task(task, "html", {"html_template": "<b>{{title}}</b>"})
    check_task(task, "blocks", {"blocks": [{"view_id": "html", "html_template": "<b>{{title}}</b>"}]})


def test_an_unknown_view_names_what_comes_close():
    with pytest.raises(UnknownNameError, match="no view named 'imgae'; did you mean 'image'"):
        get_schema("imgae")


def test_the_pydantic_model_is_to_be_had_and_checks_by_itself():
    hashes = {"_input_hash": 1, "_task_hash": 2}
    assert get_schema("text", json=False).model_validate({"text": "a", **hashes}).text == "a"
    task = get_schema("ner_manual", json=False).model_validate({**TOKENIZED, **hashes})
    assert [token["text"] for token in task.tokens] == TEXT.split()
    with pytest.raises(ValueError, match="apply add_tokens"):
        get_schema("ner_manual", json=False).model_validate({"text": "a", **hashes})
