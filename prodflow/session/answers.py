"""From what a client sends to what is stored: answers are joined with their tasks, checked and completed."""

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from prodflow.core.errors import AnswerError
from prodflow.core.hashing import set_hashes
from prodflow.core.media import is_data_uri
from prodflow.core.task import DECISIONS, MEDIA_KEYS, Task
from prodflow.store.event import check_hash

_OURS = (
    "_input_hash",
    "_task_hash",
    "_view_id",
    "_event_id",
    "_seconds",
    "_error",
    "_changed",
    "_asked",
    "path",
    "config",
)
_ADDED = ("answer", "_session_id", "_annotator_id", "_view_id", "_timestamp")


def task_hash_of(answer: Any, path: str) -> int | None:
    """Return the hash of the task that an answer is to, if it says so.

    Raises:
        AnswerError: if it is no object, its decision is none of accept, reject, ignore, or the hash no integer.
    """
    if not isinstance(answer, Mapping):
        raise AnswerError(f"an answer is an object, got {answer!r:.60}", path=path)
    decision = answer.get("answer")
    if decision not in DECISIONS:
        raise AnswerError(f"answer={decision!r:.60} is none of {', '.join(DECISIONS)}", path=f"{path}.answer")
    task_hash = answer.get("_task_hash")
    if task_hash is not None and (isinstance(task_hash, bool) or not isinstance(task_hash, int)):
        raise AnswerError(f"_task_hash={task_hash!r:.60} is no integer", path=f"{path}._task_hash")
    return None if task_hash is None else check_hash(task_hash, f"{path}._task_hash")


def task_of(answer: Any, path: str, find: Callable[[int], Task | None], *, known_only: bool) -> Task | None:
    """Return the task that an answer is to, as it was asked; None where only the answer is known.

    Args:
        answer: what came from a client.
        path: where it stood in its request.
        find: returns a task by its hash.
        known_only: refuse answers to tasks that were never asked.

    Raises:
        AnswerError: as for `task_hash_of`; status 404 for a task that was never asked.
    """
    given = task_hash_of(answer, path)
    task = None if given is None else find(given)
    if task is None and known_only:
        where = f"{path}._task_hash"
        if given is None:
            raise AnswerError("an answer needs the _task_hash of its task", path=where)
        raise AnswerError(f"no task {given!r:.40} was asked here", path=where, status=404)
    return task


def joined(answer: Mapping[str, Any], task: Task | None) -> Task:
    """Return the task with what the annotator changed.

    Args:
        answer: the whole task as answered, or its changed keys; in both cases with `answer`.
        task: the task as it was asked; None where only the answer is known.
    """
    if task is None:
        return set_hashes({key: value for key, value in answer.items() if key not in ("_event_id", "_seconds")})
    return {**task, **{key: value for key, value in answer.items() if key not in _OURS}}


def changes_of(answered: Task, asked: Task | None) -> dict[str, Any]:
    """Return what an annotator changed, as `_changed` (keys) and `_asked` (what those had been that were there).

    >>> changes_of({"text": "a", "spans": [1], "accept": [], "answer": "accept"}, {"text": "a", "spans": []})
    {'_changed': ['spans', 'accept'], '_asked': {'spans': []}}
    """
    before = answered if asked is None else asked
    keys = [key for key in answered if key not in _OURS and key not in _ADDED]
    changed = [key for key in keys if key not in before or before[key] != answered[key]]
    return {"_changed": changed, "_asked": {key: before[key] for key in changed if key in before}}


def completed(task: Task, *, session_id: str, annotator: str, view_id: str, now: float | None = None) -> Task:
    """Return the answered task with who said it, where and when."""
    return {
        **task,
        "_session_id": session_id,
        "_annotator_id": annotator,
        "_view_id": task.get("_view_id") or view_id,
        "_timestamp": int(now if now is not None else time.time()),
    }


def without_base64(task: Task) -> Task:
    """Return the task with paths in place of the data URIs that were made of them."""
    path = task.get("path")
    if not isinstance(path, str) or is_data_uri(path):
        return task
    embedded = [key for key in MEDIA_KEYS if isinstance(task.get(key), str) and is_data_uri(task[key])]
    return {**task, embedded[0]: path} if len(embedded) == 1 else task


def event_id_of(answer: Mapping[str, Any], path: str) -> str:
    """Return the id the client gave its answer, or a new one.

    Raises:
        AnswerError: if it is no short text.
    """
    given = answer.get("_event_id")
    if given is None:
        return str(uuid.uuid4())
    if not isinstance(given, str) or not 0 < len(given) <= 64:
        raise AnswerError(f"_event_id={given!r:.80} is no text of 1 to 64 characters", path=f"{path}._event_id")
    return given


def seconds_of(answer: Mapping[str, Any], path: str) -> float | None:
    """Return the seconds the annotator spent, if the client says so.

    Raises:
        AnswerError: if they are no number from 0 to a day.
    """
    given = answer.get("_seconds")
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given <= 86_400:
        raise AnswerError(f"_seconds={given!r:.80} is no number from 0 to 86,400", path=f"{path}._seconds")
    return float(given)


def validated(task: Task, validate: Callable[[Task], Any] | None, path: str) -> None:
    """Let the recipe look at an answer; not where its task could not be shown, and lacks what the recipe counts on.

    Raises:
        AnswerError: status 422, with the recipe's own words, whatever it raised.
    """
    if validate is None or "_error" in task:
        return
    try:
        validate(dict(task))
    except Exception as error:
        raise AnswerError(str(error) or type(error).__name__, path=path, status=422) from error
