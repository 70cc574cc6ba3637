"""The list of sealed files, in the journal: what is not on it does not count, whatever lies in the folder."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from prodflow.core.errors import StoreError

_LAST_SEQ = 2**63 - 1
_FAILURE = "sealing failed"


@dataclass(frozen=True, slots=True)
class Segment:
    """A sealed file: the events from `min_seq` to `max_seq`, never changed again.

    `path` is relative to the store; `changed_ns` is the file's time of change, so that an untouched file need not be
    hashed before each query; `columns` are the columns that were promoted when it was made.
    """

    path: str
    min_seq: int
    max_seq: int
    rows: int
    bytes: int
    sha256: str
    changed_ns: int
    columns: Mapping[str, str]


def listed_segments(journal: sqlite3.Connection) -> list[Segment]:
    """Return the segments of the manifest, in order."""
    rows = journal.execute(
        "select path, min_seq, max_seq, rows, bytes, sha256, changed_ns, columns from segments order by min_seq"
    )
    return [
        Segment(path, low, high, count, size, sha256, changed_ns, orjson.loads(columns))
        for path, low, high, count, size, sha256, changed_ns, columns in rows
    ]


def unsealed_ranges(journal: sqlite3.Connection, end: int = _LAST_SEQ) -> list[tuple[int, int]]:
    """Return the ranges of seq, both ends included, that no segment covers; the last one goes up to `end`."""
    ranges, following = [], 1
    for low, high in journal.execute("select min_seq, max_seq from segments order by min_seq"):
        if following < low:
            ranges.append((following, low - 1))
        following = high + 1
    return [*ranges, (following, end)] if following <= end else ranges


def list_segment(journal: sqlite3.Connection, segment: Segment, replaced: Sequence[Segment] = ()) -> bool:
    """Put a segment on the manifest, in place of others; tell whether that was done.

    It is not where the journal changed while the file was written, e.g. because a dataset was dropped.
    """
    span = (segment.min_seq, segment.max_seq)
    listed = journal.execute(
        "select path, sha256 from segments where max_seq >= ? and min_seq <= ? order by min_seq", span
    ).fetchall()
    rows = journal.execute("select count(*) from events where seq between ? and ?", span).fetchone()[0]
    if listed != [(old.path, old.sha256) for old in replaced] or rows != segment.rows:
        return False
    journal.executemany("delete from segments where path = ?", [(old.path,) for old in replaced])
    _insert(journal, segment)
    return True


def _insert(journal: sqlite3.Connection, segment: Segment) -> None:
    journal.execute(
        "insert into segments(path, min_seq, max_seq, rows, bytes, sha256, changed_ns, created, columns) "
        "values (?,?,?,?,?,?,?,?,?)",
        (
            *(segment.path, segment.min_seq, segment.max_seq, segment.rows, segment.bytes, segment.sha256),
            *(segment.changed_ns, time.time_ns() // 1000, orjson.dumps(dict(segment.columns)).decode()),
        ),
    )


def forget_segments(journal: sqlite3.Connection) -> None:
    """Empty the manifest: everything is unsealed again."""
    journal.execute("delete from segments")


def store_failure(journal: sqlite3.Connection, words: str) -> bool:
    """Write down that sealing failed, in words."""
    journal.execute("insert or replace into about values (?, ?)", (_FAILURE, words))
    return True


def known_failure(journal: sqlite3.Connection) -> str | None:
    """Return how sealing failed the last time; None where it did not."""
    row = journal.execute("select value from about where key = ?", (_FAILURE,)).fetchone()
    return None if row is None else str(row[0])


def forget_failure(journal: sqlite3.Connection) -> bool:
    """Take note that sealing works again."""
    journal.execute("delete from about where key = ?", (_FAILURE,))
    return True


def check_files(folder: Path, segments: Iterable[Segment], *, thorough: bool = False) -> None:
    """Check that sealed files are there and unchanged.

    Args:
        folder: the store.
        segments: those of the manifest.
        thorough: hash every file, not only those whose size or time of change is another.

    Raises:
        StoreError: naming the first file that is missing or damaged.
    """
    for segment in segments:
        path = folder / segment.path
        try:
            found = path.stat()
        except FileNotFoundError:
            raise _broken(path, "is missing") from None
        same = found.st_size == segment.bytes and found.st_mtime_ns == segment.changed_ns
        if (thorough or not same) and sha256_of(path) != segment.sha256:
            raise _broken(path, "is damaged: its content is not what was sealed")


def _broken(path: Path, what: str) -> StoreError:
    return StoreError(f"segment {str(path)!r} {what}; 'prodflow store rebuild' makes it again from the journal")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
