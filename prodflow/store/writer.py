"""The one thread that writes: what is queued while a commit waits for the disk goes into the next one together."""

import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from prodflow.core.errors import AnswerError, StoreError

log = logging.getLogger("prodflow")

T = TypeVar("T")

_MAX_JOBS = 256
_PATIENCE_S = 60.0
_POLL_S = 0.001
_LINGER_S = 0.05
"""How long a patient job waits for the commit of another."""

_FAULTS_OF_A_JOB = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_RANGE,
}
"""What SQLite says of a statement that can never be done; of anything else the disk or another process is to blame."""


class _Job(NamedTuple):
    work: Callable[[sqlite3.Connection], Any]
    future: "Future[Any]"
    patient: bool


class Writer:
    """Runs jobs on one connection, many in one transaction; a job's future is resolved after the commit.

    Args:
        connection: the journal's, used by this thread only from now on.
        why_not: asked where a commit fails; says why and what to do, None where it does not know.
    """

    def __init__(self, connection: sqlite3.Connection, why_not: Callable[[], str | None] = lambda: None) -> None:
        """Start the thread."""
        self._connection = connection
        self._why_not = why_not
        self._owed: list[_Job] = []
        """What nobody will hand in again, and the disk did not take: it goes before anything else, in its order."""
        self._jobs: deque[_Job] = deque()
        self._calls: queue.SimpleQueue[None] = queue.SimpleQueue()
        """Wakes the thread: one call for each job that somebody waits for."""
        self._lock = threading.Lock()
        self._closed = False
        self._asleep = False
        self._thread = threading.Thread(target=self._run, name="prodflow-journal", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], T], *, patient: bool = False) -> "Future[T]":
        """Queue a job. It is all or nothing: where it raises, nothing of it is stored, and the others are.

        Args:
            work: what is done, in the order of the calls.
            patient: nobody waits for it: it goes into the next commit, which comes within 50 milliseconds. Where the
                disk does not take it its future fails, and it is done with a later commit all the same.
        """
        future: Future[T] = Future()
        # A job is not given up when its asker goes away: what was handed in is stored.
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._closed:
                raise StoreError("the store is closed; open it again to write")
            self._jobs.append(_Job(work, future, patient))
            if not patient or self._asleep:
                self._asleep = False
                self._calls.put(None)
        return future

    def close(self) -> None:
        """Do what is queued, then stop."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._calls.put(None)
        self._thread.join()
        if self._owed:
            self._commit([])
        if self._owed:
            log.warning("%d changes to who has which task were not stored: some may be asked again", len(self._owed))
        self._connection.close()

    def _run(self) -> None:
        jobs: list[_Job] = []
        while not (self._closed and not self._jobs):
            if len(jobs) < _MAX_JOBS:  # else there may be more, and behind them one that somebody waits for
                self._wait()
            if jobs := self._next():
                self._commit(jobs)

    def _wait(self) -> None:
        """Wait for a call. Patient jobs call only one that is asleep: to be woken costs more than to write a row."""
        try:
            self._calls.get(timeout=_LINGER_S)
        except queue.Empty:
            with self._lock:
                if self._jobs or self._closed:
                    return
                self._asleep = True
            self._calls.get()

    def _next(self) -> list[_Job]:
        with self._lock:
            return [self._jobs.popleft() for _ in range(min(len(self._jobs), _MAX_JOBS))]

    def _commit(self, jobs: list[_Job]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        failed: list[tuple[Future[Any], BaseException]] = []
        try:
            self._begin()
            self._pay()
            for job in jobs:
                try:
                    done.append((job.future, self._attempt(job.work)))
                except Exception as error:
                    if _is_of_the_disk(error):
                        raise
                    failed.append((job.future, error))
            self._connection.execute("commit")
            self._owed.clear()
        except sqlite3.Error as error:
            self._roll_back()
            why = self._reason()
            done, failed = [], [(job.future, _disk_error(error, why)) for job in jobs]
            self._owed += [job for job in jobs if job.patient]
        for future, result in done:
            future.set_result(result)
        for future, reason in failed:
            future.set_exception(reason)

    def _pay(self) -> None:
        """Do what is owed; what cannot be done any more, e.g. because its dataset is gone, is let go."""
        for job in self._owed:
            try:
                self._attempt(job.work)
            except Exception as error:
                if _is_of_the_disk(error):
                    raise
                log.warning("what could not be stored before cannot be any more: %s", error)

    def _begin(self) -> None:
        """Begin; another process may be writing, so ask again every millisecond and catch the gap it leaves."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self._connection.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_S)

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._connection.execute("savepoint job")
        try:
            return work(self._connection)
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback to job")
            raise
        finally:
            if self._connection.in_transaction:
                self._connection.execute("release job")

    def _reason(self) -> str | None:
        try:
            return self._why_not()
        except OSError as error:  # it is the disk's reason too; and this thread has to go on
            return error.strerror

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("rollback")


def _is_of_the_disk(error: Exception) -> bool:
    """Tell whether nothing can be written at the moment; else it is this one job that cannot be done."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF not in _FAULTS_OF_A_JOB


def _disk_error(error: sqlite3.Error, why: str | None) -> AnswerError:
    """Say that nothing was stored and may be sent again: 507 where the disk is full, 503 otherwise."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return AnswerError(f"nothing stored: the disk is full ({error}); make room and send it again", status=507)
    what = f"{error}: {why}" if why else str(error)
    return AnswerError(f"nothing stored: the journal cannot be written ({what}); send it again", status=503)
