"""The stream's side of a session: tasks are pulled, made ready and counted."""

import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any

from prodflow.core.errors import TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task, with_score
from prodflow.session.schema import check_storable, check_task

log = logging.getLogger("prodflow")


class Intake:
    """Pulls tasks from a stream one by one and keeps account of what became of them.

    Args:
        stream: tasks, or `(score, task)` pairs.
        view_id: written into each task as `_view_id`.
        validate: leave out tasks that their view cannot show.
    """

    def __init__(self, stream: Iterable[Any], view_id: str, *, validate: bool = True) -> None:
        """Read nothing yet."""
        self.stream = stream
        self.counts: Counter[str] = Counter()
        self._ended = False
        self._peeked: deque[Task] = deque()
        self.error: Exception | None = None
        self.misfit: TaskError | None = None
        """Why the first task that its view could not show was left out."""
        self._iterator: Iterator[Any] = iter(stream)
        self._view_id = view_id
        self._validate = validate

    def pull(self) -> Task | None:
        """Return the next task; None at the end of the stream, or where it broke."""
        if self._peeked:
            return self._peeked.popleft()
        known = self.error
        task = self._next()
        if self.error is not known:
            log.error(
                "the stream stopped: %s", self.error, exc_info=not isinstance(self.error, ValueError) and self.error
            )
        return task

    def peek(self, count: int) -> None:
        """Read the first tasks before anybody asks, so that what is wrong with the stream shows at once."""
        while len(self._peeked) < count and (task := self._next()) is not None:
            self._peeked.append(task)

    @property
    def exhausted(self) -> bool:
        """Whether there is nothing more to pull."""
        return self._ended and not self._peeked

    def _next(self) -> Task | None:
        while not self._ended:
            try:
                task = self._prepared(next(self._iterator))
            except StopIteration:
                self._ended = True
            except Exception as error:
                self._ended, self.error = True, error
            else:
                self.counts["came"] += 1
                if self._fits(task):
                    return task
        return None

    def _fits(self, task: Task) -> bool:
        if not self._validate:
            return True
        try:
            check_task(task, task["_view_id"])
            check_storable(task)
        except TaskError as error:
            self.misfit = self.misfit or error
            self.counts["did not fit the view"] += 1
            log.warning("task %d is left out: %s", self.counts["came"], error)
            return False
        return True

    def account(self, *, open_elsewhere: int) -> str:
        """Say in a sentence why there is nothing more to ask."""
        if self.error is not None:
            return f"The stream stopped with an error: {self.error}"
        came = self.counts["came"]
        if not came:
            return "The source is empty: no task came from it."
        parts = [f"{number:,} {reason}" for reason, number in self.counts.items() if reason != "came"]
        for stage in getattr(self.stream, "counts", ()):
            if stage.dropped:
                parts.append(f"{stage.dropped:,} left out by {stage.stage}")
        if open_elsewhere:
            parts.append(f"{open_elsewhere:,} still with other annotators")
        tasks = "the only task" if came == 1 else f"all {came:,} tasks"
        return f"You have reached the end: {tasks} of the stream came by" + (
            f" ({', '.join(parts)})." if parts else "."
        )

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
