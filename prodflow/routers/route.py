"""Assign a stream to annotators offline."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any, Literal

from prodflow.core import registry
from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.operator import operator
from prodflow.core.routing import Router
from prodflow.core.task import Task


class _Everyone:
    """The sessions of an offline assignment: all are there from the beginning."""

    def __init__(self, names: list[str]) -> None:
        self.session_ids = names


def _check(settings: dict[str, Any]) -> None:
    if not settings["sessions"]:
        raise SettingError("route: sessions= is empty; name at least one annotator")
    _policy(settings.get("router", "no_overlap"), settings.get("annotations_per_task"))


@operator(check=_check)
def route(
    stream: Iterable[Task],
    sessions: list[str],
    *,
    router: Literal["no_overlap", "full_overlap", "route_average_per_task"] | Router = "no_overlap",
    annotations_per_task: float | None = None,
) -> Iterator[Task]:
    """Assign each task to annotators: one copy for each, with the name under `_session_id`.

    Args:
        stream: the tasks.
        sessions: the annotators' names; they take turns in asking.
        router: `"no_overlap"`, `"full_overlap"`, `"route_average_per_task"` or a function
            `(controller, session_id, task) -> list of names`.
        annotations_per_task: the average, for `"route_average_per_task"`.

    >>> [task["_session_id"] for task in route([{"text": "a"}, {"text": "b"}], ["alex", "jo"])]
    ['alex', 'jo']
    >>> [task["_session_id"] for task in route([{"text": "a"}], ["alex", "jo"], router="full_overlap")]
    ['alex', 'jo']
    """
    policy = _policy(router, annotations_per_task)
    everyone = _Everyone(sessions)
    for asking, task in zip(cycle(sessions), stream):
        for name in policy(everyone, asking, task):
            yield {**task, "_session_id": name}


def _policy(router: str | Router, annotations_per_task: float | None) -> Router:
    if not isinstance(router, str):
        return router
    if router not in registry.routers:
        raise UnknownNameError("router", router, registry.routers.names())
    found = registry.routers.get(router)
    if router != "route_average_per_task":
        policy: Router = found
        return policy
    if annotations_per_task is None:
        raise SettingError("route: router='route_average_per_task' needs annotations_per_task=")
    average: Router = found(annotations_per_task)
    return average
