"""Which record of the source a task comes from: so that each record is accounted for, and reading can go on later."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from prodflow.core.holding import Holding

RECORD = "_record"
"""The key that carries a record's number through the stages; it is taken off before a task is asked."""

MARK_EVERY = 100
_MAX_RANGES = 10_000

F = TypeVar("F", bound=Callable[..., Any])


class Mark(NamedTuple):
    """Where a record begins: its number, and what its loader needs to go on from there."""

    record: int
    state: Any


class Repeat(NamedTuple):
    """A record that repeats an earlier one: which stage says so, and the hash they share."""

    record: int
    stage: str
    input_hash: int | None
    task_hash: int | None


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
        self.holding: Holding | None = None
        """Follows the stage that asks its tasks in another order, if there is one."""
        self._turn_of: Callable[[Any], int | None] | None = None
        self._repeats: deque[Repeat] = deque()
        self._marks: deque[Mark] = deque([start])

    def numbered(
        self, stream: Iterable[Any], skip: int = 0, held: Mapping[int, Any] = MappingProxyType({})
    ) -> Iterator[Any]:
        """Yield tasks with the number of their record.

        Args:
            stream: the source from the mark on.
            skip: how many records behind the mark were dealt with.
            held: records that were read before and not dealt with; they come first.
        """
        for number, item in held.items():
            yield _with_record(tuple(item) if isinstance(item, list) else item, number)
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
        boundary = Boundary(self._turn_of)
        self.boundaries.append(boundary)
        return boundary.over(stream)

    def held(self, stream: Iterable[Any], through: Callable[[Iterator[Any]], Iterator[Any]]) -> Iterator[Any]:
        """Run a stream through the stage that `holding` follows; behind it records are counted as they come out."""
        assert self.holding is not None
        self._turn_of = self.holding.turn_of
        return self.holding.out(through(self.holding.into(stream)))

    def watched(
        self, stream: Iterable[Any], through: Callable[[Iterator[Any]], Iterator[Any]], made: Callable[[Any], "Repeat"]
    ) -> Iterator[Any]:
        """Run a stream through a filter of duplicates, and note each record of which it lets nothing pass.

        Args:
            stream: what goes in.
            through: the filter; it looks at one task at a time.
            made: says what a task repeats.
        """
        held: Any = None
        """The first task of the latest record, as long as nothing of that record passed."""
        number: int | None = None

        def into() -> Iterator[Any]:
            nonlocal held, number
            for item in stream:
                if (next_number := record_of(item)) != number:
                    self._note_repeat(held, made)
                    held, number = item, next_number
                yield item
            self._note_repeat(held, made)
            held = None

        def out(stream: Iterator[Any]) -> Iterator[Any]:
            nonlocal held
            for item in stream:
                if record_of(item) == number:
                    held = None
                yield item

        return out(through(into()))

    def _note_repeat(self, item: Any, made: Callable[[Any], "Repeat"]) -> None:
        if item is not None and len(self._repeats) < _MAX_RANGES:
            self._repeats.append(made(item))

    def repeats_before(self, record: int) -> list["Repeat"]:
        """Return the duplicates before a record that were not returned before."""
        found = []
        while self._repeats and self._repeats[0].record < record:
            found.append(self._repeats.popleft())
        return found

    def mark_before(self, record: int) -> Mark:
        """Return the latest place to go on from that is not behind a record; earlier ones are forgotten."""
        while len(self._marks) > 1 and self._marks[1].record <= record:
            self._marks.popleft()
        return self._marks[0]

    def passed(self, record: int) -> list[int]:
        """Return how many records before a number passed each place between the stages."""
        turn = self.holding.left if self.holding is not None else 0
        return [boundary.passed(turn if boundary.by_turn else record) for boundary in self.boundaries]


class Boundary:
    """Counts the records that pass one place, as ranges of numbers: in order, so that most join the range before."""

    def __init__(self, turn_of: Callable[[Any], int | None] | None = None) -> None:
        """Nothing passed yet; what is counted is known by the number of its record, or by its turn."""
        self.by_turn = turn_of is not None
        self._number_of = turn_of or record_of
        self._settled = 0
        self._ranges: deque[list[int]] = deque()

    def over(self, stream: Iterable[Any]) -> Iterator[Any]:
        """Yield the stream, counted."""
        last = -1
        ranges, number_of = self._ranges, self._number_of
        for item in stream:
            number = number_of(item)
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
