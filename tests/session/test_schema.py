"""What a task must look like to be shown."""

import pytest

from prodflow import get_schema, set_hashes
from prodflow.core.errors import TaskError, UnknownNameError
from prodflow.session.schema import SCHEMAS, check_task

FITTING = {
    "text": {"text": "a"},
    "html": {"html": "<b>a</b>"},
    "image": {"image": "a.png", "spans": [{"label": "CAR", "points": [[0, 0], [1, 1.5]]}]},
    "classification": {"image": "a.png", "label": "CAR"},
    "choice": {"text": "a", "options": [{"id": 1, "text": "x"}, {"id": "b", "image": "b.png"}], "accept": [1]},
}


def test_every_view_has_a_schema_and_takes_its_task():
    assert FITTING.keys() == SCHEMAS.keys()
    for view_id, task in FITTING.items():
        check_task({**set_hashes(task), "own": {"key": 1}}, view_id)
        assert {"_input_hash", "_task_hash"} <= set(get_schema(view_id)["required"])


@pytest.mark.parametrize(
    ("view_id", "task", "words"),
    [
        ("text", {"image": "a.png"}, "text: Field required"),
        ("text", {"text": 5}, "text: Input should be a valid string"),
        ("image", {"image": "a.png", "spans": [{"points": [[1]]}]}, "spans.0.points.0"),
        ("classification", {"label": "CAR"}, "it needs a text, an image or html"),
        ("choice", {"text": "a"}, "options: Field required"),
        ("choice", {"text": "a", "options": []}, "at least 1 item"),
        ("choice", {"text": "a", "options": [{"text": "no id"}]}, "options.0.id"),
        ("text", {"text": "a", "meta": "source"}, "meta: Input should be a valid dictionary"),
    ],
)
def test_a_task_that_does_not_fit_names_the_field(view_id, task, words):
    with pytest.raises(TaskError, match=words):
        check_task(set_hashes(task), view_id)


def test_an_unknown_view_names_what_comes_close():
    with pytest.raises(UnknownNameError, match="no view named 'imgae'; did you mean 'image'"):
        get_schema("imgae")


def test_the_pydantic_model_is_to_be_had():
    assert get_schema("text", json=False).model_validate({"text": "a", "_input_hash": 1, "_task_hash": 2}).text == "a"
