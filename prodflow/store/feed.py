"""Rows of the journal into DuckDB, as one JSON text a chunk: fast in every version, and without pyarrow."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import duckdb

_CHUNK_ROWS, _CHUNK_CHARACTERS = 2_000, 8 * 2**20
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
    count = 0
    for chunk in _chunks(rows):
        connection.execute(query, [orjson.dumps([dict(zip(columns, row)) for row in chunk]).decode()])
        count += len(chunk)
    return count


def _chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows in chunks that are small enough for memory, whatever is in them."""
    chunk: list[tuple[Any, ...]] = []
    characters = 0
    for row in rows:
        chunk.append(row)
        characters += sum(len(value) for value in row if isinstance(value, str))
        if len(chunk) == _CHUNK_ROWS or characters >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
