"""Change what a task asks."""

from typing import Any

from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task


def asked_anew(task: Task, **changes: Any) -> Task:
    """Return the task with other values; where it has a task hash, it gets the one of its new question.

    The input hash stays: the data are the same.

    >>> a = asked_anew({"text": "a", "_input_hash": 1, "_task_hash": 2}, label="X")
    >>> a["_input_hash"], a["_task_hash"] == 2
    (1, False)
    >>> asked_anew({"text": "a"}, label="X")
    {'text': 'a', 'label': 'X'}
    """
    changed = {**task, **changes}
    if changed.pop("_task_hash", None) is None:
        return {**task, **changes}
    return set_hashes(changed)
