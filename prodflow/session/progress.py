"""How far an annotation project is, and by what measure."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any, Literal, TypeAlias

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
    [0.0, 0.02, 0.07]
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
    count = sum(
        parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        for parameter in signature(function).parameters.values()
    )
    if count == 3:
        value = function(controller.session_annotated, controller.total_annotated, loss)
    elif count == 1:
        value = function(loss)
    else:
        value = function(controller, loss)
    return None if value is None else float(value)
