"""The journal's tables, and how to open it."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from prodflow import __version__
from prodflow.core.errors import StoreError, StoreVersionError
from prodflow.store.place import JOURNAL, why_not_writable

VERSION = 1

_TABLES = """
create table about(key text primary key, value text not null) strict, without rowid;
create table datasets(
  id integer primary key autoincrement, name text not null unique, created integer not null, meta text not null
) strict;
create table sessions(
  id integer primary key autoincrement, dataset_id integer not null, name text not null, annotator text,
  created integer not null, unique(dataset_id, name)
) strict;
create table tasks(
  dataset_id integer not null, task_hash integer not null, input_hash integer not null, created integer not null,
  content text not null, primary key(dataset_id, task_hash)
) strict;
create table events(
  seq integer primary key autoincrement, event_id text not null unique,
  kind text not null, dataset_id integer not null, session_id integer not null,
  input_hash integer not null, task_hash integer not null, answer text, replaces integer,
  ts integer not null, seconds real, late integer not null, content text not null
) strict;
create table current(
  dataset_id integer not null, task_hash integer not null, session_id integer not null, seq integer not null,
  input_hash integer not null, answer text not null, primary key(dataset_id, task_hash, session_id)
) strict, without rowid;
create index current_by_seq on current(dataset_id, seq);
create index current_by_session on current(session_id, seq);
create table leases(
  dataset_id integer not null, task_hash integer not null, session_id integer not null, expires real not null,
  primary key(dataset_id, task_hash, session_id)
) strict, without rowid;
create table segments(
  path text primary key, min_seq integer not null, max_seq integer not null, rows integer not null,
  bytes integer not null, sha256 text not null, changed_ns integer not null, created integer not null,
  columns text not null
) strict;
create table quarantine(
  id integer primary key autoincrement, dataset_id integer, ts integer not null, operator text not null,
  position integer not null, error text not null, traceback text not null, record text not null
) strict;
"""

_ROUTING = """
create table if not exists asks(
  dataset_id integer not null, task_hash integer not null, wanted integer not null, adaptive integer not null,
  open integer not null, source_id integer, record integer, primary key(dataset_id, task_hash)
) strict, without rowid;
create index if not exists asks_open on asks(dataset_id, open) where open;
create table if not exists queued(
  dataset_id integer not null, task_hash integer not null, session_id integer not null, expires real not null,
  primary key(dataset_id, task_hash, session_id)
) strict, without rowid;
create table if not exists sources(
  id integer primary key autoincrement, dataset_id integer not null, fingerprint text not null, name text not null,
  record integer not null, state text, ended integer not null, created integer not null,
  unique(dataset_id, fingerprint)
) strict;
create table if not exists ledger(
  source_id integer not null, outcome text not null, stage text not null, reason text not null,
  records integer not null, primary key(source_id, outcome, stage, reason)
) strict, without rowid;
create table if not exists duplicates(
  source_id integer not null, record integer not null, stage text not null, input_hash integer, task_hash integer,
  primary key(source_id, record)
) strict, without rowid;
create table if not exists held(
  source_id integer not null, record integer not null, content text not null, primary key(source_id, record)
) strict, without rowid;
"""
"""Who is asked what, and what became of the records of each source: `store/routing.py`, `store/accounts.py`."""


def open_for_writing(folder: Path) -> sqlite3.Connection:
    """Open the journal in the folder, making both where they are missing.

    Every commit waits for the disk: `synchronous=FULL` holds for this connection only, so each must set it.

    Raises:
        StoreError: if it cannot be opened, or is no journal.
        StoreVersionError: if a newer prodflow wrote it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / JOURNAL, isolation_level=None, check_same_thread=False, timeout=30)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"store {str(folder)!r} cannot be opened: {error}") from error
    try:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("pragma cache_size=-65536")
        connection.execute("pragma journal_size_limit=67108864")
        _make_tables(connection, folder)
        # The writer waits for its turn by itself, see the writer: SQLite's own waiting sleeps too long.
        connection.execute("pragma busy_timeout=0")
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(f"store {str(folder)!r} cannot be opened: {error}") from error
    except StoreError:
        connection.close()
        raise
    return connection


def open_for_reading(folder: Path) -> sqlite3.Connection | None:
    """Open the journal without any means to change it; None where there is none yet.

    Raises:
        StoreError: if it cannot be read.
        StoreVersionError: if a newer prodflow wrote it.
    """
    if not (folder / JOURNAL).exists():
        return None
    try:
        return _open_read_only(folder)
    except sqlite3.OperationalError as error:
        cannot_make_files = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not cannot_make_files or why_not_writable(folder) is None:
            raise _unreadable(folder, error) from error
        return _open_unchanging(folder)
    except sqlite3.Error as error:
        raise _unreadable(folder, error) from error


def _open_unchanging(folder: Path) -> sqlite3.Connection | None:
    """Open the journal in a folder where SQLite cannot make its files beside it, and so nobody changes it either.

    Raises:
        StoreError: if somebody left it with changes beside it: to read these, files have to be made.
    """
    wal = folder / f"{JOURNAL}-wal"
    if wal.exists() and wal.stat().st_size:
        raise StoreError(
            f"store {str(folder)!r} cannot be read where it is: it cannot be written, and the server that used it was "
            "not stopped in good order; copy the whole folder to a place that can be written"
        )
    try:
        return _open_read_only(folder, "&immutable=1")
    except sqlite3.Error as error:
        raise _unreadable(folder, error) from error


def _open_read_only(folder: Path, options: str = "") -> sqlite3.Connection | None:
    place = f"file:{quote(str(folder / JOURNAL))}?mode=ro{options}"
    connection = sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        if _check_version(connection, folder):
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _unreadable(folder: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(f"store {str(folder)!r} cannot be read: {error}")


def _make_tables(connection: sqlite3.Connection, folder: Path) -> None:
    if _check_version(connection, folder) and has_table(connection, "held"):
        return
    connection.execute("begin immediate")
    statements = _ROUTING.split(";")[:-1]
    if not _check_version(connection, folder):
        statements += _TABLES.split(";")[:-1]
        statements.append(f"pragma user_version={VERSION}")
    for statement in statements:
        connection.execute(statement)
    connection.execute("insert or ignore into about values ('written_by', ?)", (__version__,))
    connection.execute("commit")


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether the journal has a table: one that no newer prodflow has opened to write may lack some."""
    return (
        connection.execute("select 1 from sqlite_master where type = 'table' and name = ?", (name,)).fetchone()
        is not None
    )


def _check_version(connection: sqlite3.Connection, folder: Path) -> int:
    """Return the version of the tables, 0 where there are none yet."""
    version: int = connection.execute("pragma user_version").fetchone()[0]
    if version > VERSION:
        row = connection.execute("select value from about where key = 'written_by'").fetchone()
        by = f"prodflow {row[0]}" if row else "a newer prodflow"
        raise StoreVersionError(
            f"store {str(folder)!r} was written by {by} (store version {version}), and prodflow {__version__} reads "
            f"versions up to {VERSION}; upgrade prodflow"
        )
    return version
