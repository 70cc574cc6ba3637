"""Seal the journal's events into Parquet files, in the background, so that analysis never touches the journal.

A crash at any step loses nothing: the journal is the truth, a file counts once the manifest lists it, and what lies
around unlisted is removed by the next sealer.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodflow.core.clock import running_s
from prodflow.store.feed import fill_table, make_table
from prodflow.store.lock import ProcessLock
from prodflow.store.manifest import (
    Segment,
    check_files,
    forget_failure,
    known_failure,
    list_segment,
    listed_segments,
    sha256_of,
    store_failure,
    sync_to_disk,
    unsealed_ranges,
)
from prodflow.store.place import ANALYTICS, SEGMENTS
from prodflow.store.reads import reading
from prodflow.store.tables import (
    RAW,
    RAW_FROM_JOURNAL,
    quoted,
    sealed_events,
    typed_events,
    view_statements,
)

if TYPE_CHECKING:
    import sqlite3

    import duckdb

Submit = Callable[[Callable[["sqlite3.Connection"], bool]], "Future[bool]"]

MAX_ROWS = 50_000
MAX_BYTES = 64 * 2**20
"""How much of the tasks' JSON goes into a file, and how much of it that DuckDB has in its hands at once: it works on
2,048 rows at a time, and needs up to 13 times their bytes for it."""
AT_ONCE_BYTES = 16 * 2**20
_AT_ONCE_ROWS = 2_048
_LEAST_MEMORY_BYTES = 512_000_000
_MEMORY_PER_BYTE = 20
_FULL_BYTES = 64 * 2**20
"""A sealed file of this size is not merged any more."""
_FAN_IN = 16
_TIERS = (20_000, 300_000)
GRACE_S = 300.0
_STORAGE_VERSION = "v1.2.0"


def _nothing(step: str) -> None:
    """Do nothing after a step; the tests end the process here."""


class Segments:
    """The sealed files of a store.

    Args:
        folder: the store.
        submit: queues a job for the journal's writer.
        columns: the user's own columns, as name to JSON path.
        after: called after each step of sealing, with its name.
    """

    def __init__(
        self, folder: Path, submit: Submit, columns: Mapping[str, str], after: Callable[[str], None] = _nothing
    ) -> None:
        """Open nothing yet."""
        self._folder = folder
        self._submit = submit
        self._columns = dict(columns)
        self._after = after
        self._lock = ProcessLock(folder / "seal.lock")
        self._replaced: dict[str, float] = {}
        """When files were replaced by others, by name: readers that asked before may still open them."""

    def seal(self, *, wait_s: float = 0.0, grace_s: float = GRACE_S) -> int:
        """Seal what is unsealed, merge small files, remove strays; return how many files were made.

        Args:
            wait_s: how long to wait for another process that is sealing; then it is left to that one.
            grace_s: how long a file stays that others replaced, for those who are reading it.
        """
        deadline = time.monotonic() + wait_s
        while not self._lock.acquire():
            if time.monotonic() >= deadline:
                return 0
            time.sleep(0.05)
        try:
            (self._folder / SEGMENTS).mkdir(exist_ok=True)
            for unfinished in (self._folder / SEGMENTS).glob("*.tmp"):
                unfinished.unlink(missing_ok=True)
            made = 0
            # What comes in meanwhile waits for its own turn, else there would be a file for every few answers.
            end = self._last_seq()
            while self._seal_next(end) or self._merge_next():
                made += 1
            strays = self._strays(grace_s)
            if made or strays or self._views_are_old():
                self._write_views()
            # Only now: until there were new views, the old ones read these files.
            for stray in strays:
                stray.unlink(missing_ok=True)
            if self._known_failure() is not None:
                self._submit(forget_failure).result()
            return made
        finally:
            self._lock.release()

    def note_failure(self, error: Exception) -> None:
        """Write down that sealing failed, for `prodflow doctor`, until it works again."""
        with contextlib.suppress(Exception):  # the journal itself may be why
            self._submit(lambda journal: store_failure(journal, first_line(error))).result()

    def _known_failure(self) -> str | None:
        with reading(self._folder) as journal:
            return None if journal is None else known_failure(journal)

    def _last_seq(self) -> int:
        with reading(self._folder) as journal:
            row = None if journal is None else journal.execute("select max(seq) from events").fetchone()
        return int(row[0] or 0) if row else 0

    def _seal_next(self, end: int) -> bool:
        """Seal the first range of events, up to a last one, that no file covers; tell whether there was one."""
        with reading(self._folder) as journal:
            if journal is None:
                return False
            for low, high in unsealed_ranges(journal, end):
                if journal.execute("select 1 from events where seq between ? and ?", (low, high)).fetchone():
                    return self._seal_rows(journal, low, high)
        return False

    def _seal_rows(self, journal: "sqlite3.Connection", low: int, high: int) -> bool:
        with _engine() as engine:
            make_table(engine, "unsealed", RAW)
            cursor = journal.execute(f"{RAW_FROM_JOURNAL} limit {MAX_ROWS}", (low, high))
            count = fill_table(engine, "unsealed", RAW, _one_file(cursor))
            last, largest = engine.execute("select max(seq), max(strlen(body)) from unsealed").fetchone()
            engine.execute(f"set memory_limit = '{_memory_for(largest)}B'")
            return self._make(engine, typed_events("unsealed", self._columns), low, last, count)

    def _merge_next(self) -> bool:
        """Merge the first run of small files; tell whether there was one."""
        segments = self._listed()
        for limit in _TIERS:
            run = _small_run(segments, limit)
            if len(run) >= _FAN_IN:
                check_files(self._folder, run, thorough=True)
                query = sealed_events([(str(self._folder / old.path), old.columns) for old in run], self._columns)
                assert query is not None
                rows = sum(old.rows for old in run)
                with _engine() as engine:
                    return self._make(engine, query, run[0].min_seq, run[-1].max_seq, rows, run)
        return False

    def _make(
        self,
        engine: "duckdb.DuckDBPyConnection",
        query: str,
        low: int,
        high: int,
        rows: int,
        replaced: Sequence[Segment] = (),
    ) -> bool:
        """Write a file and list it. Every step is on the disk before the next: fsync, rename, fsync, list."""
        path = self._folder / SEGMENTS / f"{low}-{high}.parquet"
        aside = path.with_suffix(".parquet.tmp")
        engine.execute(
            f"copy ({query}) to {quoted(str(aside))} "
            f"(format parquet, compression zstd, row_group_size_bytes {2 * AT_ONCE_BYTES})"
        )
        self._after("written")
        sync_to_disk(aside)
        self._after("synced")
        found, checksum = aside.stat(), sha256_of(aside)
        aside.replace(path)
        self._after("renamed")
        sync_to_disk(path.parent)
        self._after("folder-synced")
        name = str(path.relative_to(self._folder))
        segment = Segment(name, low, high, rows, found.st_size, checksum, found.st_mtime_ns, self._columns)
        listed = self._submit(lambda journal: list_segment(journal, segment, replaced)).result()
        self._after("listed")
        if not listed:
            path.unlink(missing_ok=True)
        for old in replaced if listed else ():
            # Readers that asked before may still open it: its time of grace begins now.
            os.utime(self._folder / old.path)
            self._replaced[Path(old.path).name] = running_s()
        return listed

    def _strays(self, grace_s: float) -> list[Path]:
        """Return the files that the manifest does not list, once their time of grace is over."""
        listed = {segment.path for segment in self._listed()}
        files = [
            path
            for path in (self._folder / SEGMENTS).glob("*.parquet")
            if str(path.relative_to(self._folder)) not in listed
        ]
        return [path for path in files if self._seconds_unused(path) >= grace_s]

    def _seconds_unused(self, path: Path) -> float:
        """How long ago a file was replaced: where it was here, by a clock that nobody sets."""
        replaced_s = self._replaced.get(path.name)
        return time.time() - path.stat().st_mtime if replaced_s is None else running_s() - replaced_s

    def _views_are_old(self) -> bool:
        """Tell whether a crash came between a file and the views over it, or there are no views yet."""
        with reading(self._folder) as journal:
            row = None if journal is None else journal.execute("select max(created) from segments").fetchone()
        try:
            written_us = (self._folder / ANALYTICS).stat().st_mtime_ns // 1000
        except FileNotFoundError:
            return True
        return bool(row and row[0] and written_us < row[0])

    def _listed(self) -> list[Segment]:
        with reading(self._folder) as journal:
            return [] if journal is None else listed_segments(journal)

    def _write_views(self) -> None:
        """Write `analytics.duckdb`: views over the sealed files, for DuckDB's own command line and others."""
        segments = self._listed()
        aside = self._folder / f"{ANALYTICS}.tmp"
        aside.unlink(missing_ok=True)
        query = sealed_events(
            [(str(self._folder / segment.path), segment.columns) for segment in segments], self._columns
        )
        with _engine() as engine:
            engine.execute(f"attach {quoted(str(aside))} as views (storage_version {quoted(_STORAGE_VERSION)})")
            engine.execute("use views")
            engine.execute("create schema internal")
            if query is None:
                make_table(engine, "internal.unsealed", RAW)
                query = typed_events("internal.unsealed", self._columns)
            engine.execute(f"create view events as {query}")
            for statement in view_statements(served=False):
                engine.execute(statement)
            engine.execute("use memory")
            engine.execute("detach views")
        sync_to_disk(aside)
        aside.replace(self._folder / ANALYTICS)
        self._after("viewed")


def first_line(error: Exception) -> str:
    """Return what an error says without DuckDB's advice, and without a task that it may quote at length."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def _one_file(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows until they are enough for a file; one that is too large for all limits has a file of its own."""
    whole = at_once = 0
    for position, row in enumerate(rows):
        size = len(row[-1])
        at_once = size if position % _AT_ONCE_ROWS == 0 else at_once + size
        whole += size
        if position and (whole > MAX_BYTES or at_once > AT_ONCE_BYTES):
            return
        yield row


def _memory_for(row_bytes: int) -> int:
    """Return how many bytes DuckDB may take where the largest row has so many."""
    return max(_LEAST_MEMORY_BYTES, _MEMORY_PER_BYTE * row_bytes)


def _small_run(segments: Sequence[Segment], limit: int) -> list[Segment]:
    """Return the first run of neighbours that are all smaller than the limit, and enough to merge; else nothing."""
    run: list[Segment] = []
    for segment in segments:
        if len(run) >= _FAN_IN and sum(old.bytes for old in run) >= _FULL_BYTES:
            break
        small = segment.rows < limit and segment.bytes < _FULL_BYTES
        if small and (not run or run[-1].max_seq + 1 == segment.min_seq):
            run.append(segment)
        elif len(run) >= _FAN_IN:
            break
        else:
            run = [segment] if small else []
    return run if len(run) >= _FAN_IN else []


@contextlib.contextmanager
def _engine() -> Any:
    """Open a DuckDB in memory that leaves the machine to the server: one thread, little memory."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": "1",
        "memory_limit": f"{_LEAST_MEMORY_BYTES}B",
        "preserve_insertion_order": False,  # one thread keeps it; and only so are groups of rows limited by bytes
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(config=config) as engine:
        yield engine
