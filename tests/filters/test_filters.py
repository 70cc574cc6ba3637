"""What is dropped, what stays, and that nothing is read too early."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.filters import filter_duplicates, filter_empty, filter_inputs, filter_seen_before, filter_tasks

tasks = st.lists(st.fixed_dictionaries({"text": st.sampled_from("abc"), "label": st.sampled_from("XYZ")}))


@pytest.mark.parametrize("value", [None, "", 0, [], {}, False])
def test_falsy_values_are_empty(value: Any) -> None:
    assert list(filter_empty([{"text": value}, {"text": "a"}, {}], key="text")) == [{"text": "a"}]


def test_an_empty_task_raises_on_request_naming_its_keys() -> None:
    with pytest.raises(ValueError, match=r"filter_empty: task 1 has no 'text' \(keys: 'image', 'meta'\); set key="):
        list(filter_empty([{"text": "a"}, {"image": 1, "meta": 2}], key="text", skip=False))


def test_positions_are_right_behind_a_task_that_was_skipped() -> None:
    stage = filter_empty(key="text", skip=False, on_error="quarantine")
    kept: list[Any] = []

    assert list(stage([{}, {"text": "a"}, {}], sink=kept.append)) == [{"text": "a"}]
    assert [item.error.partition(" has")[0] for item in kept] == ["filter_empty: task 0", "filter_empty: task 2"]


@given(tasks)
def test_duplicates_are_those_that_came_before(stream: list[Task]) -> None:
    pairs = list(dict.fromkeys((task["text"], task["label"]) for task in stream))
    texts = list(dict.fromkeys(task["text"] for task in stream))

    assert [(task["text"], task["label"]) for task in filter_duplicates(stream)] == pairs
    assert [task["text"] for task in filter_duplicates(stream, by_input=True)] == texts
    assert [task["text"] for task in filter_duplicates(stream, by_input=True, by_task=False)] == texts
    assert list(filter_duplicates(stream, by_task=False)) == stream


@given(tasks, tasks)
def test_what_is_in_the_other_stream_is_dropped(stream: list[Task], other: list[Task]) -> None:
    texts = {task["text"] for task in other}
    pairs = [(task["text"], task["label"]) for task in other]

    assert list(filter_seen_before(stream, other)) == [task for task in stream if task["text"] not in texts]
    assert list(filter_seen_before(stream, iter(other), exclude_by="task")) == [
        task for task in stream if (task["text"], task["label"]) not in pairs
    ]


def test_the_other_stream_is_read_at_the_first_task() -> None:
    read: list[str] = []
    other = ({"text": text} for text in "ab" if read.append(text) is None)
    stream = filter_seen_before([{"text": "a"}, {"text": "c"}], other)

    assert read == []
    assert next(stream) == {"text": "c"}
    assert read == ["a", "b"]


@pytest.mark.parametrize("ids", [list, tuple, set, frozenset, iter])
def test_hashes_come_in_any_collection(ids: Any) -> None:
    a, b = set_hashes({"text": "a"}), set_hashes({"text": "b"})

    assert list(filter_inputs([a, b, {"text": "a"}], ids([a["_input_hash"]]))) == [b]
    assert list(filter_tasks([a, b, {"text": "b"}], ids([b["_task_hash"]]))) == [a]


def test_hashes_of_any_kind_are_compared() -> None:
    """Other tools have used texts, and numbers above 64 bits."""
    tasks = [{"_input_hash": value, "_task_hash": value} for value in ("abc", 2**80, -5, "%s")]

    assert list(filter_duplicates(tasks * 2)) == tasks
    assert list(filter_inputs(tasks, ["abc", 2**80])) == tasks[2:]


@pytest.mark.parametrize(
    "stage",
    [
        filter_duplicates(on_error="skip"),
        filter_inputs(input_ids=[], on_error="skip"),
        filter_tasks(task_ids=iter([]), on_error="skip"),
        filter_seen_before(stream_cache=iter([{"text": "c"}]), on_error="skip"),
    ],
    ids=lambda stage: stage.name,
)
def test_a_task_without_a_hash_is_named_and_can_be_skipped(stage: Any) -> None:
    tasks = [{"text": "a"}, {"text": b"raw"}, {"text": "c"}, {"text": "d"}]

    found = [task["text"] for task in stage(tasks)]

    assert found in (["a", "c", "d"], ["a", "d"])
    assert ("c" in found) is (stage.name != "filter_seen_before")
    with pytest.raises(TaskError, match=f"{stage.name}: task 1: a task that is not JSON-like"):
        list(stage.operator(tasks, **{**stage.settings, **fresh(stage.name)}))


def fresh(name: str) -> dict[str, Any]:
    return {"filter_tasks": {"task_ids": []}, "filter_seen_before": {"stream_cache": []}}.get(name, {})


def test_a_wrong_choice_is_refused_at_once() -> None:
    with pytest.raises(SettingError, match="exclude_by='text' is wrong: Input should be 'input' or 'task'"):
        filter_seen_before(stream_cache=[], exclude_by="text")
