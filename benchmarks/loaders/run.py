"""How fast the loaders are, beside the shortest loop that reads the same file.

The floors: `for line in file: orjson.loads(line)`; `csv.reader` with `dict(zip(header, row))`, and `csv.DictReader`;
`batch.to_pylist()` of pyarrow's `iter_batches()`. Above 1 is faster than the floor.

Prints one JSON row. Run from the repository: python benchmarks/loaders/run.py [--quick]
"""

import argparse
import csv as standard
import json
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pyarrow
from pyarrow import parquet as files

from prodflow.loaders import csv, jsonl, parquet

AIM = 1.0

Task = dict[str, Any]


def make_tasks(count: int) -> list[Task]:
    """Tasks with a text of 20 words, a label and two numbers."""
    random = Random(0)
    words = [f"word{number}" for number in range(5000)]
    return [
        {"text": " ".join(random.choices(words, k=20)), "label": "a, b", "n": number, "x": random.random()}
        for number in range(count)
    ]


def write(folder: Path, tasks: list[Task]) -> None:
    """Write the same tasks in every format; csv once with quotes and once without."""
    nested = ({"text": task["text"], "label": "A", "meta": {"n": task["n"], "x": task["x"]}} for task in tasks)
    (folder / "tasks.jsonl").write_bytes(b"".join(orjson.dumps(task) + b"\n" for task in nested))
    for name, quoting in (("quoted", standard.QUOTE_MINIMAL), ("plain", standard.QUOTE_NONE)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = standard.DictWriter(file, tasks[0], quoting=quoting, lineterminator="\n")
            writer.writeheader()
            writer.writerows(tasks if name == "quoted" else ({**task, "label": "a"} for task in tasks))
    files.write_table(pyarrow.Table.from_pylist(tasks), folder / "tasks.parquet", row_group_size=50_000)


def read_jsonl(path: Path) -> None:
    """The floor of JSON lines."""
    with path.open("rb") as file:
        for line in file:
            orjson.loads(line)


def read_csv(path: Path) -> None:
    """The floor of CSV."""
    with path.open(newline="") as file:
        rows = standard.reader(file)
        header = next(rows)
        for row in rows:
            dict(zip(header, row))


def read_csv_as_dicts(path: Path) -> None:
    """What most people use for CSV."""
    with path.open(newline="") as file:
        for _ in standard.DictReader(file):
            pass


def read_parquet(path: Path) -> None:
    """The floor of Parquet."""
    for batch in files.ParquetFile(path).iter_batches():
        for _ in batch.to_pylist():
            pass


def read_with(loader: Callable[[Path], Iterable[Task]]) -> Callable[[Path], None]:
    """Read a file with a loader of prodflow."""
    return lambda path: deque(loader(path), maxlen=0).clear()


PAIRS: dict[str, tuple[str, Callable[[Path], None], Callable[[Path], Iterable[Task]]]] = {
    "jsonl": ("tasks.jsonl", read_jsonl, jsonl),
    "csv": ("quoted.csv", read_csv, csv),
    "csv_without_quotes": ("plain.csv", read_csv, csv),
    "csv_beside_dict_reader": ("quoted.csv", read_csv_as_dicts, csv),
    "parquet": ("tasks.parquet", read_parquet, parquet),
}


def seconds(work: Callable[[Path], None], path: Path) -> float:
    """CPU time of all threads."""
    begin = time.process_time()
    work(path)
    return time.process_time() - begin


def compare(name: str, folder: Path, count: int, rounds: int) -> dict[str, float]:
    """Medians over rounds in which both take turns; each runs once before."""
    file, floor, loader = PAIRS[name]
    path, ours = folder / file, read_with(loader)
    pairs = [(seconds(floor, path), seconds(ours, path)) for _ in range(rounds + 1)][1:]
    return {
        "floor_ns": round(statistics.median(first for first, _ in pairs) / count * 1e9),
        "prodflow_ns": round(statistics.median(second for _, second in pairs) / count * 1e9),
        "ratio": round(statistics.median(first / second for first, second in pairs), 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: few tasks, few rounds")
    quick = parser.parse_args().quick
    tasks = make_tasks(2_000 if quick else 100_000)
    rounds = 3 if quick else 21
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), tasks)
        results = {name: compare(name, Path(folder), len(tasks), rounds) for name in PAIRS}
    print(json.dumps({"benchmark": "loaders", "tasks": len(tasks), "aim": AIM, **results}))


if __name__ == "__main__":
    main()
