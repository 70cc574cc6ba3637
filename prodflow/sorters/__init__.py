"""Sorters choose the order: what is most worth an answer comes first."""

from prodflow.sorters.prefer import prefer_high_scores, prefer_low_scores, prefer_uncertain
from prodflow.sorters.window import choose_from_window

__all__ = ["choose_from_window", "prefer_high_scores", "prefer_low_scores", "prefer_uncertain"]
