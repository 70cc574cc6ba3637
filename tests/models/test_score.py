"""The score operator: any model, in batches, never older than the model."""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import (
    MediaError,
    ModelError,
    SettingError,
    TaskError,
    TooManyErrorsError,
    UnknownNameError,
)
from prodflow.core.pipeline import Pipeline
from prodflow.core.task import Scored, Task
from prodflow.models import score
from prodflow.models.protocol import Model
from prodflow.sorters import prefer_high_scores


class Counting:
    """Scores by its version, and remembers the batches it was asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.version = 0
        self.batches: list[list[int]] = []

    def __call__(self, stream: Iterable[Task]) -> Iterator[Scored]:
        tasks = list(stream)
        self.batches.append([task["n"] for task in tasks])
        for task in tasks:
            if task.get("broken"):
                raise MediaError(f"cannot decode {task['n']}")
            yield self.version / 10, task

    def update(self, answers: Iterable[Task]) -> float:
        self.version += 1
        return 0.0


def numbered(size: int) -> list[Task]:
    return [{"n": n} for n in range(size)]


@given(st.integers(0, 40), st.integers(1, 9))
def test_yields_each_task_in_order_with_its_score(size: int, batch_size: int) -> None:
    stream = numbered(size)

    out = list(score(stream, model=Counting(), batch_size=batch_size))

    assert out == [{"n": n, "score": 0.0, "model": "counting", "model_version": 0} for n in range(size)]
    assert stream == numbered(size)


def test_reads_one_batch_ahead_and_no_further() -> None:
    read: list[int] = []
    stream = ({"n": n} for n in count() if read.append(n) is None)  # type: ignore[func-returns-value]

    running = score(stream, model=Counting(), batch_size=4)
    assert read == []
    first = list(islice(running, 5))

    assert [task["n"] for task in first] == [0, 1, 2, 3, 4]
    assert read == list(range(8))


def test_what_is_left_of_a_batch_is_scored_anew_once_the_model_has_learnt() -> None:
    model = Counting()
    running = score(numbered(6), model=model, batch_size=4)

    first = list(islice(running, 2))
    model.update([])
    rest = list(running)

    assert [task["score"] for task in first + rest] == [0.0, 0.0, 0.1, 0.1, 0.1, 0.1]
    assert [task["model_version"] for task in rest] == [1, 1, 1, 1]
    assert model.batches == [[0, 1, 2, 3], [2, 3], [4, 5]]


def test_composes_with_a_sorter() -> None:
    def by_number(stream: Iterable[Task]) -> Iterator[Scored]:
        return ((task["n"] / 10, task) for task in stream)

    flow = score(model=by_number) | prefer_high_scores()

    assert [task["n"] for task in flow([{"n": 1}, {"n": 9}, {"n": 0}, {"n": 8}])] == [9, 8]


def test_a_model_may_change_and_drop_tasks() -> None:
    def only_even(stream: Iterable[Task]) -> Iterator[Scored]:
        return ((0.5, {**task, "label": "EVEN"}) for task in stream if task["n"] % 2 == 0)

    out = list(score(numbered(4), model=only_even))

    assert [(task["n"], task["label"]) for task in out] == [(0, "EVEN"), (2, "EVEN")]


MODEL_FILE = """
class Half:
    version = "v7"
    def __call__(self, stream):
        return ((0.5, task) for task in stream)
    def update(self, answers):
        return 0.0
model = Half()
def make():
    return Half()
def predict(stream):
    return ((0.25, task) for task in stream)
number = 3
class NeedsLabels(Half):
    def __init__(self, labels): ...
"""


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "my_model.py"
    path.write_text(MODEL_FILE)
    return path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model", (0.5, "Half", "v7")),
        ("Half", (0.5, "Half", "v7")),
        ("make", (0.5, "Half", "v7")),
        ("predict", (0.25, "predict", 0)),
    ],
)
def test_a_model_is_named_by_file_and_name(model_file: Path, name: str, expected: tuple[float, str, str | int]) -> None:
    [task] = score(numbered(1), model=f"{model_file}:{name}")

    assert (task["score"], task["model"], task["model_version"]) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "defines no 'nothing'"),
        ("number", "is no model"),
        ("NeedsLabels", r"cannot be made without arguments \(missing a required argument: 'labels'\)"),
    ],
)
def test_a_name_that_is_no_model_says_why(model_file: Path, name: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        list(score(numbered(1), model=f"{model_file}:{name}"))


def test_an_unknown_name_lists_what_exists() -> None:
    with pytest.raises(UnknownNameError, match="no model named 'image_clasifier'; did you mean 'image_classifier'"):
        list(score(numbered(1), model="image_clasifier"))


def test_a_failing_model_is_named_with_the_place() -> None:
    def failing(stream: Iterable[Task]) -> Iterator[Scored]:
        return ((task["missing"], task) for task in stream)

    with pytest.raises(ModelError, match="model 'failing' failed at tasks 0 to 2: KeyError: 'missing'"):
        list(score(numbered(3), model=failing))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (0.5, "yielded 0.5 at task 0, not a"),
        (("high", {}), "not a .score, task. pair"),
        ((float("nan"), {}), "the score nan"),
    ],
)
def test_a_model_that_yields_no_pairs_is_named(made: Any, message: str) -> None:
    def wrong(stream: Iterable[Task]) -> Iterator[Any]:
        return (made for _ in stream)

    with pytest.raises(ModelError, match=message):
        list(score(numbered(1), model=wrong))


def test_a_broken_task_stops_the_run_unless_skipped(caplog: pytest.LogCaptureFixture) -> None:
    stream: list[Task] = [{"n": 0}, {"n": 1, "broken": True}, {"n": 2}]

    with pytest.raises(MediaError, match="score: tasks 0 to 2: cannot decode 1"):
        list(score(stream, model=Counting()))
    out = list(score(stream, model=Counting(), skip=True))

    assert [task["n"] for task in out] == [0, 2]
    assert caplog.messages == ["score: task 1: cannot decode 1 (skipped)"]


def test_broken_tasks_are_quarantined_where_the_stage_says_so() -> None:
    flow = Pipeline([score(model=Counting(), on_error="quarantine")], [{"n": 0}, {"n": 1, "broken": True}, {"n": 2}])

    run = flow.run()

    assert [task["n"] for task in run] == [0, 2]
    assert [(one.operator, one.position, one.record) for one in run.quarantined] == [
        ("score", 1, {"n": 1, "broken": True})
    ]


def test_a_stream_of_broken_tasks_stops_the_run() -> None:
    stream = ({"n": n, "broken": True} for n in count())

    with pytest.raises(TooManyErrorsError, match="more than 10 of the last 100"):
        list(score(model=Counting(), on_error="skip")(stream))


def test_errors_of_tasks_keep_their_kind() -> None:
    def picky(stream: Iterable[Task]) -> Iterator[Scored]:
        for _ in stream:
            raise TaskError("no text")
        yield 0.5, {}

    with pytest.raises(TaskError, match="score: task 0: no text"):
        list(score(numbered(1), model=picky))


def test_wrong_settings_fail_when_declared() -> None:
    with pytest.raises(SettingError, match="batch_size=0"):
        score(model=Counting(), batch_size=0)
    with pytest.raises(SettingError, match="model= is missing"):
        score(batch_size=8)


def test_the_protocol_is_told_by_shape() -> None:
    assert isinstance(Counting(), Model)
    assert not isinstance(numbered, Model)
