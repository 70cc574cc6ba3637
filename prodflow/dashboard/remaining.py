"""How much work is left, and how long it takes: an estimate with an interval, or the reason why there is none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BUCKET_S = 600
"""Pace is measured in stretches of ten minutes in which somebody answered."""

_LEAST_BUCKETS = 3
_LEAST_TASKS = 10
_STANDARD_ERRORS = 1.96


@dataclass(frozen=True)
class Run:
    """What a running server knows about its source.

    Args:
        read: how much of the source was read, in its own unit; None where that is unknown.
        size: the whole source in that unit; None where that is unknown.
        came: tasks that came out of the stream.
        answers_per_task: how many annotators each task goes to.
        target: how many answers are wanted; 0 where there is no such number.
        lacking: how many answers the tasks that came still want; if not given, all they want without those there are.
        held: tasks in stages that give no reason for keeping them: they may still come, as from a sorter's window.
    """

    read: int | None = None
    size: int | None = None
    came: int = 0
    answers_per_task: float = 1.0
    target: int = 0
    lacking: int | None = None
    held: int = 0


def estimate_remaining(run: Run, answers: int, buckets: Sequence[int]) -> dict[str, Any]:
    """Estimate the answers that are missing and the hours of work that takes; with 95 % intervals.

    The hours are those in which somebody works: nights and weekends do not count. The interval comes from how unevenly
    answers came so far, and from how unsure it is how many tasks the rest of the source will give.

    Args:
        run: the running server.
        answers: how many there are.
        buckets: answers in each of the latest stretches of ten minutes with any, the newest first, see `BUCKET_S`; that
            one is not over and does not count.

    Returns:
        dict: `answers` as `[low, likely, high]`, `hours` likewise, and `pace` in answers an hour; or `reason`.

    >>> estimate_remaining(Run(read=50, size=100, came=50), 40, [9, 20, 20, 20])["answers"]
    [60, 60, 60]
    >>> estimate_remaining(Run(read=50), 40, [9, 20, 20, 20])["reason"]
    'the source does not say how long it is'
    """
    missing = _missing_answers(run, answers)
    if isinstance(missing, str):
        return {"reason": missing}
    found: dict[str, Any] = {"answers": [round(value) for value in missing]}
    if missing[1] == 0:
        return {**found, "hours": [0.0, 0.0, 0.0]}
    whole = buckets[1:]
    if len(whole) < _LEAST_BUCKETS:
        return {**found, "reason": "too few answers yet to tell how fast they come: half an hour of work is needed"}
    mean, error = _mean(whole)
    hours_each = BUCKET_S / 3600
    slow, fast = max(mean - error, mean / 10), mean + error
    hours = [missing[0] / fast, missing[1] / mean, missing[2] / slow]
    return {**found, "pace": mean / hours_each, "hours": [value * hours_each for value in hours]}


def _missing_answers(run: Run, answers: int) -> tuple[float, float, float] | str:
    if run.target:
        missing = float(max(0, run.target - answers))
        return missing, missing, missing
    if run.size is None or run.read is None:
        return "the source does not say how long it is"
    lacking = run.came * run.answers_per_task - answers if run.lacking is None else run.lacking
    lowest, lacking = lacking, lacking + run.held * run.answers_per_task
    if run.read >= run.size:
        return max(0.0, lowest), max(0.0, lacking), max(0.0, lacking)
    if run.came < _LEAST_TASKS:
        return f"fewer than {_LEAST_TASKS} tasks came yet: too few to tell how many the source will give"
    came = run.came + run.held
    kept = came / run.read
    # Where each record gives one task or none, that is a share; where it is bytes, the tasks vary like counts.
    spread = math.sqrt(max(0.0, 1 - kept) / came)
    left = kept * (run.size - run.read)
    none_held = lowest + run.came / run.read * (run.size - run.read) * run.answers_per_task
    low, likely, high = (
        max(0.0, lacking + left * (1 + sign * _STANDARD_ERRORS * spread) * run.answers_per_task) for sign in (-1, 0, 1)
    )
    return (min(low, max(0.0, none_held)) if run.held else low), likely, high


def _mean(buckets: Sequence[int]) -> tuple[float, float]:
    """The mean, and the half of its interval."""
    mean = sum(buckets) / len(buckets)
    variance = sum((count - mean) ** 2 for count in buckets) / (len(buckets) - 1)
    return mean, _STANDARD_ERRORS * math.sqrt(variance / len(buckets))
