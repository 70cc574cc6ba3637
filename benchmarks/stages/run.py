"""What a stage costs, counts on, beside the same generators nested by hand.

Prints one JSON row. Run from the repository: python benchmarks/stages/run.py [--quick]
"""

import argparse
import json
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prodflow import Pipeline, operator

STAGES = 5
AIM = 1.2

Task = dict[str, Any]


def pass_by_hand(stream: Iterable[Task]) -> Iterator[Task]:
    """The least a stage can do."""
    for task in stream:  # noqa: UP028
        yield task


def keep_by_hand(stream: Iterable[Task]) -> Iterator[Task]:
    """A stage that looks at each task, as the filters do."""
    for task in stream:
        if task.get("text"):
            yield task


def copy_by_hand(stream: Iterable[Task]) -> Iterator[Task]:
    """A stage that changes a copy of each task, as the preprocessors do."""
    for task in stream:
        yield {**task, "seen": True}


def nested(stage: Callable[[Iterable[Task]], Iterator[Task]], tasks: list[Task]) -> Iterable[Task]:
    """The stages as somebody would write them without a framework."""
    stream: Iterable[Task] = tasks
    for _ in range(STAGES):
        stream = stage(stream)
    return stream


def seconds(make: Callable[[], Iterable[Task]]) -> float:
    """CPU time of reading a stream to its end."""
    stream = make()
    begin = time.process_time()
    deque(stream, maxlen=0)
    return time.process_time() - begin


def compare(by_hand: Callable[[Iterable[Task]], Iterator[Task]], tasks: list[Task], rounds: int) -> dict[str, float]:
    """Medians over rounds in which both take turns."""
    pipeline = Pipeline([operator(by_hand)()] * STAGES)
    pairs = [(seconds(lambda: nested(by_hand, tasks)), seconds(lambda: pipeline(tasks))) for _ in range(rounds)]
    item_stage = len(tasks) * STAGES
    return {
        "by_hand_ns": round(statistics.median(floor for floor, _ in pairs) / item_stage * 1e9, 1),
        "prodflow_ns": round(statistics.median(ours for _, ours in pairs) / item_stage * 1e9, 1),
        "ratio": round(statistics.median(ours / floor for floor, ours in pairs), 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: few tasks, few rounds")
    quick = parser.parse_args().quick
    tasks: list[Task] = [{"text": f"text {number}"} for number in range(2_000 if quick else 100_000)]
    rounds = 3 if quick else 31
    row = {
        "benchmark": "stages",
        "tasks": len(tasks),
        "stages": STAGES,
        "aim": AIM,
        "pass": compare(pass_by_hand, tasks, rounds),
        "keep": compare(keep_by_hand, tasks, rounds),
        "copy": compare(copy_by_hand, tasks, rounds),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
