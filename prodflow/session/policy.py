"""Which router a configuration asks for."""

from collections.abc import Callable, Mapping
from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.routing import Router
from prodflow.core.task import Task
from prodflow.routers.policies import AveragePerTask


def chosen_router(config: Mapping[str, Any], given: Router | None) -> Router:
    """Return the recipe's router, or that of `annotations_per_task` or `feed_overlap`.

    Raises:
        SettingError: if settings exclude each other, or one cannot be meant.
    """
    _check(config, given)
    average = config["annotations_per_task"]
    router: Router
    if given is not None:
        router = given
    elif average is not None:
        router = registry.routers.get("route_average_per_task")(average)
    else:
        router = registry.routers.get("full_overlap" if config["feed_overlap"] else "no_overlap")
    return router


def _check(config: Mapping[str, Any], given: Router | None) -> None:
    average, allowed = config["annotations_per_task"], config["allowed_sessions"]
    if average is not None and config["feed_overlap"]:
        raise SettingError("configuration: feed_overlap and annotations_per_task exclude each other; set one")
    if given is not None and (average is not None or config["feed_overlap"]):
        key = "feed_overlap" if average is None else f"annotations_per_task={average}"
        raise SettingError(
            f"configuration: the recipe has a task_router of its own, which excludes {key}; leave it out"
        )
    if allowed and average is not None and average > len(set(allowed)):
        raise SettingError(
            f"configuration: annotations_per_task={average} needs as many sessions, and allowed_sessions names "
            f"{len(set(allowed))}; allow more, or ask for less"
        )
    if allowed and config["fresh_sessions"]:
        raise SettingError("configuration: fresh_sessions and allowed_sessions exclude each other; set one")
    if config["exclude_by"] not in ("task", "input"):
        raise SettingError(f"configuration: exclude_by={config['exclude_by']!r} is none of 'task', 'input'")
    for key, least in (("lease_s", 0.0), ("max_waiting", 1), ("batch_size", 1), ("total_examples_target", 0)):
        if not config[key] >= least:
            raise SettingError(f"configuration: {key}={config[key]!r} is below {least}")


def gives_all_to_all(router: Router) -> bool:
    """Tell whether everybody gets every task, whoever comes late too."""
    return getattr(router, "others", router) is registry.routers.get("full_overlap")


def count_by_hash(router: Router) -> Callable[[Task], int] | None:
    """Return what tells how many answers a task gets of its hash alone, whoever is here; None where that is unknown."""
    if isinstance(router, AveragePerTask):
        return router.wanted
    return (lambda task: 1) if router is registry.routers.get("no_overlap") else None


def max_waiting(config: Mapping[str, Any], sessions: int) -> int:
    """Return how many tasks may wait without anybody having seen them, before the stream is read no further."""
    return max(int(config["max_waiting"]), 4 * int(config["batch_size"]) * sessions)
