"""Files as blocks of whole lines: read in pieces, decompressed, from standard input too."""

import io
import os
import select
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from xxhash import xxh3_64_hexdigest

from prodflow.core.errors import SourceError
from prodflow.core.failures import Failures, broken
from prodflow.core.source import Cursor
from prodflow.loaders.packed import is_packed, unpacked

PIECE_BYTES = 1 << 16

_STDIN = Path("-")
_WAIT_S = 0.2
_SAMPLE_BYTES = 4096
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class LineFile:
    """A file, or standard input for `-`: iterate to get blocks of whole lines, decompressed if need be.

    What is there is handed on at once, so that a pipe is followed live. A block or one line is held, whatever is
    longer. A byte order mark is dropped.

    Args:
        path: the file; it is opened by `with`.
        cursor: is told how far the file is read, in bytes.
    """

    def __init__(self, path: Path, cursor: Cursor) -> None:
        """Name the file; nothing is opened yet."""
        self.name = "standard input" if path == _STDIN else str(path)
        self.is_regular = False
        self._path = path
        self._cursor = cursor
        self._packed = False
        self._bytes_read = 0
        self._block_end = 0
        self._raw: Any = None
        self._offset = 0
        self._live: int | None = None

    def __enter__(self) -> Self:
        if self._path == _STDIN:
            self._raw = getattr(sys.stdin, "buffer", None)
            if self._raw is None:
                raise SourceError(f"{self.name} is closed or not a stream of bytes")
            self._track(size=None)
            self._live = _live_descriptor(self._raw)
            return self
        try:
            self._raw = self._path.open("rb", buffering=0)
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be opened: {error.strerror or error}") from error
        status = os.fstat(self._raw.fileno())
        self.is_regular = stat.S_ISREG(status.st_mode)
        if self._cursor.start is not None:
            self._offset = self._bytes_read = self._block_end = self._cursor.start["offset"]
            self._raw.seek(self._offset)
        self._track(size=status.st_size if self.is_regular else None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path != _STDIN:
            self._raw.close()

    def _track(self, *, size: int | None, unread: Callable[[], int] = lambda: 0) -> None:
        def tell() -> int:
            return self._bytes_read if self._packed else self._block_end - unread()

        self._cursor.track(tell, size=size, unit="bytes")

    def track_unread(self, unread: Callable[[], int]) -> None:
        """Make the position exact: `unread` says how many bytes of the latest block are not yielded yet."""
        self._track(size=self._cursor.size, unread=unread)
        self._cursor.would_wait = lambda: not unread() and not self._has_input(0.0)

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._pieces()
        first = next(pieces, b"")
        self._packed = not self._offset and is_packed(first)
        blocks = _whole_lines(unpacked(first, pieces, self.name) if not self._offset else chain((first,), pieces))
        for block in () if self._offset else blocks:
            self._block_end = len(block)
            yield _without_mark(block, self.name)
            break
        for block in blocks:
            self._block_end += len(block)
            yield block
        self._cursor.finish()

    def texts(self, failures: Failures) -> Iterator[str]:
        """Yield the blocks as text; lines that are not UTF-8 fail one by one."""
        lines = 0
        for block in self:
            try:
                text = block.decode()
            except UnicodeDecodeError:
                yield from self._decoded_lines(block, lines, failures)
            else:
                yield text
            lines += _count_lines(block)

    def _decoded_lines(self, block: bytes, lines: int, failures: Failures) -> Iterator[str]:
        for number, line in enumerate(io.BytesIO(block), start=lines + 1):
            try:
                yield line.decode()
            except UnicodeDecodeError as error:
                record = line.decode(errors="replace")
                failures.handle(broken(self.name, number, not_utf8(error)), position=number, record=record)

    def place(self, line: int) -> dict[str, Any] | None:
        """Return where the next line begins, with what stands before it, to know it again; None if that is no use."""
        if self._packed or not self.is_regular:
            return None
        offset = self._cursor.position
        return {"offset": offset, "line": line, "before": _before(self._path, offset)}

    def _has_input(self, timeout_s: float) -> bool:
        """Wait a little for a program that writes to us; a file always has something, its end at least."""
        return self._live is None or bool(select.select([self._live], [], [], timeout_s)[0])

    def _pieces(self) -> Iterator[bytes]:
        read = self._raw.read1 if self._path == _STDIN else self._raw.read
        while True:
            while not self._has_input(_WAIT_S):
                if self._cursor.stopped:
                    return
            try:
                piece = read(PIECE_BYTES)
            except OSError as error:
                raise SourceError(f"{self.name}: cannot be read: {error.strerror or error}") from error
            if not piece:
                return
            self._bytes_read += len(piece)
            yield piece


def is_same_file(settings: dict[str, Any], place: Any) -> bool:
    """Tell whether a file still has what stood before a place in it: it may have grown since."""
    try:
        return bool(place["before"] == _before(Path(settings["path"]), place["offset"]))
    except (OSError, TypeError, KeyError):
        return False


def _before(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        start = file.read(min(_SAMPLE_BYTES, offset))
        file.seek(max(0, offset - _SAMPLE_BYTES))
        return xxh3_64_hexdigest(start + file.read(min(_SAMPLE_BYTES, offset)))


def _live_descriptor(file: Any) -> int | None:
    """Return the descriptor of a pipe or a terminal; None for files and for what has none."""
    try:
        descriptor: int = file.fileno()
    except (OSError, AttributeError):
        return None
    return None if stat.S_ISREG(os.fstat(descriptor).st_mode) else descriptor


def not_utf8(error: UnicodeDecodeError) -> str:
    """Say what is wrong with a line that is not UTF-8."""
    return f"not UTF-8: byte 0x{error.object[error.start]:02x} at column {error.start + 1}; save the file as UTF-8"


def _count_lines(block: bytes) -> int:
    """Three times as fast as `block.count`, which looks at every byte."""
    return len(block.replace(b"\n", b"\n\n")) - len(block)


def _without_mark(block: bytes, where: str) -> bytes:
    if block.startswith(_UTF16):
        raise broken(where, 1, "the file is UTF-16; save it as UTF-8")
    return block.removeprefix(_BOM)


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut behind the last line end of each piece; what is left goes in front of the next."""
    rest: list[bytes] = []
    for piece in pieces:
        cut = piece.rfind(b"\n") + 1
        if cut:
            rest.append(piece[:cut])
            yield b"".join(rest)
            rest = [piece[cut:]] if cut < len(piece) else []
        else:
            rest.append(piece)
    if rest:
        yield b"".join(rest)
