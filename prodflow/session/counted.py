"""Streams whose length is known, so that the progress can say how much of them was asked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class Counted:
    """A stream that knows how many tasks it has.

    Args:
        stream: the tasks; read to its end before the first of them is given, unless its length is known.

    >>> stream = Counted(["a", "b", "c", "d"])
    >>> reading = iter(stream)
    >>> next(reading), stream.progress
    ('a', 0.25)
    """

    def __init__(self, stream: Iterable[Any]) -> None:
        """Read nothing yet."""
        self._stream = stream
        self.size: int | None = len(stream) if isinstance(stream, (list, tuple)) else None
        """How many tasks there are; None before that is known."""
        self.position = 0
        """How many of them were read."""
        self.unit = "tasks"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self._stream, (list, tuple)):
            yield from self._counting(self._stream)
            return
        tasks: list[Any] = []
        failure: Exception | None = None
        try:
            tasks.extend(self._stream)
        except Exception as error:
            failure = error
        self.size = len(tasks)
        yield from self._counting(tasks)
        if failure is not None:
            raise failure

    def _counting(self, tasks: Iterable[Any]) -> Iterator[Any]:
        for task in tasks:
            self.position += 1
            yield task

    @property
    def progress(self) -> float | None:
        """The part that was read, in [0, 1]; None before the length is known."""
        if self.size is None:
            return None
        return min(1.0, self.position / self.size) if self.size else 1.0


def counted(stream: Any, config: Mapping[str, Any], *, learns: bool) -> Any:
    """Return a stream that knows its length: a list always, another only where it may be read to its end at once.

    Args:
        stream: tasks, or `(score, task)` pairs.
        config: with `auto_count_stream`, a stream whose length is not known otherwise is read to its end.
        learns: whether a model learns from the answers: what it learns changes what comes, so nothing is read ahead.
    """
    if isinstance(stream, (list, tuple)):
        return Counted(stream)
    known = isinstance(getattr(stream, "progress", None), float) or getattr(stream, "live", False)
    return Counted(stream) if config.get("auto_count_stream") is True and not learns and not known else stream
