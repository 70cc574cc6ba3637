"""CSV: a task a row, named by the header."""

import csv as standard
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Annotated, Any

import orjson
from annotated_types import Len

from prodflow.core.errors import SourceError
from prodflow.core.failures import Failures, HiddenFailures, broken
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.lines import LineFile

_ROWS_AT_ONCE = 128
_MAX_FIELD_CHARACTERS = 2**26
_DELIMITERS = ",;\t|"
_LOWERED = ("Text", "Label", "Meta", "Image", "Html")


@loader(extensions=("csv", "tsv"))
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
        lines = chain.from_iterable(io.StringIO(text, newline="") for text in file.texts(failures))
        header = next(lines, "")
        reader = standard.reader(chain((header,), lines), delimiter=delimiter or _guess(header))
        rows = _Rows(reader, file.name, failures, _ROWS_AT_ONCE if file.is_regular else 1)
        tasks = chain.from_iterable(rows.batches())
        yield from map(_with_meta, tasks) if "meta" in rows.keys else tasks


class _Rows:
    """Makes tasks of rows, many at once as long as each has its values."""

    def __init__(self, reader: Any, where: str, failures: Failures, at_once: int) -> None:
        """Read the header."""
        self._reader = reader
        self._where = where
        self._failures = failures
        self._at_once = at_once
        header: list[str] = next(filter(None, reader), [])
        self.keys = [key.lower() if key in _LOWERED else key for key in header]
        if twice := next((key for key in self.keys if self.keys.count(key) > 1), None):
            raise broken(where, reader.line_num, f"the header names {twice!r} twice")

    def batches(self) -> Iterator[Iterable[Task]]:
        """Yield the tasks of some rows at a time."""
        full = {len(self.keys)}
        while True:
            line = self._reader.line_num
            rows, failure = self._next_rows()
            if set(map(len, rows)) == full:
                yield map(dict, map(zip, repeat(self.keys), rows))
            else:
                yield self._checked(rows, line)
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
            return rows, broken(self._where, self._reader.line_num, error)
        except SourceError as error:
            return rows, error
        return rows, None

    def _checked(self, rows: list[list[str]], line: int) -> Iterator[Task]:
        for row in rows:
            line += 1
            if len(row) > len(self.keys):
                reason = f"{len(row)} values for {len(self.keys)} headers; put quotes around values with a delimiter"
                self._failures.handle(broken(self._where, line, reason), position=line, record=row)
            elif row:
                yield dict(zip(self.keys, row))
            line += sum(value.count("\n") for value in row)


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
