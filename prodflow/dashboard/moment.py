"""The store at one moment, for the many questions of a dashboard: read once, and asked without haste."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


_NAMED = "answers choices spans verdicts datasets sessions agreement alpha"
"""What is asked for: not the tasks that were handed out, whose whole content would be copied."""


class Step(NamedTuple):
    """Numbers as they become known.

    Args:
        part: what they are about.
        numbers: the numbers.
        whole: whether nothing of them is missing; what is not whole comes again.
    """

    part: str
    numbers: dict[str, Any]
    whole: bool = True


class OneMoment(Reader):
    """A store as it is at one moment: all queries share what the first of them read.

    Args:
        reader: the store.
    """

    def __init__(self, reader: Reader) -> None:
        """Read it."""
        super().__init__(reader.folder, reader.columns)
        self._shared = reader.connection(_NAMED, locked=False)
        _leave_room(self._shared)

    def connection(self, query: str | None = None, *, locked: bool = True) -> "Connection":
        """Return a connection to what was read."""
        return self._shared.cursor()

    def close(self) -> None:
        """Forget it."""
        self._shared.close()


@contextmanager
def connected(reader: Reader, named: str) -> Iterator["Connection"]:
    """Give a connection that has the tables that are named, and that leaves room for others."""
    with closing(reader.connection(named, locked=False)) as connection:
        _leave_room(connection)
        yield connection


def rows(connection: "Connection", query: str, *params: Any) -> list[tuple[Any, ...]]:
    """Ask, and return all rows."""
    return connection.execute(query, list(params)).fetchall()


def records(connection: "Connection", query: str, *params: Any) -> list[dict[str, Any]]:
    """Ask, and return all rows by the names of their columns."""
    result = connection.execute(query, list(params))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _leave_room(connection: "Connection") -> None:
    """Half of the cores are for annotators."""
    connection.execute(f"set threads = {max(1, (os.cpu_count() or 1) // 2)}")
