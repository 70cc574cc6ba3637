"""What a transaction does to the journal: store answers and undos, hand out tasks, name datasets and sessions."""

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from prodflow.core.errors import AnswerError
from prodflow.core.failures import Quarantined
from prodflow.store.event import Ack, Checked
from prodflow.store.routing import end_holds, note_answers
from prodflow.store.rows import insert_rows

_GIVEN_BY_SERVER = ("_timestamp",)
"""Keys of an answer that a second try may have anew, and is the same answer still."""


class Lease(NamedTuple):
    """A task as it is handed out."""

    task_hash: int
    input_hash: int
    content: str


def add_dataset(connection: sqlite3.Connection, dataset: str, meta: Mapping[str, Any]) -> None:
    """Make a dataset where it is missing."""
    connection.execute(
        "insert into datasets(name, created, meta) values (?, ?, ?) on conflict do nothing",
        (dataset, _now_us(), orjson.dumps(dict(meta)).decode()),
    )


def add_session(connection: sqlite3.Connection, dataset: str, session: str, annotator: str | None) -> None:
    """Make a session of a dataset where it is missing."""
    connection.execute(
        "insert into sessions(dataset_id, name, annotator, created) values (?, ?, ?, ?) on conflict do nothing",
        (dataset_id(connection, dataset), session, annotator, _now_us()),
    )


def dataset_id(connection: sqlite3.Connection, dataset: str) -> int:
    """Return the number of a dataset.

    Raises:
        AnswerError: status 404.
    """
    row = connection.execute("select id from datasets where name = ?", (dataset,)).fetchone()
    if row is None:
        raise AnswerError(f"no dataset named {dataset!r} in the store", path="$.dataset", status=404)
    return int(row[0])


def session_ids(connection: sqlite3.Connection, dataset: int, sessions: Iterable[str]) -> dict[str, int]:
    """Return the numbers of sessions of a dataset.

    Raises:
        AnswerError: status 404, at the first that is unknown.
    """
    found = {}
    for session in dict.fromkeys(sessions):
        row = connection.execute(
            "select id from sessions where dataset_id = ? and name = ?", (dataset, session)
        ).fetchone()
        if row is None:
            raise AnswerError(f"no session {session!r} of this dataset", path="$.session_id", status=404)
        found[session] = int(row[0])
    return found


def store_batch(connection: sqlite3.Connection, dataset: str, batch: Sequence[Checked]) -> list[Ack]:
    """Store answers and undos, all or nothing.

    Raises:
        AnswerError: 404 for an unknown dataset or session or an undo of nothing, 403 for an undo of another session's
            answer, 409 for an event id that came before with something else.
    """
    if not batch:
        return []
    number = dataset_id(connection, dataset)
    work = _Batch(connection, number, session_ids(connection, number, (item.event.session for item in batch)), batch)
    acks = [work.take(item) for item in batch]
    work.write()
    return acks


class _Batch:
    """A batch in the making: what the journal knows about its events and tasks is read once and kept up to date."""

    def __init__(
        self, connection: sqlite3.Connection, dataset: int, sessions: dict[str, int], batch: Sequence[Checked]
    ) -> None:
        self._connection = connection
        self._dataset = dataset
        self._sessions = sessions
        self._now_us = _now_us()
        self._rows: dict[str, tuple[Any, ...]] = {}
        self._answered: dict[tuple[int, int], tuple[int, int, str] | None] = {}
        row = connection.execute("select seq from sqlite_sequence where name = 'events'").fetchone()
        self._next_seq = (row[0] if row else 0) + 1
        self._known = self._read_known([item.event.event_id for item in batch])
        self._current = self._read_current([item.event.task_hash for item in batch])

    def _read_known(self, event_ids: list[str]) -> set[str]:
        rows = self._connection.execute(
            "select event_id from events where event_id in (select value from json_each(?))",
            (orjson.dumps(event_ids).decode(),),
        )
        return {event_id for (event_id,) in rows}

    def _read_current(self, task_hashes: list[int]) -> dict[int, dict[int, int]]:
        rows = self._connection.execute(
            "select task_hash, session_id, seq from current where dataset_id = ? "
            "and task_hash in (select value from json_each(?))",
            (self._dataset, orjson.dumps(task_hashes).decode()),
        )
        found: dict[int, dict[int, int]] = {}
        for task_hash, session, seq in rows:
            found.setdefault(task_hash, {})[session] = seq
        return found

    def take(self, item: Checked) -> Ack:
        """Give an event its place, or recognise it."""
        event = item.event
        session = self._sessions[event.session]
        answers = self._current.setdefault(event.task_hash, {})
        if event.event_id in self._rows or event.event_id in self._known:
            return self._again(item, session)
        replaced = answers.get(session)
        if event.kind == "undo":
            if replaced is None:
                raise _nothing_to_undo(item, by_others=bool(answers))
            del answers[session]
        seq, self._next_seq = self._next_seq, self._next_seq + 1
        ts = self._now_us if event.answered_at is None else int(event.answered_at * 1_000_000)
        self._rows[event.event_id] = (
            *(seq, event.event_id, event.kind, self._dataset, session, event.input_hash, event.task_hash),
            *(event.answer, replaced, ts, event.seconds, int(event.late), item.content),
        )
        self._answered[event.task_hash, session] = None
        if event.answer is not None:
            answers[session] = seq
            self._answered[event.task_hash, session] = (seq, event.input_hash, event.answer)
        return Ack(event.event_id, seq, duplicate=False, replaced=replaced)

    def _again(self, item: Checked, session: int) -> Ack:
        event = item.event
        columns = "seq, event_id, kind, dataset_id, session_id, input_hash, task_hash, answer, replaces, content"
        row = self._rows.get(event.event_id)
        if row is not None:
            row = (*row[:9], row[12])
        else:
            row = self._connection.execute(
                f"select {columns} from events where event_id = ?", (event.event_id,)
            ).fetchone()
        seq, _, kind, dataset, its_session, input_hash, task_hash, answer, replaces, content = row
        same = (kind, dataset, its_session, task_hash, answer) == (
            *(event.kind, self._dataset, session, event.task_hash, event.answer),
        )
        if event.kind == "answer":
            same &= input_hash == event.input_hash
            same = same and (content == item.content or _payload(content) == _payload(item.content))
        if not same:
            path = f"{item.where}._event_id"
            raise AnswerError(f"{path}: {event.event_id!r} came before with another answer", path=path, status=409)
        return Ack(event.event_id, seq, duplicate=True, replaced=replaces)

    def write(self) -> None:
        """Write events, current answers, and the ends of leases."""
        insert_rows(self._connection, "insert into events", list(self._rows.values()))
        # In the order of the table's key: a large batch finds its places in one go.
        answered = [(self._dataset, *key, *value) for key, value in sorted(self._answered.items()) if value is not None]
        insert_rows(self._connection, "insert or replace into current", answered)
        if undone := [(self._dataset, *key) for key, value in self._answered.items() if value is None]:
            where = "where dataset_id = ? and task_hash = ? and session_id = ?"
            self._connection.executemany(f"delete from current {where}", undone)
        end_holds(self._connection, self._dataset, [row[1:3] for row in answered])
        note_answers(self._connection, self._dataset, {key[0] for key in self._answered})


def _nothing_to_undo(item: Checked, *, by_others: bool) -> AnswerError:
    event, path = item.event, f"{item.where}._task_hash"
    if by_others:
        return AnswerError(
            f"{path}: the answer to task {event.task_hash} is another session's; {event.session!r} cannot undo it",
            path=path,
            status=403,
        )
    return AnswerError(f"{path}: task {event.task_hash} has no answer to undo", path=path, status=404)


def _payload(content: str) -> bytes:
    task = orjson.loads(content)
    for key in _GIVEN_BY_SERVER:
        task.pop(key, None)
    return orjson.dumps(task, option=orjson.OPT_SORT_KEYS)


def store_leases(
    connection: sqlite3.Connection, dataset: str, session: str, tasks: Sequence[Lease], expires: float
) -> None:
    """Write tasks that are handed out, and until when.

    Raises:
        AnswerError: status 404 for an unknown dataset or session.
    """
    number = dataset_id(connection, dataset)
    session_number = session_ids(connection, number, [session])[session]
    now_us = _now_us()
    insert_rows(
        connection,
        "insert into tasks",
        [(number, task.task_hash, task.input_hash, now_us, task.content) for task in tasks],
        "on conflict do update set content = excluded.content where content <> excluded.content",
    )
    insert_rows(
        connection,
        "insert or replace into leases",
        [(number, task.task_hash, session_number, expires) for task in tasks],
    )
    connection.execute(
        "delete from queued where dataset_id = ? and session_id = ? and task_hash in (select value from json_each(?))",
        (number, session_number, orjson.dumps([task.task_hash for task in tasks]).decode()),
    )


def store_lease_times(
    connection: sqlite3.Connection, dataset: str, session: str, task_hashes: Sequence[int], expires: float
) -> None:
    """Write until when a session has tasks that it holds or has waiting already.

    Raises:
        AnswerError: status 404 for an unknown dataset or session.
    """
    number = dataset_id(connection, dataset)
    values = (number, session_ids(connection, number, [session])[session], orjson.dumps(task_hashes).decode(), expires)
    its = "where dataset_id = ?1 and session_id = ?2 and task_hash in (select value from json_each(?3))"
    connection.execute(f"update leases set expires = ?4 {its}", values)
    connection.execute(
        f"insert or replace into leases select dataset_id, task_hash, session_id, ?4 from queued {its}", values
    )
    connection.execute(f"delete from queued {its}", values[:3])


def end_leases(connection: sqlite3.Connection, dataset: str, session: str, task_hashes: Sequence[int]) -> None:
    """Take tasks back that were handed out, or waited to be.

    Raises:
        AnswerError: status 404 for an unknown dataset or session.
    """
    number = dataset_id(connection, dataset)
    session_number = session_ids(connection, number, [session])[session]
    end_holds(connection, number, [(task_hash, session_number) for task_hash in task_hashes])


def store_quarantined(connection: sqlite3.Connection, dataset: str | None, item: Quarantined) -> None:
    """Write down a record that failed.

    Raises:
        AnswerError: status 404 for an unknown dataset.
    """
    number = None if dataset is None else dataset_id(connection, dataset)
    connection.execute(
        "insert into quarantine(dataset_id, ts, operator, position, error, traceback, record) values (?,?,?,?,?,?,?)",
        (
            number,
            _now_us(),
            item.operator,
            item.position,
            *map(_plain, (item.error, item.traceback)),
            _record(item.record),
        ),
    )


def _record(record: Any) -> str:
    """Encode a record as JSON, whatever it is: it failed, so it may be broken in any way."""
    try:
        return orjson.dumps(record, default=repr).decode()
    except (TypeError, RecursionError):
        return orjson.dumps(_plain(repr(record))).decode()


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def store_nothing(connection: sqlite3.Connection) -> None:
    """Write when it was last tried whether the journal can be written."""
    connection.execute("insert or replace into about values ('tried', ?)", (str(_now_us()),))


def drop_dataset(connection: sqlite3.Connection, dataset: str) -> bool:
    """Forget a dataset with all its answers; tell whether there was one.

    The segments that hold some of them are struck off the manifest: what else they hold is sealed again.
    """
    row = connection.execute("select id from datasets where name = ?", (dataset,)).fetchone()
    if row is None:
        return False
    connection.execute(
        "delete from segments "
        "where exists (select 1 from events where dataset_id = ? and seq between min_seq and max_seq)",
        row,
    )
    for table in ("ledger", "duplicates", "held"):
        connection.execute(f"delete from {table} where source_id in (select id from sources where dataset_id = ?)", row)
    for table in ("current", "leases", "queued", "asks", "sources", "tasks", "events", "sessions", "quarantine"):
        connection.execute(f"delete from {table} where dataset_id = ?", row)
    connection.execute("delete from datasets where id = ?", row)
    return True


def _now_us() -> int:
    return time.time_ns() // 1000
