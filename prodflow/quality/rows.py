"""Rows of Python as a temporary table of DuckDB, a list for each column."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CHUNK = 50_000


def put_rows(
    connection: "DuckDBPyConnection", table: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Make a temporary table of rows, in the place of one of that name.

    Args:
        connection: to DuckDB.
        table: the table's name.
        columns: the kind of each column, by name.
        rows: their values; none is None.

    >>> import duckdb
    >>> engine = duckdb.connect()
    >>> put_rows(engine, "words", {"word": "varchar", "n": "hugeint"}, [("a", 1), ("b", 2**100)])
    >>> engine.execute("from words").fetchall()
    [('a', 1), ('b', 1267650600228229401496703205376)]
    """
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"create or replace temp table {table}({listed})")
    taken = ", ".join(f"unnest(${name}_list::{kind}[])" for name, kind in columns.items())
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        lists = dict(zip((f"{name}_list" for name in columns), map(list, zip(*chunk, strict=True)), strict=True))
        connection.execute(f"insert into {table} select {taken}", lists)
