"""What goes into the journal: answers and undos, checked before anything is stored."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import orjson

from prodflow.core.errors import AnswerError
from prodflow.core.task import DECISIONS, Decision, Task

MAX_SECONDS = 2**40
MAX_HASH = 2**53 - 1
"""The largest integer that JSON, JavaScript and floats hold exactly; hashes are within ± of it."""

_MAX_ID_CHARACTERS = 200
_MAX_DEPTH = 200
"""Less than every JSON library reads, with room for the replies that a task travels in."""


@dataclass(frozen=True, slots=True)
class Event:
    """An answer or its undo, as it goes into the journal.

    Args:
        event_id: made by the client before its first try, so that a repeated one is recognised.
        kind: an answer, or the undo of one.
        session: the whole id, e.g. `news-alex`.
        task_hash: the task's `_task_hash`.
        input_hash: the task's `_input_hash`.
        answer: the decision; None for an undo.
        content: the task as answered; `{}` for an undo.
        seconds: the time the annotator spent on it.
        late: it came when its task had gone to somebody else, or had its answers.
        answered_at: when it was answered, in seconds since 1970, where that was not now.
    """

    event_id: str
    kind: Literal["answer", "undo"]
    session: str
    task_hash: int
    input_hash: int
    answer: Decision | None
    content: Task
    seconds: float | None = None
    late: bool = False
    answered_at: float | None = None


@dataclass(frozen=True, slots=True)
class Ack:
    """What became of an event: its place in the journal, whether it was known, and the event it replaced."""

    event_id: str
    seq: int
    duplicate: bool
    replaced: int | None


class Checked(NamedTuple):
    """An event that may be stored, with its content as JSON and its place in the batch."""

    event: Event
    content: str
    where: str


def check_event(event: Event, where: str = "$", content: str | None = None) -> Checked:
    """Check an event and encode its content.

    Args:
        event: what is to be stored.
        where: the JSON path of the answer in the body it came in, for the error.
        content: the event's content where `encode_content` encoded it already.

    Raises:
        AnswerError: status 400, with the JSON path of what cannot be stored.

    >>> check_event(Event("1", "answer", "news-alex", 5, 5, "accept", {"text": "a"})).content
    '{"text":"a"}'
    """
    _check_id(event.event_id, f"{where}._event_id")
    check_hash(event.task_hash, f"{where}._task_hash")
    check_hash(event.input_hash, f"{where}._input_hash")
    if event.kind not in ("answer", "undo"):
        raise AnswerError(f"{where}: kind {event.kind!r} is none of answer, undo", path=where)
    if event.kind == "answer" and event.answer not in DECISIONS:
        path = f"{where}.answer"
        raise AnswerError(f"{path}: {event.answer!r} is none of {', '.join(DECISIONS)}", path=path)
    if event.kind == "undo" and (event.answer is not None or event.content):
        raise AnswerError(f"{where}: an undo has neither answer nor content", path=where)
    _check_number(event.seconds, f"{where}.seconds")
    _check_number(event.answered_at, f"{where}._timestamp")
    for key, value in (("_task_hash", event.task_hash), ("_input_hash", event.input_hash), ("answer", event.answer)):
        if key in event.content and event.content[key] != value:
            path = f"{where}.{key}"
            raise AnswerError(f"{path}: {event.content[key]!r} is not the event's, which is {value!r}", path=path)
    return Checked(event, encode_content(event.content, where) if content is None else content, where)


def check_hash(value: object, path: str) -> int:
    """Return a hash that can be stored: an integer of 53 bits and a sign.

    Raises:
        AnswerError: status 400.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise AnswerError(f"{path}: {value!r} is not an integer", path=path)
    if not -MAX_HASH <= value <= MAX_HASH:
        raise AnswerError(f"{path}: {value} is out of range; a hash has at most 53 bits", path=path)
    return value


def encode_content(content: Task, where: str = "$") -> str:
    """Encode a task as JSON that every reader takes: SQLite, DuckDB, JavaScript.

    Raises:
        AnswerError: status 400, at NaN, a lone surrogate, a NUL character, a value that is not JSON, or too
            deep nesting.
    """
    if not isinstance(content, dict):
        raise AnswerError(f"{where}: a task is an object, got {type(content).__name__}", path=where)
    try:
        encoded = orjson.dumps(content)
    except (TypeError, RecursionError) as error:
        raise _explain(content, where, str(error)) from error
    # NaN and Infinity are encoded as null, a NUL as \u0000: only where one of these is found, or there are brackets
    # enough to nest too deeply, is a closer look needed; and the closest, which knows the place, where that finds one.
    suspicious = b"null" in encoded or encoded.count(b"[") + encoded.count(b"{") > _MAX_DEPTH
    faulty = b"\\u0000" in encoded or (suspicious and not _is_sound(content))
    if faulty and (found := next(_faults(content, where), None)):
        path, reason = found
        raise AnswerError(f"{path}: {reason}", path=path)
    return encoded.decode()


def _is_sound(content: Task) -> bool:
    """Tell whether all numbers are finite, and nothing is nested too deeply; level by level, which is fast."""
    level: list[Any] = [content]
    for _ in range(_MAX_DEPTH):
        items = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
        if not all(math.isfinite(item) for item in items if isinstance(item, float)):
            return False
        level = [item for item in items if isinstance(item, (dict, list, tuple))]
        if not level:
            return True
    return False


def _explain(content: Task, where: str, reason: str) -> AnswerError:
    try:
        path, reason = next(_faults(content, where), (where, reason))
    except RecursionError:
        path, reason = where, "too deeply nested"
    return AnswerError(f"{path}: {reason}", path=path)


def _faults(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the path and the reason of every value that cannot be stored."""
    if depth > _MAX_DEPTH:
        yield path[:80], "nested too deeply"
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                yield path, f"the key {key!r} is not a text"
            else:
                yield from _faults(key, path, depth)
                yield from _faults(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield from _faults(item, f"{path}[{position}]", depth + 1)
    elif isinstance(value, str):
        if "\0" in value:
            yield path, "a text with a NUL character (\\u0000) cannot be stored"
        elif not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            yield path, "a text with a lone surrogate cannot be stored"
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"{value} is not a number of JSON"
    elif isinstance(value, int) and not -(2**63) <= value < 2**64:
        yield path, f"{value} does not fit into 64 bits"
    elif not isinstance(value, (int, float, type(None))):
        yield path, f"a {type(value).__name__} is not JSON"


def _check_id(value: object, path: str) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID_CHARACTERS or not value.isprintable():
        raise AnswerError(f"{path}: {value!r} is not an id: 1 to {_MAX_ID_CHARACTERS} printable characters", path=path)


def _check_number(value: object, path: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < MAX_SECONDS:
        raise AnswerError(f"{path}: {value!r} is not a number of seconds", path=path)
