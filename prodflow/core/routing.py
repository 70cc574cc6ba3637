"""What a router is: who gets a task, asked when a session needs more to do."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

from prodflow.core.task import Task


class Sessions(Protocol):
    """What a router may ask of the controller."""

    @property
    def session_ids(self) -> Iterable[str]:
        """The ids of the sessions that are here."""


class Router(Protocol):
    """A function that says which sessions get a task; an empty list drops it.

    It is asked again when a task is handed on because somebody left: then `session_ids` are those who are here, and
    who has let the task lie is not among them.
    """

    def __call__(self, controller: Sessions, session_id: str, task: Task, /) -> list[str]:
        """Return the ids of the sessions that get the task; `session_id` is the one that asked."""


@runtime_checkable
class Counting(Protocol):
    """A router that wants a number of answers, also where fewer sessions are here yet: who joins later is asked too."""

    def wanted(self, task: Task, /) -> int:
        """Return how many answers a task is to have."""


@runtime_checkable
class Adaptive(Protocol):
    """A router that looks at the answers, and may want more of them."""

    def missing(self, task: Task, answers: Sequence[Task], /) -> int:
        """Return how many more answers a task needs; `answers` are the task as each session answered it."""


@runtime_checkable
class Mixing(Protocol):
    """A router that has questions of its own to put in between."""

    def extra(self, session_id: str, has_had: Callable[[Task], bool], /) -> Task | None:
        """Return a question to ask a session before the next new one, or nothing; `has_had` tells which it knows."""
