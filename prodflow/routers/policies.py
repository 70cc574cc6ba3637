"""Who gets a task: one annotator, all of them, or a number on average."""

from prodflow.core.errors import SettingError
from prodflow.core.hashing import get_hash, set_hashes
from prodflow.core.routing import Router, Sessions
from prodflow.core.task import Task


def no_overlap(controller: Sessions, session_id: str, task: Task) -> list[str]:
    """Route a task to the session that asked, and to nobody else."""
    return [session_id]


def full_overlap(controller: Sessions, session_id: str, task: Task) -> list[str]:
    """Route a task to every session."""
    return sorted({session_id, *controller.session_ids})


class AveragePerTask:
    """A router that gives each task to `n` sessions on average; `route_average_per_task` makes one."""

    def __init__(self, n: float) -> None:
        """Check the number."""
        if not n >= 1:
            raise SettingError(f"route_average_per_task: n={n!r} is below 1")
        self.n = n

    def wanted(self, task: Task) -> int:
        """Return how many sessions get a task: its hash decides between the numbers below and above `n`."""
        whole, part = divmod(self.n, 1)
        draw = get_hash([set_hashes(task)["_task_hash"], "how many"]) / 2**53
        return int(whole) + (draw < part)

    def __call__(self, controller: Sessions, session_id: str, task: Task) -> list[str]:
        """Return so many sessions, drawn by the task's hash."""
        return drawn({session_id, *controller.session_ids}, task)[: self.wanted(task)]


def drawn(names: set[str], task: Task) -> list[str]:
    """Return names in an order that the task's hash decides, so that it is the same whenever it is asked for.

    >>> drawn({"alex", "jo"}, {"text": "a"}) == drawn({"jo", "alex"}, {"text": "a"})
    True
    """
    task_hash = set_hashes(task)["_task_hash"]
    return sorted(names, key=lambda name: get_hash([task_hash, name]))


def route_average_per_task(n: float) -> Router:
    """Return a router that gives each task to `n` sessions on average.

    With `n=2.5` half of the tasks go to two sessions and half to three. The task's hash decides, so that the same
    task goes to the same sessions whenever and by whomever it is asked for: of those that are allowed, or, where
    anybody may come, of those that are known. Where too few are known, who joins later is asked too.

    Args:
        n: the number of annotations a task gets on average, at least 1.

    Raises:
        SettingError: if `n` is below 1.
    """
    return AveragePerTask(n)
