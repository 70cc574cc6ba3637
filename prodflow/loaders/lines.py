"""Files as blocks of whole lines: read in pieces, decompressed, from standard input too."""

import io
import os
import select
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import length_hint
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
        start = cursor.start or {}
        self._offset: int = start.get("offset", 0)
        self._packed: bool = start.get("packed", False)
        self.line: int = start.get("line", 0)
        """The lines before the one where reading starts."""
        self._bytes_read: int = self._offset
        self._block_end: int = self._offset
        self._behind_text = 0
        self._unread: Callable[[], int] = lambda: 0
        self._ends_within_a_line = False
        self._trace: dict[str, Any] | None = None
        self._raw: Any = None
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
        if self.is_regular:
            self._cursor.trace = self._traced
        if self._packed:
            self._bytes_read = 0
        elif self._offset:
            self._raw.seek(self._offset)
        self._track(size=status.st_size if self.is_regular else None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path != _STDIN:
            self._raw.close()

    def _track(self, *, size: int | None) -> None:
        self._cursor.track(lambda: self._bytes_read if self._packed else self.offset, size=size, unit="bytes")

    def track_unread(self, unread: Callable[[], int]) -> None:
        """Make the position exact: `unread` says how many bytes of the latest block or text are not yielded yet."""
        self._unread = unread
        self._cursor.would_wait = lambda: not unread() and not self._has_input(0.0)

    @property
    def offset(self) -> int:
        """Where what is not yielded yet begins, in bytes of the contents."""
        return self.text_end - self._unread()

    @property
    def text_end(self) -> int:
        """Where the latest block or text ends, in bytes of the contents."""
        return self._block_end - self._behind_text

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._pieces()
        first = next(pieces, b"")
        if not self._offset:
            self._packed = is_packed(first)
        contents = unpacked(first, pieces, self.name) if self._packed else chain((first,), pieces)
        blocks = _whole_lines(_behind(contents, self._offset) if self._packed else contents)
        for block in () if self._offset else blocks:
            self._block_end = len(block)
            yield _without_mark(block, self.name)
            break
        for block in blocks:
            self._block_end += len(block)
            yield block
        self._cursor.finish()

    def texts(self, failures: Failures) -> Iterator[str]:
        """Yield the blocks as text, `line` lines before each; lines that are not UTF-8 fail one by one."""
        lines = self.line
        for block in self:
            try:
                text = block.decode()
            except UnicodeDecodeError:
                yield from self._decoded_lines(block, lines, failures)
            else:
                self.line = lines
                yield text
            lines += _count_lines(block)

    def _decoded_lines(self, block: bytes, lines: int, failures: Failures) -> Iterator[str]:
        self._behind_text = len(block)
        for number, line in enumerate(io.BytesIO(block), start=lines + 1):
            self._behind_text -= len(line)
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                record = line.decode(errors="replace")
                failures.handle(broken(self.name, number, not_utf8(error)), position=number, record=record)
            else:
                self.line = number - 1
                yield text

    def place(self, line: int, offset: int | None = None) -> dict[str, Any]:
        """Return where to go on: behind so many lines, at what is not yielded yet or another offset."""
        return {"offset": self.offset if offset is None else offset, "line": line, "packed": self._packed}

    def _traced(self) -> dict[str, Any] | None:
        """Return how much of the file was read, as it is on the disk, and what to know it by."""
        known = {"read": self._bytes_read, "ends_within_a_line": self._ends_within_a_line}
        if self._trace is None or not known.items() <= self._trace.items():
            try:
                self._trace = {**known, "before": _before(self._path, self._bytes_read)}
            except OSError:
                return None
        return self._trace

    def _has_input(self, timeout_s: float) -> bool:
        """Wait a little for a program that writes to us; a file always has something, its end at least."""
        return self._live is None or bool(select.select([self._live], [], [], timeout_s)[0])

    def _pieces(self) -> Iterator[bytes]:
        read = self._raw.read1 if self._path == _STDIN else self._raw.read
        last = _byte_at(self._path, self._bytes_read - 1) if self._bytes_read else b"\n"
        while True:
            while not self._has_input(_WAIT_S):
                if self._cursor.stopped:
                    return
            try:
                piece = read(PIECE_BYTES)
            except OSError as error:
                raise SourceError(f"{self.name}: cannot be read: {error.strerror or error}") from error
            if not piece:
                self._ends_within_a_line = not self._packed and last != b"\n"
                return
            last = piece[-1:]
            self._bytes_read += len(piece)
            yield piece


class Block:
    """A block of lines of which each makes one item; another thread may ask how far its reader is."""

    def __init__(self, text: bytes, items: Sequence[Any]) -> None:
        """Start before the first."""
        self._text = text
        self.items = iter(items)
        self._place = (len(items), 0)

    @property
    def left(self) -> int:
        """How many items are still to come."""
        return length_hint(self.items)

    def unread(self) -> int:
        """Return how many bytes belong to lines that are not yielded yet."""
        left = self.left
        if not left:
            return 0
        # Often asked: go on from where the last question found the line, never from the start of the block.
        before, start = self._place
        for _ in range(before - left):
            start = self._text.index(b"\n", start) + 1
        self._place = (left, start)
        return len(self._text) - start


def is_same_file(settings: dict[str, Any], trace: Any) -> bool:
    """Tell whether a file still has what was read of it, as far as its first and latest bytes tell: it may have grown.

    It may not where what was read ended in the midst of a line, and that line goes on now.
    """
    try:
        path, read = Path(settings["path"]), trace["read"]
        same = bool(trace["before"] == _before(path, read))
        return same and (not trace["ends_within_a_line"] or _byte_at(path, read) in (b"", b"\r", b"\n"))
    except (OSError, TypeError, KeyError):
        return False


def _before(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        start = file.read(min(_SAMPLE_BYTES, offset))
        file.seek(max(0, offset - _SAMPLE_BYTES))
        return xxh3_64_hexdigest(start + file.read(min(_SAMPLE_BYTES, offset)))


def _byte_at(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(1)


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


def _behind(pieces: Iterable[bytes], offset: int) -> Iterator[bytes]:
    """Leave out so many bytes."""
    for piece in pieces:
        if offset < len(piece):
            yield piece[offset:] if offset else piece
        offset = max(0, offset - len(piece))


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
