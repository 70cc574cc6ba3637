"""Routers assign tasks to annotators."""

from prodflow.routers.policies import full_overlap, no_overlap, route_average_per_task
from prodflow.routers.route import route

__all__ = ["full_overlap", "no_overlap", "route", "route_average_per_task"]
