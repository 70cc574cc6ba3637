"""A set of hashes in a flat table: 11 to 17 bytes a key where Python's own takes 77."""

from array import array
from collections.abc import Iterable, Iterator

_EMPTY = -(2**63)
_FIRST_SIZE = 1 << 10
_GROWTH, _MAX_LOAD = 1.5, 0.7


class HashSet:
    """A set of integers that are hashes already, 53 bits or any within 64 signed (but not the smallest).

    Open addressing with linear probing; the keys are spread by themselves, so they are not hashed again.

    >>> seen = HashSet([5, 9])
    >>> 5 in seen, 6 in seen, seen.add(6), seen.add(6), len(seen)
    (True, False, True, False, 3)
    """

    __slots__ = ("_count", "_limit", "_size", "_table")

    def __init__(self, keys: Iterable[int] = ()) -> None:
        """Start with some keys."""
        self._make(_FIRST_SIZE)
        for key in keys:
            self.add(key)

    def _make(self, size: int) -> None:
        self._size = size | 1
        self._table = array("q", [_EMPTY]) * self._size
        self._limit = int(self._size * _MAX_LOAD)
        self._count = 0

    def add(self, key: int) -> bool:
        """Add a key; tell whether it was new."""
        table, size = self._table, self._size
        slot = key % size
        while (found := table[slot]) != _EMPTY:
            if found == key:
                return False
            slot = slot + 1 if slot + 1 < size else 0
        table[slot] = key
        self._count += 1
        if self._count > self._limit:
            self._grow()
        return True

    def _grow(self) -> None:
        keys = self._table
        self._make(int(self._size * _GROWTH))
        for key in keys:
            if key != _EMPTY:
                self.add(key)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, int):
            return False
        table, size = self._table, self._size
        slot = key % size
        while (found := table[slot]) != _EMPTY:
            if found == key:
                return True
            slot = slot + 1 if slot + 1 < size else 0
        return False

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return (key for key in self._table if key != _EMPTY)

    @property
    def nbytes(self) -> int:
        """The size of the table in bytes."""
        return self._table.itemsize * len(self._table)
