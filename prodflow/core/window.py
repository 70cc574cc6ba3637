"""Work ahead of a stream, in order and bounded."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ordered_window(
    work: Callable[[T], R], stream: Iterable[T], *, executor: Executor, size: int
) -> Iterator[tuple[T, "Future[R]"]]:
    """Yield each item with its finished future, in order, with at most `size` in flight.

    `Executor.map` would read the whole stream ahead; this reads `size` items.
    """
    waiting: deque[tuple[T, Future[R]]] = deque()
    try:
        for item in stream:
            waiting.append((item, executor.submit(work, item)))
            if len(waiting) >= size:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, future in waiting:
            future.cancel()
