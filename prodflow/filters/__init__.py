"""Filters drop tasks."""

from prodflow.filters.duplicates import filter_duplicates
from prodflow.filters.empty import filter_empty
from prodflow.filters.hashes import filter_inputs, filter_seen_before, filter_tasks

__all__ = ["filter_duplicates", "filter_empty", "filter_inputs", "filter_seen_before", "filter_tasks"]
