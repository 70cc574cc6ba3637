"""What an annotator said of a task, in a form that can be compared and counted."""

from typing import Any

import orjson

from prodflow.core.task import Task

_PLACE = ("label", "start", "end", "token_start", "token_end", "x", "y", "width", "height", "points")
_WORK = ("spans", "relations", "audio_spans")


def verdict_of(answer: Task) -> str | None:
    """Return an answer as text: equal for the same decision, options, label and marks; None for `ignore`.

    >>> verdict_of({"answer": "accept", "accept": ["B", "A"]}) == verdict_of({"answer": "accept", "accept": ["A", "B"]})
    True
    >>> verdict_of({"answer": "reject", "label": "NEWS"}), verdict_of({"answer": "ignore"})
    ('reject', None)
    """
    decision: str = answer.get("answer", "accept")
    if decision == "ignore":
        return None
    if decision == "reject":
        return decision
    said: list[Any] = []
    if isinstance(answer.get("accept"), list):
        said.append(sorted(map(str, answer["accept"])))
    if isinstance(answer.get("user_input"), str):
        said.append(answer["user_input"].strip())
    said += [_marks(answer[key]) for key in _WORK if isinstance(answer.get(key), list)]
    return orjson.dumps([decision, *said]).decode() if said else decision


def _marks(marks: list[Any]) -> list[str]:
    plain = [{key: mark[key] for key in _PLACE if key in mark} for mark in marks if isinstance(mark, dict)]
    return sorted(orjson.dumps(mark, option=orjson.OPT_SORT_KEYS).decode() for mark in plain)
