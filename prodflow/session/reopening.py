"""A task that was open before a restart: who has it still, and how many answers it wants."""

from collections.abc import Callable, Iterable

from prodflow.core.task import Task
from prodflow.session.broker import OpenTask
from prodflow.session.session import Session
from prodflow.store.routing import OPEN, OpenRow

Ends = dict[str, float]
"""Until when each session has a task."""


def reopened(row: OpenRow, find: Callable[[str], Session | None]) -> tuple[OpenTask, Ends, Ends] | None:
    """Return what the journal knows of an open task, who holds it, and who has it waiting; None if that is nothing.

    Args:
        row: of the journal.
        find: returns the session of an id; None if it may not come any more.
    """
    held, waiting = (_those_who_lack(row.task, place, find) for place in (row.held, row.waiting))
    if row.wanted is not None:
        wanted = max(row.wanted, len(row.answered) + (len(row.held) if row.state != OPEN else 0))
        asleep = not (row.held or row.waiting)
        return OpenTask(row.task, wanted, answered=set(row.answered), asleep=asleep), held, waiting
    return (OpenTask(row.task, len(held), unrouted=True), held, waiting) if held else None


def _those_who_lack(task: Task, place: Iterable[tuple[str, float]], find: Callable[[str], Session | None]) -> Ends:
    there = {}
    for name, expires in place:
        session = find(name)
        if session is not None and not session.has_answered(task, by_input=False):
            there[name] = expires
    return there
