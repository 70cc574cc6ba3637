"""A dataset's answers into a file: JSON lines, CSV or Parquet, in constant memory."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, TypeVar

import orjson

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.task import Decision
from prodflow.store import reads

T = TypeVar("T")

Format: TypeAlias = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet")

_BATCH = 5_000


def export_dataset(
    folder: Path, dataset: str, out: IO[bytes], *, file_format: Format = "jsonl", answer: Decision | None = None
) -> int:
    """Write the current answers of a dataset, oldest first; return how many.

    JSON lines are exactly what was stored. CSV and Parquet have a column for each key; what is no plain value, or is
    not of one kind in all tasks, is written there as JSON.

    Args:
        folder: the store.
        dataset: its name.
        out: a binary file.
        file_format: jsonl, csv or parquet.
        answer: only tasks answered so.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if there is no such format.
    """
    known = reads.dataset_names(folder)
    if dataset not in known:
        raise UnknownNameError("dataset", dataset, known)
    if file_format not in FORMATS:
        raise SettingError(f"export: format {file_format!r} is none of {', '.join(FORMATS)}")
    write = {"jsonl": _write_jsonl, "csv": _write_csv, "parquet": _write_parquet}[file_format]
    return write(lambda: reads.contents(folder, dataset, answer=answer), out)


def write_aside(path: Path, write: Callable[[IO[bytes]], T]) -> T:
    """Write a file under another name and rename it when it is whole; return what `write` returns.

    Raises:
        SettingError: if it cannot be written.
    """
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("wb") as file:
            done = write(file)
        aside.replace(path)
    except OSError as error:
        raise SettingError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return done


def _write_jsonl(read: Callable[[], Iterator[str]], out: IO[bytes]) -> int:
    count = 0
    for content in read():
        out.write(content.encode() + b"\n")
        count += 1
    return count


def _write_csv(read: Callable[[], Iterator[str]], out: IO[bytes]) -> int:
    columns = list(_kinds(read()))
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        rows = csv.writer(text)
        rows.writerow(columns)
        count = 0
        for task in map(orjson.loads, read()):
            rows.writerow([_plain(task.get(column)) for column in columns])
            count += 1
    finally:
        text.detach()
    return count


def _write_parquet(read: Callable[[], Iterator[str]], out: IO[bytes]) -> int:
    import pyarrow
    from pyarrow import parquet

    types = {str: pyarrow.string(), bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}
    kinds = _kinds(read())
    schema = pyarrow.schema([(name, types.get(kind, pyarrow.string())) for name, kind in kinds.items()])
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for task in map(orjson.loads, read()):
            count += 1
            rows.append({name: _of_kind(task.get(name), kind) for name, kind in kinds.items()})
            if len(rows) == _BATCH:
                writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema))
                rows = []
        writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema))
    return count


def _kinds(contents: Iterator[str]) -> dict[str, type]:
    """Read everything once: its keys as they first come, and the one kind of their values, else `object`."""
    kinds: dict[str, type] = {}
    for task in map(orjson.loads, contents):
        for key, value in task.items():
            kind = type(value) if isinstance(value, (str, bool, int, float)) else object
            if kind is int and not -(2**63) <= value < 2**63:
                kind = object
            known = kinds.get(key)
            if value is None:
                kinds.setdefault(key, type(None))
            elif known is None or known is type(None):
                kinds[key] = kind
            elif {known, kind} == {int, float}:
                kinds[key] = float
            elif known is not kind:
                kinds[key] = object
    return kinds


def _of_kind(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is float:
        return float(value)
    return value if kind in (str, bool, int) else orjson.dumps(value).decode()


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool)):
        return value
    return orjson.dumps(value).decode()
