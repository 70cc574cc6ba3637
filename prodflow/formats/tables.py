"""JSON lines, CSV and Parquet: a task a row, nothing left out."""

import csv as standard
import io
from typing import IO, Any

import orjson

from prodflow import __version__
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of

_BATCH = 5_000


def write_jsonl(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write the tasks exactly as they were stored."""
    for content in answers.contents():
        out.write(content.encode() + b"\n")
    return {}


def write_csv(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write a column for each key; what is no plain value, or not of one kind in all tasks, is written as JSON."""
    columns = list(answers.kinds)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        rows = standard.writer(text)
        rows.writerow(columns)
        for task in answers:
            rows.writerow([_plain(task.get(column)) for column in columns])
            _report_nested(task, losses)
    finally:
        text.detach()
    return {}


def write_parquet(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write a column for each key, typed where all values are of one kind, else JSON."""
    import pyarrow
    from pyarrow import parquet

    types = {str: pyarrow.string(), bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}
    kinds = answers.kinds
    schema = pyarrow.schema(
        [
            pyarrow.field(name, types.get(kind, pyarrow.string()), metadata=None if kind in types else {"json": "1"})
            for name, kind in kinds.items()
        ],
        metadata={"prodflow": __version__},
    )
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for task in answers:
            rows.append({name: _of_kind(task.get(name), kind) for name, kind in kinds.items()})
            if len(rows) == _BATCH:
                writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema))
                rows = []
        writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema))
    return {}


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


def _report_nested(task: dict[str, Any], losses: Losses) -> None:
    for key, value in task.items():
        if isinstance(value, (list, dict)):
            losses.add(f"written as JSON text, the key {key!r}", name_of(task))


JSONL = Format(
    "jsonl",
    "JSON lines, as Prodigy reads and writes them: everything as it was stored",
    (".jsonl", ".ndjson"),
    write_file=write_jsonl,
    loader="jsonl",
    decisions=None,
    one_a_task=False,
)
CSV = Format(
    "csv",
    "a column for each key; lists and objects as JSON",
    (".csv",),
    write_file=write_csv,
    loader="csv",
    decisions=None,
    one_a_task=False,
)
PARQUET = Format(
    "parquet",
    "a typed column for each key; lists and objects as JSON",
    (".parquet",),
    write_file=write_parquet,
    loader="parquet",
    decisions=None,
    one_a_task=False,
)
