"""Prefer tasks by their score, in one pass over the stream and in constant memory."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, TypeAlias

from annotated_types import Ge, Gt, Interval

from prodflow.core.failures import HiddenFailures
from prodflow.core.operator import operator
from prodflow.core.task import Scored, Task
from prodflow.sorters.priority import (
    Algorithm,
    high,
    keep_by_rule,
    low,
    moving_average_rule,
    prioritized,
    probability_rule,
    uncertain,
)

Bias: TypeAlias = Annotated[float, Interval(ge=-1, le=1)]
Alpha: TypeAlias = Annotated[float, Gt(0), Interval(le=1)]
MaxWait: TypeAlias = Annotated[int, Ge(1)]


@operator(drops="less uncertain than the average", ordered=True)
def prefer_uncertain(
    stream: Iterable[Task | Scored],
    bias: Bias = 0.0,
    algorithm: Algorithm = "ema",
    *,
    seed: int = 0,
    alpha: Alpha = 0.05,
    max_wait: MaxWait = 32,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Keep the tasks whose score is closer to 0.5 than the running average.

    Args:
        stream: `(score, task)` pairs, or tasks with a "score" in [0, 1].
        bias: moves what counts as most uncertain from 0.5 towards 1 (bias 1 prefers high scores) or towards 0
            (bias -1 prefers low ones).
        algorithm: `"ema"` keeps what is at or above an exponential moving average, about half of a stationary
            stream; `"probability"` keeps each with its uncertainty as the probability.
        seed: of the random numbers of `"probability"`.
        alpha: weight of the newest in the moving average.
        max_wait: after so many skipped in a row, the best of them comes.

    Yields:
        Task: the tasks kept, in stream order, each with its "score"; the input tasks are not changed.

    Raises:
        SettingError: at once, if a setting is out of range.
        TaskError: at the task whose score is missing or no number in [0, 1], naming its position and keys.

    >>> list(prefer_uncertain([(0.1, {"text": "a"}), (0.6, {"text": "b"}), (0.9, {"text": "c"})]))
    [{'text': 'b', 'score': 0.6}]
    """
    ranked = prioritized(stream, uncertain(bias), failures)
    return keep_by_rule(ranked, _rule(algorithm, 0.0, seed, alpha), max_wait)


@operator(drops="lower score than the average", ordered=True)
def prefer_high_scores(
    stream: Iterable[Task | Scored],
    bias: Bias = 0.0,
    algorithm: Algorithm = "ema",
    *,
    seed: int = 0,
    alpha: Alpha = 0.05,
    max_wait: MaxWait = 32,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Keep the tasks that score above the running average.

    Args:
        stream: `(score, task)` pairs, or tasks with a "score" in [0, 1].
        bias: added to every score before the comparison: above 0 keeps more, below 0 less; 0 keeps about half
            of a stationary stream.
        algorithm: `"ema"` compares with an exponential moving average; `"probability"` keeps each with its
            score as the probability.
        seed: of the random numbers of `"probability"`.
        alpha: weight of the newest in the moving average.
        max_wait: after so many skipped in a row, the best of them comes.

    Yields:
        Task: the tasks kept, in stream order, each with its "score"; the input tasks are not changed.

    Raises:
        SettingError: at once, if a setting is out of range.
        TaskError: at the task whose score is missing or no number in [0, 1], naming its position and keys.

    >>> list(prefer_high_scores([(0.1, {"text": "a"}), (0.9, {"text": "b"})]))
    [{'text': 'b', 'score': 0.9}]
    """
    ranked = prioritized(stream, high, failures)
    return keep_by_rule(ranked, _rule(algorithm, bias, seed, alpha), max_wait)


@operator(drops="higher score than the average", ordered=True)
def prefer_low_scores(
    stream: Iterable[Task | Scored],
    bias: Bias = 0.0,
    algorithm: Algorithm = "ema",
    *,
    seed: int = 0,
    alpha: Alpha = 0.05,
    max_wait: MaxWait = 32,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Keep the tasks that score below the running average.

    Args:
        stream: `(score, task)` pairs, or tasks with a "score" in [0, 1].
        bias: added to every `1 - score` before the comparison: above 0 keeps more, below 0 less; 0 keeps
            about half of a stationary stream.
        algorithm: `"ema"` compares with an exponential moving average; `"probability"` keeps each with
            `1 - score` as the probability.
        seed: of the random numbers of `"probability"`.
        alpha: weight of the newest in the moving average.
        max_wait: after so many skipped in a row, the best of them comes.

    Yields:
        Task: the tasks kept, in stream order, each with its "score"; the input tasks are not changed.

    Raises:
        SettingError: at once, if a setting is out of range.
        TaskError: at the task whose score is missing or no number in [0, 1], naming its position and keys.

    >>> list(prefer_low_scores([(0.1, {"text": "a"}), (0.9, {"text": "b"})]))
    [{'text': 'a', 'score': 0.1}]
    """
    ranked = prioritized(stream, low, failures)
    return keep_by_rule(ranked, _rule(algorithm, bias, seed, alpha), max_wait)


def _rule(algorithm: Algorithm, bias: float, seed: int, alpha: float) -> Callable[[float], bool]:
    return probability_rule(seed, bias) if algorithm == "probability" else moving_average_rule(alpha, bias)
