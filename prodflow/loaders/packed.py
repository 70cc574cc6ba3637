"""Compressed files, by their first bytes: gzip and Zstandard, whole or in several members."""

import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from prodflow.core.errors import SourceError

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
SUFFIXES = (".gz", ".zst")

_STEP_BYTES = 1 << 13
_OUTPUT_BYTES = 1 << 16


def is_packed(first: bytes) -> bool:
    """Tell by the first bytes of a file whether it is compressed."""
    return first.startswith((GZIP, ZSTD))


def unpacked(first: bytes, rest: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Yield the contents of a file that comes in pieces, decompressed if need be.

    Args:
        first: the first piece.
        rest: the others.
        where: the file's name, for messages.

    Raises:
        SourceError: where the compressed data is broken or ends too early.
    """
    if first.startswith(GZIP):
        return _members(chain((first,), rest), where, _Gzip, zlib.error)
    if first.startswith(ZSTD):
        from zstandard import ZstdError

        return _members(chain((first,), rest), where, _Zstd, ZstdError)
    return chain((first,), rest) if first else iter(())


class _Gzip:
    """Decompresses one gzip member, a bounded piece at a time."""

    def __init__(self) -> None:
        self._machine = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._machine.eof:
            yield self._machine.decompress(data, _OUTPUT_BYTES)
            data = self._machine.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def behind(self) -> bytes:
        """What follows the member; some archivers pad with zeros."""
        return self._machine.unused_data.lstrip(b"\0")


class _Zstd:
    """Decompresses one Zstandard frame."""

    def __init__(self) -> None:
        from zstandard import ZstdDecompressor

        self._machine = ZstdDecompressor().decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self._machine.decompress(data)

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def behind(self) -> bytes:
        return self._machine.unused_data


def _members(pieces: Iterator[bytes], where: str, kind: Any, failure: type[Exception]) -> Iterator[bytes]:
    member = kind()
    steps = (piece[start : start + _STEP_BYTES] for piece in pieces for start in range(0, len(piece), _STEP_BYTES))
    try:
        for step in steps:
            data = step
            while data:
                if member.eof:
                    member = kind()
                yield from filter(None, member.feed(data))
                data = member.behind if member.eof else b""
    except failure as error:
        raise SourceError(f"{where}: the compressed data is broken: {error}") from error
    if not member.eof:
        raise SourceError(f"{where}: the compressed data ends too early; the file is truncated")
