"""What became of each record of a source, and where to go on reading it."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from prodflow.core.tracking import Repeat
from prodflow.store.reads import reading, rows_of
from prodflow.store.schema import has_table


class Fate(NamedTuple):
    """A record whose task was not routed, and why."""

    record: int
    task_hash: int | None
    outcome: str
    reason: str


class Account(NamedTuple):
    """How far a source was read, and what became of its records on the way."""

    fresh: bool
    """Reading began anew: what was counted before does not count."""
    record: int
    """The records before this one are accounted for."""
    state: Any
    ended: bool
    dropped: Sequence[tuple[str, str, str, int]]
    """Outcome, stage, reason and number of what the stages dropped, in all."""
    fates: Sequence[Fate]
    repeats: Sequence[Repeat] = ()
    """What filters of duplicates dropped."""
    held: Mapping[int, str] = MappingProxyType({})
    """Records that wait in a stage from now on, as their loader gave them, as JSON, by number."""
    gone: Sequence[int] = ()
    """The numbers of those that wait no more."""


class Known(NamedTuple):
    """What an earlier run left."""

    record: int
    state: Any


RECOGNISED = ("asked already", "answered before")
"""Why a task is not routed that may be one of an earlier reading of its source."""


def source_of(connection: sqlite3.Connection, dataset: int, fingerprint: str, name: str) -> int:
    """Return the number of a source, making it where it is missing."""
    connection.execute(
        "insert into sources(dataset_id, fingerprint, name, record, state, ended, created) "
        "values (?, ?, ?, 0, null, 0, ?) on conflict do nothing",
        (dataset, fingerprint, name, time.time_ns() // 1000),
    )
    row = connection.execute(
        "select id from sources where dataset_id = ? and fingerprint = ?", (dataset, fingerprint)
    ).fetchone()
    return int(row[0])


def store_account(connection: sqlite3.Connection, dataset: int, source: int, account: Account) -> None:
    """Write how far a source was read, together with what was routed of it."""
    if account.fresh:
        _begin(connection, dataset, source)
    connection.execute(
        "update sources set record = ?, state = ?, ended = ? where id = ?",
        (account.record, orjson.dumps(account.state).decode(), int(account.ended), source),
    )
    connection.executemany(
        "insert or replace into ledger values (?, ?, ?, ?, ?)", [(source, *row) for row in account.dropped]
    )
    counts: Counter[tuple[str, str]] = Counter()
    repeats = list(account.repeats)
    for fate in account.fates:
        outcome = _outcome(connection, dataset, source, fate)
        if outcome is not None:
            counts[outcome] += 1
            if outcome[0] == "duplicate":
                repeats.append(Repeat(fate.record, "", None, fate.task_hash))
    connection.executemany(
        "insert or replace into duplicates values (?, ?, ?, ?, ?)", [(source, *repeat) for repeat in repeats]
    )
    connection.executemany(
        "delete from held where source_id = ? and record = ?", [(source, record) for record in account.gone]
    )
    connection.executemany(
        "insert or replace into held values (?, ?, ?)",
        [(source, *row) for row in account.held.items()],
    )
    connection.executemany(
        "insert into ledger values (?, ?, '', ?, ?) on conflict do update set records = records + excluded.records",
        [(source, outcome, reason, count) for (outcome, reason), count in counts.items()],
    )


def _begin(connection: sqlite3.Connection, dataset: int, source: int) -> None:
    """Begin to read a source: what was said of its earlier readings holds no more, with other settings either.

    What was asked then is of no record, until one comes by that makes the same task. The earlier readings are not gone
    on with: who comes back to their settings reads anew.
    """
    same = "select o.id from sources o join sources s on s.dataset_id = o.dataset_id and s.name = o.name where s.id = ?"
    for table in ("ledger", "duplicates", "held"):
        connection.execute(f"delete from {table} where source_id in ({same})", (source,))
    connection.execute(
        f"update asks set record = null where dataset_id = ? and source_id in ({same})", (dataset, source)
    )
    connection.execute(f"update sources set record = 0, state = null, ended = 0 where id in ({same})", (source,))


def _outcome(connection: sqlite3.Connection, dataset: int, source: int, fate: Fate) -> tuple[str, str] | None:
    """Return what is said of a record and why; None where it is the very record whose task was asked."""
    if fate.task_hash is not None:
        row = connection.execute(
            "select source_id, record from asks where dataset_id = ? and task_hash = ?", (dataset, fate.task_hash)
        ).fetchone()
        if row == (source, fate.record):
            return None
        if row is not None and row[0] is not None and row[1] is None and fate.reason in RECOGNISED:
            connection.execute(
                "update asks set source_id = ?, record = ? where dataset_id = ? and task_hash = ?",
                (source, fate.record, dataset, fate.task_hash),
            )
            return None
    return fate.outcome, fate.reason


def known_source(folder: Path, dataset: str, fingerprint: str) -> Known | None:
    """Return how far a source was read before; None for one that is new."""
    with reading(folder) as journal:
        if journal is None or not has_table(journal, "sources"):
            return None
        row = journal.execute(
            "select record, state from sources where fingerprint = ? "
            "and dataset_id = (select id from datasets where name = ?)",
            (fingerprint, dataset),
        ).fetchone()
    state = None if row is None or row[1] is None else orjson.loads(row[1])
    return None if state is None else Known(row[0], state)


def hashes_before(folder: Path, dataset: str, fingerprint: str, record: int) -> list[tuple[Any, ...]]:
    """Return the input and task hashes of what was asked of the records before one."""
    return rows_of(
        folder,
        "select t.input_hash, t.task_hash from asks a join tasks t on t.dataset_id = a.dataset_id "
        "and t.task_hash = a.task_hash where a.record < ? and a.source_id = (select s.id from sources s "
        "join datasets d on d.id = s.dataset_id where d.name = ? and s.fingerprint = ?) "
        "and not exists (select 1 from held h where h.source_id = a.source_id and h.record = a.record)",
        (record, dataset, fingerprint),
    )


def asked_of(folder: Path, dataset: str, source: str) -> Iterator[tuple[int, int, int | None]]:
    """Yield the hash of each task that was asked: whether it can be one of the source of this name, of which record."""
    with reading(folder) as journal:
        if journal is not None and has_table(journal, "sources"):
            yield from journal.execute(
                "select a.task_hash, s.name = ? or a.record is null, a.record "
                "from asks a join sources s on s.id = a.source_id "
                "where a.dataset_id = (select id from datasets where name = ?)",
                (source, dataset),
            )


def held_records(folder: Path, dataset: str, fingerprint: str) -> dict[int, Any]:
    """Return the records of a source that waited in a stage, in their order."""
    rows = rows_of(
        folder,
        "select h.record, h.content from held h join sources s on s.id = h.source_id join datasets d "
        "on d.id = s.dataset_id where d.name = ? and s.fingerprint = ? order by h.record",
        (dataset, fingerprint),
    )
    return {record: orjson.loads(content) for record, content in rows}


LEDGER = """
with fates as (
  select a.source_id, max(case
    when exists (select 1 from current c where c.dataset_id = a.dataset_id and c.task_hash = a.task_hash) then 3
    when exists (select 1 from leases l where l.dataset_id = a.dataset_id and l.task_hash = a.task_hash) then 2
    else 1 end) as fate
  from asks a where a.source_id is not null and a.record is not null group by a.source_id, a.record
)
select d.name, s.name, l.outcome, l.stage, l.reason, l.records
from ledger l join sources s on s.id = l.source_id join datasets d on d.id = s.dataset_id where l.records <> 0
union all
select d.name, s.name, case f.fate when 3 then 'answered' when 2 then 'served' else 'pending' end, '', '', count(*)
from fates f join sources s on s.id = f.source_id join datasets d on d.id = s.dataset_id group by s.id, f.fate
order by 1, 2, 3, 4, 5
"""


DUPLICATES = """
with firsts as materialized (
  select a.source_id, t.input_hash, t.task_hash, min(a.record) as record
  from asks a join tasks t on t.dataset_id = a.dataset_id and t.task_hash = a.task_hash
  where exists (select 1 from duplicates u where u.source_id = a.source_id and u.input_hash is not null)
  group by a.source_id, t.input_hash
)
select d.name, s.name, u.record, u.stage, t.input_hash, u.task_hash, iif(a.source_id = s.id, a.record, null)
from duplicates u join sources s on s.id = u.source_id join datasets d on d.id = s.dataset_id
left join tasks t on t.dataset_id = s.dataset_id and t.task_hash = u.task_hash
left join asks a on a.dataset_id = s.dataset_id and a.task_hash = u.task_hash
where u.task_hash is not null
union all
select d.name, s.name, u.record, u.stage, u.input_hash, f.task_hash, f.record
from duplicates u join sources s on s.id = u.source_id join datasets d on d.id = s.dataset_id
left join firsts f on f.source_id = u.source_id and f.input_hash = u.input_hash
where u.task_hash is null
order by 1, 2, 3
"""
"""Each duplicate with the task that it repeats, and the record of the same source which that was made of."""


def ledger(folder: Path, dataset: str | None = None) -> list[tuple[str, str, str, str, str, int]]:
    """Return dataset, source, outcome, stage, reason and number of records, of one dataset or of all."""
    with reading(folder) as journal:
        if journal is None or not has_table(journal, "ledger"):
            return []
        rows = journal.execute(LEDGER).fetchall()
    return [row for row in rows if dataset is None or row[0] == dataset]


HELD = "waits its turn in the sorter"

_WORDS = {
    "answered": "answered",
    "served": "with an annotator",
    "pending": "waiting for one",
    "sorted out": "sorted out",
    "left out": "left out",
}
_ORDER = ("answered", "served", "pending", "filtered", "sorted out", "duplicate", "excluded")


def records_in_words(folder: Path, dataset: str) -> list[str]:
    """Say what became of the records of each source of a dataset, a sentence each."""
    sources: dict[str, list[tuple[str, str, str, int]]] = {}
    for _, source, outcome, stage, reason, count in ledger(folder, dataset):
        sources.setdefault(source, []).append((outcome, stage, reason, count))
    return [_sentence(source, rows) for source, rows in sources.items()]


def _sentence(source: str, rows: list[tuple[str, str, str, int]]) -> str:
    total = sum(row[3] for row in rows)
    rows.sort(key=lambda row: _ORDER.index(row[0]) if row[0] in _ORDER else len(_ORDER))
    parts = []
    for outcome, stage, reason, count in rows:
        words = _WORDS.get(outcome, outcome) if outcome in _WORDS or reason else outcome
        if reason == HELD:
            words, reason = "held", ""
        by = f" by {stage.split(' ')[-1]}" if stage else ""
        why = f" ({reason})" if reason and reason != words else ""
        parts.append(f"{count:,} {words}{by}{why}")
    return f"{source}: {total:,} records read: {', '.join(parts)}"
