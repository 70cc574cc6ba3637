"""Hash and deduplicate a million tasks, and read the start of a very long file: time and memory.

The floor of hashing is json + sha1 in the same run, of the set Python's own.

Prints one JSON row. Run from the repository: python benchmarks/dedup/run.py [--quick]
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from prodflow import set_hashes
from prodflow.core.hashset import HashSet
from prodflow.filters import filter_duplicates

AIM_BYTES_A_KEY = 20
DUPLICATES = 0.1

Task = dict[str, Any]

_PROBE = """
import json, resource, sys, time
from prodflow.loaders import get_stream, jsonl

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

list(get_stream(sys.argv[2]))
before = peak()
begin = time.perf_counter()
stream = get_stream(sys.argv[1])
task = next(stream)
first_ms = (time.perf_counter() - begin) * 1e3
begin = time.perf_counter()
lines = 1 + sum(1 for _ in stream) if sys.argv[3] == "all" else 1
seconds = time.perf_counter() - begin
print(json.dumps({"first_task_ms": round(first_ms, 2), "more_memory_mb": round(peak() - before, 1),
                  "tasks_read": lines, "seconds": round(seconds, 2)}))
"""


def make_tasks(count: int) -> Iterator[Task]:
    """Tasks of which a tenth came before."""
    random = Random(0)
    for number in range(count):
        again = number and random.random() < DUPLICATES
        yield {"text": f"text number {random.randrange(number) if again else number}", "label": "A"}


def seconds(stream: Iterable[Any]) -> float:
    """CPU time of reading a stream to its end."""
    begin = time.process_time()
    deque(stream, maxlen=0)
    return time.process_time() - begin


def by_hand(tasks: list[Task]) -> Iterator[Task]:
    """The same with what everybody has: json, sha1 and a set."""
    seen = set()
    for task in tasks:
        data = json.dumps({"text": task["text"]}, sort_keys=True).encode()
        input_hash = int.from_bytes(hashlib.sha1(data).digest()[:8], "big") >> 11
        data = json.dumps({"input": input_hash, "label": task["label"]}, sort_keys=True).encode()
        task_hash = int.from_bytes(hashlib.sha1(data).digest()[:8], "big") >> 11
        if task_hash not in seen:
            seen.add(task_hash)
            yield {**task, "_input_hash": input_hash, "_task_hash": task_hash}


def hash_and_filter(tasks: list[Task], rounds: int) -> dict[str, float]:
    """Both take turns; also hashing alone."""
    rows = [
        (seconds(by_hand(tasks)), seconds(filter_duplicates(map(set_hashes, tasks))), seconds(map(set_hashes, tasks)))
        for _ in range(rounds)
    ]
    floor, both, hashing = (statistics.median(column) / len(tasks) * 1e9 for column in zip(*rows))
    return {
        "floor_ns": round(floor),
        "hash_and_dedup_ns": round(both),
        "hash_ns": round(hashing),
        "ratio": round(statistics.median(first / second for first, second, _ in rows), 3),
    }


def memory(count: int) -> dict[str, float]:
    """Bytes a key, at the end and at the worst of the moments looked at."""
    seen, worst = HashSet(), 0.0
    for task in map(set_hashes, make_tasks(count)):
        seen.add(task["_task_hash"])
        if len(seen) % 10_007 == 0:
            worst = max(worst, seen.nbytes / len(seen))
    plain = sys.getsizeof(set(seen)) + sum(map(sys.getsizeof, seen))
    return {
        "keys": len(seen),
        "bytes_a_key": round(seen.nbytes / len(seen), 1),
        "bytes_a_key_at_worst": round(worst, 1),
        "bytes_a_key_of_a_set": round(plain / len(seen), 1),
    }


def long_file(lines: int, read: str) -> dict[str, float]:
    """A fresh process reads the first task of a long file, or all of them; memory beyond that of a file of one line."""
    with tempfile.TemporaryDirectory() as folder:
        long, short = Path(folder, "long.jsonl"), Path(folder, "short.jsonl")
        short.write_text('{"text": "one"}\n')
        with long.open("wb") as file:
            for start in range(0, lines, 10_000):
                numbers = range(start, min(lines, start + 10_000))
                file.write(b"".join(b'{"text": "text number %d", "label": "A"}\n' % number for number in numbers))
        arguments = [sys.executable, "-c", _PROBE, str(long), str(short), read]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout)
        return {"lines": lines, "megabytes": round(long.stat().st_size / 1e6), **found}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: few tasks, few rounds")
    quick = parser.parse_args().quick
    count, lines = (10_000, 50_000) if quick else (1_000_000, 10_000_000)
    row = {
        "benchmark": "dedup",
        "tasks": count,
        "aim_bytes_a_key": AIM_BYTES_A_KEY,
        "time": hash_and_filter(list(make_tasks(count)), 1 if quick else 5),
        "memory": memory(count),
        "first_task_of_a_long_file": long_file(lines, "first"),
        "all_of_a_file": long_file(lines // 10, "all"),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
