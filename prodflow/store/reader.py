"""SQL over the store, from any process, while a server writes: always fresh, and never in its way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from prodflow.core.errors import StoreError
from prodflow.store.accounts import DUPLICATES, LEDGER
from prodflow.store.added import Asked, asked_views, with_needs
from prodflow.store.feed import fill_table, make_table
from prodflow.store.manifest import Segment, check_files, listed_segments, unsealed_ranges
from prodflow.store.moment import AsOf, Moment, moment_of
from prodflow.store.place import promoted_columns, store_folder
from prodflow.store.readonly import check_query, lock, refused_file, spill_aside
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
_MANY_ROWS = 200_000

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
    "duplicates": (
        {
            "dataset": "varchar",
            "source": "varchar",
            "record": "bigint",
            "stage": "varchar",
            "input_hash": "bigint",
            "task_hash": "bigint",
            "first_record": "bigint",
        },
        DUPLICATES,
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

_TWICE = "select 1 from sessions where annotator is not null group by dataset_id, annotator having count(*) > 1 limit 1"


def connect(store: str | Path | None = None, *, as_of: AsOf | None = None) -> "Reader":
    """Open the store for SQL; a store that is missing or empty has empty tables.

    Args:
        store: its folder; by default the configuration's `store`, else `store` in the home folder.
        as_of: read it as it was then: a day (its end), a time or the `seq` of an event.

    Raises:
        SettingError: if `as_of` is no moment.

    >>> import tempfile
    >>> connect(tempfile.mkdtemp()).sql("select count(*) from answers").fetchall()
    [(0,)]
    """
    return Reader(store_folder(store), promoted_columns(), as_of=as_of)


class Reader:
    """Answers SQL about the store with DuckDB, in this process; every query sees what is committed when it is asked.

    Tables and views: `events`, `answers` (the current ones), `choices`, `spans`, `tasks`, `datasets`, `sessions`,
    `quarantine`, `ledger`, `duplicates`; `agreement('my_set')` and `alpha('my_set')`, `as_of('2026-03-01')`; and what
    others add, such as `posteriors`. They are copies and views in memory, a query that writes is refused, and so is one
    that opens files.

    Args:
        folder: the store.
        columns: columns of the user's own in `events` and `answers`, as name to JSON path.
        as_of: read the store as it was then.
    """

    def __init__(self, folder: Path, columns: Mapping[str, str] | None = None, *, as_of: AsOf | None = None) -> None:
        """Open nothing yet: every query has a connection of its own."""
        self.folder = folder
        self.columns = dict(columns or {})
        self.moment = None if as_of is None else moment_of(as_of)

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
            QueryError: if the query wants to write, or to open a file.
            duckdb.Error: if the query is wrong.
        """
        return self._ask(query, lambda connection: connection.sql(query, params=params))

    def execute(self, query: str, params: object = None) -> "duckdb.DuckDBPyConnection":
        """Run a query and return its connection, to fetch from it; raises what `sql` raises."""
        return self._ask(query, lambda connection: connection.execute(query, params))

    def _ask(self, query: str, ask: "Callable[[duckdb.DuckDBPyConnection], T]") -> "T":
        import duckdb

        check_query(query)
        try:
            try:
                return ask(self.connection(query))
            except duckdb.CatalogException:
                # A name put together in the query itself, or one that does not exist: then the message names what does.
                return ask(self.connection())
        except duckdb.PermissionException as error:
            raise refused_file(error) from error

    def connection(self, query: str | None = None, *, locked: bool = True) -> "duckdb.DuckDBPyConnection":
        """Return a DuckDB connection of its own over the store as it is now.

        Args:
            query: what is going to be asked: what it does not name may be left out. By default everything is there but
                what takes long to estimate.
            locked: open no file but the store's, change no setting. Unlocked it may do whatever your Python may do.
        """
        import duckdb

        from prodflow.store.sealed_files import SealedFiles

        asked = asked_views(query)
        query = with_needs(query, asked)
        snapshot = self._snapshot(query)
        sealed = SealedFiles(snapshot.paths)
        connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        connection.register_filesystem(sealed)
        try:
            snapshot.fill(connection, self.columns, query, self.moment, sealed.names)
            snapshot.add(connection, asked)
        except duckdb.Error as error:
            connection.close()
            raise StoreError(
                f"store {str(self.folder)!r} cannot be read: {error}; 'prodflow store check' looks for damage"
            ) from error
        spill_aside(connection)
        if locked:
            lock(connection, sealed.names)
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
    names: list[str] = field(default_factory=list)
    twice: bool = False
    """Somebody answers in several sessions of a dataset."""

    @property
    def paths(self) -> list[Path]:
        return [self.folder / segment.path for segment in self.segments]

    def fill(
        self,
        connection: "duckdb.DuckDBPyConnection",
        promoted: Mapping[str, str],
        query: str | None,
        moment: Moment | None,
        files: list[str],
    ) -> None:
        connection.execute("create schema internal")
        make_table(connection, "internal.unsealed", RAW)
        fill_table(connection, "internal.unsealed", RAW, self.tail)
        sealed = sealed_events(zip(files, (segment.columns for segment in self.segments)), promoted)
        fresh = typed_events("internal.unsealed", promoted)
        events = f"{sealed} union all by name {fresh}" if sealed else fresh
        until = f"select * from ({events}) where {moment.events()}" if moment else events
        connection.execute(f"create view events as {until}")
        for name in sorted(names_in(query, _TABLES)):
            self._copy(connection, name, moment)
        replaced = self._has_replaced(connection)
        for statement in view_statements(served=True, query=query, twice=self.twice, replaced=replaced):
            connection.execute(statement)

    def _has_replaced(self, connection: "duckdb.DuckDBPyConnection") -> bool:
        """Whether an answer was ever changed: looking for those that were costs as much as most questions."""
        if sum(segment.rows for segment in self.segments) < _MANY_ROWS:
            return True
        return connection.execute("select 1 from events where replaces is not null limit 1").fetchone() is not None

    def _copy(self, connection: "duckdb.DuckDBPyConnection", name: str, moment: Moment | None) -> None:
        columns, _ = _TABLES[name]
        place = f"internal.{name}" if name == "served_tasks" else name
        make_table(connection, place, columns)
        fill_table(connection, place, columns, self.tables.get(name, []))
        time = next((column for column, kind in columns.items() if kind == "timestamp"), None)
        if moment is not None and time is not None:  # the ledger is known as of now only
            connection.execute(f"delete from {place} where not ({moment.rows(time)})")

    def add(self, connection: "duckdb.DuckDBPyConnection", asked: list[Asked]) -> None:
        for one in asked:
            one.make(connection, self.names)


def _read_snapshot(folder: Path, query: str | None) -> _Snapshot:
    with reading(folder) as journal:
        if journal is None:
            return _Snapshot(folder)
        # One short transaction: everything is of one moment, and the journal can be checkpointed soon after.
        journal.execute("begin")
        segments = listed_segments(journal)
        tail = [row for span in unsealed_ranges(journal) for row in journal.execute(RAW_FROM_JOURNAL, span)]
        later = {name for name in ("ledger", "duplicates") if not has_table(journal, name)}
        wanted = names_in(query, _TABLES) - later
        tables = {name: journal.execute(_TABLES[name][1]).fetchall() for name in wanted}
        names = [name for (name,) in journal.execute("select name from datasets order by id")]
        twice = journal.execute(_TWICE).fetchone() is not None
        journal.execute("commit")
        return _Snapshot(folder, segments, tail, tables, names, twice)


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
