"""A set of hashes in buckets of bytes: 9 to 11 bytes a key where Python's own takes 70."""

import struct
import sys
from collections.abc import Hashable, Iterable, Iterator
from itertools import chain

_FIRST_SIZE = 61
_SPLIT = 3
_MAX_KEYS_A_BUCKET = 48

_pack = struct.Struct("<q").pack


class HashSet:
    """A set for integers that are hashes already; anything else hashable may be in it too, at Python's own price.

    Keys stand in buckets, eight bytes each, side by side: to look for one is to search a few hundred bytes. The
    number of buckets stays odd, so that keys in even steps spread over them too.

    >>> seen = HashSet([5, 9])
    >>> 5 in seen, 6 in seen, seen.add(6), seen.add(6), len(seen)
    (True, False, True, False, 3)
    """

    __slots__ = ("_buckets", "_count", "_limit", "_others", "_size")

    def __init__(self, keys: Iterable[Hashable] = ()) -> None:
        """Start with some keys."""
        self._others: set[Hashable] = set()
        self._size = _FIRST_SIZE
        self._buckets = [b""] * _FIRST_SIZE
        self._limit = _FIRST_SIZE * _MAX_KEYS_A_BUCKET
        self._count = 0
        for key in keys:
            self.add(key)

    def add(self, key: Hashable) -> bool:
        """Add a key; tell whether it was new."""
        try:
            packed = _pack(key)
        except struct.error:  # no integer of 64 bits
            return self._add_other(key)
        slot = key % self._size  # type: ignore[operator]
        bucket = self._buckets[slot]
        found = bucket.find(packed)
        while found >= 0:
            if not found & 7:
                return False
            found = bucket.find(packed, found + 1)
        self._buckets[slot] = bucket + packed
        self._count += 1
        if self._count > self._limit:
            self._grow()
        return True

    def _add_other(self, key: Hashable) -> bool:
        if key in self._others:
            return False
        self._others.add(key)
        return True

    def _grow(self) -> None:
        """Split each bucket in three, one after the other: twice the memory is never needed."""
        old = self._size
        self._size = old * _SPLIT
        self._limit *= _SPLIT
        self._buckets.extend([b""] * (self._size - old))
        for slot in range(old):
            bucket, parts = self._buckets[slot], [bytearray() for _ in range(_SPLIT)]
            for start, key in zip(range(0, len(bucket), 8), memoryview(bucket).cast("q")):
                parts[key % self._size // old] += bucket[start : start + 8]
            for number, part in enumerate(parts):
                self._buckets[slot + number * old] = bytes(part)

    def __contains__(self, key: Hashable) -> bool:
        try:
            packed = _pack(key)
        except struct.error:
            return key in self._others
        bucket = self._buckets[key % self._size]  # type: ignore[operator]
        found = bucket.find(packed)
        while found >= 0:
            if not found & 7:
                return True
            found = bucket.find(packed, found + 1)
        return False

    def __len__(self) -> int:
        return self._count + len(self._others)

    def __iter__(self) -> Iterator[Hashable]:
        return chain(chain.from_iterable(memoryview(bucket).cast("q") for bucket in self._buckets), self._others)

    @property
    def nbytes(self) -> int:
        """The memory of the integers in bytes."""
        return sys.getsizeof(self._buckets) + sum(sys.getsizeof(bucket) for bucket in self._buckets if bucket)
