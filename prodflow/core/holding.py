"""What a stage holds that asks its tasks in another order: its records are kept until they were dealt with."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from prodflow.core.tracking import RECORD, record_of

_REMEMBERED = 10_000
"""How many records may be on their way through the stages before the one that holds: most of them were dropped."""


class Holding:
    """Follows the records that go into one stage, and come out once each in whichever order.

    Args:
        held: what an earlier run held and did not deal with, by its number: the record as its loader gave it.
        frontier: the record behind the last one that went in.
    """

    def __init__(self, held: Mapping[int, Any], frontier: int) -> None:
        """Hold what was held."""
        self.frontier = frontier
        self.waiting = set(held)
        """The numbers of those that went in and did not come out, as far as somebody took note of it."""
        self.left = 0
        """How many came out and were dealt with."""
        self._unsettled = set(held)
        self._inside: Counter[int] = Counter()
        self._in_part: set[int] = set()
        self._came: deque[tuple[int, Any]] = deque(maxlen=_REMEMBERED)
        self._out: deque[int] = deque()
        self._turns: dict[int, int] = {}
        self.lost = False
        """Whether a record could not be kept, since it is not JSON, or was forgotten on its long way in."""
        self._new: dict[int, str] = {}
        self._gone: list[int] = []

    def read(self, stream: Iterable[Any]) -> Iterator[Any]:
        """Yield numbered records, and keep them until they have gone in or were dropped on the way."""
        for item in stream:
            if (number := record_of(item)) is not None:
                self._came.append((number, item))
            yield item

    def into(self, stream: Iterable[Any]) -> Iterator[Any]:
        """Yield what goes in."""
        for item in stream:
            if (number := record_of(item)) is not None:
                self._inside[number] += 1
                self._enter(number)
            yield item

    def _enter(self, number: int) -> None:
        while self._came and self._came[0][0] < number:  # those before were dropped, or are inside
            self._came.popleft()
        if number not in self._unsettled:
            if self._came and self._came[0][0] == number:
                self._unsettled.add(number)
                self._keep(number, self._came[0][1])
            else:
                self.lost = True
        if number >= self.frontier:
            self.waiting.add(number)
            self.frontier = number + 1

    def _keep(self, number: int, item: Any) -> None:
        try:
            self._new[number] = orjson.dumps(_without_number(item), option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:
            self.lost = True

    def out(self, stream: Iterable[Any]) -> Iterator[Any]:
        """Yield what comes out, and remember in which order."""
        for item in stream:
            if (number := record_of(item)) is not None:
                self._inside[number] -= 1
                if number not in self._turns:
                    self._turns[number] = self.left + len(self._out)
                    self._out.append(number)
            yield item

    def turn_of(self, item: Any) -> int | None:
        """Return the how-manyeth a record came out, from 0; None for one of which something came out before."""
        number = record_of(item)
        return None if number is None or number in self._in_part else self._turns.get(number)

    def came(self, number: int) -> None:
        """Take note that a record came out and is looked at; those that came out before it were dropped since."""
        if number in self._turns:
            while self._out[0] != number:
                self._settle_first()
            self.waiting.discard(number)

    def settle(self, number: int) -> None:
        """Take note that the record that came was dealt with."""
        if number in self._turns:
            self.came(number)
            self._settle_first()

    def _settle_first(self) -> None:
        done = self._out.popleft()
        self.left += 1
        del self._turns[done]
        self.waiting.discard(done)
        if self._inside[done]:  # another task of this record is to come
            self._in_part.add(done)
            return
        del self._inside[done]
        self._in_part.discard(done)
        self._unsettled.discard(done)
        if self._new.pop(done, None) is None:
            self._gone.append(done)

    def end(self, read: int) -> None:
        """Take note that all there was came out, or failed."""
        while self._out:
            self._settle_first()
        self.frontier = read
        self._gone += self._unsettled
        self._unsettled.clear()
        self._new.clear()

    def changes(self) -> tuple[dict[int, str], list[int]]:
        """Return what is to be kept since the last time, as JSON, and the numbers of what is to be kept no more."""
        (new, self._new), (gone, self._gone) = (self._new, {}), (self._gone, [])
        return new, gone


def _without_number(item: Any) -> Any:
    """Return a task, or a `(score, task)` pair, as it came from its loader."""
    if isinstance(item, dict):
        return {key: value for key, value in item.items() if key != RECORD}
    return [item[0], _without_number(item[1])]
