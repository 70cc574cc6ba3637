"""Which record of the source a task comes from: so that each record is accounted for, and reading can go on later."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

RECORD = "_record"
"""The key that carries a record's number through the stages; it is taken off before a task is asked."""

MARK_EVERY = 100
_MAX_RANGES = 10_000

F = TypeVar("F", bound=Callable[..., Any])


class Mark(NamedTuple):
    """Where a record begins: its number, and what its loader needs to go on from there."""

    record: int
    state: Any


def keeps_order(function: F) -> F:
    """Promise that a generator function yields tasks in the order of its stream, copied with their unknown keys.

    Then a server can go on in the midst of a source after a restart. Operators that are stateless need no promise.

    >>> @keeps_order
    ... def shouted(stream):
    ...     for task in stream:
    ...         yield {**task, "text": task["text"].upper()}
    """
    function.keeps_order = True  # type: ignore[attr-defined]
    return function


class Tracker:
    """Numbers the records of a source and counts, between the stages, how many of them pass.

    Args:
        start: the first record's number.
        mark: asks the loader where the next record begins; None where it cannot go on from the midst.
    """

    def __init__(self, start: Mark = Mark(0, None), mark: Callable[[], Any] | None = None) -> None:  # noqa: B008
        """Count nothing yet."""
        self.mark = mark
        self.read = start.record
        self.boundaries: list[Boundary] = []
        self._marks: deque[Mark] = deque([start])

    def numbered(self, stream: Iterable[Any], skip: int = 0) -> Iterator[Any]:
        """Yield tasks with the number of their record.

        Args:
            stream: the source from the mark on.
            skip: how many records behind the mark were dealt with.
        """
        for item in stream:
            if skip:
                skip -= 1
                self.read += 1
                continue
            numbered = _with_record(item, self.read)
            self.read += 1
            yield numbered
            if self.mark is not None and self.read % MARK_EVERY == 0 and (state := self.mark()) is not None:
                self._marks.append(Mark(self.read, state))

    def counted(self, stream: Iterable[Any]) -> Iterator[Any]:
        """Yield what passes between two stages, and count its records."""
        boundary = Boundary()
        self.boundaries.append(boundary)
        return boundary.over(stream)

    def mark_before(self, record: int) -> Mark:
        """Return the latest place to go on from that is not behind a record; earlier ones are forgotten."""
        while len(self._marks) > 1 and self._marks[1].record <= record:
            self._marks.popleft()
        return self._marks[0]

    def passed(self, record: int) -> list[int]:
        """Return how many records before a number passed each place between the stages."""
        return [boundary.passed(record) for boundary in self.boundaries]


class Boundary:
    """Counts the records that pass one place, as ranges of numbers: in order, so that most join the range before."""

    def __init__(self) -> None:
        """Nothing passed yet."""
        self._settled = 0
        self._ranges: deque[list[int]] = deque()

    def over(self, stream: Iterable[Any]) -> Iterator[Any]:
        """Yield the stream, counted."""
        last = -1
        ranges = self._ranges
        for item in stream:
            number = record_of(item)
            if number is not None and number != last:
                if ranges and ranges[-1][1] == number:
                    ranges[-1][1] = number + 1
                else:
                    ranges.append([number, number + 1])
                    if len(ranges) > _MAX_RANGES:
                        first, end = ranges.popleft()
                        self._settled += end - first
                last = number
            yield item

    def passed(self, record: int) -> int:
        """Return how many records before a number passed; the number never falls from call to call."""
        while self._ranges and self._ranges[0][0] < record:
            first, end = self._ranges[0]
            self._settled += min(end, record) - first
            if end > record:
                self._ranges[0][0] = record
                break
            self._ranges.popleft()
        return self._settled


def record_of(item: Any) -> int | None:
    """Return the number of the record that a task, or a `(score, task)` pair, comes from."""
    task = item[1] if type(item) is tuple and len(item) == 2 else item
    return task.get(RECORD) if isinstance(task, dict) else None


def _with_record(item: Any, number: int) -> Any:
    if isinstance(item, dict):
        return {**item, RECORD: number}
    if type(item) is tuple and len(item) == 2 and isinstance(item[1], dict):
        return item[0], {**item[1], RECORD: number}
    return item
