"""Many rows in one statement: Python's threads take turns at each step of one, and `executemany` takes one a row."""

import sqlite3
from collections.abc import Sequence
from typing import Any

_ROWS = 100


def insert_rows(connection: sqlite3.Connection, head: str, rows: Sequence[tuple[Any, ...]], tail: str = "") -> None:
    """Insert rows of one length.

    Args:
        connection: where to.
        head: the statement up to its values.
        rows: the values of all columns.
        tail: what follows the values, e.g. what is done where a row is there already.

    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.execute("create table points(x, y)")
    >>> insert_rows(connection, "insert into points", [(1, 2), (3, 4)])
    >>> connection.execute("select * from points").fetchall()
    [(1, 2), (3, 4)]
    """
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        marks = f"({','.join('?' * len(some[0]))})"
        values = [value for row in some for value in row]
        connection.execute(f"{head} values {','.join([marks] * len(some))} {tail}", values)
