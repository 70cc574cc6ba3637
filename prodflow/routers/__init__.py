"""Routers assign tasks to annotators."""

from prodflow.routers.adaptive import route_until_agreed, route_until_certain
from prodflow.routers.gold import with_gold
from prodflow.routers.people import route_by_skill
from prodflow.routers.policies import full_overlap, no_overlap, route_average_per_task
from prodflow.routers.route import route

__all__ = [
    "full_overlap",
    "no_overlap",
    "route",
    "route_average_per_task",
    "route_by_skill",
    "route_until_agreed",
    "route_until_certain",
    "with_gold",
]
