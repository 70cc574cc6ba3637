"""Work ahead of a stream: in order, bounded, and no further than it must."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, islice

import pytest

from prodflow.core.window import ordered_window


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


def test_results_come_in_order_whatever_takes_longer(executor: ThreadPoolExecutor) -> None:
    def work(number: int) -> int:
        time.sleep(0.02 if number % 3 == 0 else 0)
        return number * 10

    done = [(item, future.result()) for item, future in ordered_window(work, range(20), executor=executor, size=4)]

    assert done == [(number, number * 10) for number in range(20)]


def test_reads_no_further_than_its_size(executor: ThreadPoolExecutor) -> None:
    read: list[int] = []
    stream = (number for number in count() if read.append(number) is None)
    window = ordered_window(str, stream, executor=executor, size=4)

    assert read == []
    assert [future.result() for _, future in islice(window, 2)] == ["0", "1"]
    assert read == [0, 1, 2, 3, 4]


def test_reads_no_further_while_what_is_done_weighs_too_much(executor: ThreadPoolExecutor) -> None:
    read: list[int] = []

    def slowly() -> Iterator[int]:
        for number in range(10):
            time.sleep(0.02)
            read.append(number)
            yield number

    def weigh(future: Future[bytes]) -> int:
        return len(future.result())

    window = ordered_window(lambda number: bytes(100), slowly(), executor=executor, size=8, weigh=weigh, max_weight=150)
    next(window)

    assert len(read) <= 4


def test_a_failure_stays_with_its_item(executor: ThreadPoolExecutor) -> None:
    window = ordered_window(lambda number: 6 // number, [1, 0, 2], executor=executor, size=3)

    found = [future.exception() or future.result() for _, future in window]

    assert (found[0], found[2]) == (6, 3)
    assert isinstance(found[1], ZeroDivisionError)


def test_where_the_stream_fails_what_was_read_comes_out_first(executor: ThreadPoolExecutor) -> None:
    def stream() -> Iterator[int]:
        yield from (1, 2)
        raise OSError("gone")

    window = ordered_window(str, stream(), executor=executor, size=8)

    assert [next(window)[0], next(window)[0]] == [1, 2]
    with pytest.raises(OSError, match="gone"):
        next(window)


def test_closing_it_calls_off_what_waits() -> None:
    go_on = threading.Event()
    started: list[int] = []

    def work(number: int) -> None:
        started.append(number)
        go_on.wait(5)

    with ThreadPoolExecutor(1) as executor:
        window = ordered_window(work, count(), executor=executor, size=8)
        next(window)
        window.close()  # type: ignore[attr-defined]
        go_on.set()

    assert started == [0]
