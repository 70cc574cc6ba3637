"""Work ahead of a stream, in order and bounded."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ordered_window(
    work: Callable[[T], R],
    stream: Iterable[T],
    *,
    executor: Executor,
    size: int,
    weigh: Callable[["Future[R]"], int] = lambda future: 0,
    max_weight: int = 0,
) -> Iterator[tuple[T, "Future[R]"]]:
    """Yield each item with its future, in order, with at most `size` in flight.

    `Executor.map` would read the whole stream ahead; this reads `size` items. Where the stream fails, what was read
    before comes out first.

    Args:
        work: what to do with each item.
        stream: the items.
        executor: where the work is done.
        size: how many items are read ahead.
        weigh: the weight of a finished future, e.g. its bytes.
        max_weight: nothing more is read while the finished ones weigh more than this.
    """
    waiting: deque[tuple[T, Future[R]]] = deque()
    failure: Exception | None = None
    items = iter(stream)
    try:
        while True:
            try:
                item = next(items)
            except StopIteration:
                break
            except Exception as error:
                failure = error
                break
            waiting.append((item, executor.submit(work, item)))
            while len(waiting) >= size or _weight(waiting, weigh) > max_weight:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
        if failure is not None:
            raise failure
    finally:
        for _, future in waiting:
            future.cancel()


def _weight(waiting: Iterable[tuple[T, "Future[R]"]], weigh: Callable[["Future[R]"], int]) -> int:
    return sum(weigh(future) for _, future in waiting if future.done())
