"""Open tasks: who waits for them, and who holds them until when. In memory; the journal is the truth behind it."""

import heapq
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from prodflow.core.task import Task
from prodflow.session.session import Session


@dataclass
class OpenTask:
    """A task that has not all the answers that were asked for."""

    task: Task
    wanted: int
    """How many answers it gets in all, those in `answered` among them."""
    assigned: set[str] = field(default_factory=set)
    """Who is to answer it and has not: it waits in their queues, or they hold it."""
    answered: set[str] = field(default_factory=set)
    expires: dict[str, float] = field(default_factory=dict)
    """Until when each has it to itself: from routing on while it waits, anew when it is handed out."""
    asleep: bool = False
    """Nobody has it, and only its hashes are kept here: the rest is in the journal."""
    unrouted: bool = False
    """Known from before a restart by who holds it only: the stream has yet to come by it again."""
    restored: bool = False
    """Known from before a restart: where the stream comes by it again, more answers may be asked for."""

    @property
    def places(self) -> int:
        """How many more may have it."""
        return self.wanted - len(self.assigned) - len(self.answered)

    def is_new_to(self, session: Session) -> bool:
        """Tell whether a session neither has it nor has answered it."""
        return session.id not in self.assigned and session.id not in self.answered


class Broker:
    """Hands open tasks to sessions.

    A task waits in the queue of each session it was routed to, then it is held by that session until it is answered;
    asking again gives the same tasks again. A hold that runs out frees the task for another session.

    Args:
        lease_s: how long a session may keep a task, in seconds.
        stealing: whether a task whose time ran out may go to another session.
    """

    def __init__(self, *, lease_s: float, stealing: bool) -> None:
        """Start with nothing open."""
        self.open: dict[int, OpenTask] = {}
        self.lease_s = lease_s
        self.stealing = stealing
        self.untouched: set[int] = set()
        """The tasks that wait, and that nobody was given yet."""
        self.unwritten: set[tuple[int, str]] = set()
        """Tasks, each with a session that was given it, of which the journal may not know yet."""
        self._ends: list[tuple[float, int, str]] = []
        """When times run out: one entry for each task and session, which may be too early, never too late."""
        self._awaited: set[tuple[int, str]] = set()
        self._overdue: dict[tuple[int, str], None] = {}
        self._vacant: list[int] = []
        """Tasks that had a free place at some time, in the order they came to it."""

    def restore(
        self,
        entry: OpenTask,
        held: Mapping[str, float],
        waiting: Mapping[str, float],
        sessions: Mapping[str, Session],
        now: float,
    ) -> None:
        """Take up a task that was open before a restart, with who holds it and who has it waiting, each until when.

        Nobody has it for longer than from now on: the clock may have gone back meanwhile.
        """
        key = entry.task["_task_hash"]
        self.open[key], entry.restored = entry, True
        for name, expires in [*held.items(), *waiting.items()]:
            session = sessions[name]
            if entry.is_new_to(session):
                self._give(entry, session, min(expires, now + self.lease_s))
                self.unwritten.discard((key, name))
                if name in held:
                    session.waiting.pop()
                    session.held[key] = entry.task
        if not held and not entry.answered and entry.assigned:
            self.untouched.add(key)
        self._settle(key, entry)

    def add(self, task: Task, sessions: Iterable[Session], now: float, *, wanted: int | None = None) -> list[str]:
        """Queue a task for sessions; return who has it waiting now: nobody where it is open already.

        Args:
            task: the task.
            sessions: who is to get it, at most as many as are wanted.
            now: the time.
            wanted: how many answers it gets; one of each session if not given.
        """
        key = task["_task_hash"]
        sessions = list(sessions)
        wanted = len(sessions) if wanted is None else wanted
        entry = self.open.get(key)
        if entry is None:
            if wanted <= 0:
                return []
            entry = self.open[key] = OpenTask(task, wanted)
        elif entry.unrouted:
            entry.wanted, entry.unrouted = max(wanted, len(entry.assigned)), False
        elif entry.restored and wanted > entry.wanted - len(entry.answered):
            entry.wanted = wanted + len(entry.answered)  # more are asked for than before the restart
        else:
            return []
        entry.restored = False
        taken = [session for session in sessions if entry.is_new_to(session)][: max(0, entry.places)]
        if taken and entry.asleep:
            entry.task, entry.asleep = task, False
        for session in taken:
            self._give(entry, session, now + self.lease_s)
        if taken and len(taken) == len(entry.assigned) and not entry.answered:
            self.untouched.add(key)
        self._settle(key, entry)
        return [session.id for session in taken]

    def _give(self, entry: OpenTask, session: Session, expires: float) -> None:
        entry.assigned.add(session.id)
        self.unwritten.add((entry.task["_task_hash"], session.id))
        self._set_end(entry, session.id, expires)
        session.waiting.append(entry.task)

    def _set_end(self, entry: OpenTask, name: str, expires: float) -> None:
        key = entry.task["_task_hash"]
        entry.expires[name] = expires
        self._overdue.pop((key, name), None)
        if self.stealing and (key, name) not in self._awaited:  # else nobody asks for the end, and they would pile up
            self._awaited.add((key, name))
            heapq.heappush(self._ends, (expires, key, name))

    def take(self, session: Session, count: int, now: float, excluded: Set[int] = frozenset()) -> list[Task]:
        """Return what the session holds already, then what waits for it, `count` tasks at most."""
        session.held = {key: task for key, task in session.held.items() if key in self.open}
        batch = [task for key, task in session.held.items() if key not in excluded][:count]
        while len(batch) < count and session.waiting:
            task = session.waiting.popleft()
            if task["_task_hash"] in self.open:
                session.held[task["_task_hash"]] = task
                batch.append(task)
        for task in batch:
            self.untouched.discard(task["_task_hash"])
            self._set_end(self.open[task["_task_hash"]], session.id, now + self.lease_s)
        return batch

    def overdue(self, session: Session, now: float) -> list[OpenTask]:
        """Return tasks that a session may take over because the time of who has them ran out."""
        if not self.stealing:
            return []
        while self._ends and self._ends[0][0] < now:
            _, key, name = heapq.heappop(self._ends)
            self._awaited.discard((key, name))
            entry = self.open.get(key)
            if entry is not None and (expires := entry.expires.get(name)) is not None:
                if expires < now:
                    self._overdue[key, name] = None
                else:
                    self._set_end(entry, name, expires)
        entries = [self.open[key] for key, _ in self._overdue if key in self.open]
        return [entry for entry in entries if entry.is_new_to(session)]

    def next_vacant(self, session: Session) -> OpenTask | None:
        """Return the next task that lacks somebody to answer it; each is offered once until `offer_again`."""
        while session.offered < len(self._vacant):
            entry = self.open.get(self._vacant[session.offered])
            session.offered += 1
            if entry is not None and entry.places > 0 and entry.is_new_to(session):
                return entry
        return None

    def offer_again(self, sessions: Iterable[Session]) -> None:
        """Offer the free places once more: somebody joined, and a router may decide otherwise now."""
        self._vacant = [key for key in dict.fromkeys(self._vacant) if key in self.open and self.open[key].places > 0]
        for session in sessions:
            session.offered = 0

    def has_offers(self, session: Session, now: float) -> bool:
        """Tell whether there may be something to take over."""
        return session.offered < len(self._vacant) or bool(self.overdue(session, now))

    def late_at(self, entry: OpenTask, now: float) -> list[str]:
        """Return whose time with a task ran out, the longest ago first."""
        late = [(expires, name) for name, expires in entry.expires.items() if expires < now]
        return [name for _, name in sorted(late)]

    def hand_on(self, entry: OpenTask, session: Session, sessions: Mapping[str, Session], now: float) -> str | bool:
        """Queue a task for one more session; return who lost it, True if nobody did, False if nothing is free."""
        key = entry.task["_task_hash"]
        if self.open.get(key) is not entry or not entry.is_new_to(session):
            return False
        lost = None
        if entry.places <= 0:
            late = self.late_at(entry, now) if self.stealing else []
            if not late:
                return False
            lost = late[0]
            self._take_away(key, entry, lost, sessions)
        self._give(entry, session, now + self.lease_s)
        return lost or True

    def _take_away(self, key: int, entry: OpenTask, name: str, sessions: Mapping[str, Session]) -> None:
        entry.assigned.discard(name)
        entry.expires.pop(name, None)
        self._overdue.pop((key, name), None)
        self.unwritten.discard((key, name))
        previous = sessions.get(name)
        if previous is not None and previous.held.pop(key, None) is None:
            previous.waiting = type(previous.waiting)(task for task in previous.waiting if task["_task_hash"] != key)

    def withdraw(self, task_hash: int, sessions: Mapping[str, Session]) -> None:
        """Take a task from everybody and close it."""
        entry = self.open.get(task_hash)
        for name in list(entry.assigned) if entry is not None else ():
            self._take_away(task_hash, self.open[task_hash], name, sessions)
        self._close(task_hash)

    def find(self, task_hash: int) -> Task | None:
        """Return an open task by its hash."""
        entry = self.open.get(task_hash)
        return entry.task if entry is not None and not entry.asleep else None

    def answered(self, session: Session, task: Task, sessions: Mapping[str, Session]) -> list[str]:
        """Take note of a stored answer; return who needs to answer the task no more.

        The session holds the task no more, and it closes when it has all answers. Where the answer is late, of a
        session that had lost the task, one of those who have it now is relieved: first who has not seen it yet.
        """
        key = task["_task_hash"]
        session.answered_task_hashes.add(key)
        session.answered_input_hashes.add(task["_input_hash"])
        entry = self.open.get(key)
        if entry is None or session.id in entry.answered:
            return []
        relieved = []
        if session.id in entry.assigned:
            self._take_away(key, entry, session.id, sessions)
        elif entry.places <= 0:
            relieved = [self._least_at_work(key, entry, sessions)]
            self._take_away(key, entry, relieved[0], sessions)
        entry.answered.add(session.id)
        self.untouched.discard(key)
        self._settle(key, entry)
        return relieved

    def _least_at_work(self, key: int, entry: OpenTask, sessions: Mapping[str, Session]) -> str:
        return min(entry.assigned, key=lambda name: (key in sessions[name].held, entry.expires.get(name, 0.0), name))

    def _settle(self, key: int, entry: OpenTask) -> None:
        """Close a task that has its answers; let one that nobody has wait for who comes, with its hashes only."""
        if len(entry.answered) >= entry.wanted:
            self._close(key)
        elif entry.places > 0 and not entry.unrouted:
            if not entry.assigned:
                entry.task = {name: entry.task[name] for name in ("_task_hash", "_input_hash")}
                entry.asleep = True
            self._vacant.append(key)

    def _close(self, key: int) -> None:
        entry = self.open.pop(key, None)
        self.untouched.discard(key)
        for name in entry.assigned if entry is not None else ():
            self._overdue.pop((key, name), None)

    def want(self, task: Task, wanted: int, answered: Iterable[str]) -> None:
        """Ask for more answers to a task than it has."""
        key = task["_task_hash"]
        entry = self.open.get(key)
        if entry is None:
            entry = self.open[key] = OpenTask(task, wanted, answered=set(answered))
        entry.wanted = max(wanted, len(entry.answered) + len(entry.assigned))
        self._settle(key, entry)

    def ask_also(self, task: Task, session: Session, now: float) -> bool:
        """Queue a task for one more session than it was meant for; False where the session has it already."""
        key = task["_task_hash"]
        entry = self.open.get(key) or OpenTask(task, 0)
        if not entry.is_new_to(session):
            return False
        entry.task, entry.asleep = task, False
        entry.wanted += 1
        self.open[key] = entry
        self._give(entry, session, now + self.lease_s)
        return True

    def reopen(self, session: Session, task: Task, now: float) -> None:
        """Let a session hold a task again whose answer it took back."""
        key = task["_task_hash"]
        entry = self.open.get(key)
        if entry is None:
            entry = self.open[key] = OpenTask(task, 1)
        elif session.id in entry.answered:
            entry.answered.discard(session.id)
        elif session.id not in entry.assigned:
            entry.wanted += 1
        entry.task, entry.asleep = task, False
        entry.assigned.add(session.id)
        self._set_end(entry, session.id, now + self.lease_s)
        session.held = {key: task} | session.held
        session.answered_task_hashes.discard(key)
        session.answered_input_hashes.discard(task["_input_hash"])
