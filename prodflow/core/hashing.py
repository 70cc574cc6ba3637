"""Identity: what makes two tasks the same.

A hash is the upper 53 bits of xxh3-64 over canonical JSON, so that JSON, JavaScript, float64 and pandas hold it
exactly, and a million tasks have no collision to speak of (32 bits: more than a hundred).
"""

from collections.abc import Iterable
from typing import Any

import orjson
from xxhash import xxh3_64_intdigest

from prodflow.core.errors import TaskError
from prodflow.core.task import Task

INPUT_KEYS = ("text", "image", "html", "input")
_DEFAULT_KEYS = (*INPUT_KEYS, "audio", "video")
"""Recordings count too: the text beside one is often only its name, and names repeat."""
TASK_KEYS = ("spans", "label", "options", "arcs")
_DEFAULT_TASK_KEYS = (*TASK_KEYS, "arc")
IGNORE = (
    "score",
    "rank",
    "model",
    "model_version",
    "source",
    "pattern",
    "priority",
    "path",
    "_view_id",
    "_session_id",
    "_annotator_id",
    "answer",
)


class Provisional(int):
    """A hash that was computed of a task as it came from its source; it counts anew once the task is asked.

    So copies of a task that ask different things are different tasks, without a word about hashes.
    """

    __slots__ = ()


_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
_IGNORE_SET = frozenset(IGNORE)
_LONG = 500


def get_hash(value: object) -> int:
    """Return the 53-bit hash of a JSON-like value; the order of keys does not count.

    Raises:
        TypeError: if the value is not JSON-like.

    >>> get_hash({"a": 1, "b": 2}) == get_hash({"b": 2, "a": 1})
    True
    >>> 0 <= get_hash("text") < 2**53
    True
    """
    try:
        return xxh3_64_intdigest(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)) >> 11
    except TypeError:  # other keys than texts cost twice the time: look for them only where they are
        return xxh3_64_intdigest(orjson.dumps(value, option=_CANONICAL)) >> 11


def set_hashes(
    task: Task,
    input_keys: Iterable[str] | str = INPUT_KEYS,
    task_keys: Iterable[str] | str = TASK_KEYS,
    ignore: Iterable[str] | str = IGNORE,
    overwrite: bool = False,
) -> Task:
    """Return the task with `_input_hash` and `_task_hash`; the task given is not changed.

    The input hash covers the data (text, image, …), the task hash also what is asked about it (label, spans, …).

    Args:
        task: the annotation task.
        input_keys: keys of the input hash, in any kind of collection, or one alone; where the task has none of them,
            all others count. A recording ("audio", "video") counts beside the default ones.
        task_keys: keys that make it another task over the same input.
        ignore: keys that never count, also inside nested values.
        overwrite: compute hashes anew where the task has them already; provisional ones always are.

    Raises:
        TaskError: if the values are not JSON-like.

    >>> a, b = set_hashes({"text": "a", "label": "X"}), set_hashes({"text": "a", "label": "Y"})
    >>> a["_input_hash"] == b["_input_hash"], a["_task_hash"] == b["_task_hash"]
    (True, False)
    """
    input_hash, task_hash = task.get("_input_hash"), task.get("_task_hash")
    provisional = type(input_hash) is Provisional or type(task_hash) is Provisional
    if not overwrite and not provisional and input_hash is not None and task_hash is not None:
        return task
    ignored = _IGNORE_SET if ignore is IGNORE else frozenset((ignore,) if isinstance(ignore, str) else ignore)
    try:
        if overwrite or input_hash is None or type(input_hash) is Provisional:
            found = _select(task, _DEFAULT_KEYS if input_keys == INPUT_KEYS else input_keys, ignored)
            input_hash = get_hash(found or _rest(task, task_keys, ignored))
        if overwrite or task_hash is None or type(task_hash) is Provisional:
            asked = _select(task, _DEFAULT_TASK_KEYS if task_keys == TASK_KEYS else task_keys, ignored)
            task_hash = get_hash([input_hash, asked]) if asked else input_hash
    except TypeError as error:
        keys = ", ".join(map(repr, task))
        raise TaskError(f"a task that is not JSON-like has no hash: {error} (keys: {keys})") from error
    hashed = {**task, "_input_hash": input_hash, "_task_hash": task_hash}
    by_default = input_keys == INPUT_KEYS and task_keys == TASK_KEYS and ignore is IGNORE
    return provisionally(hashed, task) if provisional and by_default and not overwrite else hashed


def provisionally(hashed: Task, task: Task) -> Task:
    """Return a hashed task with those of its hashes provisional that the task it was made of did not have for good.

    >>> hashed = provisionally(set_hashes({"text": "a"}), {"text": "a"})
    >>> other = set_hashes({**hashed, "label": "X"})
    >>> other["_input_hash"] == hashed["_input_hash"], other["_task_hash"] == hashed["_task_hash"]
    (True, False)
    """
    made = {
        key: Provisional(hashed[key])
        for key in ("_input_hash", "_task_hash")
        if task.get(key) is None or type(task[key]) is Provisional
    }
    return {**hashed, **made} if made else hashed


def is_provisional(task: Task) -> bool:
    """Tell whether a hash of the task is provisional.

    >>> is_provisional({"_input_hash": 1, "_task_hash": Provisional(2)})
    True
    """
    return any(type(task.get(key)) is Provisional for key in ("_input_hash", "_task_hash"))


def with_lasting_hashes(task: Task) -> Task:
    """Return the task with hashes that stay whatever becomes of it.

    >>> with_lasting_hashes({"text": "a", "_input_hash": 1, "_task_hash": 2})
    {'text': 'a', '_input_hash': 1, '_task_hash': 2}
    """
    hashed = set_hashes(task)
    if not is_provisional(hashed):
        return hashed
    return {**hashed, "_input_hash": int(hashed["_input_hash"]), "_task_hash": int(hashed["_task_hash"])}


def _select(task: Task, keys: Iterable[str] | str, ignored: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in (keys,) if isinstance(keys, str) else keys:
        if key in task:
            value = task[key]
            found[key] = value if type(value) is str or _is_long_without(value, ignored) else _without(value, ignored)
    return found


def _is_long_without(value: Any, ignored: frozenset[str]) -> bool:
    """Tell of a long list, fast, whether no ignored key is anywhere in it: its JSON would have the key's text."""
    if not isinstance(value, list) or len(value) < _LONG:
        return False
    try:
        encoded = orjson.dumps(value)
    except TypeError:
        return False
    return not any(orjson.dumps(key) in encoded for key in ignored)


def _rest(task: Task, task_keys: Iterable[str] | str, ignored: frozenset[str]) -> dict[str, Any]:
    """The data of a task without a known input key: all but what is asked about it; else what is asked."""
    asked = (task_keys,) if isinstance(task_keys, str) else tuple(task_keys)
    plain = {key: value for key, value in task.items() if not str(key).startswith("_")}
    data: dict[str, Any] = _without({key: value for key, value in plain.items() if key not in asked}, ignored)
    return data or _select(plain, asked, ignored)


def _without(value: Any, ignored: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, ignored) for key, item in value.items() if key not in ignored}
    if isinstance(value, (list, tuple)):
        return [_without(item, ignored) for item in value]
    return value
