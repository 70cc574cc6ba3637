"""JSON lines: a task a line."""

import io
import json
from collections.abc import Iterator
from typing import Any

import orjson

from prodflow.core.failures import HiddenFailures, broken
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.lines import Block, LineFile, is_same_file, not_utf8

_BETWEEN = b"],\n["


@loader(extensions=("jsonl", "ndjson"), resumes=is_same_file)
def jsonl(path: InputFile, *, cursor: HiddenCursor, failures: HiddenFailures) -> Iterator[Task]:
    """Read a file of JSON objects, one a line; plain, gzip or zstd, or `-` for standard input.

    Args:
        path: the file. Empty lines are skipped; NaN and infinities are read as null.

    Raises:
        SourceError: at a line that is no JSON object, naming file and line.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "news.jsonl").write_text('{"text": "a"}')
    ...     list(jsonl(f"{folder}/news.jsonl"))
    [{'text': 'a'}]
    """
    with LineFile(path, cursor) as file:
        lines = _Lines(file.name, failures, file.line)
        file.track_unread(lines.unread)
        if file.is_regular:
            cursor.mark = lambda: file.place(lines.number_yielded)
        for block in file:
            yield from lines.tasks(block)


class _Lines:
    """Parses blocks of lines, and knows how many bytes of the block at hand are still to be yielded."""

    def __init__(self, where: str, failures: HiddenFailures, number: int) -> None:
        self._where = where
        self._failures = failures
        self._number = number
        self._block = Block(b"", [])
        self._unread_bytes = 0

    def tasks(self, text: bytes) -> Iterator[Task]:
        """Return the tasks of a block, all parsed at once if it is made of whole objects, else one by one."""
        found = _parsed_whole(text)
        self._unread_bytes = 0
        if found is None:
            return self._one_by_one(text)
        self._number += len(found)
        self._block = Block(text, found)
        return self._block.items

    @property
    def number_yielded(self) -> int:
        """The number of the latest line that was yielded."""
        return self._number - self._block.left

    def unread(self) -> int:
        """Return how many bytes of the block belong to lines that are not yielded yet."""
        return self._block.unread() or self._unread_bytes

    def _one_by_one(self, block: bytes) -> Iterator[Task]:
        self._unread_bytes = len(block)
        for line in io.BytesIO(block):
            self._unread_bytes -= len(line)
            self._number += 1
            if line.isspace():
                continue
            task = _parsed_line(line.rstrip(b"\r\n"))
            if isinstance(task, dict):
                yield task
            else:
                error = broken(self._where, self._number, task)
                self._failures.handle(error, position=self._number, record=line.decode(errors="replace"))


def _parsed_whole(block: bytes) -> list[Task] | None:
    """Parse a block in one go, faster than line by line; None where it is not one object a line.

    Each line becomes a JSON list with one item. An object that goes over a line end, or two on a line, then leave a
    list too few, an item too many, or no JSON at all: nothing that is broken is put together.
    """
    body = block.rstrip(b"\r\n")
    listed = b"[[%b]]" % body.replace(b"\n", _BETWEEN)
    try:
        found = [task for (task,) in orjson.loads(listed)]
    except ValueError:
        return None
    lines = (len(listed) - len(body) - 4) // (len(_BETWEEN) - 1) + 1
    return found if len(found) == lines and set(map(type, found)) == {dict} else None


def _parsed_line(line: bytes) -> Task | str:
    """Return the task of a line, or in words why there is none."""
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        value = _lenient(line)
        if value is None:
            return _reason(line, error)
    if isinstance(value, dict):
        return value
    hint = "; for a file that is one JSON list use the loader 'json'" if isinstance(value, list) else ""
    return f"a task is a JSON object, this is {kind_of(value)}{hint}"


def kind_of(value: Any) -> str:
    """Say in JSON's words what a value is.

    >>> kind_of(None), kind_of([1])
    ('null', 'a list')
    """
    kinds = {
        type(None): "null",
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
    }
    return kinds.get(type(value), "an object")


def _lenient(line: bytes) -> Any:
    """Python and pandas write NaN and Infinity, which are not JSON: take them as null."""
    if b"NaN" not in line and b"Infinity" not in line:
        return None
    try:
        return json.loads(line, parse_constant=lambda _: None)
    except ValueError:
        return None


def _reason(line: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as wrong:
        return not_utf8(wrong)
    shown = line.decode()[:60].strip()
    return f"not JSON: {error.msg} at column {error.colno} ({shown!r}{'…' if len(line) > 60 else ''})"
