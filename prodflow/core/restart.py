"""Go on behind a record that made a stateless stage fail."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prodflow.core.errors import ProdflowError, TaskError
from prodflow.core.failures import Failures


def restarted(
    start: Callable[[Iterator[Any]], Iterator[Any]], stream: Iterable[Any], failures: Failures
) -> Iterator[Any]:
    """Run a stateless stage, and start it again on the rest of the stream whenever a record made it fail.

    An error of the stream itself is not the stage's to handle: it passes through.

    >>> def halves(stream):
    ...     for number in stream:
    ...         yield 8 // number
    >>> list(restarted(halves, [1, 0, 2], Failures("halves", "skip")))
    [8, 4]
    """
    tap = _Tap(iter(stream))
    while True:
        try:
            yield from start(iter(tap))
            return
        except Exception as error:
            if error is tap.error:
                raise
            failures.handle(_told(error, failures.operator, tap.position), position=tap.position, record=tap.latest)


class _Tap:
    """Remembers what was read last, and whether it was the stream that failed."""

    def __init__(self, stream: Iterator[Any]) -> None:
        self.stream = stream
        self.position = -1
        self.latest: Any = None
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[Any]:
        try:
            for item in self.stream:
                self.position += 1
                self.latest = item
                yield item
        except Exception as error:
            self.error = error
            raise


def _told(error: Exception, name: str, position: int) -> Exception:
    if isinstance(error, ProdflowError):
        return error
    told = TaskError(f"{name}: task {position} failed: {type(error).__name__}: {error}")
    told.__cause__ = error
    return told
