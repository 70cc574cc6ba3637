"""The asking side of a controller: from the stream, by the router, to the sessions."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.routing import Router
from prodflow.core.task import Task
from prodflow.session.answered import Answered
from prodflow.session.broker import Broker
from prodflow.session.components import BeforeDb, names_in
from prodflow.session.counted import counted
from prodflow.session.intake import Intake
from prodflow.session.policy import allows_stealing, chosen_router, gives_all_to_all
from prodflow.session.record import Recorded, Recorder, then
from prodflow.session.session import Session

log = logging.getLogger("prodflow")


class Asking:
    """Pulls tasks when a session needs them, routes them, and knows who holds which.

    Its state is guarded by one lock, held briefly, and never while the journal is waited for: the journal's thread
    takes it to note what it stored. Another is held while the stream is read or the model learns.

    Args:
        controller: what routers and session factories are called with; gives configuration and names.
        stream: the tasks.
        recorder: the store's side, for what was asked and answered before.
        router: the recipe's own, if it has one.
        factory: makes sessions, if the recipe has one.
    """

    def __init__(
        self,
        controller: Any,
        stream: Any,
        recorder: Recorder,
        router: Router | None,
        factory: Callable[..., Any] | None,
    ) -> None:
        """Know what was answered before; `restore` brings back what was asked."""
        self._controller = controller
        self._config = controller.config
        self._recorder = recorder
        self._factory = factory
        self.router = chosen_router(self._config, router)
        self.lock = threading.RLock()
        self.stream_lock = threading.RLock()
        self._joining = threading.RLock()
        self.sessions: dict[str, Session] = {}
        self._each_for_itself = gives_all_to_all(self.router) or not self._config["auto_exclude_current"]
        """Whether only a session's own answers count, not those that others gave to the same task."""
        self.broker = Broker(lease_s=self._config["lease_s"], stealing=allows_stealing(self.router))
        self.answered = Answered(by_input=self._config["exclude_by"] == "input")
        self.answered.load(recorder.answered(recorder.dataset))
        for dataset in controller.exclude:
            self.answered.leave_out(recorder.answered(dataset))
        self.intake = self._intake(stream)

    def confirm(self, session_id: str) -> Session:
        """Return the session of an id; one that was not here before is made.

        Raises:
            SettingError: if only some sessions are allowed, and this is none of them.
        """
        session = self.sessions.get(session_id)
        if session is None:
            self._check_allowed(session_id)
            with self._joining:
                if session_id not in self.sessions:
                    self.add(self._make_session(session_id))
            session = self.sessions[session_id]
        session.timestamp = time.time()
        return session

    def add(self, session: Session) -> None:
        """Let a session take part; waits for the journal, so never under the lock that stored answers need."""
        self._recorder.add_session(session.id, self._controller.annotator_of(session.id))
        with self.lock:
            self.sessions[session.id] = session
            if gives_all_to_all(self.router):
                self._catch_up(session)

    def look_ahead(self, session: Session, wanted: int) -> None:
        """Pull tasks until so many are ready for the session, or there are no more."""
        with self.stream_lock:
            while session.ready < wanted and not session.target_reached:
                task = self.intake.pull()
                if task is None:
                    break
                self._route(task, session)

    def take(self, session: Session, count: int, excluded: Collection[int]) -> tuple[list[Task], float]:
        """Return what the session holds, and what waits for it, up to a count; and until when it may keep it."""
        now = time.time()
        if session.target_annotated:
            count = max(0, min(count, session.target_annotated - session.total_annotated))
        with self.lock:
            if session.ready < count:
                for name, task_hash in self.broker.steal(session, self.sessions, count - session.ready, now):
                    self._recorder.release(name, [task_hash])
            batch = self.broker.take(session, count, now, session.storing.union(excluded))
            return batch, now + self.broker.lease_s

    def count_missing(self, session: Session, wanted: int) -> int:
        """Return how many tasks the stream has yet to give before so many are ready; 0 where it has no more."""
        with self.lock:
            return 0 if self.intake.exhausted else max(0, wanted - session.ready)

    def find(self, task_hash: int) -> Task | None:
        """Return a task that was asked, now or before."""
        with self.lock:
            task = self.broker.find(task_hash)
        return task if task is not None else self._recorder.asked(task_hash)

    def has_lost(self, session: Session, task_hash: int) -> bool:
        """Tell whether a task was taken from a session that is answering it, so that its answer is late."""
        with self.lock:
            entry = self.broker.open.get(task_hash)
            return entry is not None and session.id not in entry.assigned

    def store(self, session: Session, answers: list[Recorded], before_db: BeforeDb | None) -> "Future[list[Recorded]]":
        """Store answers and take note of them; until that is done their tasks are not sent again."""
        hashes = {item.task["_task_hash"] for item in answers}
        session.storing |= hashes
        try:
            stored = self._recorder.answers(session.id, answers, before_db)
        except BaseException:
            session.storing -= hashes
            raise
        noted = then(stored, lambda recorded: self.note(session, recorded))
        noted.add_done_callback(lambda _: session.storing.difference_update(hashes))
        return noted

    def note(self, session: Session, recorded: list[Recorded]) -> list[Recorded]:
        """Take note of stored answers."""
        with self.lock:
            for item in recorded:
                if item.duplicate:
                    continue
                self.broker.answered(session, item.task)
                if not item.stored:
                    self._recorder.release(session.id, [item.task["_task_hash"]])
                elif item.replaced is None:
                    session.count(1)
                    self.answered.note(session.id, item.task, count=1)
        return recorded

    def reopen(self, session: Session, task: Task) -> float:
        """Let a session hold a task again whose answer it took back; return until when."""
        now = time.time()
        with self.lock:
            self.broker.reopen(session, task, now)
            session.count(-1)
            self.answered.note(session.id, task, count=-1)
        return now + self.broker.lease_s

    def done_reason(self, session: Session) -> str | None:
        """Say in a sentence why a session gets nothing more; None while there is more to come."""
        with self.lock:
            if session.target_reached:
                return f"The target of {session.target_annotated} answers is reached."
            if session.ready or not (self.intake.exhausted or self.intake.dry):
                return None
            return self.intake.account(open_elsewhere=len(self.broker.open))

    def reset(self, stream: Any) -> None:
        """Ask tasks of another stream from now on; what waits or is out is not asked again, but may be answered."""
        out: dict[str, list[int]] = {}
        with self.stream_lock, self.lock:
            self.intake.close()
            self.intake = self._intake(stream)
            for session in self.sessions.values():
                out[session.id] = list(session.held)
                tasks = [*session.held.values(), *session.waiting]
                session.held.clear()
                session.waiting.clear()
                for task in tasks:
                    self.broker.withdraw(session, task)
        for session_id, task_hashes in out.items():
            self._recorder.release(session_id, task_hashes)

    def close(self) -> None:
        """Close the stream."""
        with self.stream_lock:
            self.intake.close()

    def _intake(self, stream: Any) -> Intake:
        stream = counted(stream, self._config, learns=self._controller.update is not None)
        return Intake(stream, self._controller.view_id, config=self._config, validate=self._config["validate"])

    def _route(self, task: Task, asking: Session) -> None:
        """Queue a task for those the router names; where none of them has to answer it, say why."""
        if self.answered.is_left_out(task):
            self.intake.counts["excluded by another dataset"] += 1
            return
        names = self._names(task, asking)
        sessions = [self.confirm(name) for name in names]
        with self.lock:
            if (reason := self._reason_to_skip(task, sessions)) is not None:
                self.intake.counts[reason] += 1

    def _names(self, task: Task, asking: Session) -> list[str]:
        try:
            return names_in(self.router(self._controller, asking.id, task))
        except Exception:
            log.exception("the router raised; the task goes to %s, who asked", asking.id)
            return [asking.id]

    def _reason_to_skip(self, task: Task, sessions: list[Session]) -> str | None:
        if not sessions:
            return "routed to nobody"
        asked = [one for one in sessions if not one.has_answered(task, by_input=self.answered.by_input)]
        missing = len(asked) if self._each_for_itself else len(sessions) - self.answered.count(task)
        if missing <= 0 or not asked:
            return "answered before"
        return None if self.broker.add(task, asked, time.time(), limit=missing) else "asked already"

    def restore(self) -> None:
        """Take up where an earlier run of the same dataset stopped, and expect the sessions that are allowed."""
        for name in names_in(self._config["allowed_sessions"]):
            self.confirm(self._controller.get_session_name(name))
        rows = sorted(self._recorder.leases(), key=lambda row: row[1])
        latest = {task["_task_hash"]: session_id for session_id, _, task in rows}
        for session_id, expires, task in rows:
            if self.broker.stealing and (latest[task["_task_hash"]] != session_id or self.answered.count(task)):
                continue
            try:
                session = self.confirm(session_id)
                if not session.has_answered(task, by_input=False):
                    self.broker.restore(session, task, expires)
            except SettingError as error:
                log.warning("a task stays free: %s", error)

    def _catch_up(self, session: Session) -> None:
        """Queue what was asked before the session came, where everybody gets everything."""
        now = time.time()
        for task in self._recorder.asked_tasks():
            if not session.has_answered(task, by_input=False) and task["_task_hash"] not in session.held:
                self.broker.add(task, [session], now)
        for entry in self.broker.open.values():
            if session.id not in entry.assigned and not session.has_answered(entry.task, by_input=False):
                entry.assigned.add(session.id)
                session.waiting.append(entry.task)

    def _make_session(self, session_id: str) -> Session:
        if self._factory is not None:
            made: Session = self._factory(self._controller, session_id)
            return made
        pairs = self.answered.take_pairs(session_id) if self._config["auto_exclude_current"] else []
        return Session(
            session_id,
            None,
            self._controller.batch_size,
            (input_hash for input_hash, _ in pairs),
            (task_hash for _, task_hash in pairs),
            self.answered.totals.get(session_id, 0),
            self._config["total_examples_target"],
        )

    def _check_allowed(self, session_id: str) -> None:
        allowed = self._config["allowed_sessions"]
        if allowed and self._controller.annotator_of(session_id) not in allowed:
            listed = ", ".join(allowed)
            raise SettingError(f"session {session_id!r} is not allowed; use ?session= with one of: {listed}")
