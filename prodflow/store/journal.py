"""The journal: the truth about all answers. An answer is acknowledged once the disk has it."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from prodflow.core.errors import AnswerError, ProdflowError, SettingError, StoreError
from prodflow.core.failures import Quarantined
from prodflow.core.task import Decision, Task
from prodflow.store import reads, writes
from prodflow.store.accounts import Account, source_of, store_account
from prodflow.store.claim import Claim, serving_process
from prodflow.store.erase import Erased, Target, finish, mentions, pending, strike
from prodflow.store.event import Ack as Ack
from prodflow.store.event import Checked, check_event, check_hash, encode_content
from prodflow.store.event import Event as Event
from prodflow.store.lock import ProcessLock
from prodflow.store.manifest import forget_segments
from prodflow.store.place import check_name, promoted_columns, refuse_network_disk, refuse_read_only, why_not_writable
from prodflow.store.routing import Route, store_routes, store_wanted
from prodflow.store.schema import open_for_writing
from prodflow.store.sealer import Sealer
from prodflow.store.segments import Segments
from prodflow.store.writer import Writer

_PATIENCE_S = 60.0
_PAGES, _MANY_PAGES = 1_000, 16_000


class Journal:
    """A store's journal, open for writing; `Journal.open` is the way to make one.

    What writes is queued for one thread and returns a future, resolved after the commit. What reads may be called
    from any thread, sees what is committed, and is kept short: see `prodflow.store.reads`.
    """

    def __init__(self, folder: Path, writer: Writer, columns: Mapping[str, str]) -> None:
        """Put the parts together."""
        self.folder = folder
        self._writer = writer
        self._segments = Segments(folder, writer.submit, columns)
        self._sealer = Sealer(self._segments)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the journal in a folder, making both where they are missing; several processes may have it open.

        Args:
            folder: the store.

        Raises:
            StoreError: if it cannot be opened, or is on a network disk.
            StoreVersionError: if a newer prodflow wrote it.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"store {str(folder)!r} cannot be made: {error}") from error
        refuse_network_disk(folder)
        refuse_read_only(folder)
        columns = promoted_columns()
        made = cls(folder, Writer(open_for_writing(folder), lambda: why_not_writable(folder)), columns)
        try:
            made._finish_erase()
        except ProdflowError:
            made.close()
            raise
        return made

    def claim(self, dataset: str) -> Claim:
        """Be the only process that hands out tasks of a dataset, until the claim is released.

        Others may read the store, import into it, and serve other datasets of it.

        Raises:
            StoreError: if another process serves the dataset, naming it.
        """
        return Claim(self.folder, dataset)

    def close(self) -> None:
        """Commit what is queued and let go of the store; closing twice is fine."""
        self._sealer.close()
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add_dataset(self, dataset: str, meta: Mapping[str, Any] | None = None) -> None:
        """Make a dataset where it is missing; returns after the commit.

        Raises:
            SettingError: if it cannot be a name.
        """
        check_name("dataset", dataset)
        meta = meta or {}
        self._writer.submit(lambda connection: writes.add_dataset(connection, dataset, meta)).result()

    def add_session(self, dataset: str, session: str, annotator: str | None) -> None:
        """Make a session of a dataset where it is missing; returns after the commit.

        Args:
            dataset: its name.
            session: its whole id, e.g. `news-alex`.
            annotator: the name alone, `alex`; None where nobody knows.

        Raises:
            AnswerError: 404 if there is no such dataset, 400 if it cannot be the id of a session.
        """
        try:
            check_name("session", session)
        except SettingError as error:
            raise AnswerError(str(error), path="$.session_id") from error
        self._writer.submit(lambda connection: writes.add_session(connection, dataset, session, annotator)).result()

    def submit(self, dataset: str, events: Sequence[Event]) -> "Future[list[Ack]]":
        """Store answers and undos: all of them, or none.

        An answer to a task that the session answered before replaces that answer, and ends the session's lease.

        Returns:
            Future: the acknowledgements, in order, once the disk has them; or an `AnswerError`.
        """
        try:
            batch = [check_event(event, f"$.answers[{position}]") for position, event in enumerate(events)]
        except AnswerError as error:
            return _failed(error)
        return self.submit_checked(dataset, batch)

    def submit_checked(self, dataset: str, batch: Sequence[Checked]) -> "Future[list[Ack]]":
        """Store answers and undos that went through `check_event`."""
        future = self._writer.submit(lambda connection: writes.store_batch(connection, dataset, batch))
        size_bytes = sum(len(checked.content) for checked in batch)
        future.add_done_callback(lambda done: self._count_stored(done, size_bytes))
        return future

    @contextmanager
    def many(self) -> Iterator[None]:
        """For a while very many answers come in at once: seal in large files, and move the log over in large pieces."""
        self._writer.submit(lambda connection: connection.execute(f"pragma wal_autocheckpoint={_MANY_PAGES}")).result()
        try:
            with self._sealer.many():
                yield
        finally:
            self._writer.submit(lambda connection: connection.execute(f"pragma wal_autocheckpoint={_PAGES}")).result()

    def _count_stored(self, future: "Future[list[Ack]]", size_bytes: int) -> None:
        if future.exception() is None:
            self._sealer.stored(len(future.result()), size_bytes)

    def lease(
        self, dataset: str, session: str, tasks: Sequence[Task], expires: float, *, routed: bool = False
    ) -> "Future[None]":
        """Write down tasks that are handed out to a session, until `expires` (seconds since 1970).

        Args:
            dataset: its name.
            session: the session's id.
            tasks: the tasks.
            expires: until when they are the session's.
            routed: the journal has them as the session's already, so that nobody needs to wait for the new time.
        """
        if routed:
            hashes = [task["_task_hash"] for task in tasks]
            return self._writer.submit(
                lambda connection: writes.store_lease_times(connection, dataset, session, hashes, expires), patient=True
            )
        try:
            out = [
                writes.Lease(
                    check_hash(task.get("_task_hash"), f"$.tasks[{position}]._task_hash"),
                    check_hash(task.get("_input_hash"), f"$.tasks[{position}]._input_hash"),
                    encode_content(task, f"$.tasks[{position}]"),
                )
                for position, task in enumerate(tasks)
            ]
        except AnswerError as error:
            return _failed(error)
        return self._writer.submit(lambda connection: writes.store_leases(connection, dataset, session, out, expires))

    def route(
        self,
        dataset: str,
        routes: Sequence[Route],
        source: tuple[str, str] | None = None,
        account: Account | None = None,
    ) -> "Future[None]":
        """Write down tasks that were routed and who has them waiting, with the next commit, which comes soon.

        Args:
            dataset: its name.
            routes: the tasks.
            source: fingerprint and name of the source that they are of.
            account: how far it was read; None where that is told later.
        """

        def work(connection: sqlite3.Connection) -> None:
            number = writes.dataset_id(connection, dataset)
            names = {name for route in routes for name, _ in route.waiting}
            known = None if source is None else source_of(connection, number, *source)
            store_routes(connection, number, writes.session_ids(connection, number, names), routes, known)
            if account is not None and known is not None:
                store_account(connection, number, known, account)

        return self._writer.submit(work, patient=True)

    def flush(self) -> "Future[None]":
        """Commit what is queued; the future is done when all that was handed in before is on the disk."""
        return self._writer.submit(lambda connection: None)

    def want(self, dataset: str, task_hash: int, wanted: int) -> "Future[None]":
        """Write down how many answers a task wants in all, with the next commit."""

        def work(connection: sqlite3.Connection) -> None:
            store_wanted(connection, writes.dataset_id(connection, dataset), task_hash, wanted)

        return self._writer.submit(work, patient=True)

    def release(self, dataset: str, session: str, task_hashes: Sequence[int]) -> "Future[None]":
        """Take back tasks that were handed out to a session, with the next commit."""
        hashes = list(task_hashes)
        return self._writer.submit(
            lambda connection: writes.end_leases(connection, dataset, session, hashes), patient=True
        )

    def try_writing(self) -> "Future[None]":
        """Commit something that says nothing, as a stored answer would be: to find out whether that is possible."""
        return self._writer.submit(writes.store_nothing)

    def quarantine(self, dataset: str | None, item: Quarantined) -> "Future[None]":
        """Write down a record that failed, for SQL's table `quarantine`."""
        return self._writer.submit(lambda connection: writes.store_quarantined(connection, dataset, item), patient=True)

    def drop_dataset(self, dataset: str) -> bool:
        """Forget a dataset with all its answers; tell whether there was one.

        Raises:
            StoreError: if another process serves it.
        """
        if (owner := serving_process(self.folder, dataset)) is not None:
            raise StoreError(f"dataset {dataset!r} is served by {owner}; stop that one first")
        dropped = self._writer.submit(lambda connection: writes.drop_dataset(connection, dataset)).result()
        if dropped:
            # Nobody waits for files that hold what is to be forgotten, not even readers of the moment.
            self._segments.seal(wait_s=_PATIENCE_S, grace_s=0.0)
        return dropped

    def erase(self, datasets: Sequence[str], target: Target, after: Callable[[str], None] = lambda _: None) -> Erased:
        """Delete what a person did, or a task, from every file of the store; see `prodflow.store.erase`.

        Args:
            datasets: their names.
            target: the person or task.
            after: called after each step, with its name.

        Raises:
            AnswerError: if there is no such dataset.
            StoreError: if somebody reads the store all the time; it is finished when it is opened again.
        """
        done = self._writer.submit(lambda connection: strike(connection, datasets, target)).result()
        after("struck")
        done.exports = self._finish_erase(after)
        if target.annotator is not None:
            names = [target.annotator, *(f"{dataset}-{target.annotator}" for dataset in datasets)]
            done.mentions = mentions(self.folder, names)
        return done

    def _finish_erase(self, after: Callable[[str], None] = lambda _: None) -> list[Path]:
        lock = ProcessLock(self.folder / "erase.lock")
        if pending(self.folder) is None or not lock.acquire():
            return []  # nothing to do, or another process is at it
        try:
            return finish(
                self.folder,
                lambda job: self._writer.submit(job).result(),
                lambda: self._segments.seal(wait_s=_PATIENCE_S, grace_s=0.0),
                after,
            )
        finally:
            lock.release()

    def rebuild(self) -> int:
        """Make all sealed files again from the journal; return how many."""
        self._writer.submit(forget_segments).result()
        return self._segments.seal(wait_s=_PATIENCE_S, grace_s=0.0)

    def answered(self, dataset: str) -> Iterator[tuple[str, int, int, Decision]]:
        """Yield `(session, input hash, task hash, answer)` of the current answers, oldest first."""
        return reads.answered(self.folder, dataset)

    def leases(self, dataset: str) -> list[tuple[str, float, Task]]:
        """Return `(session, expires, task)` of the tasks that are out, in the order they were first handed out."""
        return reads.leases(self.folder, dataset)

    def has_task(self, dataset: str, task_hash: int) -> Task | None:
        """Return a task that was handed out or answered; None for one that is unknown."""
        return reads.has_task(self.folder, dataset, task_hash)

    def current(self, dataset: str, session: str, task_hash: int) -> tuple[int, Task, Decision] | None:
        """Return a session's `(seq, task as answered, answer)`; None where it has no current answer to the task."""
        return reads.current(self.folder, dataset, session, task_hash)

    def history(self, dataset: str, session: str, limit: int) -> list[Task]:
        """Return a session's current answers, newest first, each with `answer` and `_timestamp`."""
        return reads.history(self.folder, dataset, session, limit)

    def sessions(self, dataset: str) -> list[tuple[str, str | None]]:
        """Return the sessions of a dataset as `(id, annotator)`, oldest first."""
        return reads.sessions(self.folder, dataset)

    def tasks(self, dataset: str) -> Iterator[Task]:
        """Yield all tasks that were handed out, in the order they were first handed out."""
        return reads.tasks(self.folder, dataset)

    def totals(self, dataset: str) -> dict[str, int]:
        """Return the number of current answers of each session of a dataset."""
        return reads.totals(self.folder, dataset)

    def events_since(self, dataset: str, seq: int, limit: int) -> list[reads.Stored]:
        """Return up to `limit` events of a dataset that came after event `seq`, oldest first."""
        return reads.events_since(self.folder, dataset, seq, limit)


def _failed(error: AnswerError) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
