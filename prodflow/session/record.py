"""The store's side of a session: answers become events in the journal of one dataset."""

import logging
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from prodflow.core import registry
from prodflow.core.errors import AnswerError
from prodflow.core.task import Task
from prodflow.session.answers import changes_of, without_base64
from prodflow.session.components import BeforeDb, rewritten
from prodflow.session.session import get_timestamp_session_id
from prodflow.store.accounts import Account, Known, asked_of, hashes_before, held_records, known_source
from prodflow.store.database import Database
from prodflow.store.event import encode_content
from prodflow.store.journal import Ack, Event
from prodflow.store.place import check_served_name
from prodflow.store.reads import rows_of
from prodflow.store.routing import OpenRow, Route, answers_to, asked_after, open_rows

log = logging.getLogger("prodflow")


class Asked(NamedTuple):
    """A task that was routed: how many answers it wants in all (None: as before), and who has it waiting until when."""

    task: Task
    wanted: int | None
    adaptive: bool
    waiting: Mapping[str, float]
    record: int | None = None


@dataclass(frozen=True)
class Recorded:
    """An answer on its way into the store, and where it ended up."""

    task: Task
    event_id: str
    seconds: float | None = None
    late: bool = False
    seq: int = 0
    """Its place in the journal; 0 where `before_db` dropped it."""
    duplicate: bool = False
    replaced: int | None = None

    @property
    def stored(self) -> bool:
        """Whether the journal has it."""
        return self.seq > 0


class Recorder:
    """Writes the answers of one dataset and reads back what was there before.

    Args:
        db: a `Database`; None for the default store; False for one that is gone with the process.
        dataset: the dataset's name; False to store nothing, which is the same.
        session_id: the id of the unnamed session; by default the one it had before, or a new timestamp.
        keep_base64: store data URIs as they are, also where the path they were made of is known.
    """

    def __init__(self, db: Any, dataset: str | bool, *, session_id: str | None, keep_base64: bool) -> None:
        """Open the store and the dataset."""
        self.dataset = check_served_name(dataset if not isinstance(dataset, bool) else "unsaved")
        self._folder = None
        if db is False or dataset is False:
            self._folder = tempfile.TemporaryDirectory(prefix="prodflow-")
            db = registry.stores.get("default")(Path(self._folder.name))
        self.database: Database = db if isinstance(db, Database) else registry.stores.get("default")()
        self._owned = not isinstance(db, Database) or self._folder is not None
        self._journal = self.database.journal
        self._claim = self._journal.claim(self.dataset)
        self._has_dataset = self._made_dataset = False
        self._keep_base64 = keep_base64
        self.session_id = session_id or self._unnamed_session()

    def _unnamed_session(self) -> str:
        """The unnamed annotator keeps its id over restarts, so that the page goes on where it was."""
        unnamed = [name for name, annotator in self._journal.sessions(self.dataset) if name == annotator]
        return max((name for name in unnamed if name[:4].isdigit()), default=get_timestamp_session_id())

    def add_dataset(self) -> None:
        """Make sure that the dataset is there."""
        if not self._has_dataset:
            self._made_dataset = self.dataset not in self.database
            self._journal.add_dataset(self.dataset)
            self._has_dataset = True

    def drop_empty_dataset(self) -> None:
        """Forget the dataset if it was made here, and there is nothing in it, not even a record that failed."""
        query = """select 1 from datasets d where name = ? and not exists (
            select 1 from events where dataset_id = d.id union all select 1 from quarantine where dataset_id = d.id)"""
        if self._made_dataset and rows_of(self.database.folder, query, (self.dataset,)):
            self._journal.drop_dataset(self.dataset)

    def add_session(self, session_id: str, annotator: str) -> None:
        """Make sure that a session is known, and its dataset."""
        self.add_dataset()
        self._journal.add_session(self.dataset, session_id, annotator)

    def lease(self, session_id: str, tasks: list[Task], expires: float, *, routed: bool = False) -> "Future[None]":
        """Write down that a session holds tasks until a time; done at once where the journal has them as its own."""
        if not tasks:
            return _done(None)
        if routed:
            self._journal.lease(self.dataset, session_id, tasks, expires, routed=True)
            return _done(None)
        return self._journal.lease(self.dataset, session_id, [self._for_store(task) for task in tasks], expires)

    def flush(self) -> None:
        """Wait until all that was written down so far is on the disk."""
        self._journal.flush().result()

    def release(self, session_id: str, task_hashes: list[int]) -> None:
        """Write down that a session holds tasks no more."""
        self._journal.release(self.dataset, session_id, task_hashes)

    def route(
        self, asked: Sequence[Asked], source: tuple[str, str] | None = None, account: Account | None = None
    ) -> "Future[None]":
        """Write down who has which tasks waiting, how many answers they want, and how far the source was read."""
        if not asked and account is None:
            return _done(None)
        routes = [
            Route(
                one.task["_task_hash"],
                one.task["_input_hash"],
                encode_content(self._for_store(one.task)),
                one.wanted,
                one.adaptive,
                tuple(one.waiting.items()),
                one.record,
            )
            for one in asked
        ]
        if account is None and all(one.record is None for one in asked):
            source = None  # nobody will ask for records of it
        told = self._journal.route(self.dataset, routes, source, account)
        told.add_done_callback(_report)
        return told

    def known_source(self, fingerprint: str) -> Known | None:
        """Return how far a source was read before."""
        return known_source(self.database.folder, self.dataset, fingerprint)

    def hashes_before(self, fingerprint: str, record: int) -> list[tuple[Any, ...]]:
        """Return the hashes of what was asked of the records of a source before one."""
        return hashes_before(self.database.folder, self.dataset, fingerprint, record)

    def asked_of(self, source: str) -> Iterator[tuple[int, int, int | None]]:
        """Yield the hash of each task that was asked, whether of the source of this name, and of which record."""
        return asked_of(self.database.folder, self.dataset, source)

    def held(self, fingerprint: str) -> dict[int, Any]:
        """Return the records of a source that waited in a stage."""
        return held_records(self.database.folder, self.dataset, fingerprint)

    def want(self, task_hash: int, wanted: int) -> None:
        """Write down how many answers a task wants in all."""
        self._journal.want(self.dataset, task_hash, wanted)

    def open_rows(self) -> list[OpenRow]:
        """Return the tasks that want more answers, or are with somebody."""
        return open_rows(self.database.folder, self.dataset)

    def asked_after(self, row: int, limit: int) -> list[tuple[int, Task]]:
        """Return the places and hashes of tasks that were routed after a place."""
        return asked_after(self.database.folder, self.dataset, row, limit)

    def answers_to(self, task_hash: int) -> list[Task]:
        """Return a task as each session answered it, the earliest first."""
        return answers_to(self.database.folder, self.dataset, task_hash)

    def answered(self, dataset: str) -> Iterator[tuple[str, int, int]]:
        """Yield session, input hash and task hash of every current answer of a dataset."""
        for session_id, input_hash, task_hash, _ in self._journal.answered(dataset):
            yield session_id, input_hash, task_hash

    def asked(self, task_hash: int) -> Task | None:
        """Return a task that was handed out at some time."""
        return self._journal.has_task(self.dataset, task_hash)

    def answers(self, session_id: str, answers: list[Recorded], before_db: BeforeDb | None) -> "Future[list[Recorded]]":
        """Store answers in one commit; the future gives them back with where they are."""
        if not answers:
            return _done([])
        rows = _rewritten(answers, before_db) if before_db is not None else answers
        events = [self._event(session_id, row) for row in rows]
        submitted = self._journal.submit(self.dataset, events)
        return then(submitted, lambda acks: [_with_ack(item, acks) for item in answers])

    def _event(self, session_id: str, item: Recorded) -> Event:
        return Event(
            event_id=item.event_id,
            kind="answer",
            session=session_id,
            task_hash=item.task["_task_hash"],
            input_hash=item.task["_input_hash"],
            answer=item.task["answer"],
            content=self._for_store(item.task),
            seconds=item.seconds,
            late=item.late,
        )

    def undo(self, session_id: str, task_hash: int, event_id: str | None) -> tuple[Task, bool]:
        """Take back a session's answer; return the task as it was asked, and whether this was done before."""
        current = self._journal.current(self.dataset, session_id, task_hash)
        event = Event(
            event_id=event_id or str(uuid.uuid4()),
            kind="undo",
            session=session_id,
            task_hash=task_hash,
            input_hash=current[1]["_input_hash"] if current is not None else 0,
            answer=None,
            content={},
        )
        [ack] = self._journal.submit(self.dataset, [event]).result()
        task = self.asked(task_hash)
        if task is None and current is not None:
            task = {key: value for key, value in current[1].items() if key not in ("answer", "_timestamp")}
        assert task is not None, "an answer that could be taken back has a task"
        return task, ack.duplicate

    def history(self, session_id: str, limit: int, *, with_changes: bool = False) -> list[Task]:
        """Return a session's latest answers, the newest first.

        Args:
            session_id: whose.
            limit: how many at most.
            with_changes: add `_changed`, the keys that differ from the task as it was asked, and `_asked`, what those
                of them had been that were there: with both a task can be opened again as it was asked.
        """
        answered = self._journal.history(self.dataset, session_id, limit)
        if not with_changes:
            return answered
        return [{**task, **changes_of(task, self.asked(task["_task_hash"]))} for task in answered]

    def events_since(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """Return events after a place in the journal, in order, without the tasks themselves."""
        rows = self._journal.events_since(self.dataset, seq, limit)
        return [{key: getattr(row, key) for key in row.__slots__ if key != "content"} for row in rows]

    def close(self) -> None:
        """Let others serve the dataset; close the store, if it was opened here."""
        self._claim.release()
        if self._owned:
            self.database.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _for_store(self, task: Task) -> Task:
        return task if self._keep_base64 else without_base64(task)


def _rewritten(answers: list[Recorded], before_db: BeforeDb) -> list[Recorded]:
    """Let the recipe rewrite what is stored; it may also return more or fewer tasks than came.

    Tasks that could not be shown are not the recipe's to rewrite: they lack what it counts on.
    """
    broken = [item for item in answers if "_error" in item.task]
    sound = [item for item in answers if "_error" not in item.task]
    tasks = _by_recipe([dict(item.task) for item in sound], before_db) if sound else []
    if len(tasks) == len(sound):
        return [replace(item, task=_hashed(task, item)) for item, task in zip(sound, tasks, strict=True)] + broken
    return _matched(sound, tasks) + broken


def _by_recipe(tasks: list[Task], before_db: BeforeDb) -> list[Task]:
    """Return what the recipe makes of tasks; what it raises is said to who answered, whose answers wait."""
    try:
        made: list[Any] = rewritten(tasks, before_db)
    except Exception as error:
        log.exception("before_db raised; the answers are not stored")
        words = f"before_db raised {type(error).__name__}: {error}; the answers are not stored"
        raise AnswerError(words, path="$.answers", status=500) from error
    if odd := [item for item in made if not isinstance(item, dict)]:
        words = f"before_db returned {odd[0]!r:.60}, which is no task; the answers are not stored"
        raise AnswerError(words, path="$.answers", status=500)
    return made


def _matched(answers: list[Recorded], tasks: list[Task]) -> list[Recorded]:
    """What is stored for each task: under the answer to it, or, where that is taken, as something new."""
    open_answers = {item.task["_task_hash"]: item for item in answers}
    made = []
    for number, task in enumerate(tasks):
        item = open_answers.pop(task.get("_task_hash", 0), None)
        if item is None:
            item = replace(answers[0], event_id=f"{answers[0].event_id}-{number}")
        made.append(replace(item, task=_hashed(task, item)))
    return made


def _hashed(task: Task, item: Recorded) -> Task:
    kept = {key: item.task[key] for key in ("_input_hash", "_task_hash", "answer")}
    return {**kept, **task}


def _with_ack(item: Recorded, acks: list[Ack]) -> Recorded:
    ack = next((ack for ack in acks if ack.event_id == item.event_id), None)
    return item if ack is None else replace(item, seq=ack.seq, duplicate=ack.duplicate, replaced=ack.replaced)


def then(future: "Future[Any]", step: Callable[[Any], Any]) -> "Future[Any]":
    """Return a future of what `step` makes of another's result, in the thread that finishes it."""
    chained: Future[Any] = Future()
    chained.set_running_or_notify_cancel()  # who waits may go away; the step is done all the same

    def finish(done: "Future[Any]") -> None:
        try:
            chained.set_result(step(done.result()))
        except BaseException as error:
            chained.set_exception(error)

    future.add_done_callback(finish)
    return chained


def _report(told: "Future[None]") -> None:
    """Nobody waits for these: the tasks are asked all the same, and the journal is told once it can be written."""
    if (error := told.exception()) is not None:
        log.error("who is asked what could not be written down yet: %s", error)


def _done(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future
