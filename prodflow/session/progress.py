"""How far an annotation project is, and by what measure."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from math import isfinite
from typing import Any, Literal, TypeAlias

log = logging.getLogger("prodflow")

_LESSONS_KEPT = 5_000

ProgressKind: TypeAlias = Literal["target", "source", "model", "custom"]


@dataclass(frozen=True)
class Progress:
    """A part in [0, 1], or None where it cannot be known, and what it is a part of."""

    value: float | None
    kind: ProgressKind | None


class LossProgress:
    """Guess from a model's losses how far it has learnt: where their trend will meet zero.

    >>> learning = LossProgress()
    >>> [round(learning(loss), 2) for loss in (1.0, 0.8, 0.6)]
    [0.0, 0.02, 0.06]
    """

    def __init__(self, smoothing: float = 0.1) -> None:
        """Start with no losses."""
        self._smoothing = smoothing
        self._first: float | None = None
        self._smooth = 0.0
        self._lowest = 0.0

    def __call__(self, loss: float) -> float:
        """Take a loss into account and return the progress: the part of the first loss that is gone, smoothed."""
        if self._first is None:
            self._first = self._smooth = self._lowest = max(loss, 1e-9)
        self._smooth += self._smoothing * (loss - self._smooth)
        self._lowest = min(self._lowest, self._smooth)
        return min(1.0, max(0.0, 1.0 - self._lowest / self._first))


def call_progress(function: Callable[..., Any], controller: Any, loss: Any) -> float | None:
    """Call a recipe's progress function in the form it is written in.

    `(controller, update_return_value)` is the usual form; `(loss)` that of a model; `(session, total, loss)` the
    oldest, with the answers of this run and of the dataset.
    """
    places = [
        parameter
        for parameter in signature(function).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    needed = sum(parameter.default is parameter.empty for parameter in places)
    count = needed if needed > 1 else len(places)
    if count == 3:
        value = function(controller.session_annotated, controller.total_annotated, loss)
    elif count == 1:
        value = function(loss)
    else:
        value = function(controller, loss)
    return None if value is None else float(value)


class ProgressMeter:
    """Measures progress by what there is: the recipe's own function, the model's losses, a target, the source.

    Args:
        function: the recipe's own.
        learns: whether a model learns from the answers.
        target: how many answers are wanted; 0 for no target.
    """

    def __init__(self, function: Callable[..., Any] | None, *, learns: bool, target: int) -> None:
        """Start with no losses."""
        self._function = function
        self._learns = learns
        self._target = target
        self._losses = LossProgress()
        self._model: float | None = None
        self.lessons: deque[tuple[int, float]] = deque(maxlen=_LESSONS_KEPT)
        """After how many answers which loss was told."""
        self._answers = 0

    def learnt(self, loss: Any, answers: int = 1) -> None:
        """Take note of what `update` returned for so many answers."""
        self._answers += answers
        if isinstance(loss, (int, float)) and not isinstance(loss, bool) and isfinite(loss):
            self._model = self._losses(float(loss))
            self.lessons.append((self._answers, float(loss)))

    def _own(self, controller: Any) -> float | None:
        """What the recipe's function says; where it fails, nobody knows."""
        assert self._function is not None
        try:
            return call_progress(self._function, controller, controller.update_return_value)
        except Exception as error:
            log.warning("progress raised %s: %s", type(error).__name__, error)
            return None

    def measure(self, controller: Any, session_id: str | None) -> Progress:
        """Return the progress for a session, or for all."""
        if self._function is not None:
            return Progress(self._own(controller), "custom")
        if self._learns:
            return Progress(self._model, "model")
        if self._target:
            done = controller.get_total_by_session(session_id) if session_id else controller.total_annotated
            return Progress(min(1.0, done / self._target), "target")
        value = _source_progress(controller.stream)
        return Progress(value, "source" if value is not None else None)


def _source_progress(stream: Any) -> float | None:
    for place in (stream, getattr(stream, "source", None)):
        if isinstance(value := getattr(place, "progress", None), float):
            return value
    return None
