"""Which router a configuration asks for."""

from collections.abc import Mapping
from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.routing import Router


def chosen_router(config: Mapping[str, Any], given: Router | None) -> Router:
    """Return the recipe's router, or that of `annotations_per_task` or `feed_overlap`.

    Raises:
        SettingError: if two of the settings exclude each other.
    """
    average = config["annotations_per_task"]
    if average is not None and config["feed_overlap"]:
        raise SettingError("configuration: feed_overlap and annotations_per_task exclude each other; set one")
    router: Router
    if given is not None:
        router = given
    elif average is not None:
        router = registry.routers.get("route_average_per_task")(average)
    else:
        router = registry.routers.get("full_overlap" if config["feed_overlap"] else "no_overlap")
    return router


def gives_all_to_all(router: Router) -> bool:
    """Tell whether everybody gets every task, whoever comes late too."""
    return router is registry.routers.get("full_overlap")


def allows_stealing(router: Router) -> bool:
    """Tell whether it does not matter who gets a task, so that it may go to another session."""
    return router is registry.routers.get("no_overlap")
