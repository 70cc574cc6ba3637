"""How fast answers come in and go out, beside the shortest loops that do as much as has to be done.

The floors: of the import, reading each line and putting it into one SQLite table, 5,000 a durable commit; of the
exports, reading each answer from the journal and writing it (JSON lines), with `pyarrow` (Parquet), or an image and its
boxes as JSON, all in memory (COCO). Each step runs in a process of its own, which tells its CPU time and peak memory.

Prints JSON rows. Run from the repository: python benchmarks/exchange/run.py [--quick]
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import orjson

COUNT, QUICK = 1_000_000, 20_000
_BATCH = 5_000


def make_tasks(path: Path, count: int) -> None:
    """Pictures with two boxes each, as annotated."""
    random = Random(0)
    with path.open("wb") as file:
        for number in range(count):
            boxes = [{"label": random.choice("ABCDE"), "type": "rect", **place(random)} for _ in range(2)]
            task = {"image": f"img/{number:07}.jpg", "width": 640, "height": 480, "spans": boxes, "answer": "accept"}
            file.write(orjson.dumps(task) + b"\n")


def place(random: Random) -> dict[str, float]:
    """Four numbers of a box."""
    return {"x": random.randrange(500), "y": random.randrange(400), "width": 40.5, "height": 30.5}


def import_floor(folder: Path) -> int:
    """Each line into one table."""
    journal = sqlite3.connect(folder / "floor.db", isolation_level=None)
    journal.execute("pragma journal_mode=wal")
    journal.execute("pragma synchronous=full")
    journal.execute("create table events(seq integer primary key, content text not null)")
    count = 0
    with (folder / "tasks.jsonl").open("rb") as file:
        lines = ((orjson.dumps(orjson.loads(line)).decode(),) for line in file)
        while batch := list(islice(lines, _BATCH)):
            journal.execute("begin immediate")
            journal.executemany("insert into events(content) values (?)", batch)
            journal.execute("commit")
            count += len(batch)
    journal.close()
    return count


def import_tasks(folder: Path) -> int:
    """What `prodflow db-in` does, sealing included."""
    from prodflow.loaders import jsonl
    from prodflow.store import imports
    from prodflow.store.journal import Journal

    with Journal.open(folder / "store") as journal:
        return imports.import_tasks(journal, "boxes", jsonl(folder / "tasks.jsonl")).total


def stored(folder: Path) -> Iterator[str]:
    """The answers as the shortest query gives them."""
    journal = sqlite3.connect(f"file:{folder}/store/prodflow.db?mode=ro", uri=True)
    yield from (content for (content,) in journal.execute("select content from events order by seq"))


def jsonl_floor(folder: Path) -> int:
    """A line an answer."""
    count = 0
    with (folder / "floor.jsonl").open("wb") as out:
        for content in stored(folder):
            out.write(content.encode() + b"\n")
            count += 1
    return count


def parquet_floor(folder: Path) -> int:
    """The rows as they are, nested values as JSON."""
    import pyarrow
    from pyarrow import parquet

    count = 0
    writer = None
    tasks = map(orjson.loads, stored(folder))
    while rows := list(islice(tasks, _BATCH)):
        for row in rows:
            row["spans"] = orjson.dumps(row["spans"]).decode()
        batch = pyarrow.RecordBatch.from_pylist(rows)
        writer = writer or parquet.ParquetWriter(folder / "floor.parquet", batch.schema, compression="zstd")
        writer.write_batch(batch)
        count += len(rows)
    if writer is not None:
        writer.close()
    return count


def coco_floor(folder: Path) -> int:
    """Everything in memory, written at once."""
    images, annotations = [], []
    for number, task in enumerate(map(orjson.loads, stored(folder))):
        images.append({"id": number, "file_name": task["image"], "width": task["width"], "height": task["height"]})
        for span in task["spans"]:
            box = [span[key] for key in ("x", "y", "width", "height")]
            known = {"id": len(annotations), "image_id": number, "category_id": ord(span["label"])}
            annotations.append({**known, "bbox": box, "area": box[2] * box[3], "iscrowd": 0, "segmentation": []})
    whole = {"images": images, "annotations": annotations, "categories": []}
    (folder / "floor.coco.json").write_bytes(orjson.dumps(whole))
    return len(images)


def export_as(name: str) -> Callable[[Path], int]:
    """What `prodflow db-out` does, manifest included."""

    def run(folder: Path) -> int:
        from prodflow.formats.export import export, get_format

        (done,) = export(folder / "store", "boxes", folder / f"out.{name}", get_format(name, ""), force=True)
        return done.counts["tasks"]

    return run


STEPS: dict[str, tuple[Callable[[Path], int], Callable[[Path], int]]] = {
    "import": (import_tasks, import_floor),
    "jsonl": (export_as("jsonl"), jsonl_floor),
    "parquet": (export_as("parquet"), parquet_floor),
    "coco": (export_as("coco"), coco_floor),
}


def measure(step: str, which: int, folder: Path) -> dict[str, Any]:
    """Run a step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, str(which), "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run_step(step: str, which: int, folder: Path) -> None:
    """Do it, and print what it took."""
    began, used = time.perf_counter(), time.process_time()
    count = STEPS[step][which](folder)
    row = {"rows": count, "wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - used}
    print(json.dumps({**row, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main() -> None:
    """Measure all steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--step", nargs=2)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.step:
        run_step(given.step[0], int(given.step[1]), given.folder)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make_tasks(folder / "tasks.jsonl", QUICK if given.quick else COUNT)
        for step in STEPS:
            ours, floor = measure(step, 0, folder), measure(step, 1, folder)
            assert ours["rows"] == floor["rows"]
            row = {
                "benchmark": f"exchange/{step}",
                "rows": ours["rows"],
                "rows_per_cpu_second": round(ours["rows"] / ours["cpu_s"]),
                "rows_per_second": round(ours["rows"] / ours["wall_s"]),
                "floor_rows_per_cpu_second": round(floor["rows"] / floor["cpu_s"]),
                "cpu_of_floor": round(ours["cpu_s"] / floor["cpu_s"], 2),
                "peak_mb": round(ours["peak_mb"]),
                "floor_peak_mb": round(floor["peak_mb"]),
                "load": round(os.getloadavg()[0], 1),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
