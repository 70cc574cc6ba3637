"""Whole files of JSON lines, for scripts: read one, write one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import SourceNotFoundError
from prodflow.core.failures import broken


def read_jsonl(file_path: str | Path, skip: bool = False) -> Iterator[Any]:
    """Yield what stands in the lines of a file, whatever JSON it is; empty lines are left out.

    Args:
        file_path: the file.
        skip: leave out lines that are not JSON.

    Raises:
        SourceNotFoundError: at once, if there is no such file.
        SourceError: at the first line that is not JSON, naming it.
    """
    path = Path(file_path).expanduser()
    if not path.is_file():
        raise SourceNotFoundError(f"read_jsonl: no such file: {str(path)!r}")
    return _read(path, skip)


def _read(path: Path, skip: bool) -> Iterator[Any]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not text.strip():
                continue
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                if skip:
                    continue
                raise broken(str(path), number, error) from error
            yield value


def write_jsonl(file_path: str | Path, lines: Iterable[Any]) -> None:
    """Write a file with a line of JSON for each value.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_jsonl(f"{folder}/news.jsonl", [{"text": "a"}, {"text": "b"}])
    ...     [task["text"] for task in read_jsonl(f"{folder}/news.jsonl")]
    ['a', 'b']
    """
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    with Path(file_path).expanduser().open("wb") as file:
        for line in lines:
            file.write(orjson.dumps(line, option=option))
