"""JSON: a file that is one list of tasks."""

from collections.abc import Iterator
from itertools import islice
from operator import length_hint
from typing import Any

import orjson

from prodflow.core.errors import SourceError
from prodflow.core.failures import HiddenFailures
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.jsonl import kind_of
from prodflow.loaders.lines import LineFile, is_same_file, not_utf8


@loader(extensions=("json",), resumes=is_same_file)
def json(path: InputFile, *, cursor: HiddenCursor, failures: HiddenFailures) -> Iterator[Task]:
    """Read a file that is one JSON list of objects; plain, gzip or zstd, or `-` for standard input.

    The whole file is read at once: for large data JSON lines are better.

    Args:
        path: the file.

    Raises:
        SourceError: if it is no JSON list, or at an item that is no object.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "news.json").write_text('[{"text": "a"}, {"text": "b"}]')
    ...     list(json(f"{folder}/news.json"))
    [{'text': 'a'}, {'text': 'b'}]
    """
    with LineFile(path, cursor) as file:
        items = _items(b"".join(file), file.name)
    start, size = cursor.start["item"] if cursor.start is not None else 0, len(items)
    left = iter(items)
    next(islice(left, start, start), None)
    cursor.track(lambda: size - length_hint(left), size=size, unit="tasks")
    cursor.mark = lambda: {"item": size - length_hint(left)}
    for number, item in enumerate(left, start=start + 1):
        if isinstance(item, dict):
            yield item
        else:
            reason = f"a task is a JSON object, this is {kind_of(item)}"
            failures.handle(SourceError(f"{file.name}, item {number}: {reason}"), position=number, record=item)


def _items(data: bytes, where: str) -> list[Any]:
    if not data.strip():
        return []
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SourceError(f"{where}, line {error.lineno}: {_reason(data, error)}") from error
    if isinstance(value, list):
        return value
    hint = "; for one object a line use the loader 'jsonl'" if isinstance(value, dict) else ""
    raise SourceError(f"{where}: a JSON list of tasks is expected, this is {kind_of(value)}{hint}")


def _reason(data: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        return not_utf8(wrong)
    hint = "; for one object a line use the loader 'jsonl'" if data.lstrip().startswith(b"{") else ""
    return f"not JSON: {error.msg} at column {error.colno}{hint}"
