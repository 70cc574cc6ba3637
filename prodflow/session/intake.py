"""The stream's side of a session: candidates are pulled, made ready and checked against what was answered before."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prodflow.core.errors import TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task, with_score

log = logging.getLogger("prodflow")


class Intake:
    """Pulls tasks from a stream one by one and keeps account of what became of them.

    Args:
        stream: tasks, or `(score, task)` pairs.
        view_id: written into each task as `_view_id`.
        excluded: tells why a task is not to be asked (in words), or returns None.
    """

    def __init__(self, stream: Iterable[Any], view_id: str, excluded: Callable[[Task], str | None]) -> None:
        """Read nothing yet."""
        self.stream = stream
        self.counts: Counter[str] = Counter()
        self.exhausted = False
        self.error: Exception | None = None
        self._iterator: Iterator[Any] = iter(stream)
        self._view_id = view_id
        self._excluded = excluded

    def pull(self) -> Task | None:
        """Return the next task to ask; None at the end of the stream, or where it broke."""
        while not self.exhausted:
            try:
                task = self._prepared(next(self._iterator))
            except StopIteration:
                self.exhausted = True
            except Exception as error:
                self.exhausted, self.error = True, error
                log.error("the stream stopped: %s", error, exc_info=not isinstance(error, ValueError))
            else:
                self.counts["came"] += 1
                if (reason := self._excluded(task)) is None:
                    return task
                self.counts[reason] += 1
        return None

    def _prepared(self, item: Any) -> Task:
        task = with_score(item) if isinstance(item, tuple) and len(item) == 2 else item
        if not isinstance(task, dict):
            raise TaskError(f"stream: item {self.counts['came']} is no task: {task!r:.80}")
        task = set_hashes(task)
        return task if "_view_id" in task else {**task, "_view_id": self._view_id}

    def close(self) -> None:
        """Close the stream and what it has open."""
        for opened in (self._iterator, self.stream):
            if hasattr(opened, "close"):
                opened.close()
