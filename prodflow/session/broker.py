"""Open tasks: who waits for them, and who holds them until when. In memory; the journal is the truth behind it."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from prodflow.core.task import Task
from prodflow.session.session import Session


@dataclass
class OpenTask:
    """A task that was routed and is not answered by all it was routed to."""

    task: Task
    assigned: set[str]
    answered: set[str] = field(default_factory=set)
    expires: dict[str, float] = field(default_factory=dict)
    """Until when each session has it to itself: from routing on while it waits, anew when it is handed out."""
    restored: bool = False
    """Known from before a restart: the stream has yet to come by it again."""


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

    def restore(self, session: Session, task: Task, expires: float) -> None:
        """Let a session hold a task again after a restart."""
        entry = self.open.setdefault(task["_task_hash"], OpenTask(task, set(), restored=True))
        entry.assigned.add(session.id)
        entry.expires[session.id] = expires
        session.held[task["_task_hash"]] = entry.task

    def add(self, task: Task, sessions: Iterable[Session], now: float, *, limit: int | None = None) -> bool:
        """Queue a task for sessions; False if it is open already or nobody wants it.

        Args:
            task: the task.
            sessions: who is to get it.
            now: the time.
            limit: how many may have it, with those who hold it from before a restart; None for all that are named.
        """
        entry = self.open.get(task["_task_hash"])
        if entry is not None and not entry.restored:
            return False
        if entry is None:
            entry = OpenTask(task, set())
        entry.restored = False
        room = None if limit is None else max(0, limit - len(entry.assigned))
        wanting = [session for session in sessions if session.id not in entry.assigned][:room]
        for session in wanting:
            entry.assigned.add(session.id)
            entry.expires[session.id] = now + self.lease_s
            session.waiting.append(task)
        if entry.assigned:
            self.open[task["_task_hash"]] = entry
        return bool(wanting)

    def take(self, session: Session, count: int, now: float, excluded: Set[int] = frozenset()) -> list[Task]:
        """Return what the session holds already, then what waits for it, `count` tasks at most."""
        session.held = {key: task for key, task in session.held.items() if key in self.open}
        batch = [task for key, task in session.held.items() if key not in excluded][:count]
        while len(batch) < count and session.waiting:
            task = session.waiting.popleft()
            entry = self.open.get(task["_task_hash"])
            if entry is not None and session.id not in entry.answered and task["_task_hash"] not in session.held:
                session.held[task["_task_hash"]] = task
                batch.append(task)
        for task in batch:
            self.open[task["_task_hash"]].expires[session.id] = now + self.lease_s
        return batch

    def steal(self, session: Session, sessions: dict[str, Session], count: int, now: float) -> list[tuple[str, int]]:
        """Move up to `count` tasks whose time ran out elsewhere to this session's queue; return whose and which."""
        moved: list[tuple[str, int]] = []
        if not self.stealing:
            return moved
        for key, entry in list(self.open.items()):
            late = [name for name in entry.assigned - entry.answered if entry.expires.get(name, 0.0) < now]
            if len(moved) >= count or not late or session.id in entry.assigned:
                continue
            self._hand_over(key, entry, sessions.get(late[0]), late[0])
            entry.assigned.add(session.id)
            entry.expires[session.id] = now + self.lease_s
            session.waiting.append(entry.task)
            moved.append((late[0], key))
        return moved

    def _hand_over(self, key: int, entry: OpenTask, previous: Session | None, name: str) -> None:
        entry.assigned.discard(name)
        entry.expires.pop(name, None)
        if previous is not None:
            previous.held.pop(key, None)
            previous.waiting = type(previous.waiting)(task for task in previous.waiting if task["_task_hash"] != key)

    def withdraw(self, session: Session, task: Task) -> None:
        """Take a task from a session's queue; it closes if nobody else has it."""
        key = task["_task_hash"]
        entry = self.open.get(key)
        if entry is None or key in session.held:
            return
        entry.assigned.discard(session.id)
        if entry.assigned <= entry.answered:
            del self.open[key]

    def find(self, task_hash: int) -> Task | None:
        """Return an open task by its hash."""
        entry = self.open.get(task_hash)
        return entry.task if entry is not None else None

    def answered(self, session: Session, task: Task) -> None:
        """Take note of a stored answer: the session holds the task no more, and it closes when all have answered."""
        key = task["_task_hash"]
        session.held.pop(key, None)
        session.answered_task_hashes.add(key)
        session.answered_input_hashes.add(task["_input_hash"])
        entry = self.open.get(key)
        if entry is None:
            return
        if session.id not in entry.assigned and entry.assigned - entry.answered:
            self._relieve(key, entry)
        entry.answered.add(session.id)
        entry.expires.pop(session.id, None)
        if entry.assigned <= entry.answered:
            del self.open[key]

    def _relieve(self, key: int, entry: OpenTask) -> None:
        """A late answer came from a session that had lost the task: nobody else needs to give it again."""
        entry.assigned.discard(next(iter(entry.assigned - entry.answered)))

    def reopen(self, session: Session, task: Task, now: float) -> None:
        """Let a session hold a task again whose answer it took back."""
        key = task["_task_hash"]
        entry = self.open.setdefault(key, OpenTask(task, set()))
        entry.assigned.add(session.id)
        entry.answered.discard(session.id)
        entry.expires[session.id] = now + self.lease_s
        session.held = {key: task} | session.held
        session.answered_task_hashes.discard(key)
        session.answered_input_hashes.discard(task["_input_hash"])
