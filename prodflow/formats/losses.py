"""What a format cannot hold: counted, with a few examples, so that nothing gets lost in silence."""

import logging
from typing import Any

from prodflow.core.task import Task

log = logging.getLogger("prodflow")

_MAX_EXAMPLES = 3


class Losses:
    """What was left out or changed on the way, by kind.

    >>> losses = Losses()
    >>> losses.add("rejected answers", "task 1", count=2)
    >>> losses.lines()
    ['rejected answers: 2 (e.g. task 1)']
    """

    def __init__(self) -> None:
        """Nothing is lost yet."""
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[str]] = {}

    def add(self, kind: str, example: str | None = None, *, count: int = 1) -> None:
        """Count something that is lost.

        Args:
            kind: what it is and what became of it, in a few words.
            example: where; the first ones are kept.
            count: how many there are.
        """
        self._counts[kind] = self._counts.get(kind, 0) + count
        examples = self._examples.setdefault(kind, [])
        if example is not None and len(examples) < _MAX_EXAMPLES and example not in examples:
            examples.append(example)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def lines(self) -> list[str]:
        """Return a line a kind, the most frequent first."""
        kinds = sorted(self._counts, key=lambda kind: (-self._counts[kind], kind))
        return [f"{kind}: {self._counts[kind]:,}{_listed(self._examples[kind])}" for kind in kinds]

    def to_plain(self) -> dict[str, Any]:
        """Return all that is known, for a manifest."""
        return {
            kind: {"count": count, "examples": self._examples[kind]} for kind, count in sorted(self._counts.items())
        }

    def warn(self, where: str) -> None:
        """Say in the log what was lost; for loaders, which have no other way to tell."""
        for line in self.lines():
            log.warning("%s: %s", where, line)


def name_of(task: Task) -> str:
    """Return what a task is called in a report: by its hash alone, since reports outlive what is erased.

    >>> name_of({"text": "a", "_task_hash": 5})
    'task 5'
    """
    return f"task {task.get('_task_hash', 'without a hash')}"


def label_said_no(task: Task) -> str | None:
    """Return the label of a task that asked whether it applies, and was rejected; None for any other task.

    >>> label_said_no({"text": "a", "label": "SPORT", "answer": "reject"})
    'SPORT'
    """
    label = task.get("label")
    asked = isinstance(label, str) and not task.get("spans") and task.get("options") is None
    return label if asked and task.get("answer") == "reject" else None


def _listed(examples: list[str]) -> str:
    return f" (e.g. {', '.join(examples)})" if examples else ""
