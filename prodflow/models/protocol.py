"""What a model is: it scores a stream, and it may learn from answers."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

from prodflow.core.task import Scored, Task


@runtime_checkable
class Model(Protocol):
    """Anything that scores tasks and learns from answers.

    A model may also have: `name` (shown beside the score; else its class name), `version` (an int or text
    that changes with every update; older scores are made anew) and `progress(loss)` (in [0, 1]).

    >>> class Shortest:
    ...     def __call__(self, stream):
    ...         for task in stream:
    ...             yield 1 / (1 + len(task["text"])), task
    ...
    ...     def update(self, answers):
    ...         return 0.0
    >>> isinstance(Shortest(), Model)
    True
    """

    def __call__(self, stream: Iterable[Task]) -> Iterator[Scored]:
        """Yield `(score, task)` pairs with scores in [0, 1]."""
        ...

    def update(self, answers: Iterable[Task]) -> float | None:
        """Learn from answered tasks (each with an "answer"); return the loss."""
        ...


def name_of(model: Any) -> str:
    """Return the model's name: its `name`, or that of its function or class.

    >>> name_of(max)
    'max'
    """
    for named in (model, type(model)):
        for attribute in ("name", "__name__"):
            if isinstance(name := getattr(named, attribute, None), str):
                return name
    return type(model).__name__


def version_of(model: Any) -> int | str | None:
    """Return the model's version; None where it learns without telling, 0 where it cannot learn.

    >>> version_of(max)
    0
    """
    version = getattr(model, "version", None)
    if version is None:
        return None if hasattr(model, "update") else 0
    return version if isinstance(version, (int, str)) else str(version)
