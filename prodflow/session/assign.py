"""Who gets a task: the router is asked, first and when somebody left; what it answers is made sense of."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.routing import Adaptive, Counting, Mixing, Router
from prodflow.core.task import Task
from prodflow.session.broker import OpenTask
from prodflow.session.components import names_in
from prodflow.session.session import Session
from prodflow.session.session_ids import SessionIds

log = logging.getLogger("prodflow")


class Assigner:
    """Asks the router.

    Args:
        controller: what the router is called with.
        router: the policy.
        sessions: the sessions that are known.
        lease_s: who has not been heard of for so long is not here.
    """

    def __init__(self, controller: Any, router: Router, sessions: Mapping[str, Session], lease_s: float) -> None:
        """Ask nothing yet."""
        self._controller = controller
        self._router = router
        self._sessions = sessions
        self._lease_s = lease_s
        # Found out once: to look at what a protocol asks for takes longer than to route a task.
        self._counting = router if isinstance(router, Counting) else None
        self._adaptive = router if isinstance(router, Adaptive) else None
        self._mixing = router if isinstance(router, Mixing) else None
        self._raised: set[type] = set()
        """Kinds of what the router raised before: there is a traceback in the log already."""

    @property
    def adaptive(self) -> bool:
        """Whether the router wants to see the answers."""
        return self._adaptive is not None

    def names(self, task: Task, asking: Session) -> list[str]:
        """Return who gets a new task; where the router raises that is who asked."""
        return self._ask(self._controller, asking, task)

    def wanted(self, task: Task, names: list[str]) -> int:
        """Return how many answers a task gets that was routed to these."""
        try:
            return max(len(names), self._counting.wanted(task)) if self._counting is not None else len(names)
        except Exception:
            log.exception("the router's wanted() raised; the task gets an answer of each it was routed to")
            return len(names)

    def extra(self, session: Session) -> Task | None:
        """Return a question that the router puts in beside a new task of a session."""
        if self._mixing is None:
            return None

        def has_had(task: Task) -> bool:
            key = task["_task_hash"]
            waits = any(one["_task_hash"] == key for one in session.waiting)
            return key in session.answered_task_hashes or key in session.held or waits

        try:
            task = self._mixing.extra(session.id, has_had)
        except Exception:
            log.exception("the router's extra() raised; no question is put in")
            return None
        return None if task is None else {**set_hashes(task), "_view_id": self._controller.view_id}

    def puts_in(self, task_hash: int) -> bool:
        """Tell whether a question is one that the router puts in: each session gets those at places of its own."""
        return task_hash in getattr(self._mixing, "hashes", ())

    def missing(self, task: Task, answers: list[Task]) -> int:
        """Return how many more answers a task needs, now that these came."""
        if self._adaptive is None:
            return 0
        try:
            return int(self._adaptive.missing(task, answers))
        except Exception:
            log.exception("the router's missing() raised; the task gets no more answers")
            return 0

    def here(self, now: float) -> frozenset[str]:
        """Return who has been heard of lately."""
        return frozenset(name for name, one in list(self._sessions.items()) if one.seen_at > now - self._lease_s)

    def next_of(self, entry: OpenTask, task: Task, late: Iterable[str], asking: Session, now: float) -> Session | None:
        """Return who a task is handed on to, by the router's rules: who asks, else somebody who is here; or nobody.

        The router sees those who are here, those who have answered and those who are at it, but not who let it lie.
        """
        late = set(late)
        known = {name: session for name, session in self._sessions.items() if name not in late}
        here = {name for name, session in known.items() if session.seen_at > now - self._lease_s}
        ids = [name for name in known if name in here | entry.assigned | entry.answered]
        names = self._ask(_Present(self._controller, ids), asking, task)
        here.add(asking.id)
        candidates = [known[name] for name in names if name in known and name in here and entry.is_new_to(known[name])]
        return asking if asking in candidates else next(iter(candidates), None)

    def _ask(self, controller: Any, asking: Session, task: Task) -> list[str]:
        try:
            named = names_in(self._router(controller, asking.id, task))
            return list(dict.fromkeys(self._whole(name) for name in named))
        except Exception as error:
            is_new = type(error) not in self._raised
            self._raised.add(type(error))
            log.error(
                "the router raised %s: %s; the task goes to %s, who asked",
                type(error).__name__,
                error,
                asking.id,
                exc_info=is_new and not isinstance(error, SettingError),
            )
            return [asking.id]

    def _whole(self, name: Any) -> str:
        """Allow a router to say `alex` for `news-alex`."""
        if not isinstance(name, str) or not name:
            raise SettingError(f"{name!r:.60} is no session; a router returns their names, a list of texts")
        if name in self._sessions or name == self._controller.session_id:
            return name
        prefix = f"{self._controller.dataset}-"
        return name if name.startswith(prefix) else prefix + name


class _Present:
    """The controller, with the sessions that count for one task."""

    def __init__(self, controller: Any, ids: list[str]) -> None:
        self._controller = controller
        self._ids = ids

    @property
    def session_ids(self) -> SessionIds:
        return SessionIds(self._ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._controller, name)
