"""Parquet: a task a row."""

import os
from collections.abc import Iterator
from operator import length_hint
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import SourceError
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.columns import converters_of, without_nanoseconds
from prodflow.loaders.listing import Listing

_MAX_BATCH_ROWS = 1024
_MAX_BATCH_BYTES = 8 * 2**20
_BUFFER_BYTES = 2**20
_SAMPLE_BYTES = 2**14
_OWN, _NESTED = b"prodflow", b"json"
"""Metadata of a file and of its columns, as `prodflow.formats.tables` writes them."""


def _is_same(settings: dict[str, Any], trace: Any) -> bool:
    """Tell whether the files that were read are still there as they were; a folder may have more behind them now."""
    return Listing(list(map(str, _files(settings["path"]))), _known_by).has(trace)


@loader(extensions=("parquet",), resumes=_is_same)
def parquet(path: InputPath, *, columns: list[str] | None = None, cursor: HiddenCursor) -> Iterator[Task]:
    """Read a Parquet file, or a folder of them in the order of their names.

    Values become what JSON can say: images and sounds (bytes, or structs of "bytes" and "path") data URIs, other bytes
    text where they are UTF-8, dates and times ISO texts, decimals numbers.

    Args:
        path: the file or folder.
        columns: the columns to read; all if not given.

    Raises:
        SourceError: if a file is broken, or lacks one of the columns.

    >>> import pyarrow, pyarrow.parquet
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     pyarrow.parquet.write_table(pyarrow.table({"text": ["a", "b"]}), f"{folder}/news.parquet")
    ...     list(parquet(f"{folder}/news.parquet"))
    [{'text': 'a'}, {'text': 'b'}]
    """
    files = _files(path)
    first, skip = cursor.start or (0, 0)
    read = sum(map(_count_rows, files[:first])) + skip
    left: Iterator[Task] = iter(())
    cursor.track(lambda: read - length_hint(left), size=sum(map(_count_rows, files)), unit="rows")
    listing, opened = Listing(list(map(str, files)), _known_by), first
    cursor.trace = lambda: listing.trace(opened)
    for number, file in enumerate(files[first:], start=first):
        begin, opened = read - skip, number + 1
        cursor.mark = lambda number=number, begin=begin: (number, cursor.position - begin)
        for batch in _batches(file, columns, skip):
            rows = _rows(batch)
            read += len(rows)
            left = iter(rows)
            yield from left
        skip = 0


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def _known_by(path: str) -> bytes:
    """A file that is written anew has another size, or other statistics at its end."""
    file = Path(path)
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - _SAMPLE_BYTES))
        return b"%b %d %b" % (os.fsencode(file.name), size, opened.read(_SAMPLE_BYTES))


def _count_rows(file: Path) -> int:
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    try:
        count: int = read_metadata(file).num_rows
    except (ArrowException, OSError) as error:
        raise _broken(file, error) from error
    return count


def _batches(file: Path, columns: list[str] | None, skip: int) -> Iterator[Any]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(file, buffer_size=_BUFFER_BYTES, pre_buffer=False) as opened:
            names = opened.schema_arrow.names
            if missing := sorted(set(columns or ()) - set(names)):
                raise SourceError(f"{file}: no column {missing[0]!r} (columns: {', '.join(map(repr, names))})")
            size = _batch_rows(opened.metadata)
            groups, skip = _groups_behind(opened.metadata, skip)
            for batch in opened.iter_batches(size, row_groups=groups, columns=columns, use_threads=False):
                if skip < batch.num_rows:
                    yield batch.slice(skip)
                skip = max(0, skip - batch.num_rows)
    except (ArrowException, OSError) as error:
        raise _broken(file, error) from error


def _groups_behind(metadata: Any, skip: int) -> tuple[list[int], int]:
    """Return the row groups that have something behind so many rows, and how many of them to leave out there."""
    groups = list(range(metadata.num_row_groups))
    while groups and skip >= metadata.row_group(groups[0]).num_rows:
        skip -= metadata.row_group(groups.pop(0)).num_rows
    return groups, skip


def _batch_rows(metadata: Any) -> int:
    """As many rows as stay in the processor's cache, fewer where they are large: small batches are read faster."""
    groups = [metadata.row_group(number) for number in range(min(8, metadata.num_row_groups))]
    rows = sum(group.num_rows for group in groups)
    row_bytes = sum(group.total_byte_size for group in groups) / rows if rows else 0
    return max(1, min(_MAX_BATCH_ROWS, int(_MAX_BATCH_BYTES / max(1.0, row_bytes))))


def _rows(batch: Any) -> list[Task]:
    batch = without_nanoseconds(batch)
    rows: list[Task] = batch.to_pylist()
    if _OWN in (batch.schema.metadata or {}):
        return [_as_stored(row, batch.schema) for row in rows]
    for name, convert in converters_of(batch.schema).items():
        for row in rows:
            row[name] = convert(row[name])
    return rows


def _as_stored(row: Task, schema: Any) -> Task:
    """The task of a row that prodflow's own export wrote: nested values are JSON there, missing keys null."""
    nested = {field.name for field in schema if _NESTED in (field.metadata or {})}
    return {key: orjson.loads(value) if key in nested else value for key, value in row.items() if value is not None}


def _broken(file: Path, error: Exception) -> SourceError:
    lines = str(error).splitlines() or [type(error).__name__]
    return SourceError(f"{file}: not a Parquet file that can be read: {lines[0]}")
