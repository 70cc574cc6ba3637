"""Priorities in [0, 1] of scored tasks, and the rules that keep or skip by them in one pass."""

import math
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Literal, TypeAlias

from prodflow.core.errors import TaskError
from prodflow.core.failures import Failures
from prodflow.core.task import Scored, Task, with_score

Algorithm: TypeAlias = Literal["ema", "probability"]
"""`ema` keeps what is at or above an exponential moving average; `probability` keeps by chance."""

Prioritized: TypeAlias = tuple[float, Task]
"""A priority and a copy of the task with its score."""

_ROUNDING = 1e-6


def prioritized(
    stream: Iterable[Task | Scored], priority_of: Callable[[float], float], failures: Failures, *, start: int = 0
) -> Iterator[Prioritized]:
    """Yield each task's priority and a copy of the task with its score.

    Args:
        stream: `(score, task)` pairs, or tasks with a "score".
        priority_of: from a score to a priority.
        failures: knows the operator's name, and what happens to a task without a score.
        start: the position of the first task.

    Raises:
        TaskError: at the task whose score is missing or no number in [0, 1], naming its position and keys.
    """
    for position, item in enumerate(stream, start):
        score, task = (item.get("score"), item) if isinstance(item, dict) else item
        number = _number(score)
        if number is None:
            failures.handle(_unscored(failures.operator, position, score, task), position=position, record=task)
        else:
            yield priority_of(number), with_score((number, task))


def _unscored(name: str, position: int, score: Any, task: Task) -> TaskError:
    keys = ", ".join(map(repr, task)) or "none"
    came = "no 'score'" if score is None else f"score={score!r:.40}"
    return TaskError(
        f"{name}: task {position} has {came} (keys: {keys}); "
        "put score(model=…) before this stage, with scores in [0, 1]"
    )


def _number(score: Any) -> float | None:
    """The score as a float in [0, 1]; None if it is no such number. What rounding put outside is put back."""
    if score is None or isinstance(score, (str, bytes, bool)):
        return None
    try:
        number = float(score)
    except (TypeError, ValueError):
        return None
    if math.isnan(number) or not -_ROUNDING <= number <= 1 + _ROUNDING:
        return None
    return min(1.0, max(0.0, number))


def uncertain(bias: float) -> Callable[[float], float]:
    """Return the priority that is highest at 0.5, or moved by the bias towards 1 or 0.

    >>> [uncertain(0.0)(score) for score in (0.0, 0.5, 0.75)], uncertain(1.0)(0.75)
    ([0.0, 1.0, 0.5], 0.75)
    """
    middle = 0.5 + bias / 2
    furthest = max(middle, 1 - middle)
    return lambda score: 1 - abs(score - middle) / furthest


def high(score: float) -> float:
    """The priority of high scores."""
    return score


def low(score: float) -> float:
    """The priority of low scores."""
    return 1 - score


def moving_average_rule(alpha: float, bias: float) -> Callable[[float], bool]:
    """Keep a priority at or above the moving average of those before it; 0.5 stands in before the first.

    >>> keep = moving_average_rule(alpha=0.05, bias=0.0)
    >>> [keep(priority) for priority in (0.1, 0.9, 0.1, 0.1)]
    [False, True, False, False]
    """
    mean: float | None = None

    def keep(priority: float) -> bool:
        nonlocal mean
        kept = priority + bias >= (0.5 if mean is None else mean)
        mean = priority if mean is None else mean + alpha * (priority - mean)
        return kept

    return keep


def probability_rule(seed: int, bias: float) -> Callable[[float], bool]:
    """Keep with a probability that is the priority: 0 and below never, 1 and above always."""
    # a seed of its own kind: scores that a caller drew from Random(seed) must not meet the same numbers here
    random = Random(f"sorter {seed}").random
    return lambda priority: random() < priority + bias


def keep_by_rule(stream: Iterable[Prioritized], keep: Callable[[float], bool], max_wait: int) -> Iterator[Task]:
    """Yield the tasks a rule keeps, in stream order; it never starves and holds one task at most.

    After `max_wait` skipped in a row the best of them comes, and at the end if nothing else came.
    """
    best: Prioritized | None = None
    skipped = 0
    came = False
    for priority, task in stream:
        if not keep(priority):
            skipped += 1
            if best is None or priority > best[0]:
                best = priority, task
            if skipped < max_wait:
                continue
            task = best[1]
        best, skipped, came = None, 0, True
        yield task
    if best is not None and not came:
        yield best[1]
