"""Identity: what counts, what does not, and that it never changes by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import TaskError
from prodflow.core.hashing import (
    IGNORE,
    Provisional,
    get_hash,
    is_provisional,
    provisionally,
    set_hashes,
    with_lasting_hashes,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(json_values)
def test_a_hash_has_53_bits(value: object) -> None:
    assert 0 <= get_hash(value) < 2**53


def test_hashes_are_what_they_were() -> None:
    """Values of the first version: datasets are compared by them, so they may never change."""
    task = {"text": "Grüße", "label": "A", "spans": [{"start": 0, "end": 5, "label": "X", "score": 0.5}]}

    hashed = set_hashes(task)

    assert (hashed["_input_hash"], hashed["_task_hash"]) == (2371332904123753, 521929692423775)
    assert get_hash({"b": [1, 2.5, None], "a": True}) == 4765062030388823


@given(st.dictionaries(st.text(), json_values))
def test_the_order_of_keys_does_not_count(value: dict[str, object]) -> None:
    assert get_hash(value) == get_hash(dict(reversed(value.items())))


def test_a_label_makes_another_task_of_the_same_input() -> None:
    a, b = set_hashes({"text": "a", "label": "X"}), set_hashes({"text": "a", "label": "Y"})

    assert a["_input_hash"] == b["_input_hash"]
    assert a["_task_hash"] != b["_task_hash"]


@pytest.mark.parametrize("key", ["audio", "video", "anything"])
def test_a_label_is_not_the_input_of_any_kind_of_data(key: str) -> None:
    a, b = set_hashes({key: "a", "label": "X"}), set_hashes({key: "a", "label": "Y"})

    assert a["_input_hash"] == b["_input_hash"] != set_hashes({key: "b", "label": "X"})["_input_hash"]
    assert a["_task_hash"] != b["_task_hash"]


def test_tasks_of_options_alone_differ_by_their_options() -> None:
    a, b = set_hashes({"label": "CAR", "options": [{"id": 1}]}), set_hashes({"label": "CAR", "options": [{"id": 2}]})

    assert a["_input_hash"] != b["_input_hash"]


@pytest.mark.parametrize("key", IGNORE)
def test_ignored_keys_do_not_count_also_when_nested(key: str) -> None:
    plain = {"text": "a", "spans": [{"start": 0, "end": 1}], "options": [{"id": 1, "more": {"x": 1}}]}
    noisy = {
        **plain,
        key: "noise",
        "spans": [{"start": 0, "end": 1, key: 1}],
        "options": [{"id": 1, "more": {"x": 1, key: 2}}],
    }

    assert set_hashes(noisy)["_task_hash"] == set_hashes(plain)["_task_hash"]
    assert set_hashes({"id": 1, key: 2})["_input_hash"] == set_hashes({"id": 1})["_input_hash"]


def test_hashes_that_are_there_stay() -> None:
    given = {"text": "a", "_input_hash": -5, "_task_hash": 7}

    assert set_hashes(given) == given
    assert set_hashes({"text": "a", "_input_hash": -5})["_input_hash"] == -5
    assert set_hashes(given, overwrite=True) == set_hashes({"text": "a"})


def test_the_task_given_is_not_changed() -> None:
    task = {"text": "a", "spans": [{"start": 0}]}

    set_hashes(task)

    assert task == {"text": "a", "spans": [{"start": 0}]}


@pytest.mark.parametrize("keys", [["id"], ("id",), {"id"}, "id"], ids=repr)
def test_keys_come_in_any_collection_or_as_one_bare_name(keys: object) -> None:
    a = set_hashes({"text": "a", "id": 1}, input_keys=keys)  # type: ignore[arg-type]
    b = set_hashes({"text": "b", "id": 1}, input_keys=keys)  # type: ignore[arg-type]

    assert a["_input_hash"] == b["_input_hash"]


def test_a_task_that_is_not_json_says_which() -> None:
    with pytest.raises(TaskError, match=r"not JSON-like has no hash: .*bytes.* \(keys: 'image', 'id'\)"):
        set_hashes({"image": b"raw", "id": 1})


def test_many_tasks_do_not_collide() -> None:
    """32 bits of a million would collide more than a hundred times; here they do a few times."""
    hashes = {set_hashes({"text": f"text number {number}"})["_input_hash"] for number in range(200_000)}

    assert len(hashes) == 200_000
    assert len({value >> 21 for value in hashes}) < 200_000


def provisional(**task: object) -> dict[str, object]:
    return provisionally(set_hashes(dict(task)), dict(task))


@given(st.sampled_from(["text", "label", "spans", "image"]), st.text())
def test_provisional_hashes_follow_what_is_changed(key: str, value: str) -> None:
    changed = {**provisional(text="a", label="X"), key: value}

    assert set_hashes(changed) == set_hashes({"text": "a", "label": "X", key: value})
    assert is_provisional(set_hashes(changed))
    assert not is_provisional(with_lasting_hashes(changed))


def test_hashes_asked_for_with_other_keys_or_anew_are_there_to_stay() -> None:
    task = provisional(text="a", label="X", spans=[])

    for hashed in (set_hashes(task, task_keys=("label",)), set_hashes(task, overwrite=True)):
        assert not is_provisional(hashed)
        assert set_hashes({**hashed, "label": "Y"})["_task_hash"] == hashed["_task_hash"]


def test_only_what_a_task_lacked_is_provisional() -> None:
    given = {"text": "a", "_input_hash": 5}

    hashed = provisionally(set_hashes(given), given)

    assert [type(hashed[key]) for key in ("_input_hash", "_task_hash")] == [int, Provisional]
    assert set_hashes({**hashed, "text": "b", "label": "X"})["_input_hash"] == 5


@pytest.mark.parametrize("key", ["score", 'a"b', "\\", "kept"])
def test_a_long_list_has_the_hash_of_its_parts(key: str) -> None:
    """Whether an ignored key is in a long list is looked for in its text."""
    ignore = ("score", 'a"b', "\\")
    options = [{"id": number, "inside": {key: number}} for number in range(500)]
    plain = [{"id": number, "inside": {"kept": number} if key == "kept" else {}} for number in range(500)]

    hashes = [
        set_hashes({"text": "a", "options": asked}, ignore=ignore)["_task_hash"]
        for asked in (options, tuple(options), plain)
    ]

    assert len(set(hashes)) == 1
