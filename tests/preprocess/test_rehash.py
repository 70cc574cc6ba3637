"""Hashes as a stage."""

import pytest

from prodflow.core.errors import TaskError
from prodflow.core.hashing import set_hashes
from prodflow.preprocess import rehash


def test_hashes_are_computed_anew_unless_they_may_stay() -> None:
    task = {"text": "a", "_input_hash": 1, "_task_hash": 2}

    assert list(rehash([task])) == [set_hashes({"text": "a"})]
    assert list(rehash([task], overwrite=False)) == [task]


@pytest.mark.parametrize("keys", ["id", ["id"], {"id"}])
def test_keys_can_be_chosen(keys: object) -> None:
    one, other = rehash([{"text": "a", "id": 1}, {"text": "b", "id": 1}], input_keys=keys)

    assert one["_input_hash"] == other["_input_hash"]


def test_a_task_that_is_not_json_is_named_and_can_be_skipped() -> None:
    tasks = [{"text": "a"}, {"text": b"raw"}, {"text": "b"}]

    with pytest.raises(TaskError, match=r"rehash: task 1: .* \(keys: 'text'\)"):
        list(rehash(tasks))
    assert [task["text"] for task in rehash(on_error="skip")(tasks)] == ["a", "b"]
