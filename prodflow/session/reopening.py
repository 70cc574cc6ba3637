"""Tasks that were open before a restart: who has them still, and how many answers they want."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prodflow.core.task import Task
from prodflow.session.broker import OpenTask
from prodflow.session.policy import count_by_hash
from prodflow.session.session import Session
from prodflow.store.routing import OPEN, TO_REVIEW, OpenRow

if TYPE_CHECKING:
    from prodflow.session.asking import Asking

log = logging.getLogger("prodflow")

Ends = dict[str, float]
"""Until when each session has a task."""


def restore(asking: "Asking", find: Callable[[str], Session | None], tasks_of: str, now: float, *, keep: bool) -> None:
    """Take up the tasks that an earlier run of the same dataset left open.

    Args:
        asking: takes them up.
        find: returns the session of an id; None if it may not come any more.
        tasks_of: as what the journal knows the source, its stages and the view.
        now: the time.
        keep: ask those too that are of another source, other stages or another view; it is said how many they are.
    """
    wanted_now = count_by_hash(asking.router)
    others: Counter[str] = Counter()
    for row in asking.recorder.open_rows():
        if row.source is not None and not row.source.startswith(tasks_of):
            others[row.source_name] += 1
            if not keep:
                _settle(asking, row, 0)
                continue
        if wanted_now is not None and row.state == OPEN and row.wanted and (count := wanted_now(row.task)) < row.wanted:
            row = _lowered(asking, row, count)
            if len(row.answered) >= count:
                continue
        if row.state == TO_REVIEW and not (row.held or row.waiting):
            asking.to_review.append(row.task["_task_hash"])
        elif (found := reopened(row, find)) is not None:
            asking.broker.restore(*found, asking.sessions, now)
    if others:
        log.warning("%s", _about(others, keep=keep))


def _about(others: Counter[str], *, keep: bool) -> str:
    total, names = others.total(), ", ".join(others)
    tasks = "1 open task" if total == 1 else f"{total:,} open tasks"
    words = f"{tasks} of an earlier run, with another source, other labels or another view ({names:.300}),"
    if not keep:
        return f"{words} {'is' if total == 1 else 'are'} not asked any more"
    return f"{words} {'comes' if total == 1 else 'come'} first; --drop-open-tasks leaves them out"


def _settle(asking: "Asking", row: OpenRow, wanted: int) -> None:
    """Close a task: it is with nobody any more, and what is answered to it all the same is stored."""
    key = row.task["_task_hash"]
    asking.recorder.want(key, wanted)
    for name in {name for name, _ in (*row.held, *row.waiting)}:
        asking.recorder.release(name, [key])


def _lowered(asking: "Asking", row: OpenRow, wanted: int) -> OpenRow:
    """Return a task that wants fewer answers than before; while it wants any, all who hold it may give theirs."""
    if len(row.answered) >= wanted:
        _settle(asking, row, wanted)
        return row
    wanted = max(wanted, len(row.answered) + len(row.held))
    key, places = row.task["_task_hash"], wanted - len(row.answered) - len(row.held)
    asking.recorder.want(key, wanted)
    for name, _ in row.waiting[places:]:
        asking.recorder.release(name, [key])
    return row._replace(wanted=wanted, waiting=row.waiting[:places])


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
