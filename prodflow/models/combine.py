"""Two models as one."""

from collections.abc import Callable, Iterable, Iterator
from itertools import tee
from typing import Annotated, Any, TypeAlias

from annotated_types import Ge
from more_itertools import batched
from toolz import interleave

from prodflow.core.errors import SettingError
from prodflow.core.task import Scored, Task
from prodflow.models.protocol import Model

Predict: TypeAlias = Callable[[Iterable[Task]], Iterator[Scored]]
Update: TypeAlias = Callable[[Iterable[Task]], float]


def combine_models(one: Model, two: Model, batch_size: Annotated[int, Ge(1)] = 32) -> tuple[Predict, Update]:
    """Return a `predict` that interleaves the pairs of two models, and an `update` for both.

    Each batch of the stream goes to both models; what they yield comes alternately, `one` first.

    Args:
        one: the first model, with `__call__` and `update`; a class is called to make it.
        two: the second.
        batch_size: how many tasks are read ahead.

    Returns:
        tuple: `predict(stream)` and `update(answers)`; the latter returns the sum of the losses.

    Raises:
        SettingError: if one of them lacks `__call__` or `update`, or the batch size is below 1.

    >>> class Fixed:
    ...     def __init__(self, score):
    ...         self.score = score
    ...
    ...     def __call__(self, stream):
    ...         return ((self.score, task) for task in stream)
    ...
    ...     def update(self, answers):
    ...         return self.score
    >>> predict, update = combine_models(Fixed(0.25), Fixed(0.5))
    >>> list(predict([{"text": "a"}]))
    [(0.25, {'text': 'a'}), (0.5, {'text': 'a'})]
    >>> update([])
    0.75
    """
    if batch_size < 1:
        raise SettingError(f"combine_models: batch_size={batch_size!r} must be 1 or more")
    models = (_checked(one), _checked(two))

    def predict(stream: Iterable[Task]) -> Iterator[Scored]:
        for batch in batched(stream, batch_size):
            copies = tee(batch, 2)
            yield from interleave([model(copy) for model, copy in zip(models, copies, strict=True)])

    def update(answers: Iterable[Task]) -> float:
        known = list(answers)
        return float(sum(model.update(known) or 0.0 for model in models))

    return predict, update


def _checked(model: Any) -> Model:
    made = model() if isinstance(model, type) else model
    if not isinstance(made, Model):
        raise SettingError(f"combine_models: {model!r} is no model: it needs __call__ and update")
    return made
