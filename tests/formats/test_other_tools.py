"""spaCy's DocBin, Hugging Face's Parquet, Label Studio's JSON."""

import json
from pathlib import Path

import orjson
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from prodflow.core.errors import SourceError
from prodflow.formats.huggingface import arrow_type
from prodflow.loaders import get_stream

WORDS = st.text("aé!中", min_size=1, max_size=3)
LABELS = st.sampled_from(["ORG", "PER"])


@st.composite
def texts(draw, *, overlapping):
    """A text with any spaces between its tokens, spans on them, and one option or several of three."""
    tokens, text = [], ""
    for number, word in enumerate(draw(st.lists(WORDS, min_size=1, max_size=5))):
        text += draw(st.sampled_from(["", " ", "  ", "\n"])) if number else ""
        tokens.append({"text": word, "start": len(text), "end": len(text) + len(word), "id": number})
        text += word
    places, spans = st.integers(0, len(tokens) - 1), []
    for _ in range(draw(st.integers(0, 2))):
        first, last = sorted((draw(places), draw(places)))
        if overlapping or all(span["token_end"] < first or last < span["token_start"] for span in spans):
            place = {"start": tokens[first]["start"], "end": tokens[last]["end"]}
            spans.append({**place, "token_start": first, "token_end": last, "label": draw(LABELS)})
    return {"text": text, "tokens": tokens, "spans": spans}


def essence(task):
    spans = sorted({(span["start"], span["end"], span["label"]) for span in task.get("spans", ())})
    return task["text"], spans, task.get("label"), task.get("accept"), task.get("options")


OPTIONS = [{"id": "A", "text": "A"}, {"id": "B", "text": "B"}]
LAW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAW
@given(tasks=st.lists(texts(overlapping=True), min_size=1, max_size=3, unique_by=lambda task: str(task)))
def test_docbin_holds_any_spaces_and_overlapping_spans(journeys, tasks):
    found = journeys([{**task, "options": OPTIONS, "accept": ["B"]} for task in tasks], "docbin")

    assert [essence(task) for task in found] == [(*essence(task)[:3], ["B"], OPTIONS) for task in tasks]
    assert journeys.losses == {}


def test_spacy_itself_reads_the_docbin(journey):
    import spacy
    from spacy.tokens import DocBin

    tokens = [{"text": "Ada", "start": 0, "end": 3, "id": 0}, {"text": "wrote", "start": 4, "end": 9, "id": 1}]
    person = {"start": 0, "end": 3, "label": "PER"}
    journey.write(
        [
            {"text": "Ada wrote", "tokens": tokens, "spans": [person], "label": "HISTORY"},
            {"text": "Ada wrote", "tokens": tokens, "spans": [person, {"start": 0, "end": 9, "label": "S"}]},
        ],
        "docbin",
    )
    first, second = DocBin().from_disk(journey.output).get_docs(spacy.blank("en").vocab)

    assert [(ent.text, ent.label_) for ent in first.ents] == [("Ada", "PER")]
    assert first.cats == {"HISTORY": 1.0}
    assert sorted((span.text, span.label_) for span in second.spans["sc"]) == [("Ada", "PER"), ("Ada wrote", "S")]


@pytest.mark.parametrize("data", [b"", b"no docbin", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_is_no_docbin_is_named(tmp_path, data):
    (tmp_path / "a.spacy").write_bytes(data)
    with pytest.raises(SourceError, match=r"a.spacy: no DocBin of spaCy: "):
        list(get_stream(str(tmp_path / "a.spacy")))


@LAW
@given(
    tasks=st.lists(texts(overlapping=False), min_size=1, max_size=3, unique_by=lambda task: str(task)),
    label=st.sampled_from([{"label": "X"}, {"options": OPTIONS, "accept": ["B"]}, {}]),
)
def test_hugging_face_holds_tags_and_labels(journeys, tasks, label):
    given_tasks = [{**task, **label} for task in tasks]

    assert [essence(task) for task in journeys(given_tasks, "huggingface")] == [essence(task) for task in given_tasks]
    assert journeys.losses == {}


def test_hugging_face_holds_boxes_and_several_labels(journey, picture):
    box = {"label": "CAT", "x": 1.5, "y": 2, "width": 3, "height": 4}
    polygon = {"label": "DOG", "type": "polygon", "points": [[0, 0], [4, 0], [0, 2]]}
    tasks = [
        {"image": picture(), "spans": [box, polygon], "options": OPTIONS, "accept": ["A", "B"]},
        {"image": picture("b.png"), "spans": [], "options": OPTIONS, "accept": []},
    ]
    found = journey(tasks, "huggingface")

    assert [(task["image"], task["accept"]) for task in found] == [(task["image"], task["accept"]) for task in tasks]
    sides = [tuple(span[key] for key in ("label", "x", "y", "width", "height")) for span in found[0]["spans"]]
    assert sides == [("CAT", 1.5, 2, 3, 4), ("DOG", 0, 0, 4, 2)]
    assert journey.losses == {"written as the box around them, polygons and lines": 1}
    metadata = pyarrow.parquet.read_schema(journey.output).metadata
    features = orjson.loads(metadata[b"huggingface"])["info"]["features"]
    assert features["objects"]["category"]["feature"] == {"names": ["CAT", "DOG"], "_type": "ClassLabel"}


def test_a_dataset_of_others_becomes_tasks(tmp_path):
    """Written as `datasets` writes it: newer versions call a sequence a list."""
    names = {"names": ["neg", "pos"], "_type": "ClassLabel"}
    features = {
        "text": {"dtype": "string", "_type": "Value"},
        "label": names,
        "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": ["O", "B-PER"], "_type": "ClassLabel"}, "_type": "Sequence"},
    }
    schema = pyarrow.schema([(name, arrow_type(feature)) for name, feature in features.items()])
    features["ner_tags"]["_type"] = "List"
    schema = schema.with_metadata({"huggingface": orjson.dumps({"info": {"features": features}})})

    def read(label):
        row = {"text": "Hi  Ada", "label": label, "tokens": ["Hi", "Ada"], "ner_tags": [0, 1]}
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row], schema), tmp_path / "a.parquet")
        return next(get_stream(str(tmp_path / "a.parquet"), loader="huggingface"))

    task = read(1)
    assert (task["text"], task["label"]) == ("Hi  Ada", "pos")
    assert [(span["start"], span["end"], span["label"]) for span in task["spans"]] == [(4, 7, "PER")]
    with pytest.raises(SourceError, match=r"a.parquet, row 1: unknown class 7; there are 2, 0 to 1"):
        read(7)
    pyarrow.parquet.write_table(pyarrow.table({"text": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(SourceError, match="says nothing of its features; read it with the loader 'parquet'"):
        list(get_stream(str(tmp_path / "b.parquet"), loader="huggingface"))


@LAW
@given(tasks=st.lists(texts(overlapping=True), min_size=1, max_size=3, unique_by=lambda task: str(task)))
def test_label_studio_holds_spans(journeys, tasks):
    plain = [{"text": task["text"], "spans": task["spans"], "meta": {"n": [1]}} for task in tasks]
    found = journeys(plain, "label-studio")

    assert [essence(task) for task in found] == [essence(task) for task in plain]
    assert all(task["meta"] == {"n": [1]} for task in found)
    assert journeys.losses == {}


def test_label_studio_holds_shapes_choices_and_what_was_ignored(journey, picture):
    box = {"label": "CAT", "x": 1.5, "y": 2, "width": 3, "height": 4}
    polygon = {"label": "DOG", "type": "polygon", "points": [[0, 0], [4, 0], [0, 2]]}
    tasks = [
        {"image": picture(), "spans": [box, polygon]},
        {"image": picture(), "options": OPTIONS, "accept": ["B"], "answer": "ignore"},
        {"text": "c", "answer": "reject"},
    ]
    found = journey(tasks, "label-studio")

    assert [(span["label"], span["type"]) for span in found[0]["spans"]] == [("CAT", "rect"), ("DOG", "polygon")]
    assert [found[0]["spans"][0][key] for key in ("x", "y", "width", "height")] == pytest.approx([1.5, 2, 3, 4])
    assert found[0]["spans"][1]["points"] == [pytest.approx(point) for point in polygon["points"]]
    assert (found[1]["accept"], found[1]["answer"], len(found)) == (["B"], "ignore", 2)
    assert journey.losses == {
        "left out, answered 'reject'": 1,
        "left out, options that nobody chose (they are in the project's configuration)": 1,
    }


def result(kind, **value):
    return {"type": kind, "original_width": 10, "original_height": 20, "value": value}


def test_what_label_studio_exports_becomes_an_answer_a_person(tmp_path, caplog):
    one = result("labels", start=0, end=2, text="Hi", labels=["X", "Y"])
    annotations = [
        {"completed_by": {"id": 1, "email": "ada@x.org"}, "result": [one, result("rating", rating=3)]},
        {"completed_by": 2, "was_cancelled": True, "result": []},
    ]
    items = [{"data": {"text": "Hi"}, "annotations": annotations, "predictions": [{}]}, {"data": {"text": "new"}}]
    (tmp_path / "a.json").write_text(json.dumps(items))
    found = list(get_stream(str(tmp_path / "a.json"), loader="label-studio"))

    assert [(task["text"], task.get("answer"), task.get("_annotator_id")) for task in found] == [
        ("Hi", "accept", "ada@x.org"),
        ("Hi", "ignore", "2"),
        ("new", None, None),
    ]
    assert [span["label"] for span in found[0]["spans"]] == ["X", "Y"]
    assert sorted(record.getMessage().partition("json: ")[2] for record in caplog.records) == [
        "left out, predictions: 1 (e.g. task 1)",
        "left out, results of the type 'rating': 1 (e.g. result 1)",
        "tasks that nobody annotated, read as they are: 1 (e.g. task 2)",
    ]


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([{"text": "a"}], "task 1: no 'data'; export the project as JSON, not as JSON-MIN"),
        ([{"data": {}, "annotations": [{"result": [{"type": "labels"}]}]}], "task 1, result 0: broken: KeyError"),
        ({}, "a list of tasks is expected"),
    ],
)
def test_broken_label_studio_is_named(tmp_path, items, message):
    (tmp_path / "a.json").write_text(json.dumps(items))
    with pytest.raises(SourceError, match=message):
        list(get_stream(str(tmp_path / "a.json"), loader="label_studio"))


def test_pictures_inside_of_tasks_are_inside_of_hugging_faces_rows(journey, tmp_path):
    from prodflow.core.media import file_to_b64

    Image.new("1", (3, 3)).save(tmp_path / "a.png")
    uri = file_to_b64(tmp_path / "a.png")
    (found,) = journey([{"image": uri, "path": "a.png", "label": "X"}], "huggingface")

    assert (found["image"], found["path"], found["label"]) == (uri, "a.png", "X")
    assert Path(journey.output).stat().st_size > 100


@pytest.mark.parametrize("name", ["docbin", "huggingface"])
def test_a_label_that_was_rejected_is_held_and_other_rejects_are_told(journey, name):
    tasks = [
        {"text": "a", "label": "X", "answer": "accept"},
        {"text": "b", "label": "X", "answer": "reject"},
        {"text": "c", "spans": [], "answer": "reject"},
    ]
    found = journey(tasks, name)

    assert [(task["text"], task["label"], task.get("answer", "accept")) for task in found] == [
        ("a", "X", "accept"),
        ("b", "X", "reject"),
    ]
    assert journey.losses["left out, answered 'reject'"] == 1
