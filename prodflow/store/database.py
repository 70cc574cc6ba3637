"""The store as recipes and scripts know it: datasets and their examples."""

import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import orjson

from prodflow.core.task import Task
from prodflow.store import reads
from prodflow.store.imports import import_tasks, plain_names
from prodflow.store.journal import Journal
from prodflow.store.place import check_name, store_folder

if TYPE_CHECKING:
    import duckdb

    from prodflow.store.moment import AsOf


def connect(path: str | Path | None = None) -> "Database":
    """Open the store; nothing is made on disk before something is written.

    Args:
        path: the store's folder; by default the configuration's `store`, else `store` in the home folder.

    Raises:
        SettingError: if the configuration names a store that prodflow cannot open.

    >>> import tempfile
    >>> with connect(tempfile.mkdtemp()) as db:
    ...     db.add_examples([{"text": "a", "answer": "accept"}], datasets=["news"])
    ...     "news" in db, [task["text"] for task in db.get_dataset_examples("news")]
    (True, ['a'])
    """
    return Database(store_folder(path))


class Database:
    """Datasets and their examples; a dataset that is missing is falsy, it does not raise.

    Args:
        folder: the store.
    """

    db_id = "sqlite"
    db_name = "SQLite"

    def __init__(self, folder: Path) -> None:
        """Open nothing yet."""
        self.folder = folder
        self._journal: Journal | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store; it opens again when it is used again."""
        if self._finalizer is not None:
            self._finalizer()
        self._journal = self._finalizer = None

    def save(self) -> None:
        """Do nothing: what was added is on disk already."""

    @property
    def journal(self) -> Journal:
        """The journal behind it, opened when it is first used."""
        return self._open()

    def __len__(self) -> int:
        return len(self.datasets)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return name in self.datasets

    def __repr__(self) -> str:
        return f"Database({str(self.folder)!r})"

    @property
    def datasets(self) -> list[str]:
        """The names of all datasets, oldest first."""
        return reads.dataset_names(self.folder)

    @property
    def sessions(self) -> list[str]:
        """The ids of all sessions, oldest first."""
        rows = reads.rows_of(self.folder, "select name from sessions group by name order by min(id)")
        return [name for (name,) in rows]

    def get_meta(self, name: str) -> dict[str, Any] | None:
        """Return what is known about a dataset itself; None where it is missing."""
        rows = reads.rows_of(self.folder, "select id, name, created, meta from datasets where name = ?", (name,))
        if not rows:
            return None
        number, name, created, meta = rows[0]
        return {"id": number, "name": name, "created": created // 1_000_000, "meta": orjson.loads(meta)}

    def get_dataset(self, name: str) -> list[Task] | None:
        """Return the examples of a dataset; None where it is missing."""
        return self.get_dataset_examples(name)

    def get_dataset_examples(self, name: str) -> list[Task] | None:
        """Return the examples of a dataset or of a session, oldest first; None where it is missing."""
        if name in self or name in self.sessions:
            return list(self.iter_dataset_examples(name))
        return None

    def iter_dataset_examples(
        self, name: str, session_id: str | None = None, *, answer: str | None = None
    ) -> Iterator[Task]:
        """Yield the examples of a dataset or of a session, oldest first, in constant memory.

        Args:
            name: of the dataset or session; where it is missing there are no examples.
            session_id: only those of this session.
            answer: only those answered so: `accept`, `reject` or `ignore`.
        """
        if name in self:
            places = [(name, session_id)]
        else:
            query = "select d.name, s.name from sessions s join datasets d on d.id = s.dataset_id where s.name = ?"
            places = reads.rows_of(self.folder, query, (name,))
        for dataset, session in places:
            yield from map(orjson.loads, reads.contents(self.folder, dataset, session, answer))

    def get_input_hashes(self, *names: str | Iterable[str]) -> set[int]:
        """Return the input hashes of one or more datasets or sessions, given one by one or as a list."""
        return self._hashes(names, "input_hash")

    def get_task_hashes(self, *names: str | Iterable[str]) -> set[int]:
        """Return the task hashes of one or more datasets or sessions, given one by one or as a list."""
        return self._hashes(names, "task_hash")

    def _hashes(self, names: tuple[str | Iterable[str], ...], key: Literal["input_hash", "task_hash"]) -> set[int]:
        found: set[int] = set()
        for name in plain_names(names):
            found |= reads.hashes(self.folder, name, key)
            query = f"select {key} from current where session_id in (select id from sessions where name = ?)"
            found |= {value for (value,) in reads.rows_of(self.folder, query, (name,))}
        return found

    def count(self, name: str, *, answer: str | None = None) -> int:
        """Return the number of examples of a dataset; 0 where it is missing."""
        return reads.count(self.folder, name, answer=answer)

    def count_dataset(self, name: str, session: bool = False) -> int:
        """Return the number of examples of a dataset, or of a session; 0 where it is missing."""
        if not session:
            return self.count(name)
        rows = reads.rows_of(
            self.folder,
            "select count(*) from current where session_id in (select id from sessions where name = ?)",
            (name,),
        )
        return int(rows[0][0]) if rows else 0

    def add_dataset(self, name: str, meta: Mapping[str, Any] | None = None, session: bool = False) -> None:
        """Make a dataset where it is missing.

        Args:
            name: its name.
            meta: what you like to keep with it.
            session: for old callers: sessions are made by what is answered in them, so nothing happens.

        Raises:
            SettingError: if it cannot be a name.
        """
        check_name("dataset", name)
        if not session:
            self._open().add_dataset(name, meta)

    def add_examples(self, examples: Iterable[Task], datasets: str | Iterable[str] = ()) -> None:
        """Add examples to one or more datasets, which are made where they are missing.

        An example that a dataset has already, the same in all its keys, is not added again; another answer of the same
        session to the same task takes the place of the first.

        Args:
            examples: tasks, each with its `answer`; one without counts as accepted. Missing hashes are set.
            datasets: names of datasets.

        Raises:
            AnswerError: if an example cannot be stored, naming its position.
        """
        tasks = list(examples)
        for name in plain_names([datasets]):
            import_tasks(self._open(), name, tasks)

    def drop_dataset(self, name: str, batch_size: int | None = None) -> bool:
        """Forget a dataset with all its examples; tell whether there was one.

        Args:
            name: its name.
            batch_size: for old callers; not used.
        """
        return name in self and self._open().drop_dataset(name)

    def get_sessions_examples(self, session_ids: str | Iterable[str]) -> list[Task]:
        """Return the examples of one or more sessions, oldest first."""
        return [task for name in plain_names([session_ids]) for task in self.iter_dataset_examples(name)]

    def get_dataset_sessions(self, name: str) -> list[str]:
        """Return the ids of the sessions of a dataset, oldest first; none where it is missing."""
        return list(reads.totals(self.folder, name))

    def sql(self, query: str, params: object = None, *, as_of: "AsOf | None" = None) -> "duckdb.DuckDBPyRelation":
        """Ask the store with SQL, as `prodflow sql` does; the result is a DuckDB relation.

        Print it, or take it with `.fetchall()`, `.df()` (pandas), `.pl()` (Polars) or `.to_arrow_table()`.

        Args:
            query: SQL; `?` stands for a parameter.
            params: the values of the parameters.
            as_of: ask the store as it was then: a day (its end), a time (in UTC) or the `seq` of an event.

        Raises:
            StoreError: if the store cannot be read.
            QueryError: if the query wants to write, or to open a file.
            duckdb.Error: if the query is wrong.
        """
        from prodflow.store import reader

        return reader.connect(self.folder, as_of=as_of).sql(query, params)

    def connection(
        self, query: str | None = None, *, as_of: "AsOf | None" = None, locked: bool = True
    ) -> "duckdb.DuckDBPyConnection":
        """Return a DuckDB connection over the store as it is now: a copy of what is not sealed, and views.

        Args:
            query: what is going to be asked, where that is known: what it does not name may be left out. Tables that
                take long to estimate, such as `posteriors`, are there only if it names them.
            as_of: the store as it was then, see `sql`.
            locked: open no file but the store's, change no setting of DuckDB. Unlocked it may do what your Python may.

        Raises:
            StoreError: if the store cannot be read.
        """
        from prodflow.store import reader

        return reader.connect(self.folder, as_of=as_of).connection(query, locked=locked)

    def _open(self) -> Journal:
        if self._journal is None:
            self._journal = Journal.open(self.folder)
            self._finalizer = weakref.finalize(self, self._journal.close)
        return self._journal
