"""Where the time goes: the innermost stage that is at work, and nobody while there is nothing to do."""

import time

import pytest

from prodflow import operator
from prodflow.loaders import get_stream
from prodflow.server.stage_times import StageTimes
from prodflow.server.worker import Worker
from tests.server_process import wait_until


@operator
def slow_stage(stream):
    for task in stream:
        time.sleep(0.02)
        yield task


@operator
def quick_stage(stream):
    yield from stream


@pytest.fixture
def worker():
    worker = Worker("stages-under-test")
    yield worker
    worker.close(lambda: False)


def test_time_is_that_of_the_stage_at_work_and_not_of_those_that_wait_for_it(worker):
    stream = get_stream([{"text": f"{number}"} for number in range(1000)])
    stream.apply(slow_stage)
    stream.apply(quick_stage)
    times = StageTimes("stages-under-test", lambda: [count.stage for count in stream.counts])
    worker.submit(lambda: [next(stream) for _ in range(40)]).result()
    seconds = times.seconds()
    assert next(iter(seconds)) == "slow_stage"
    assert seconds["slow_stage"] > 0.7 * sum(seconds.values())
    times.close()


def test_learning_has_a_name_and_waiting_has_none(worker):
    def learn():
        time.sleep(0.4)

    times = StageTimes("stages-under-test", lambda: ["slow_stage"])
    worker.submit(learn).result()
    wait_until(lambda: "learning from answers" in times.seconds())
    after = times.seconds()
    time.sleep(0.3)
    assert times.seconds() == after
    times.close()
