"""What a router is: who gets a task, asked when a session needs more to do."""

from collections.abc import Iterable
from typing import Protocol

from prodflow.core.task import Task


class Sessions(Protocol):
    """What a router may ask of the controller."""

    @property
    def session_ids(self) -> Iterable[str]:
        """The ids of the sessions that are here."""


class Router(Protocol):
    """A function that says which sessions get a task; an empty list drops it."""

    def __call__(self, controller: Sessions, session_id: str, task: Task, /) -> list[str]:
        """Return the ids of the sessions that get the task; `session_id` is the one that asked."""
