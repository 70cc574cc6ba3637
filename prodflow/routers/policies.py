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


def route_average_per_task(n: float) -> Router:
    """Return a router that gives each task to `n` sessions on average.

    With `n=2.5` half of the tasks go to two sessions and half to three. The task's hash decides, so that the same
    task goes to the same sessions whenever and by whomever it is asked for.

    Args:
        n: the number of annotations a task gets on average, at least 1.

    Raises:
        SettingError: if `n` is below 1.
    """
    if not n >= 1:
        raise SettingError(f"route_average_per_task: n={n!r} is below 1")

    def average(controller: Sessions, session_id: str, task: Task) -> list[str]:
        task_hash = set_hashes(task)["_task_hash"]
        whole, part = divmod(n, 1)
        draw = get_hash([task_hash, "how many"]) / 2**53
        count = int(whole) + (draw < part)
        everyone = {session_id, *controller.session_ids}
        return sorted(everyone, key=lambda name: get_hash([task_hash, name]))[:count]

    return average
