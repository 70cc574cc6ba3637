"""Choosing from a window that is scored anew when the model has learnt."""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.task import Task
from prodflow.sorters import choose_from_window


class Scorer:
    """Gives each number a score that depends on the version; remembers what it was asked."""

    def __init__(self, tells_version: bool = True) -> None:
        self.version = 0
        self.tells_version = tells_version
        self.asked: list[list[int]] = []

    def __call__(self, stream: Iterable[Task]) -> Iterator[Task]:
        tasks = list(stream)
        self.asked.append([task["n"] for task in tasks])
        told = {"model_version": self.version} if self.tells_version else {}
        for task in tasks:
            yield {**task, "score": abs(self.version - task["n"] / 100), **told}


def numbered(size: int) -> list[Task]:
    return [{"n": n} for n in range(size)]


def numbers(tasks: Iterable[Task]) -> list[int]:
    return [task["n"] for task in tasks]


settings = st.fixed_dictionaries(
    {
        "prefer": st.sampled_from(["uncertain", "high_scores", "low_scores"]),
        "window": st.integers(1, 30),
        "step": st.integers(1, 10),
        "top": st.floats(0.01, 1),
        "seed": st.integers(0, 5),
    }
)


@given(st.integers(0, 60), settings)
def test_each_task_comes_once_and_the_order_is_seeded(size: int, settings: dict[str, Any]) -> None:
    stream = numbered(size)

    out = list(choose_from_window(stream, Scorer(), **settings))

    assert sorted(numbers(out)) == list(range(size))
    assert all(task["score"] == task["n"] / 100 for task in out)
    assert out == list(choose_from_window(stream, Scorer(), **settings))
    assert stream == numbered(size)


@pytest.mark.parametrize(("prefer", "first"), [("uncertain", 50), ("high_scores", 99), ("low_scores", 0)])
def test_the_most_preferred_of_the_window_comes_first(prefer: str, first: int) -> None:
    out = choose_from_window(numbered(100), Scorer(), prefer=prefer, step=100, top=0.001)

    assert next(out)["n"] == first


def test_reads_a_step_for_each_task_taken_and_never_more_than_the_window() -> None:
    read: list[int] = []
    stream = ({"n": n % 100} for n in count() if read.append(n) is None)  # type: ignore[func-returns-value]

    out = choose_from_window(stream, Scorer(), window=20, step=8)
    assert read == []
    seen = [len(read) for _ in islice(out, 6)]

    assert seen == [8, 16, 22, 23, 24, 25]


def test_what_waits_is_scored_anew_once_the_model_has_another_version() -> None:
    scorer = Scorer()
    out = choose_from_window(numbered(100), scorer, prefer="high_scores", step=100, top=0.001)
    assert numbers(islice(out, 2)) == [99, 98]

    scorer.version = 1
    after = list(islice(out, 2))

    assert [(task["n"], task["model_version"]) for task in after] == [(0, 1), (1, 1)]


def test_as_long_as_the_model_is_the_same_nothing_is_scored_twice_but_one() -> None:
    scorer = Scorer()

    list(choose_from_window(numbered(16), scorer, step=4))

    assert [len(asked) for asked in scorer.asked] == [4] * 4 + [1] * 12


def test_a_model_that_tells_no_version_is_asked_anew_each_time() -> None:
    scorer = Scorer(tells_version=False)
    out = choose_from_window(numbered(10), scorer, prefer="high_scores", step=10, top=0.01)
    assert next(out)["n"] == 9

    scorer.version = 1

    assert next(out)["n"] == 0


def test_tasks_that_the_scorer_drops_are_dropped() -> None:
    def only_even(stream: Iterable[Task]) -> Iterator[tuple[float, Task]]:
        return ((0.5, task) for task in stream if task["n"] % 2 == 0)

    assert sorted(numbers(choose_from_window(numbered(21), only_even, step=1))) == list(range(0, 21, 2))


def test_a_scorer_that_multiplies_tasks_is_refused() -> None:
    def twice(stream: Iterable[Task]) -> Iterator[tuple[float, Task]]:
        return ((0.5, task) for task in stream for _ in range(2))

    with pytest.raises(SettingError, match="yielded 16 tasks for 8"):
        next(choose_from_window(numbered(9), twice))


def test_a_task_without_a_score_is_named_by_its_place_in_the_stream() -> None:
    def forgetful(stream: Iterable[Task]) -> Iterator[Task]:
        return ({**task, "score": 0.5} if task["n"] != 11 else task for task in stream)

    with pytest.raises(TaskError, match="choose_from_window: task 11 has no 'score'"):
        list(choose_from_window(numbered(20), forgetful))
    kept = choose_from_window(score=forgetful, on_error="skip")(numbered(20))
    assert sorted(numbers(kept)) == [n for n in range(20) if n != 11]


@pytest.mark.parametrize("wrong", [{"window": 0}, {"step": 0}, {"top": 0}, {"top": 2}, {"prefer": "best"}, {"bias": 2}])
def test_a_wrong_setting_fails_when_the_stage_is_declared(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=f"choose_from_window: {next(iter(wrong))}"):
        choose_from_window(score=Scorer(), **wrong)
