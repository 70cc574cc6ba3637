"""SQL over the store, from any process, while a server writes: always fresh, and never in its way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from prodflow.core.errors import StoreError
from prodflow.store.accounts import LEDGER
from prodflow.store.feed import fill_table, make_table
from prodflow.store.manifest import Segment, check_files, listed_segments, unsealed_ranges
from prodflow.store.place import promoted_columns, store_folder
from prodflow.store.reads import reading
from prodflow.store.schema import has_table
from prodflow.store.tables import (
    RAW,
    RAW_FROM_JOURNAL,
    names_in,
    sealed_events,
    typed_events,
    view_statements,
)

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

_TRIES = 3

_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "datasets": (
        {"dataset": "varchar", "created": "timestamp", "meta": "json"},
        "select name, created, meta from datasets order by id",
    ),
    "sessions": (
        {"dataset": "varchar", "session": "varchar", "annotator": "varchar", "created": "timestamp"},
        """select d.name, s.name, s.annotator, s.created
        from sessions s join datasets d on d.id = s.dataset_id order by s.id""",
    ),
    "served_tasks": (
        {
            "dataset": "varchar",
            "input_hash": "bigint",
            "task_hash": "bigint",
            "created": "timestamp",
            "content": "json",
        },
        """select d.name, t.input_hash, t.task_hash, t.created, t.content
        from tasks t join datasets d on d.id = t.dataset_id""",
    ),
    "ledger": (
        {
            "dataset": "varchar",
            "source": "varchar",
            "outcome": "varchar",
            "stage": "varchar",
            "reason": "varchar",
            "records": "bigint",
        },
        LEDGER,
    ),
    "quarantine": (
        {
            "id": "bigint",
            "dataset": "varchar",
            "ts": "timestamp",
            "operator": "varchar",
            "position": "bigint",
            "error": "varchar",
            "traceback": "varchar",
            "record": "json",
        },
        """select q.id, d.name, q.ts, q.operator, q.position, q.error, q.traceback, q.record
        from quarantine q left join datasets d on d.id = q.dataset_id order by q.id""",
    ),
}


def connect(store: str | Path | None = None) -> "Reader":
    """Open the store for SQL; a store that is missing or empty has empty tables.

    Args:
        store: its folder; by default the configuration's `store`, else `store` in the home folder.

    >>> import tempfile
    >>> connect(tempfile.mkdtemp()).sql("select count(*) from answers").fetchall()
    [(0,)]
    """
    return Reader(store_folder(store), promoted_columns())


class Reader:
    """Answers SQL about the store with DuckDB, in this process; every query sees what is committed when it is asked.

    Tables and views: `events`, `answers` (the current ones), `choices`, `spans`, `tasks`, `datasets`, `sessions`,
    `quarantine`, `ledger`; `agreement('my_set')` and `alpha('my_set')`. They are copies and views in memory: no
    statement on them reaches the store.

    Args:
        folder: the store.
        columns: columns of the user's own in `events` and `answers`, as name to JSON path.
    """

    def __init__(self, folder: Path, columns: Mapping[str, str] | None = None) -> None:
        """Open nothing yet: every query has a connection of its own."""
        self.folder = folder
        self.columns = dict(columns or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: a query's connection is closed with its result."""

    def sql(self, query: str, params: object = None) -> "duckdb.DuckDBPyRelation":
        """Ask; the result is a DuckDB relation: print it, or `.fetchall()`, `.df()`, `.pl()`, `.to_arrow_table()` it.

        Args:
            query: SQL; `?` stands for a parameter.
            params: the values of the parameters.

        Raises:
            StoreError: if the store cannot be read.
            duckdb.Error: if the query is wrong.
        """
        return self._ask(query, lambda connection: connection.sql(query, params=params))

    def execute(self, query: str, params: object = None) -> "duckdb.DuckDBPyConnection":
        """Run a statement and return its connection, to fetch from it."""
        return self._ask(query, lambda connection: connection.execute(query, params))

    def _ask(self, query: str, ask: "Callable[[duckdb.DuckDBPyConnection], T]") -> "T":
        import duckdb

        try:
            return ask(self.connection(query))
        except duckdb.CatalogException:
            # A name put together in the query itself, or one that does not exist: then the message names what does.
            return ask(self.connection())

    def connection(self, query: str | None = None) -> "duckdb.DuckDBPyConnection":
        """Return a DuckDB connection of its own over the store as it is now.

        Args:
            query: what is going to be asked: what it does not name is left out. By default everything is there.
        """
        import duckdb

        snapshot = self._snapshot(query)
        connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        try:
            snapshot.fill(connection, self.columns, query)
        except duckdb.Error as error:
            connection.close()
            raise StoreError(
                f"store {str(self.folder)!r} cannot be read: {error}; 'prodflow store check' looks for damage"
            ) from error
        return connection

    def _snapshot(self, query: str | None) -> "_Snapshot":
        """Read the journal's side until the files it lists are there: a merge may replace them meanwhile."""
        for attempt in range(_TRIES):
            snapshot = _read_snapshot(self.folder, query)
            try:
                check_files(self.folder, snapshot.segments)
                return snapshot
            except StoreError:
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")


@dataclass
class _Snapshot:
    folder: Path
    segments: list[Segment] = field(default_factory=list)
    tail: list[tuple[Any, ...]] = field(default_factory=list)
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def fill(self, connection: "duckdb.DuckDBPyConnection", promoted: Mapping[str, str], query: str | None) -> None:
        connection.execute("create schema internal")
        make_table(connection, "internal.unsealed", RAW)
        fill_table(connection, "internal.unsealed", RAW, self.tail)
        paths = [(str(self.folder / segment.path), segment.columns) for segment in self.segments]
        sealed = sealed_events(paths, promoted)
        fresh = typed_events("internal.unsealed", promoted)
        connection.execute(f"create view events as {f'{sealed} union all by name ' if sealed else ''}{fresh}")
        for name in sorted(names_in(query, _TABLES)):
            columns, _ = _TABLES[name]
            place = f"internal.{name}" if name == "served_tasks" else name
            make_table(connection, place, columns)
            fill_table(connection, place, columns, self.tables.get(name, []))
        for statement in view_statements(served=True, query=query):
            connection.execute(statement)


def _read_snapshot(folder: Path, query: str | None) -> _Snapshot:
    with reading(folder) as journal:
        if journal is None:
            return _Snapshot(folder)
        # One short transaction: everything is of one moment, and the journal can be checkpointed soon after.
        journal.execute("begin")
        segments = listed_segments(journal)
        tail = [row for span in unsealed_ranges(journal) for row in journal.execute(RAW_FROM_JOURNAL, span)]
        wanted = names_in(query, _TABLES) - (set() if has_table(journal, "ledger") else {"ledger"})
        tables = {name: journal.execute(_TABLES[name][1]).fetchall() for name in wanted}
        journal.execute("commit")
        return _Snapshot(folder, segments, tail, tables)


def verify(folder: Path) -> list[str]:
    """Compare every segment with its checksum; return what is wrong, a line each."""
    with reading(folder) as journal:
        segments = [] if journal is None else listed_segments(journal)
    faults = []
    for segment in segments:
        try:
            check_files(folder, [segment], thorough=True)
        except StoreError as error:
            faults.append(str(error))
    return faults


def snapshot_counts(folder: Path) -> dict[str, int]:
    """Return how many events are sealed and unsealed, and in how many files."""
    with reading(folder) as journal:
        if journal is None:
            return {"files": 0, "sealed": 0, "unsealed": 0}
        segments = listed_segments(journal)
        unsealed = sum(
            journal.execute("select count(*) from events where seq between ? and ?", span).fetchone()[0]
            for span in unsealed_ranges(journal)
        )
    return {"files": len(segments), "sealed": sum(segment.rows for segment in segments), "unsealed": unsealed}
