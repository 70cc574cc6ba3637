"""CSV: a task a row, named by the header."""

import csv as standard
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from operator import length_hint
from typing import Annotated, Any

import orjson
from annotated_types import Len

from prodflow.core.errors import SourceError
from prodflow.core.failures import Failures, HiddenFailures, broken
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.lines import LineFile, is_same_file

_ROWS_AT_ONCE = 128
_MAX_FIELD_CHARACTERS = 2**26
_DELIMITERS = ",;\t|"
_LOWERED = ("Text", "Label", "Meta", "Image", "Html")


@loader(extensions=("csv", "tsv"), resumes=is_same_file)
def csv(
    path: InputFile,
    *,
    delimiter: Annotated[str, Len(1, 1)] | None = None,
    cursor: HiddenCursor,
    failures: HiddenFailures,
) -> Iterator[Task]:
    r"""Read a CSV file with a header; plain, gzip or zstd, or `-` for standard input. All values are texts.

    Args:
        path: the file. `Text`, `Label`, `Meta`, `Image` and `Html` in the header are taken in lower case; a row that
            is too short lacks the last keys.
        delimiter: what stands between values; guessed from the header (comma, semicolon, tab, bar) if not given.

    Raises:
        SourceError: at a row with too many values or that is not UTF-8, naming file and line.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "news.csv").write_text('Text,Label\n"a, b",X\n')
    ...     list(csv(f"{folder}/news.csv"))
    [{'text': 'a, b', 'label': 'X'}]
    """
    standard.field_size_limit(max(_MAX_FIELD_CHARACTERS, standard.field_size_limit()))
    with LineFile(path, cursor) as file:
        start = cursor.start or {}
        lines = _Lines(file, failures)
        header = "" if start else next(lines.each, "")
        delimiter = start.get("delimiter") or delimiter or _guess(header)
        reader = standard.reader(chain((header,) if header else (), lines.each), delimiter=delimiter)
        rows = _Rows(reader, lines, failures, start)
        if file.is_regular:
            cursor.mark = lambda: {**rows.place(), "delimiter": delimiter, "keys": rows.keys}
        tasks = chain.from_iterable(rows.batches())
        yield from map(_with_meta, tasks) if "meta" in rows.keys else tasks


class _Lines:
    """The lines of a file, which knows where the next one begins."""

    def __init__(self, file: LineFile, failures: Failures) -> None:
        self.file = file
        self.each = chain.from_iterable(self._texts(failures))
        self._text, self._lines = "", io.StringIO()
        file.track_unread(lambda: self._bytes_behind(self.place))

    def _texts(self, failures: Failures) -> Iterator[io.StringIO]:
        for text in self.file.texts(failures):
            self._text, self._lines = text, io.StringIO(text, newline="")
            yield self._lines

    @property
    def place(self) -> tuple[int, str, int]:
        """Where the next line begins: in the file its text ends at a byte, and it is at a character of that."""
        return self.file.text_end, self._text, self._lines.tell()

    def offset(self, place: tuple[int, str, int]) -> int:
        """Return a place in bytes."""
        return place[0] - self._bytes_behind(place)

    def _bytes_behind(self, place: tuple[int, str, int]) -> int:
        _, text, at = place
        return len(text) - at if text.isascii() else len(text[at:].encode())


class _Rows:
    """Makes tasks of rows, many at once as long as each has its values."""

    def __init__(self, reader: Any, lines: _Lines, failures: Failures, start: dict[str, Any]) -> None:
        """Read the header, or go on without."""
        self._reader = reader
        self._lines = lines
        self._where = lines.file.name
        self._failures = failures
        self._at_once = _ROWS_AT_ONCE if lines.file.is_regular else 1
        self._first_line = lines.file.line
        header: list[str] = start["keys"] if start else next(filter(None, reader), [])
        self.keys = [key.lower() if key in _LOWERED else key for key in header]
        if twice := next((key for key in self.keys if self.keys.count(key) > 1), None):
            raise broken(self._where, self._line, f"the header names {twice!r} twice")
        self._begin()
        self._skip = start.get("skip", 0)

    @property
    def _line(self) -> int:
        """The lines read so far."""
        return int(self._first_line + self._reader.line_num)

    def _begin(self) -> None:
        """Remember where the rows begin that are read next."""
        self._began, self._began_line = self._lines.place, self._line
        self._size = 0
        self._left: Iterator[list[str]] = iter(())

    def place(self) -> dict[str, Any]:
        """Return where to go on: where the rows at hand began, and how many of them were yielded."""
        at = self._lines.file.place(self._began_line, self._lines.offset(self._began))
        return {**at, "skip": self._size - length_hint(self._left)}

    def batches(self) -> Iterator[Iterable[Task]]:
        """Yield the tasks of some rows at a time."""
        full = {len(self.keys)}
        while True:
            self._begin()
            rows, failure = self._next_rows()
            self._size, self._left = len(rows), iter(rows)
            line = self._began_line + sum(map(_count_lines, islice(self._left, self._skip)))
            self._skip = 0
            if set(map(len, rows)) == full:
                yield map(dict, map(zip, repeat(self.keys), self._left))
            else:
                yield self._checked(line)
            if failure is not None:
                raise failure
            if len(rows) < self._at_once:
                return

    def _next_rows(self) -> tuple[list[list[str]], SourceError | None]:
        """Return the next rows, and what went wrong behind them."""
        rows: list[list[str]] = []
        try:
            rows.extend(islice(self._reader, self._at_once))
        except standard.Error as error:
            return rows, broken(self._where, self._line, error)
        except SourceError as error:
            return rows, error
        return rows, None

    def _checked(self, line: int) -> Iterator[Task]:
        for row in self._left:
            if len(row) > len(self.keys):
                reason = f"{len(row)} values for {len(self.keys)} headers; put quotes around values with a delimiter"
                self._failures.handle(broken(self._where, line + 1, reason), position=line + 1, record=row)
            elif row:
                yield dict(zip(self.keys, row))
            line += _count_lines(row)


def _count_lines(row: list[str]) -> int:
    return 1 + sum(value.count("\n") for value in row)


def _guess(header: str) -> str:
    """The candidate that is most often in the header, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def _with_meta(task: Task) -> Task:
    """The web app shows `meta` as names and values: read a JSON object, or name a plain text."""
    text = task.get("meta")
    if text is None:
        return task
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = text
    return {**task, "meta": value if isinstance(value, dict) else {"meta": text}}
