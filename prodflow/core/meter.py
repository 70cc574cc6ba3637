"""Counts of what passes, at the speed of C."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress, repeat
from operator import length_hint
from sys import maxsize
from typing import TypeVar

T = TypeVar("T")


class Meter:
    """Counts the items of one stream: `compress` takes a `True` from a long row of them for each item that passes.

    >>> meter = Meter()
    >>> list(meter.over("abc")), meter.passed
    (['a', 'b', 'c'], 3)
    """

    __slots__ = ("_left",)

    def __init__(self) -> None:
        """Start at 0."""
        self._left = repeat(True, maxsize)

    def over(self, stream: Iterable[T]) -> Iterator[T]:
        """Return the stream, counted."""
        return compress(stream, self._left)

    @property
    def passed(self) -> int:
        """How many items have passed so far."""
        return maxsize - length_hint(self._left)


@dataclass(frozen=True)
class StageCount:
    """How many records came into a stage and went out; `reason` says in words why the rest did not."""

    stage: str
    received: int
    yielded: int
    reason: str = ""

    @property
    def dropped(self) -> int:
        """What came in and did not go out (or has not yet)."""
        return max(0, self.received - self.yielded)
