"""The stream's side of a session: tasks are pulled, made ready and counted."""

import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prodflow.core.errors import ProdflowError, TaskError, TooManyErrorsError
from prodflow.core.failures import MAX_FAILURES_IN_WINDOW, WINDOW
from prodflow.core.hashing import with_lasting_hashes
from prodflow.core.plain import as_json
from prodflow.core.task import Task, with_score
from prodflow.core.tracking import RECORD, record_of
from prodflow.session.accounting import Accounting
from prodflow.session.schema import check_storable, check_task

log = logging.getLogger("prodflow")

MISFITS_AT_MOST = 1000
"""After so many tasks in a row that do not fit, the stream counts as broken."""

_REPEATS_AT_MOST = 1000

_MISFITS = "did not fit the view"


class Intake:
    """Pulls tasks from a stream one by one and keeps account of what became of them.

    A task that its view cannot show goes to an annotator all the same, with why in `_error`: the app says so, and it
    can be skipped. Where more than 10 of the last 100 are like that, the others are left out, with a line in the log;
    after 1,000 in a row the stream stops.

    Args:
        stream: tasks, or `(score, task)` pairs; where it has an attribute `live` that is true, its end is only one for
            now, and it is asked again. Its `account()`, if it has one, says what became of what did not come.
        view_id: written into each task as `_view_id`.
        config: the recipe's configuration: some views show what it says.
        validate: check tasks against their view.
        accounting: follows the records of the stream.
    """

    def __init__(
        self,
        stream: Iterable[Any],
        view_id: str,
        *,
        config: Mapping[str, Any] | None = None,
        validate: bool = True,
        accounting: Accounting | None = None,
    ) -> None:
        """Read nothing yet."""
        self.stream = stream
        self.counts: Counter[str] = Counter()
        self._ended = False
        self._peeked: deque[tuple[Task, int | None]] = deque()
        self.record: int | None = None
        """The record of the source that the latest task is of."""
        self.dry = False
        """Whether a stream that goes on has nothing to give right now."""
        self.error: Exception | None = None
        self.repeats = 0
        """How many tasks in a row are open already."""
        self.circling = False
        """Whether the stream gives open tasks over and over, and nothing else for now."""
        self.misfit: TaskError | None = None
        """Why the view could not show the first of the tasks that it could not show."""
        self._accounting = accounting
        self._iterator: Iterator[Any] = accounting.open() if accounting is not None else iter(stream)
        if accounting is not None:
            self.counts.update(accounting.counts)
        self._view_id = view_id
        self._config = config or {}
        self._validate = validate
        self._recent_misfits: deque[int] = deque(maxlen=MAX_FAILURES_IN_WINDOW + 1)
        self._misfits_in_a_row = 0
        self._log_later: list[str] | None = None
        self._left_out: list[int | None] = []
        self.reading = False
        """Whether the stream is at work on the next task: it may be waiting for somebody else."""

    def pull(self) -> Task | None:
        """Return the next task; None at the end of the stream, or where it broke."""
        known = self.error
        task, record = self._peeked.popleft() if self._peeked else (self._next(), self.record)
        if self._accounting is not None:
            self._account(record if task is not None else None)
            if task is not None and "_error" in task:
                self._accounting.count(_MISFITS, 1)
        if self.error is not known:
            told = isinstance(self.error, (ValueError, ProdflowError))
            log.error("the stream stopped: %s", self.error, exc_info=not told and self.error)
        return task

    def put_back(self, task: Task) -> None:
        """Take back the task that was pulled last: the next pull gives it again."""
        self._peeked.appendleft((task, self._accounting.record if self._accounting is not None else None))
        if self._accounting is not None:
            self._accounting.count("came", -1)
            if "_error" in task:
                self._accounting.count(_MISFITS, -1)

    def _account(self, record: int | None) -> None:
        """Say which records came by, up to that of the task in hand; None at the end."""
        assert self._accounting is not None
        while self._left_out and (record is None or (self._left_out[0] or 0) <= record):
            self._accounting.came(self._left_out.pop(0))
            self._accounting.decided(_MISFITS)
        if record is not None or not self._ended:
            self._accounting.came(record)

    def goes_in_circles(self, open_tasks: int) -> bool:
        """Tell whether so many open tasks came again that a stream without end seems to wait for their answers."""
        if self.repeats > _REPEATS_AT_MOST + 2 * open_tasks:
            self.repeats, self.circling = 0, True
            return True
        return False

    def peek(self, count: int) -> list[Task]:
        """Read the first tasks before anybody asks, so that what is wrong with the stream shows at once.

        Where they come from a program that has no more of them now, the first is enough.
        """
        self._log_later = []
        while len(self._peeked) < count and not (self._peeked and getattr(self.stream, "would_wait", False)):
            if (task := self._next()) is None:
                break
            self._peeked.append((task, self.record))
        words, self._log_later = self._log_later, None
        for line in () if self.nothing_fits else words:  # where nothing fits, that is what there is to say
            log.warning("%s", line)
        return [task for task, _ in self._peeked]

    @property
    def exhausted(self) -> bool:
        """Whether there is nothing more to pull."""
        return self._ended and not self._peeked

    @property
    def nothing_fits(self) -> bool:
        """Whether tasks came, and their view can show none of them."""
        return 0 < self.counts["came"] == self.counts[_MISFITS]

    def _next(self) -> Task | None:
        while not self._ended:
            try:
                self.reading = True
                task = self._prepared(next(self._iterator))
                self.reading = self.dry = False
                self.counts["came"] += 1
                if isinstance(task, TaskError):
                    self._leave_out(task)
                    continue
                checked = self._checked(task) if self._validate else task
            except StopIteration:
                self.reading, self.dry = False, self._goes_on
                self._ended = not self.dry
                break
            except Exception as error:
                self._ended, self.error = True, error
            else:
                if checked is not None:
                    return checked
        return None

    def _checked(self, task: Task) -> Task | None:
        """Return the task, with `_error` if its view cannot show it; None if it cannot be asked at all."""
        task.pop("_error", None)
        try:
            task = _storable(task)
        except TaskError as error:
            self._leave_out(error)
            return None
        try:
            check_task(task, task["_view_id"], self._config)
        except TaskError as error:
            return self._misfit(task, error)
        self._misfits_in_a_row = 0
        return task

    def _misfit(self, task: Task, error: TaskError) -> Task | None:
        position = self.counts["came"]
        self._recent_misfits.append(position)
        too_many = len(self._recent_misfits) > MAX_FAILURES_IN_WINDOW and position - self._recent_misfits[0] < WINDOW
        if too_many:
            self._leave_out(error)
            return None
        self._count_misfit(error)
        self._log(f"task {position} is shown as broken: {error}")
        return {**task, "_error": str(error)}

    def _leave_out(self, error: TaskError) -> None:
        self._count_misfit(error)
        self._left_out.append(self.record)
        self._log(f"task {self.counts['came']} is left out: {error}")

    def _log(self, words: str) -> None:
        if self._log_later is None:
            log.warning("%s", words)
        else:
            self._log_later.append(words)

    def _count_misfit(self, error: TaskError) -> None:
        self.misfit = self.misfit or error
        self.counts[_MISFITS] += 1
        self._misfits_in_a_row += 1
        if self._misfits_in_a_row >= MISFITS_AT_MOST:
            raise TooManyErrorsError(f"{MISFITS_AT_MOST:,} tasks in a row do not fit; the last: {error}") from error

    def account(self, *, open_elsewhere: int, without_annotator: int = 0) -> str:
        """Say in a sentence why there is nothing more to ask."""
        if self.error is not None:
            return f"The stream stopped with an error: {self.error}"
        own = self.stream.account() if hasattr(self.stream, "account") else ""
        if self._goes_on:
            return "There is nothing more right now" + (f" ({own})." if own else ".")
        came = self.counts["came"]
        if not came:
            return "The source is empty: no task came from it."
        parts = [f"{number:,} {reason}" for reason, number in self.counts.items() if number and reason != "came"]
        for stage, dropped in () if own else self._dropped():
            parts.append(f"{dropped:,} left out by {stage}")
        parts += [own] if own else []
        if open_elsewhere:
            parts.append(f"{open_elsewhere:,} still with other annotators")
        if without_annotator:
            parts.append(f"{without_annotator:,} wait for one more annotator")
        tasks = "the only task" if came == 1 else f"all {came:,} tasks"
        return f"You have reached the end: {tasks} of the stream came by" + (
            f" ({', '.join(parts)})." if parts else "."
        )

    def _dropped(self) -> list[tuple[str, int]]:
        """The stages that dropped records, in the runs before this one too, and how many."""
        if self._accounting is not None and self._accounting.traceable and (found := self._accounting.dropped()):
            return found
        return [(stage.stage, stage.dropped) for stage in getattr(self.stream, "counts", ()) if stage.dropped]

    def _prepared(self, item: Any) -> Task | TaskError:
        """Return the task as it is asked; why it cannot be, where it has parts that JSON has not."""
        self.record = record_of(item)
        task = with_score(item) if isinstance(item, tuple) and len(item) == 2 else item
        if not isinstance(task, dict):
            raise TaskError(f"stream: item {self.counts['came']} is no task: {task!r:.80}")
        task = {key: value for key, value in task.items() if key != RECORD}
        try:
            task = with_lasting_hashes(task)
        except TaskError:
            try:
                task = with_lasting_hashes(as_json(task))
            except TaskError as error:
                return error
        own_view = task.get("_view_id") is not None and "answer" not in task  # that of an answer is where it was given
        return {**task, "_view_id": task["_view_id"] if own_view else self._view_id}

    @property
    def _goes_on(self) -> bool:
        """Whether the end of the stream is only one for now: there may be more later."""
        return bool(getattr(self.stream, "live", False))

    def stop(self) -> None:
        """Let a stream that waits for more input end; may be called from any thread."""
        if hasattr(self.stream, "stop"):
            self.stream.stop()

    def close(self) -> None:
        """Close the stream and what it has open."""
        for opened in (self._iterator, self.stream):
            if hasattr(opened, "close"):
                opened.close()


def _storable(task: Task) -> Task:
    """The task; where it has numbers of numpy and the like, with these as JSON has them."""
    try:
        check_storable(task)
    except TaskError:
        task = as_json(task)
        check_storable(task)
    return task
