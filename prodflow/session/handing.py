"""What a session gets before anything new: what others let lie, what lacks somebody, what was asked before it came."""

from collections import deque
from typing import TYPE_CHECKING

from prodflow.core import clock
from prodflow.core.task import Task
from prodflow.session.broker import OpenTask
from prodflow.session.record import Asked
from prodflow.session.session import Session

if TYPE_CHECKING:
    from prodflow.session.asking import Asking

_PAGE = 500


class Handing:
    """Hands tasks on that were routed before.

    Args:
        asking: whose tasks, sessions and locks; it holds its stream lock whenever it calls.
    """

    def __init__(self, asking: "Asking") -> None:
        """Hand on nothing yet."""
        self._asking = asking

    def take_over(self, session: Session, wanted: int) -> None:
        """Hand on to a session what others let lie, and what lacks somebody to answer it."""
        now = clock.steady_s()
        with self._asking.lock:
            overdue = deque(self._worth_asking(self._asking.broker.overdue(session, now), session, now))
        while session.ready < wanted and not session.target_reached:
            with self._asking.lock:
                entry = overdue.popleft() if overdue else self._asking.broker.next_vacant(session)
            if entry is None:
                return
            self._hand_on(entry, session, now)

    def _worth_asking(self, overdue: list[OpenTask], session: Session, now: float) -> list[OpenTask]:
        """Leave out tasks that the router kept from the session, while all is as it was then."""
        if not session.refused:
            return overdue
        refused, session.refused = session.refused, {}
        here = self._asking.assigner.here(now)
        worth = []
        for entry in overdue:
            key = entry.task["_task_hash"]
            if key in refused and refused[key] == self._situation(entry, now, here):
                session.refused[key] = refused[key]
            else:
                worth.append(entry)
        return worth

    def _situation(self, entry: OpenTask, now: float, here: frozenset[str] | None = None) -> tuple[object, ...]:
        """All that the router goes by: who is here, who has answered, who is at it, and who let it lie."""
        here = self._asking.assigner.here(now) if here is None else here
        late = tuple(self._asking.broker.late_at(entry, now))
        return here, frozenset(entry.assigned), frozenset(entry.answered), late

    def _hand_on(self, entry: OpenTask, asking: Session, now: float) -> None:
        key = entry.task["_task_hash"]
        task = self._asked(key) if entry.asleep else entry.task
        with self._asking.lock:
            late = self._asking.broker.late_at(entry, now)
        if task is None or asking.has_answered(task, by_input=self._asking.answered.by_input):
            return
        session = self._asking.assigner.next_of(entry, task, late, asking, now)
        if session is None or session.has_answered(task, by_input=self._asking.answered.by_input):
            asking.refused[key] = self._situation(entry, now)
            return
        with self._asking.lock:
            if entry.asleep:
                entry.task, entry.asleep = task, False
            lost = self._asking.broker.hand_on(entry, session, self._asking.sessions, now)
        if isinstance(lost, str):
            self._asking.recorder.release(lost, [key])
        if lost:
            end = now + self._asking.broker.lease_s
            self._asking.routed.note(Asked(task, None, self._asking.assigner.adaptive, {session.id: end}))

    def _asked(self, key: int) -> Task | None:
        """Return a task by its hash from the journal, which may not have been told of it yet."""
        task = self._asking.recorder.asked(key)
        if task is None:
            self._asking.tell_journal()
            self._asking.recorder.flush()
            task = self._asking.recorder.asked(key)
        return task

    def put_in(self, session: Session) -> None:
        """Let the router put in a question of its own, one that looks like the others."""
        task = self._asking.assigner.extra(session)
        if task is None:
            return
        end = clock.steady_s() + self._asking.broker.lease_s
        with self._asking.lock:
            given = self._asking.broker.ask_also(task, session, clock.steady_s())
            count = self._asking.answered.count_task(task) + len(self._asking.broker.open[task["_task_hash"]].assigned)
        if given:
            self._asking.routed.note(Asked(task, count, False, {session.id: end}))

    def review(self) -> None:
        """Let the router look at the answers of tasks that have as many as they wanted."""
        while self._asking.to_review:
            key = self._asking.to_review.popleft()
            answers = self._asking.recorder.answers_to(key)
            task = self._asking.recorder.asked(key)
            if task is None or not answers:
                continue
            missing = max(0, self._asking.assigner.missing(task, answers))
            self._asking.recorder.want(key, len(answers) + missing)
            if missing:
                names = [answer["_session_id"] for answer in answers]
                with self._asking.lock:
                    self._asking.broker.want(task, len(answers) + missing, names)

    def catch_up(self, session: Session, wanted: int) -> None:
        """Queue what was asked before the session came, where everybody gets everything; as much as it needs now."""
        if session.caught_up:
            return
        self._asking.tell_journal()
        self._asking.recorder.flush()  # what is not on the disk yet would be missed
        while session.ready < wanted and not session.caught_up:
            page = self._asking.recorder.asked_after(session.caught_up_to, _PAGE)
            session.caught_up = not page
            for row, hashes in page:
                if session.ready >= wanted:
                    break
                session.caught_up_to = row
                key = hashes["_task_hash"]
                if not (session.has_answered(hashes, by_input=False) or self._asking.assigner.puts_in(key)):
                    self._ask_also(session, key)
                    self.put_in(session)

    def _ask_also(self, session: Session, task_hash: int) -> None:
        with self._asking.lock:
            entry = self._asking.broker.open.get(task_hash)
            task = entry.task if entry is not None and not entry.asleep else self._asking.recorder.asked(task_hash)
            given = task is not None and self._asking.broker.ask_also(task, session, clock.steady_s())
        if task is not None and given:
            count = self._asking.answered.count_task(task) + (len(entry.assigned) if entry is not None else 1)
            end = clock.steady_s() + self._asking.broker.lease_s
            self._asking.routed.note(Asked(task, count, False, {session.id: end}))
