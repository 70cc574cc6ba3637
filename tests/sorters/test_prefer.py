"""The three sorters: what they keep, in which order, and that they never starve."""

from collections.abc import Callable, Iterator
from itertools import count, islice
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, TaskError
from prodflow.sorters import prefer_high_scores, prefer_low_scores, prefer_uncertain

SORTERS = (prefer_uncertain, prefer_high_scores, prefer_low_scores)
each_sorter = pytest.mark.parametrize("sorter", SORTERS, ids=lambda sorter: sorter.name)
each_algorithm = pytest.mark.parametrize("algorithm", ["ema", "probability"])

scores_in_range = st.lists(st.floats(0, 1), max_size=200)
settings = st.fixed_dictionaries(
    {
        "bias": st.floats(-1, 1),
        "algorithm": st.sampled_from(["ema", "probability"]),
        "seed": st.integers(0, 9),
        "max_wait": st.integers(1, 20),
    }
)


def scored(scores: list[float]) -> list[tuple[float, dict[str, Any]]]:
    return [(score, {"n": n}) for n, score in enumerate(scores)]


def uniform(size: int, seed: int = 0, low: float = 0.0, high: float = 1.0) -> list[float]:
    random = Random(seed)
    return [random.uniform(low, high) for _ in range(size)]


@pytest.mark.parametrize(
    ("sorter", "algorithm", "distance"),
    [
        (prefer_uncertain, "ema", 0.1255),
        (prefer_uncertain, "probability", 0.1655),
        (prefer_high_scores, "ema", 0.25),
        (prefer_low_scores, "ema", 0.25),
    ],
)
def test_keeps_half_of_uniform_scores(sorter: Callable[..., Any], algorithm: str, distance: float) -> None:
    kept = [task["score"] for task in sorter(scored(uniform(100_000)), algorithm=algorithm)]

    assert len(kept) / 100_000 == pytest.approx(0.5, abs=0.01)
    assert sum(abs(score - 0.5) for score in kept) / len(kept) == pytest.approx(distance, abs=0.003)


def test_what_is_kept_lies_on_the_preferred_side() -> None:
    stream = scored(uniform(20_000))

    assert mean(prefer_high_scores(stream)) == pytest.approx(0.75, abs=0.01)
    assert mean(prefer_low_scores(stream)) == pytest.approx(0.25, abs=0.01)
    assert mean(prefer_uncertain(stream, bias=1.0)) == pytest.approx(0.75, abs=0.01)
    assert mean(prefer_uncertain(stream, bias=-1.0)) == pytest.approx(0.25, abs=0.01)


def mean(tasks: Iterator[dict[str, Any]]) -> float:
    scores: list[float] = [task["score"] for task in tasks]
    return sum(scores) / len(scores)


@each_sorter
@pytest.mark.parametrize("constant", [0.0, 0.2, 0.5, 1.0])
def test_constant_scores_still_come(sorter: Callable[..., Any], constant: float) -> None:
    assert len(list(sorter(scored([constant] * 200)))) >= 199


@each_sorter
@pytest.mark.parametrize("shift", [0.3, -0.3])
def test_the_rate_recovers_after_all_scores_shift(sorter: Callable[..., Any], shift: float) -> None:
    before, after = uniform(2_000, low=0.35, high=0.65), uniform(2_000, low=0.35 + shift, high=0.65 + shift)

    kept = {task["n"] for task in sorter(scored(before + after))}

    recovered = [n in kept for n in range(2_060, 4_000)]
    assert sum(recovered) / len(recovered) == pytest.approx(0.5, abs=0.05)


@given(scores_in_range, settings)
@pytest.mark.parametrize("sorter", SORTERS, ids=lambda sorter: sorter.name)
def test_yields_copies_in_stream_order_and_waits_no_longer_than_it_may(
    sorter: Callable[..., Any], scores: list[float], settings: dict[str, Any]
) -> None:
    stream = scored(scores)

    kept = list(sorter(stream, **settings))

    assert stream == scored(scores)
    assert all(task == {"n": task["n"], "score": scores[task["n"]]} for task in kept)
    assert [task["n"] for task in kept] == sorted({task["n"] for task in kept})
    assert bool(kept) == bool(scores)
    assert len(kept) >= len(scores) // settings["max_wait"]
    assert list(sorter(stream, **settings)) == kept


@given(scores_in_range.filter(bool))
def test_high_of_the_scores_is_low_of_their_mirror(scores: list[float]) -> None:
    eighths = [round(score * 8) / 8 for score in scores]

    high = [task["n"] for task in prefer_high_scores(scored(eighths))]
    low = [task["n"] for task in prefer_low_scores(scored([1 - score for score in eighths]))]

    assert high == low


@each_sorter
def test_takes_tasks_that_carry_their_score(sorter: Callable[..., Any]) -> None:
    pairs = scored(uniform(100))

    assert list(sorter([{**task, "score": score} for score, task in pairs])) == list(sorter(pairs))


def test_after_the_longest_wait_the_best_of_the_skipped_comes() -> None:
    stream = scored([1.0, 0.1, 0.3, 0.2, 0.0])

    assert [task["n"] for task in prefer_high_scores(stream, max_wait=4)] == [0, 2]


def test_a_stream_whose_tasks_are_all_skipped_gives_its_best() -> None:
    assert [task["n"] for task in prefer_high_scores(scored([0.3, 0.2, 0.1]))] == [0]


@each_sorter
def test_bias_keeps_more_or_less(sorter: Callable[..., Any]) -> None:
    if sorter is prefer_uncertain:
        return
    stream = scored(uniform(2_000))
    kept = [len(list(sorter(stream, bias=bias))) for bias in (-0.2, 0.0, 0.2, 1.0)]

    assert kept == sorted(kept)
    assert kept[-1] == 2_000


@each_sorter
@each_algorithm
def test_reads_no_further_than_it_must(sorter: Callable[..., Any], algorithm: str) -> None:
    """An endless stream is fine, and nothing past the last result is read."""
    read: list[int] = []
    stream = ((0.5, {"n": n}) for n in count() if read.append(n) is None)  # type: ignore[func-returns-value]

    running = sorter(stream, algorithm=algorithm)
    assert read == []
    kept = list(islice(running, 3))

    assert read[-1] == kept[-1]["n"]


@pytest.mark.parametrize(
    ("item", "came"),
    [
        ({"image": "a.png", "meta": {}}, "no 'score'"),
        ((float("nan"), {"image": "a.png", "meta": {}}), "score=nan"),
        (("0.5", {"image": "a.png", "meta": {}}), "score='0.5'"),
        ((1.5, {"image": "a.png", "meta": {}}), "score=1.5"),
        ((True, {"image": "a.png", "meta": {}}), "score=True"),
    ],
)
@each_sorter
def test_a_task_without_a_usable_score_is_named(sorter: Callable[..., Any], item: Any, came: str) -> None:
    with pytest.raises(TaskError, match=rf"{sorter.name}: task 1 has {came} \(keys: 'image', 'meta'\)"):  # type: ignore[attr-defined]
        list(sorter([(0.5, {"text": "a"}), item]))


@pytest.mark.parametrize(
    "wrong",
    [{"bias": 1.5}, {"bias": "much"}, {"algorithm": "best"}, {"max_wait": 0}, {"alpha": 0.0}, {"depth": 3}],
)
@each_sorter
def test_a_wrong_setting_fails_when_the_stage_is_declared(sorter: Callable[..., Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=f"{sorter.name}: .*{next(iter(wrong))}"):  # type: ignore[attr-defined]
        sorter(**wrong)
