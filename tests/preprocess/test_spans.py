"""One task a span, and options to choose from."""

from typing import Any

import pytest

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.preprocess import add_label_options, split_spans

SPANS: list[dict[str, Any]] = [
    {"start": 0, "end": 5, "label": "ORG"},
    {"start": 9, "end": 15, "label": "GPE"},
    {"start": 0, "end": 2},
]
TASK: dict[str, Any] = {"text": "Apple in France", "spans": SPANS, "meta": {"page": 1}}


def test_each_span_becomes_a_task_with_all_else() -> None:
    assert list(split_spans([TASK])) == [{**TASK, "spans": [span]} for span in SPANS]


@pytest.mark.parametrize("labels", [["GPE"], ("GPE",), {"GPE"}, "GPE"])
def test_only_spans_of_the_labels_are_asked(labels: Any) -> None:
    assert [task["spans"] for task in split_spans([TASK], labels)] == [[SPANS[1]]]


def test_no_labels_are_all_labels() -> None:
    nothing: list[Any] = [None, [], ()]
    for labels in nothing:
        assert len(list(split_spans([TASK], labels=labels))) == 3


def test_a_task_without_spans_asks_nothing() -> None:
    assert list(split_spans([{"text": "a"}, {"text": "a", "spans": []}, {"text": "a", "spans": None}])) == []


def test_each_question_has_a_hash_of_its_own_over_the_same_data() -> None:
    made = list(split_spans([set_hashes(TASK)]))

    assert len({task["_input_hash"] for task in made}) == 1
    assert len({task["_task_hash"] for task in made}) == 3
    assert made[1] == set_hashes({**TASK, "spans": [SPANS[1]]})


def test_the_task_made_can_be_changed_without_changing_the_one_given() -> None:
    [first, *_] = split_spans([TASK])

    first["spans"][0]["label"] = "X"

    assert SPANS[0]["label"] == "ORG"


def test_broken_spans_are_named() -> None:
    with pytest.raises(TaskError, match="split_spans: task 1: spans='x' is not a list of spans"):
        list(split_spans([TASK, {"spans": "x"}]))
    assert len(list(split_spans(on_error="skip")([{"spans": [1]}, TASK]))) == 3


def test_each_label_becomes_an_option() -> None:
    tasks = list(add_label_options([{"text": "a", "options": ["old"]}, {"text": "b"}], ["CAT", "DOG"]))

    assert [task["options"] for task in tasks] == [[{"id": name, "text": name} for name in ("CAT", "DOG")]] * 2
    assert tasks[0]["options"][0] is not tasks[1]["options"][0]


def test_options_are_part_of_the_question() -> None:
    task = set_hashes({"text": "a"})

    [made] = add_label_options([task], labels="CAT")

    assert made["_input_hash"] == task["_input_hash"]
    assert made["_task_hash"] == set_hashes({"text": "a", "options": made["options"]})["_task_hash"]


def test_labels_are_names() -> None:
    with pytest.raises(SettingError, match="add_label_options: labels=5 is neither a name nor a list of names"):
        add_label_options(labels=5)
