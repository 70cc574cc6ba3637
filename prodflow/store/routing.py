"""Who is asked what: tasks with how many answers they want, and the queues they wait in."""

import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from prodflow.core.task import Task
from prodflow.store.reads import reading
from prodflow.store.rows import insert_rows
from prodflow.store.schema import has_table

SETTLED, OPEN, TO_REVIEW = 0, 1, 2
"""A task has all answers it wants; it wants more; its router has to say whether it does."""


class Route(NamedTuple):
    """A task as it was routed: how many answers it wants, and who has it waiting until when."""

    task_hash: int
    input_hash: int
    content: str
    wanted: int | None
    """None where that stays as it is."""
    adaptive: bool
    waiting: tuple[tuple[str, float], ...]
    record: int | None


class OpenRow(NamedTuple):
    """A task that is not settled: what it wants, and who has it."""

    task: Task
    """Only its hashes where nobody has it: there may be many such."""
    wanted: int | None
    """How many answers it wants in all; None where it was handed out and nothing else is known."""
    state: int
    answered: tuple[str, ...]
    held: tuple[tuple[str, float], ...]
    waiting: tuple[tuple[str, float], ...]
    source: str | None = None
    """The fingerprint of the source that it was asked of."""
    source_name: str = ""


def store_routes(
    connection: sqlite3.Connection, dataset: int, sessions: dict[str, int], routes: Sequence[Route], source: int | None
) -> None:
    """Write tasks that were routed; a task that is known already wants what it wants now."""
    now_us = time.time_ns() // 1000
    insert_rows(
        connection,
        "insert into tasks",
        [(dataset, route.task_hash, route.input_hash, now_us, route.content) for route in routes],
        "on conflict do nothing",
    )
    insert_rows(
        connection,
        "insert into asks",
        [
            (
                *(dataset, route.task_hash, route.wanted, int(route.adaptive), OPEN),
                *(None if route.record is None else source, route.record),
            )
            for route in routes
            if route.wanted is not None
        ],
        "on conflict do update set wanted = excluded.wanted, adaptive = excluded.adaptive, "
        "source_id = iif(record is null, coalesce(excluded.source_id, source_id), source_id), "
        "record = coalesce(record, excluded.record)",
    )
    insert_rows(
        connection,
        "insert or replace into queued",
        [
            (dataset, route.task_hash, sessions[name], expires)
            for route in routes
            for name, expires in route.waiting
            if name in sessions
        ],
    )
    answered = connection.execute(
        "select distinct task_hash from current where dataset_id = ? and task_hash in (select value from json_each(?))",
        (dataset, orjson.dumps([route.task_hash for route in routes]).decode()),
    ).fetchall()
    note_answers(connection, dataset, {task_hash for (task_hash,) in answered})


def store_wanted(connection: sqlite3.Connection, dataset: int, task_hash: int, wanted: int) -> None:
    """Write how many answers a task wants in all, after its router has looked at those that came."""
    connection.execute(
        "update asks set wanted = ?1, "
        "open = (?1 > (select count(*) from current where dataset_id = ?2 and task_hash = ?3)) "
        "where dataset_id = ?2 and task_hash = ?3",
        (wanted, dataset, task_hash),
    )


def note_answers(connection: sqlite3.Connection, dataset: int, task_hashes: Collection[int]) -> None:
    """Keep up to date which tasks are settled; what is settled is with nobody."""
    if not task_hashes:
        return
    listed = orjson.dumps(list(task_hashes)).decode()
    rows = connection.execute(
        "update asks set open = case when wanted > (select count(*) from current c "
        "where c.dataset_id = asks.dataset_id and c.task_hash = asks.task_hash) then 1 when adaptive then 2 else 0 end "
        "where dataset_id = ? and task_hash in (select value from json_each(?)) returning task_hash, open",
        (dataset, listed),
    ).fetchall()
    if settled := [task_hash for task_hash, state in rows if state != OPEN]:
        for table in ("leases", "queued"):
            connection.execute(
                f"delete from {table} where dataset_id = ? and task_hash in (select value from json_each(?))",
                (dataset, orjson.dumps(settled).decode()),
            )


def end_holds(connection: sqlite3.Connection, dataset: int, holds: Iterable[tuple[int, int]]) -> None:
    """Note that sessions, each with a task, neither hold it nor have it waiting any more."""
    by_session: dict[int, list[int]] = {}
    for task_hash, session in holds:
        by_session.setdefault(session, []).append(task_hash)
    for session, task_hashes in by_session.items():
        for table in ("leases", "queued"):
            connection.execute(
                f"delete from {table} "
                "where dataset_id = ? and session_id = ? and task_hash in (select value from json_each(?))",
                (dataset, session, orjson.dumps(task_hashes).decode()),
            )


def asked_after(folder: Path, dataset: str, row: int, limit: int) -> list[tuple[int, Task]]:
    """Return the places and the hashes of tasks that were routed after a place, in order."""
    with reading(folder) as journal:
        if journal is None or not has_table(journal, "asks"):
            return []
        rows = journal.execute(
            "select t.rowid, t.task_hash, t.input_hash from tasks t left join asks a on a.dataset_id = t.dataset_id "
            "and a.task_hash = t.task_hash where t.dataset_id = (select id from datasets where name = ?) "
            "and t.rowid > ? and coalesce(a.wanted, 1) > 0 order by t.rowid limit ?",
            (dataset, row, limit),
        ).fetchall()
    return [(place, {"_task_hash": task_hash, "_input_hash": input_hash}) for place, task_hash, input_hash in rows]


def answers_to(folder: Path, dataset: str, task_hash: int) -> list[Task]:
    """Return a task as each session answered it, the earliest first, each with its `_session_id`."""
    with reading(folder) as journal:
        if journal is None:
            return []
        rows = journal.execute(
            "select e.content, c.answer, s.name from current c join events e using (seq) "
            "join sessions s on s.id = c.session_id where c.dataset_id = (select id from datasets where name = ?) "
            "and c.task_hash = ? order by c.seq",
            (dataset, task_hash),
        ).fetchall()
    return [{**orjson.loads(content), "answer": answer, "_session_id": name} for content, answer, name in rows]


def answers_lacking(folder: Path, dataset: str) -> int:
    """Return how many answers the tasks that were routed still want."""
    with reading(folder) as journal:
        if journal is None or not has_table(journal, "asks"):
            return 0
        given = "select count(*) from current c where c.dataset_id = a.dataset_id and c.task_hash = a.task_hash"
        (count,) = journal.execute(
            f"select coalesce(sum(max(0, a.wanted - ({given}))), 0) from asks a "
            "where a.open and a.dataset_id = (select id from datasets where name = ?)",
            (dataset,),
        ).fetchone()
        return int(count)


def open_rows(folder: Path, dataset: str) -> list[OpenRow]:
    """Return the tasks that are not settled or are with somebody, in the order they were routed."""
    with reading(folder) as journal:
        if journal is None or not has_table(journal, "asks"):
            return []
        journal.execute("begin")
        row = journal.execute("select id from datasets where name = ?", (dataset,)).fetchone()
        found = [] if row is None else _open_rows(journal, row[0])
        journal.execute("commit")
        return found


def _open_rows(journal: sqlite3.Connection, dataset: int) -> list[OpenRow]:
    leased = "select task_hash from leases where dataset_id = ?1"
    had = f"{leased} union select task_hash from queued where dataset_id = ?1"
    wanted = f"select task_hash from asks where dataset_id = ?1 and open union {leased}"
    rows = journal.execute(
        f"select t.task_hash, t.input_hash, iif(t.task_hash in ({had}), t.content, null), a.wanted, a.open, "
        "s.fingerprint, coalesce(s.name, '') "
        "from tasks t left join asks a on a.dataset_id = t.dataset_id and a.task_hash = t.task_hash "
        "left join sources s on s.id = a.source_id "
        f"where t.dataset_id = ?1 and t.task_hash in ({wanted}) order by t.rowid",
        (dataset,),
    ).fetchall()
    held = _by_task(journal, "leases", "expires", dataset)
    waiting = _by_task(journal, "queued", "expires", dataset)
    answered = _by_task(journal, "current", "seq", dataset, f"and o.task_hash in ({wanted})")
    return [
        OpenRow(
            {"_task_hash": task_hash, "_input_hash": input_hash} if content is None else orjson.loads(content),
            count,
            OPEN if state is None else state,
            tuple(name for name, _ in answered.get(task_hash, ())),
            tuple(held.get(task_hash, ())),
            tuple(waiting.get(task_hash, ())),
            *source,
        )
        for task_hash, input_hash, content, count, state, *source in rows
    ]


def _by_task(
    journal: sqlite3.Connection, table: str, value: str, dataset: int, condition: str = ""
) -> dict[int, list[tuple[str, Any]]]:
    found: dict[int, list[tuple[str, Any]]] = {}
    rows = journal.execute(
        f"select o.task_hash, s.name, o.{value} from {table} o join sessions s on s.id = o.session_id "
        f"where o.dataset_id = ?1 {condition}",
        (dataset,),
    )
    for task_hash, name, held in rows:
        found.setdefault(task_hash, []).append((name, held))
    return found
