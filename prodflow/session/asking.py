"""The asking side of a controller: from the stream, by the router, to the sessions."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from prodflow.core import clock
from prodflow.core.errors import AnswerError, SettingError
from prodflow.core.routing import Router
from prodflow.core.task import Task
from prodflow.session.accounting import Accounting
from prodflow.session.answered import Answered
from prodflow.session.assign import Assigner
from prodflow.session.broker import Broker
from prodflow.session.components import BeforeDb, names_in
from prodflow.session.counted import counted
from prodflow.session.handing import Handing
from prodflow.session.intake import Intake
from prodflow.session.policy import chosen_router, gives_all_to_all, max_waiting
from prodflow.session.record import Asked, Recorded, Recorder, then
from prodflow.session.reopening import restore
from prodflow.session.routed import Routed
from prodflow.session.session import Session

log = logging.getLogger("prodflow")

_PATIENCE_S = 1.0
_NAMED_AT_MOST = 100
"""After so many who cannot come the log says nothing of further ones."""


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
        self.recorder = recorder
        self._factory = factory
        self.router = chosen_router(self._config, router)
        self.lock = threading.RLock()
        self.stream_lock = threading.RLock()
        self._joining = threading.RLock()
        self.sessions: dict[str, Session] = {}
        self._each_for_itself = gives_all_to_all(self.router) or not self._config["auto_exclude_current"]
        """Whether only a session's own answers count, not those that others gave to the same task."""
        self.broker = Broker(lease_s=self._config["lease_s"], stealing=self._config["work_stealing"])
        self.assigner = Assigner(controller, self.router, self.sessions, self._config["lease_s"])
        self.routed = Routed(self.lock, recorder, self.broker)
        self._cannot_come: set[str] = set()
        """Why some whom the router named cannot come: said once each."""
        self._handing = Handing(self)
        self.stopped = False
        self.to_review: deque[int] = deque()
        """Tasks with all the answers they wanted, which their router has to look at."""
        self.answered = Answered(by_input=self._config["exclude_by"] == "input")
        self.answered.load(recorder.answered(recorder.dataset))
        for dataset in controller.exclude:
            self.answered.leave_out(recorder.answered(dataset))
        self.intake = self._intake(stream)

    def confirm(self, session_id: str) -> Session:
        """Return the session of an id that asks or answers; one that was not here before is made.

        Raises:
            SettingError: if only some sessions are allowed, and this is none of them.
        """
        session = self.expect(session_id)
        session.timestamp, session.seen_at = time.time(), clock.steady_s()
        return session

    def expect(self, session_id: str) -> Session:
        """Return the session of an id, though it may never come.

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
        return session

    def add(self, session: Session) -> None:
        """Let a session take part; waits for the journal, so never under the lock that stored answers need."""
        self.recorder.add_session(session.id, self._controller.annotator_of(session.id))
        with self.lock:
            self.sessions[session.id] = session
            self.broker.offer_again(self.sessions.values())
            session.caught_up = not gives_all_to_all(self.router)

    def look_ahead(self, session: Session, wanted: int, gives_way: Callable[[], bool] | None = None) -> None:
        """Make so many tasks ready for the session: such as others left lying, then new ones of the stream.

        Between two of them `gives_way` tells whether somebody else is to go first; that is heard once one is ready.
        """
        with self.stream_lock:
            try:
                if (begun := self._accounting.begin()) is not None:
                    self.routed.tell(self._accounting.known_as, begun)
                self._handing.review()
                self._handing.catch_up(session, wanted)
                self._handing.take_over(session, wanted)
                while session.ready < wanted and not (session.target_reached or self.crowded or self.stopped):
                    if gives_way is not None and session.ready and gives_way():
                        break
                    task = self.intake.pull()
                    if task is None:
                        break
                    try:
                        self._route(task, session)
                    except BaseException:
                        self.intake.put_back(task)  # such as a full disk: it is routed when that is over
                        raise
                    if self.intake.goes_in_circles(len(self.broker.open)):
                        break
            finally:
                self.tell_journal()

    @property
    def crowded(self) -> bool:
        """Whether so much waits for others that the stream is read no further."""
        return len(self.broker.untouched) >= max_waiting(self._config, len(self.sessions))

    def tell_journal(self) -> None:
        """Write down, with the next commit, who has what waiting, and how far the source was read."""
        ended = self.intake.exhausted and self.intake.error is None and not self.stopped
        account = self._accounting.account(ended=ended)
        self.routed.tell(self._accounting.known_as, account)

    def lease(self, session: Session, count: int, excluded: Collection[int]) -> "tuple[list[Task], Future[None]]":
        """Return what the session holds, and what waits for it, up to a count; and when the journal knows that."""
        now = clock.steady_s()
        if session.target_annotated:
            count = max(0, min(count, session.target_annotated - session.total_annotated))
        with self.lock:
            batch = self.broker.take(session, count, now, session.storing.union(excluded))
            given = [(task["_task_hash"], session.id) for task in batch]
            if not (routed := self.broker.unwritten.isdisjoint(given)):
                # The stream may be at work still, and a lease without its route would be of no record.
                self.routed.tell(self._accounting.known_as)
        told = self.recorder.lease(session.id, batch, now + self.broker.lease_s, routed=routed)
        if not routed:
            told.add_done_callback(lambda told: self.routed.written(told, given))
        return batch, told

    def count_missing(self, session: Session, wanted: int) -> int:
        """Return how many tasks have yet to be found before so many are ready; 0 where there are no more."""
        with self.lock:
            more = self.to_review or not session.caught_up or self.broker.has_offers(session, clock.steady_s())
            return max(0, wanted - session.ready) if more or not (self.intake.exhausted or self.crowded) else 0

    def find(self, task_hash: int) -> Task | None:
        """Return a task that was asked, now or before."""
        with self.lock:
            task = self.broker.find(task_hash)
        return task if task is not None else self.recorder.asked(task_hash)

    def has_lost(self, session: Session, task_hash: int) -> bool:
        """Tell whether a task that was asked is with others or done, so that a session's first answer to it is late."""
        with self.lock:
            entry = self.broker.open.get(task_hash)
            if entry is not None:
                return entry.is_new_to(session) and entry.places <= 0
            return self._config["auto_exclude_current"] and task_hash not in session.answered_task_hashes

    def store(self, session: Session, answers: list[Recorded], before_db: BeforeDb | None) -> "Future[list[Recorded]]":
        """Store answers and take note of them; until that is done their tasks are not sent again."""
        hashes = {item.task["_task_hash"] for item in answers}
        session.storing |= hashes
        try:
            stored = self.recorder.answers(session.id, answers, before_db)
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
                key = item.task["_task_hash"]
                for name in self.broker.answered(session, item.task, self.sessions):
                    self.recorder.release(name, [key])
                if self.assigner.adaptive and key not in self.broker.open:
                    self.to_review.append(key)
                if not item.stored:
                    self.recorder.release(session.id, [item.task["_task_hash"]])
                elif item.replaced is None:
                    session.count(1)
                    self.answered.note(session.id, item.task, count=1)
        return recorded

    def reopen(self, session: Session, task: Task) -> float:
        """Let a session hold a task again whose answer it took back; return until when."""
        now = clock.steady_s()
        with self.lock:
            self.broker.reopen(session, task, now)
            if (entry := self.broker.open.get(task["_task_hash"])) is not None:
                # One more, where others answered it meanwhile: who took back an answer may give it again.
                self.recorder.want(task["_task_hash"], entry.wanted)
            session.count(-1)
            self.answered.note(session.id, task, count=-1)
        return now + self.broker.lease_s

    def done_reason(self, session: Session) -> str | None:
        """Say in a sentence why a session gets nothing more; None while there is more to come."""
        with self.lock:
            if session.target_reached:
                return f"The target of {session.target_annotated} answers is reached."
            if session.ready:
                return None
            if self.intake.exhausted or self.intake.dry:
                asleep = sum(not entry.assigned for entry in self.broker.open.values())
                return self.intake.account(open_elsewhere=len(self.broker.open) - asleep, without_annotator=asleep)
            if self.intake.circling:
                return (
                    f"There is nothing new right now: {len(self.broker.open):,} tasks are still with other annotators."
                )
            if self.crowded:
                return (
                    f"{len(self.broker.untouched):,} tasks wait for other annotators; more come once they are answered."
                )
            return None

    def reset(self, stream: Any) -> None:
        """Ask tasks of another stream from now on; what waits or is out is not asked again, but may be answered."""
        out: dict[str, list[int]] = {}
        with self.stream_lock, self.lock:
            self.routed.tell(self._accounting.known_as)
            self.intake.close()
            self.intake = self._intake(stream, anew=True)
            for key, entry in list(self.broker.open.items()):
                for name in entry.assigned:
                    out.setdefault(name, []).append(key)
                self.recorder.want(key, 0)
                self.broker.withdraw(key, self.sessions)
        for session_id, task_hashes in out.items():
            self.recorder.release(session_id, task_hashes)

    def stop_reading(self) -> None:
        """Pull no more, and let a stream that waits for more input end; may be called from any thread."""
        self.stopped = True
        self.intake.stop()

    def close(self) -> None:
        """Close the stream; one that waits for what may never come is left alone."""
        self.stop_reading()
        with self.at_rest() as resting:
            if resting:
                self.intake.close()
            else:
                log.warning("the source is waiting for input, and is left alone")

    @contextmanager
    def at_rest(self) -> Iterator[bool]:
        """Keep the stream from being read meanwhile; once it is to stop, one that waits for input is not waited for."""
        end = time.monotonic() + _PATIENCE_S
        while not (mine := self.stream_lock.acquire(timeout=0.1)):
            if not (self.stopped and self.intake.reading):
                end = time.monotonic() + _PATIENCE_S
            elif time.monotonic() > end:
                break
        try:
            yield mine
        finally:
            if mine:
                self.stream_lock.release()

    def _intake(self, stream: Any, *, anew: bool = False) -> Intake:
        stream = counted(stream, self._config, learns=self._controller.update is not None)
        about = [self._controller.exclude, type(self.router).__name__]
        view_id = self._controller.view_id
        self._accounting = Accounting(stream, self.recorder, self._config, about, view_id=view_id, anew=anew)
        return Intake(
            self._accounting.stream,
            self._controller.view_id,
            config=self._config,
            validate=self._config["validate"],
            accounting=self._accounting,
        )

    def _route(self, task: Task, asking: Session) -> None:
        """Queue a task for those the router names; where none of them has to answer it, say why."""
        if self.answered.is_left_out(task):
            self._skip(task, "excluded by another dataset")
            return
        names = self.assigner.names(task, asking)
        sessions = [session for name in names if (session := self._allowed(name)) is not None]
        with self.lock:
            reason = self._reason_to_skip(task, sessions, self.assigner.wanted(task, names))
        if reason is None:
            self.intake.repeats, self.intake.circling = 0, False
            if (told := self._accounting.decided(None, task["_task_hash"])) is not None:
                self.intake.counts[told] += 1
            for session in sessions:
                self._handing.put_in(session)
        else:
            self._skip(task, reason)

    def _skip(self, task: Task, reason: str) -> None:
        self.intake.repeats = self.intake.repeats + 1 if reason == "asked already" else 0
        if (told := self._accounting.decided(reason, task["_task_hash"])) is not None:
            self.intake.counts[told] += 1

    def _allowed(self, name: str) -> Session | None:
        try:
            return self.expect(name)
        except (SettingError, AnswerError) as error:
            if str(error) not in self._cannot_come and len(self._cannot_come) < _NAMED_AT_MOST:
                self._cannot_come.add(str(error))
                log.warning("the router named somebody who cannot come: %s", error)
            return None

    def _reason_to_skip(self, task: Task, sessions: list[Session], wanted: int) -> str | None:
        if not sessions:
            return "routed to nobody"
        asked = [one for one in sessions if not one.has_answered(task, by_input=self.answered.by_input)]
        before = 0 if self._each_for_itself else self.answered.count(task)
        missing = len(asked) if self._each_for_itself else wanted - before
        if missing <= 0 or not (asked or wanted > len(sessions)):
            return "answered before"
        now = clock.steady_s()
        known = (entry := self.broker.open.get(task["_task_hash"])) is not None and not entry.unrouted
        waiting = self.broker.add(task, asked, now, wanted=missing)
        if not waiting and known:
            return "asked already"
        ends = dict.fromkeys(waiting, now + self.broker.lease_s)
        count = self.answered.count_task(task) + missing
        self.routed.note(Asked(task, count, self.assigner.adaptive, ends, self._accounting.record))
        return None

    def restore(self) -> None:
        """Take up where an earlier run of the same dataset stopped, and expect the sessions that are allowed."""
        for name in names_in(self._config["allowed_sessions"]):
            self.expect(self._controller.get_session_name(name))
        keep = not self._config["drop_open_tasks"]
        restore(self, self._allowed, self._accounting.tasks_of, clock.steady_s(), keep=keep)

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
