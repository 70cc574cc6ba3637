"""The result of a query, written as a table, as text for other programs, or in a binary format."""

import contextlib
import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

import orjson

from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Result
    from duckdb import DuckDBPyRelation as Relation

_FETCH = 1_000
_MAX_TABLE_ROWS = 1_000
_JSON = orjson.OPT_NON_STR_KEYS | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


def write_result(reader: Reader, query: str, file_format: str, out: IO[bytes]) -> None:
    """Ask and write the rows; a statement without a result writes nothing.

    Args:
        reader: the store.
        query: SQL.
        file_format: table, csv, json, ndjson, parquet or arrow.
        out: a binary file.

    Raises:
        duckdb.Error: if the query is wrong.
    """
    whole: dict[str, Callable[[Relation, IO[bytes]], None]] = {
        "table": _write_table,
        "parquet": _write_parquet,
        "arrow": _write_arrow,
    }
    if file_format in whole:
        relation = reader.sql(query)
        if relation is not None:
            whole[file_format](relation, out)
        return
    writers: dict[str, Callable[[Result, IO[bytes]], None]] = {
        "csv": _write_csv,
        "json": _write_json,
        "ndjson": _write_ndjson,
    }
    result = reader.execute(query)
    if result.description:
        writers[file_format](result, out)


def _rows(result: "Result") -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(_FETCH):
        yield from rows


def _names(result: "Result") -> list[str]:
    return [column[0] for column in result.description or ()]


def _write_table(result: "Relation", out: IO[bytes]) -> None:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        result.show(max_rows=_MAX_TABLE_ROWS, max_width=shutil.get_terminal_size((160, 50)).columns)
    out.write(text.getvalue().rstrip("\n").encode() + b"\n")


def _write_csv(result: "Result", out: IO[bytes]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(_names(result))
        for row in _rows(result):
            writer.writerow([_cell(value) for value in row])
    finally:
        text.detach()


def _cell(value: Any) -> Any:
    return _encode(value).decode() if isinstance(value, (list, dict, bool)) else value


def _write_json(result: "Result", out: IO[bytes]) -> None:
    out.write(b"[")
    for position, record in enumerate(_records(result)):
        out.write((b",\n " if position else b"") + record)
    out.write(b"]\n")


def _write_ndjson(result: "Result", out: IO[bytes]) -> None:
    for record in _records(result):
        out.write(record + b"\n")


def _records(result: "Result") -> Iterator[bytes]:
    names = _names(result)
    nested = {column[0] for column in result.description or () if str(column[1]) == "JSON"}
    for row in _rows(result):
        yield _encode(
            {
                name: orjson.loads(value) if name in nested and value is not None else value
                for name, value in zip(names, row, strict=True)
            }
        )


def _encode(value: Any) -> bytes:
    try:
        return orjson.dumps(value, default=str, option=_JSON)
    except TypeError:
        # An integer of more than 64 bits, as a sum may be: only the slower encoder writes it.
        return json.dumps(value, default=str, ensure_ascii=False).encode()


def _write_parquet(result: "Relation", out: IO[bytes]) -> None:
    from pyarrow import parquet

    batches = result.to_arrow_reader()
    with parquet.ParquetWriter(out, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_arrow(result: "Relation", out: IO[bytes]) -> None:
    from pyarrow import ipc

    batches = result.to_arrow_reader()
    with ipc.new_stream(out, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
