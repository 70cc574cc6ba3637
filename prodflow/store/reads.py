"""What is asked of the journal: each question on a connection of its own, closed at once, from any thread."""

import contextlib
import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast

import orjson

from prodflow.core.errors import StoreError
from prodflow.core.task import Decision, Task
from prodflow.store.schema import open_for_reading

_PAGE_ROWS = 5_000


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """An event of the journal; `timestamp` is in seconds since 1970."""

    seq: int
    event_id: str
    kind: str
    session: str
    annotator: str | None
    task_hash: int
    input_hash: int
    answer: Decision | None
    replaces: int | None
    timestamp: float
    seconds: float | None
    late: bool
    content: Task


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """Open the journal for one question; None where there is no journal yet.

    Raises:
        StoreError: if it cannot be read.
    """
    connection = open_for_reading(folder)
    if connection is None:
        yield None
        return
    try:
        yield connection
    except sqlite3.Error as error:
        raise StoreError(f"store {str(folder)!r} cannot be read: {error}") from error
    finally:
        connection.close()


def rows_of(folder: Path, query: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a query; none where there is no journal yet."""
    with reading(folder) as connection:
        return [] if connection is None else connection.execute(query, parameters).fetchall()


def answered(folder: Path, dataset: str) -> Iterator[tuple[str, int, int, Decision]]:
    """Yield `(session, input hash, task hash, answer)` of the current answers, oldest first."""
    after = 0
    while rows := rows_of(
        folder,
        "select seq, s.name, input_hash, task_hash, answer from current c join sessions s on s.id = session_id "
        "where c.dataset_id = (select id from datasets where name = ?) and c.seq > ? order by c.seq limit ?",
        (dataset, after, _PAGE_ROWS),
    ):
        after = rows[-1][0]
        for _, session, input_hash, task_hash, answer in rows:
            yield session, input_hash, task_hash, answer


def leases(folder: Path, dataset: str) -> list[tuple[str, float, Task]]:
    """Return `(session, expires, task)` of the tasks that are out."""
    rows = rows_of(
        folder,
        "select s.name, l.expires, t.content from leases l join sessions s on s.id = l.session_id "
        "join tasks t on t.dataset_id = l.dataset_id and t.task_hash = l.task_hash "
        "where l.dataset_id = (select id from datasets where name = ?) order by t.rowid",
        (dataset,),
    )
    return [(session, expires, orjson.loads(content)) for session, expires, content in rows]


def has_task(folder: Path, dataset: str, task_hash: int) -> Task | None:
    """Return a task that was handed out or answered, None for one that is unknown."""
    rows = rows_of(
        folder,
        "with d as (select id from datasets where name = ?1) "
        "select content from tasks where dataset_id = (select id from d) and task_hash = ?2 union all "
        "select e.content from current c join events e using (seq) "
        "where c.dataset_id = (select id from d) and c.task_hash = ?2 limit 1",
        (dataset, task_hash),
    )
    return orjson.loads(rows[0][0]) if rows else None


def current(folder: Path, dataset: str, session: str, task_hash: int) -> tuple[int, Task, Decision] | None:
    """Return a session's `(seq, task as answered, answer)`, None where it has no current answer to the task."""
    rows = rows_of(
        folder,
        "select c.seq, e.content, c.answer from current c join events e using (seq) "
        "join sessions s on s.id = c.session_id join datasets d on d.id = c.dataset_id "
        "where d.name = ? and s.name = ? and c.task_hash = ?",
        (dataset, session, task_hash),
    )
    return (rows[0][0], orjson.loads(rows[0][1]), rows[0][2]) if rows else None


def history(folder: Path, dataset: str, session: str, limit: int) -> list[Task]:
    """Return a session's current answers, newest first."""
    rows = rows_of(
        folder,
        "select e.content, e.answer, e.ts from current c join events e using (seq) where c.session_id = "
        "(select s.id from sessions s join datasets d on d.id = s.dataset_id where d.name = ? and s.name = ?) "
        "order by c.seq desc limit ?",
        (dataset, session, limit),
    )
    return [_as_answered(orjson.loads(content), answer, ts) for content, answer, ts in rows]


def _as_answered(task: Task, answer: Decision, ts: int) -> Task:
    return {**task, "answer": answer, "_timestamp": task.get("_timestamp", ts // 1_000_000)}


def sessions(folder: Path, dataset: str) -> list[tuple[str, str | None]]:
    """Return `(id, annotator)` of a dataset's sessions, oldest first."""
    query = (
        "select name, annotator from sessions where dataset_id = (select id from datasets where name = ?) order by id"
    )
    return [(name, annotator) for name, annotator in rows_of(folder, query, (dataset,))]


def tasks(folder: Path, dataset: str) -> Iterator[Task]:
    """Yield the tasks that were handed out, in the order they were first handed out, a page at a time."""
    query = (
        "select rowid, content from tasks where dataset_id = (select id from datasets where name = ?) "
        "and rowid > ? order by rowid limit ?"
    )
    after = 0
    while page := rows_of(folder, query, (dataset, after, _PAGE_ROWS)):
        after = page[-1][0]
        for _, content in page:
            yield orjson.loads(content)


def totals(folder: Path, dataset: str) -> dict[str, int]:
    """Return the number of current answers of each session, also of those that have none."""
    rows = rows_of(
        folder,
        "select s.name, (select count(*) from current c where c.session_id = s.id) from sessions s "
        "where s.dataset_id = (select id from datasets where name = ?) order by s.id",
        (dataset,),
    )
    return dict(cast("list[tuple[str, int]]", rows))


def events_since(folder: Path, dataset: str, seq: int, limit: int) -> list[Stored]:
    """Return events of a dataset that came after the given one, oldest first."""
    rows = rows_of(
        folder,
        "select e.seq, e.event_id, e.kind, s.name, s.annotator, e.task_hash, e.input_hash, e.answer, e.replaces, "
        "e.ts / 1e6, e.seconds, e.late, e.content from events e join sessions s on s.id = e.session_id "
        "where e.seq > ? and e.dataset_id = (select id from datasets where name = ?) order by e.seq limit ?",
        (seq, dataset, limit),
    )
    fields = [field.name for field in dataclasses.fields(Stored)]
    found = [dict(zip(fields, row)) for row in rows]
    return [Stored(**row | {"late": bool(row["late"]), "content": orjson.loads(row["content"])}) for row in found]


def contents(folder: Path, dataset: str, session: str | None = None, answer: str | None = None) -> Iterator[str]:
    """Yield the tasks of the current answers as JSON, oldest first, a page at a time.

    Args:
        folder: the store.
        dataset: its name.
        session: only those of this session, by its whole id.
        answer: only those answered so.
    """
    after = 0
    while rows := rows_of(
        folder,
        "select c.seq, e.content from current c join events e using (seq) join sessions s on s.id = c.session_id "
        "where c.dataset_id = (select id from datasets where name = ?1) and c.seq > ?2 "
        "and (?3 is null or s.name = ?3) and (?4 is null or c.answer = ?4) order by c.seq limit ?5",
        (dataset, after, session, answer, _PAGE_ROWS // 5),
    ):
        after = rows[-1][0]
        for _, content in rows:
            yield content


def dataset_names(folder: Path) -> list[str]:
    """Return the names of all datasets, oldest first."""
    return [name for (name,) in rows_of(folder, "select name from datasets order by id")]


def hashes(folder: Path, dataset: str, key: Literal["input_hash", "task_hash"]) -> set[int]:
    """Return the input or task hashes of the current answers of a dataset."""
    rows = rows_of(
        folder,
        f"select distinct {key} from current where dataset_id = (select id from datasets where name = ?)",
        (dataset,),
    )
    return {value for (value,) in rows}


def count(folder: Path, dataset: str, session: str | None = None, answer: str | None = None) -> int:
    """Return the number of current answers; the arguments are those of `contents`."""
    rows = rows_of(
        folder,
        "select count(*) from current c where c.dataset_id = (select id from datasets where name = ?1) "
        "and (?2 is null or c.session_id = (select id from sessions where dataset_id = c.dataset_id and name = ?2)) "
        "and (?3 is null or c.answer = ?3)",
        (dataset, session, answer),
    )
    return int(rows[0][0]) if rows else 0
