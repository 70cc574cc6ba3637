"""Two models as one."""

from collections.abc import Iterable, Iterator
from itertools import count, islice

import pytest

from prodflow.core.errors import SettingError
from prodflow.core.task import Scored, Task
from prodflow.models import combine_models


class High:
    score = 0.9

    def __init__(self) -> None:
        self.learnt: list[Task] = []

    def __call__(self, stream: Iterable[Task]) -> Iterator[Scored]:
        return ((self.score, task) for task in stream)

    def update(self, answers: Iterable[Task]) -> float | None:
        self.learnt.extend(answers)
        return 0.5


class LowOfEven(High):
    score = 0.1

    def __call__(self, stream: Iterable[Task]) -> Iterator[Scored]:
        return ((self.score, task) for task in stream if task["n"] % 2 == 0)

    def update(self, answers: Iterable[Task]) -> float | None:
        self.learnt.extend(answers)
        return None


def test_predictions_come_alternately() -> None:
    predict, _ = combine_models(High(), LowOfEven())

    assert [(score, task["n"]) for score, task in predict([{"n": 0}, {"n": 1}, {"n": 2}])] == [
        (0.9, 0),
        (0.1, 0),
        (0.9, 1),
        (0.1, 2),
        (0.9, 2),
    ]


def test_reads_one_batch_ahead() -> None:
    read: list[int] = []
    stream = ({"n": n} for n in count() if read.append(n) is None)  # type: ignore[func-returns-value]
    predict, _ = combine_models(High(), High(), batch_size=3)

    assert len(list(islice(predict(stream), 6))) == 6
    assert read == [0, 1, 2]


def test_both_learn_and_the_losses_add_up() -> None:
    one, two = High(), LowOfEven()
    _, update = combine_models(one, two)

    assert update(iter([{"n": 1, "answer": "accept"}])) == 0.5
    assert one.learnt == two.learnt == [{"n": 1, "answer": "accept"}]


def test_classes_are_made_and_what_cannot_learn_is_refused() -> None:
    predict, _ = combine_models(High, LowOfEven)  # type: ignore[arg-type]

    assert len(list(predict([{"n": 0}]))) == 2
    with pytest.raises(SettingError, match="needs __call__ and update"):
        combine_models(High(), print)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="batch_size=0"):
        combine_models(High(), High(), batch_size=0)
