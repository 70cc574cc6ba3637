"""Rows of the journal into DuckDB, as one JSON text a chunk: fast in every version, and without pyarrow."""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import duckdb

_CHUNK = 2_000
_SENT_AS = {"timestamp": "bigint", "json": "varchar"}
_TAKEN_AS = {"timestamp": "make_timestamp({})", "json": "{}::json"}


def make_table(connection: "duckdb.DuckDBPyConnection", name: str, columns: Mapping[str, str]) -> None:
    """Make an empty table.

    Args:
        connection: to DuckDB.
        name: the table's.
        columns: the kind of each column, by name.
    """
    connection.execute(f"create table {name}({', '.join(f'{column} {kind}' for column, kind in columns.items())})")


def fill_table(
    connection: "duckdb.DuckDBPyConnection", name: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]
) -> int:
    """Add rows to a table; a timestamp comes in microseconds since 1970. Return how many there were.

    >>> import duckdb
    >>> engine = duckdb.connect()
    >>> make_table(engine, "words", {"word": "varchar", "n": "bigint"})
    >>> fill_table(engine, "words", {"word": "varchar", "n": "bigint"}, [("a", 1), ("b", None)])
    2
    >>> engine.execute("from words").fetchall()
    [('a', 1), ('b', None)]
    """
    shape = json.dumps([{column: _SENT_AS.get(kind, kind).upper() for column, kind in columns.items()}])
    values = ", ".join(_TAKEN_AS.get(kind, "{}").format(f"r.{column}") for column, kind in columns.items())
    query = f"insert into {name} select {values} from (select unnest(from_json(?, '{shape}')) as r)"
    count, rows = 0, iter(rows)
    while chunk := [dict(zip(columns, row)) for row in islice(rows, _CHUNK)]:
        connection.execute(query, [orjson.dumps(chunk).decode()])
        count += len(chunk)
    return count
