"""Counts, agreement and quality over ten million answers with SQL, with their ratio to a floor in the same run.

The floor is DuckDB itself over the same Parquet files, without the store: the least that the answer needs. That of
agreement is grouping all answers by task; that of pairs, joining them with themselves.

Prints a JSON row a question. Run from the repository: python benchmarks/sql/run.py [--quick] [--answers N]
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent))

from answers import DATASET, make_store

from prodflow.quality.agreement import measure_agreement
from prodflow.store.reader import Reader

COUNTS = "select annotator, answer, count(*) from {answers} group by all"
BY_TASK = """select count(*), sum(yes * no) from (select task_hash, count(*) filter (answer = 'accept') as yes,
    count(*) filter (answer = 'reject') as no from {answers} where answer <> 'ignore' group by task_hash)"""
PAIRS = """select a.annotator, b.annotator, a.answer, b.answer, count(*)
    from {answers} a join {answers} b using (task_hash)
    where a.annotator < b.annotator and a.answer <> 'ignore' and b.answer <> 'ignore' group by all"""

QUESTIONS = {
    "counts": (
        f"select annotator, answer, count(*) from answers where dataset = '{DATASET}' group by all",
        COUNTS,
        0.5,
    ),
    "alpha": (f"from alpha('{DATASET}')", BY_TASK, 10),
    "six kappas": (f"from agreement('{DATASET}')", PAIRS, 10),
    "posteriors": (f"select count(*) from posteriors('{DATASET}')", BY_TASK, None),
}
REPEATS = 3


def timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall and CPU seconds of an act, and what it returned."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = act()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result


def best(acts: dict[str, Callable[[], Any]]) -> dict[str, tuple[float, float]]:
    """The least wall and the least CPU seconds of each act, in turns, so that a busy machine hits all of them."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in acts}
    for _ in range(REPEATS):
        for name, act in acts.items():
            times[name].append(timed(act)[:2])
    return {name: (min(wall for wall, _ in of), min(cpu for _, cpu in of)) for name, of in times.items()}


def measure(folder: Path, answers: int) -> None:
    """Ask every question of the store and of DuckDB alone."""
    reader = Reader(folder)
    plain = duckdb.connect()
    files = sorted(str(path) for path in (folder / "segments").iterdir())
    source = f"read_parquet({files})"
    asked: dict[str, tuple[Callable[[], Any], str, float | None]] = {
        name: (lambda query=query: reader.sql(query).fetchall(), floor, aim)
        for name, (query, floor, aim) in QUESTIONS.items()
    }
    asked["prodflow agreement, all of it"] = (lambda: measure_agreement(DATASET, reader=reader), BY_TASK, None)
    for name, (ask, floor, aim) in asked.items():
        found = best({"ours": ask, "floor": lambda floor=floor: plain.execute(floor.format(answers=source)).fetchall()})
        (wall, cpu), (floor_wall, floor_cpu) = found["ours"], found["floor"]
        row = {
            "benchmark": "sql",
            "question": name,
            "answers": answers,
            "wall_s": round(wall, 2),
            "cpu_s": round(cpu, 2),
            "floor_wall_s": round(floor_wall, 2),
            "floor_cpu_s": round(floor_cpu, 2),
            "cpu_of_floor": round(cpu / floor_cpu, 2),
            "aim_wall_s": aim,
            "load": round(os.getloadavg()[0], 1),
        }
        print(json.dumps(row), flush=True)


def main() -> None:
    """Make the store and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="twenty thousand answers")
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--store", type=Path, help="keep the store in this folder; one that is there is used again")
    given = parser.parse_args()
    answers = 20_000 if given.quick else given.answers
    with tempfile.TemporaryDirectory() as made:
        folder = given.store or Path(made)
        if not (folder / "prodflow.db").exists():
            folder.mkdir(parents=True, exist_ok=True)
            wall, cpu, _ = timed(lambda: sum(1 for _ in make_store(folder, answers)))
            print(json.dumps({"benchmark": "sql", "made": answers, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1)}))
        measure(folder, answers)


if __name__ == "__main__":
    main()
