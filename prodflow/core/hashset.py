"""A set of hashes in a flat table: 11 to 17 bytes a key where Python's own takes 77."""

from array import array
from collections.abc import Hashable, Iterable, Iterator
from itertools import chain

_EMPTY = -(2**63)
_FIRST_SIZE = 1 << 10
_GROWTH, _MAX_LOAD = 1.5, 0.7


class HashSet:
    """A set for integers that are hashes already; anything else hashable may be in it too, at Python's own price.

    Open addressing with linear probing; the keys are spread by themselves, so they are not hashed again.

    >>> seen = HashSet([5, 9])
    >>> 5 in seen, 6 in seen, seen.add(6), seen.add(6), len(seen)
    (True, False, True, False, 3)
    """

    __slots__ = ("_count", "_limit", "_others", "_size", "_table")

    def __init__(self, keys: Iterable[Hashable] = ()) -> None:
        """Start with some keys."""
        self._others: set[Hashable] = set()
        self._make(_FIRST_SIZE)
        for key in keys:
            self.add(key)

    def _make(self, size: int) -> None:
        self._size = size | 1
        self._table = array("q", [_EMPTY]) * self._size
        self._limit = int(self._size * _MAX_LOAD)
        self._count = 0

    def add(self, key: Hashable) -> bool:
        """Add a key; tell whether it was new."""
        table, size = self._table, self._size
        try:  # the minus refuses texts, which `%` alone would take for a format
            slot = -key % size  # type: ignore[operator]
            while (found := table[slot]) != _EMPTY:
                if found == key:
                    return False
                slot = slot + 1 if slot + 1 < size else 0
            if key == _EMPTY:
                return self._add_other(key)
            table[slot] = key  # type: ignore[call-overload]
        except (TypeError, OverflowError):
            return self._add_other(key)
        self._count += 1
        if self._count > self._limit:
            self._grow()
        return True

    def _add_other(self, key: Hashable) -> bool:
        """Keep what is no integer of 64 bits."""
        if key in self._others:
            return False
        self._others.add(key)
        return True

    def _grow(self) -> None:
        keys = self._table
        self._make(int(self._size * _GROWTH))
        for key in keys:
            if key != _EMPTY:
                self.add(key)

    def __contains__(self, key: Hashable) -> bool:
        table, size = self._table, self._size
        try:
            slot = -key % size  # type: ignore[operator]
            while (found := table[slot]) != _EMPTY:
                if found == key:
                    return True
                slot = slot + 1 if slot + 1 < size else 0
        except TypeError:
            pass  # no integer: it can only be among the others
        return key in self._others if self._others else False

    def __len__(self) -> int:
        return self._count + len(self._others)

    def __iter__(self) -> Iterator[Hashable]:
        return chain((key for key in self._table if key != _EMPTY), self._others)

    @property
    def nbytes(self) -> int:
        """The size of the table in bytes."""
        return self._table.itemsize * len(self._table)
