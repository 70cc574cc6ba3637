"""Erase: a person's or a task's data go from every file of the store, not only from what is shown.

Rows are deleted in one transaction, together with a note of what is still to be done: manifests, sealed files, free
pages and the write-ahead log. The note goes last, so that an erase that was killed is finished by the next who opens
the journal.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import SettingError, StoreError, UnknownNameError
from prodflow.core.hashing import set_hashes
from prodflow.store.exports import noted_exports
from prodflow.store.place import ANALYTICS, JOURNAL, SEGMENTS
from prodflow.store.reads import dataset_names, reading, rows_of
from prodflow.store.writes import dataset_id

NOTE = "erasing"
ERASED = "(erased)"
_PATIENCE_S = 60.0
_NAMES = ("_session_id", "_annotator_id")


def _nothing(step: str) -> None:
    """Do nothing after a step; the tests end the process here."""


@dataclass(frozen=True)
class Target:
    """What is erased: one of these.

    Args:
        annotator: a person, by the name alone.
        task: a task, by its `_task_hash`.
        input: all tasks about the same data, by their `_input_hash`.
    """

    annotator: str | None = None
    task: int | None = None
    input: int | None = None

    def __post_init__(self) -> None:
        """Refuse to erase nothing, or two things at once.

        Raises:
            SettingError: if not exactly one is given.
        """
        if sum(value is not None for value in (self.annotator, self.task, self.input)) != 1:
            raise SettingError("erase: say what, either an annotator, a task or an input")

    @property
    def words(self) -> str:
        """What is erased, without naming it."""
        return "an annotator's answers" if self.annotator is not None else "a task"

    def condition(self) -> tuple[str, Any]:
        """Return the condition on a row of `events` or `current`, and its parameter."""
        if self.annotator is not None:
            return "session_id in (select id from sessions where dataset_id = ?1 and annotator = ?2)", self.annotator
        return ("task_hash = ?2", self.task) if self.task is not None else ("input_hash = ?2", self.input)


@dataclass
class Erased:
    """What an erase did, and what it cannot reach.

    Args:
        answers: current answers that were deleted.
        events: all events, earlier answers and undos included.
        quarantined: records that had failed.
        exports: files that were exported, with what is erased now in them perhaps.
        mentions: by dataset, answers of others that still hold the annotator's name.
    """

    answers: int = 0
    events: int = 0
    quarantined: int = 0
    exports: list[Path] = field(default_factory=list)
    mentions: dict[str, int] = field(default_factory=dict)


def count_erased(folder: Path, datasets: Sequence[str], target: Target) -> int:
    """Return how many current answers an erase would delete.

    Raises:
        UnknownNameError: if there is no such dataset, or no such annotator in any of them.
        SettingError: if there is no such task.
    """
    known = dataset_names(folder)
    people: set[str] = set()
    current = events = 0
    condition, value = target.condition()
    for name in datasets:
        if name not in known:
            raise UnknownNameError("dataset", name, known)
        ((number,),) = rows_of(folder, "select id from datasets where name = ?", (name,))
        where = f"where dataset_id = ?1 and {condition}"
        current += rows_of(folder, f"select count(*) from current {where}", (number, value))[0][0]
        events += rows_of(folder, f"select count(*) from events {where}", (number, value))[0][0]
        query = "select annotator from sessions where dataset_id = ? and annotator is not null"
        people |= {person for (person,) in rows_of(folder, query, (number,))}
    if target.annotator is not None and target.annotator not in people:
        raise UnknownNameError("annotator", target.annotator, people)
    if target.annotator is None and not events and not _was_served(folder, datasets, target):
        wanted = target.input if target.task is None else target.task
        raise SettingError(f"no task with the hash {wanted} in {', '.join(datasets)}")
    return current


def _was_served(folder: Path, datasets: Sequence[str], target: Target) -> bool:
    column, value = ("task_hash", target.task) if target.task is not None else ("input_hash", target.input)
    query = f"select 1 from tasks t join datasets d on d.id = t.dataset_id where d.name = ? and t.{column} = ?"
    return any(rows_of(folder, query, (name, value)) for name in datasets)


def strike(connection: sqlite3.Connection, datasets: Sequence[str], target: Target) -> Erased:
    """Delete the rows, and write down what is still to be done; part of one transaction."""
    connection.execute("pragma secure_delete=on")
    done = Erased()
    names: set[str] = set()
    for name in datasets:
        number = dataset_id(connection, name)
        names |= _strike_in(connection, number, target, done)
    note = {"datasets": list(datasets), "names": sorted(names), "words": target.words, "answers": done.answers}
    connection.execute("insert or replace into about values (?, ?)", (NOTE, json.dumps(note)))
    return done


def _strike_in(connection: sqlite3.Connection, dataset: int, target: Target, done: Erased) -> set[str]:
    condition, value = target.condition()
    given = (dataset, value)
    names: set[str] = set()
    if target.annotator is not None:
        query = "select name from sessions where dataset_id = ?1 and annotator = ?2"
        names = {target.annotator, *(session for (session,) in connection.execute(query, given))}
    connection.execute("create temp table if not exists doomed(seq integer primary key)")
    connection.execute("delete from doomed")
    connection.execute(f"insert into doomed select seq from events where dataset_id = ?1 and {condition}", given)
    done.events += connection.execute("select count(*) from doomed").fetchone()[0]
    query = "select count(*) from current where seq in (select seq from doomed)"
    done.answers += connection.execute(query).fetchone()[0]
    connection.execute(
        "delete from segments where exists (select 1 from doomed where doomed.seq between min_seq and max_seq)"
    )
    connection.execute("delete from events where seq in (select seq from doomed)")
    connection.execute(f"delete from current where dataset_id = ?1 and {condition}", given)
    done.quarantined += _strike_quarantined(connection, dataset, target, names)
    _strike_held(connection, dataset, target, names)
    if target.annotator is not None:
        _strike_person(connection, given, condition, names)
    else:
        tasks = f"task_hash in (select task_hash from tasks where dataset_id = ?1 and {condition})"
        inputs = f"input_hash in (select input_hash from tasks where dataset_id = ?1 and {condition})"
        sources = "source_id in (select id from sources where dataset_id = ?1)"
        connection.execute(f"delete from duplicates where {sources} and ({tasks} or {inputs} or {condition})", given)
        for table in ("leases", "queued", "asks"):
            connection.execute(f"delete from {table} where dataset_id = ?1 and {tasks}", given)
        connection.execute(f"delete from tasks where dataset_id = ?1 and {condition}", given)
    return names


def _strike_person(connection: sqlite3.Connection, given: tuple[int, Any], condition: str, names: set[str]) -> None:
    """Delete a person's leases and sessions, and the name from tasks as they were handed out."""
    for table in ("leases", "queued"):
        connection.execute(f"delete from {table} where dataset_id = ?1 and {condition}", given)
    connection.execute("delete from sessions where dataset_id = ?1 and annotator = ?2", given)
    rows = connection.execute("select rowid, content from tasks where dataset_id = ?1", given[:1])
    for row, content in [pair for pair in rows if any(name in pair[1] for name in names)]:
        task = orjson.loads(content)
        if any(task.get(key) in names for key in _NAMES):
            kept = {key: value for key, value in task.items() if key not in _NAMES}
            connection.execute("update tasks set content = ? where rowid = ?", (orjson.dumps(kept).decode(), row))


def _strike_quarantined(connection: sqlite3.Connection, dataset: int, target: Target, names: set[str]) -> int:
    query = "select id, record from quarantine where dataset_id = ? or dataset_id is null"
    doomed = [
        (number,)
        for number, record in connection.execute(query, (dataset,))
        if _is_about(orjson.loads(record), target, names)
    ]
    connection.executemany("delete from quarantine where id = ?", doomed)
    return len(doomed)


def _strike_held(connection: sqlite3.Connection, dataset: int, target: Target, names: set[str]) -> None:
    query = (
        "select source_id, record, content from held where source_id in (select id from sources where dataset_id = ?)"
    )
    doomed = []
    for source, number, content in connection.execute(query, (dataset,)):
        record = orjson.loads(content)
        if _is_about(record[1] if isinstance(record, list) else record, target, names):
            doomed.append((source, number))
    connection.executemany("delete from held where source_id = ? and record = ?", doomed)


def _is_about(record: Any, target: Target, names: set[str]) -> bool:
    if not isinstance(record, dict):
        return False
    if target.annotator is not None:
        return any(record.get(key) in names for key in _NAMES)
    with contextlib.suppress(ValueError, TypeError):
        record = set_hashes(record)
    if target.task is not None:
        return bool(record.get("_task_hash") == target.task)
    return bool(record.get("_input_hash") == target.input)


def finish(
    folder: Path,
    submit: Callable[[Callable[[sqlite3.Connection], Any]], Any],
    seal: Callable[[], object],
    after: Callable[[str], None] = _nothing,
) -> list[Path]:
    """Do what is left of an erase; nothing where none was begun. Every step may be done again.

    Args:
        folder: the store.
        submit: runs a job in a transaction of the journal.
        seal: seals again what was struck off, and removes the files.
        after: called after each step, with its name.

    Returns:
        list: the manifests of exports that may hold what was erased.

    Raises:
        StoreError: if somebody reads the store all the time; what is left is done later.
    """
    note = pending(folder)
    if note is None:
        return []
    manifests = [path for name in note["datasets"] for path in noted_exports(folder, name)]
    for path in manifests:
        _note_in_manifest(path, note)
    after("noted")
    (folder / ANALYTICS).unlink(missing_ok=True)
    _seal(folder, seal)
    after("sealed")
    nameless = json.dumps({**note, "names": []})
    submit(lambda connection: connection.execute("update about set value = ? where key = ?", (nameless, NOTE)))
    _vacuum(folder)
    after("vacuumed")
    submit(lambda connection: connection.execute("delete from about where key = ?", (NOTE,)))
    return manifests


def pending(folder: Path) -> dict[str, Any] | None:
    """Return what an erase still has to do; None where nothing is left."""
    with reading(folder) as connection:
        if connection is None:
            return None
        row = connection.execute("select value from about where key = ?", (NOTE,)).fetchone()
        return None if row is None else orjson.loads(row[0])


def _note_in_manifest(path: Path, note: dict[str, Any]) -> None:
    """Take the name and the examples out of a manifest, and say that something was erased after the export."""
    manifest = orjson.loads(path.read_bytes())
    manifest["annotators"] = _without(manifest.get("annotators"), note["names"])
    for found in manifest.get("left_out_or_changed", {}).values():
        found["examples"] = []
    erased = manifest.setdefault("erased", [])
    event = {"what": note["words"], "answers_in_the_store": note["answers"]}
    if event not in [{key: one[key] for key in event} for one in erased]:
        erased.append({"at": datetime.now(UTC).isoformat(timespec="seconds"), **event})
    aside = path.with_name(f".{path.name}.tmp")
    aside.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    aside.replace(path)


def _without(names: list[str] | None, erased: list[str]) -> list[str] | None:
    return names and [ERASED if name in erased else name for name in names]


def _seal(folder: Path, seal: Callable[[], object]) -> None:
    """Seal until no file is there that the manifest does not list: one of these may hold what was erased."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        seal()
        strays = _strays(folder)
        if not strays:
            return
        if time.monotonic() > deadline:
            raise StoreError(f"{str(strays[0])!r} is in the way of an erase: another process is sealing; try again")
        time.sleep(0.05)


def _strays(folder: Path) -> list[Path]:
    listed = {path for (path,) in rows_of(folder, "select path from segments")}
    there = folder / SEGMENTS
    found = sorted(there.iterdir()) if there.is_dir() else []
    return [path for path in found if str(path.relative_to(folder)) not in listed]


def _vacuum(folder: Path) -> None:
    """Write the journal anew without its free pages, and empty the write-ahead log."""
    connection = sqlite3.connect(folder / JOURNAL, isolation_level=None, timeout=_PATIENCE_S)
    try:
        connection.execute("pragma synchronous=full")
        connection.execute("pragma secure_delete=on")
        connection.execute("vacuum")
        deadline = time.monotonic() + _PATIENCE_S
        while connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise StoreError(
                    f"store {str(folder)!r} is being read all the time, so its log cannot be emptied; "
                    "end what reads it and run the erase again"
                )
            time.sleep(0.05)
    except sqlite3.Error as error:
        raise StoreError(f"store {str(folder)!r}: erased, and cannot be tidied up yet: {error}; try again") from error
    finally:
        connection.close()
    descriptor = os.open(folder / JOURNAL, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def mentions(folder: Path, names: Sequence[str]) -> dict[str, int]:
    """Count the answers of others that hold a name, e.g. in what a review showed, by dataset."""
    found: dict[str, int] = {}
    query = (
        "select d.name, count(*) from events e join datasets d on d.id = e.dataset_id "
        "where instr(e.content, ?) > 0 group by d.name"
    )
    for name in names:
        for dataset, count in rows_of(folder, query, (json.dumps(name, ensure_ascii=False),)):
            found[dataset] = found.get(dataset, 0) + count
    return found
