"""From a restart to the first task, in the midst of a source of millions of records, and the memory that takes.

    python benchmarks/resume/run.py [--quick]

Some batches are answered; then the source's place is moved to 99 % of it as if all before had been asked, and a fresh
process is timed to its first task. The floors: the same with an empty store, and reading the whole source once, which
is less than a server does that begins anew: it has to recognise each task besides. One JSON row a format.
"""

import argparse
import csv
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

FIRST_TASK = """
import json, sys, time
from prodflow.loaders import get_stream
from prodflow.session.controller import Controller
began, began_cpu = time.perf_counter(), time.process_time()
stream = get_stream(sys.argv[1])
parts = {"dataset": "bench", "view_id": "text", "stream": stream, "config": {"validate": False}}
controller = Controller.from_components("bench", parts, {})
batch = controller.get_questions("bench-" + sys.argv[2])
seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
for _ in range(int(sys.argv[3])):
    controller.receive_answers([{**task, "answer": "accept"} for task in batch], "bench-" + sys.argv[2])
    batch = controller.get_questions("bench-" + sys.argv[2])
controller.save()
[peak] = [int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")]
read = sum(count.received for count in stream.counts[:1])
print(json.dumps({"seconds": seconds, "cpu": cpu, "first": batch[0]["_input_hash"], "read": read, "mb": peak}))
"""


def first_task(source: Path, home: Path, annotator: str, batches: int = 0) -> dict[str, object]:
    """Start a process of its own; return what it says, with the whole time from its start."""
    began = time.perf_counter()
    command = [sys.executable, "-c", FIRST_TASK, str(source), annotator, str(batches)]
    done = subprocess.run(command, env={**os.environ, "PRODFLOW_HOME": str(home)}, stdout=subprocess.PIPE, check=True)
    said: dict[str, object] = json.loads(done.stdout)
    return {**said, "whole_s": time.perf_counter() - began}


def move_on(path: Path, home: Path, record: int) -> tuple[int, float]:
    """Let the store say that so many records were dealt with; return the next one's hash and the CPU of reading it."""
    from prodflow.core.hashing import set_hashes
    from prodflow.loaders.guess import get_source

    source = get_source(str(path), None, "raise", {})
    stream = source.open()
    began = time.process_time()
    for _ in islice(stream, record):
        pass
    mark = [record, {"at": source.cursor.mark(), "failed": 0}]
    after = next(stream)
    trace = source.cursor.trace()
    for _ in stream:
        pass
    seconds = time.process_time() - began
    connection = sqlite3.connect(home / "store" / "prodflow.db")
    [(text,)] = connection.execute("select state from sources").fetchall()
    state = json.dumps({**json.loads(text), "mark": mark, "trace": trace})
    connection.execute("update sources set record = ?, state = ?", (record, state))
    connection.commit()
    connection.close()
    return int(set_hashes(after)["_input_hash"]), seconds


def a_jsonl(folder: Path, records: int) -> Path:
    """Write one task a line."""
    with (folder / "lines.jsonl").open("w") as file:
        file.writelines(f'{{"text": "line {number}"}}\n' for number in range(records))
    return folder / "lines.jsonl"


def a_gzip(folder: Path, records: int) -> Path:
    """Write the same, packed."""
    with gzip.open(folder / "lines.jsonl.gz", "wt", compresslevel=1) as file:
        file.writelines(f'{{"text": "line {number}"}}\n' for number in range(records))
    return folder / "lines.jsonl.gz"


def a_text(folder: Path, records: int) -> Path:
    """Write one text a line."""
    with (folder / "lines.txt").open("w") as file:
        file.writelines(f"line {number}\n" for number in range(records))
    return folder / "lines.txt"


def a_table(folder: Path, records: int) -> Path:
    """Write a CSV file."""
    with (folder / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "n"), *((f"line {number}", number) for number in range(records))])
    return folder / "rows.csv"


def a_list(folder: Path, records: int) -> Path:
    """Write one JSON list."""
    (folder / "list.json").write_text(json.dumps([{"text": f"line {number}"} for number in range(records)]))
    return folder / "list.json"


def columns(folder: Path, records: int) -> Path:
    """Write a Parquet file."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table({"text": [f"line {number}" for number in range(records)]})
    pyarrow.parquet.write_table(table, folder / "rows.parquet", row_group_size=100_000)
    return folder / "rows.parquet"


def pictures(folder: Path, records: int) -> Path:
    """Write a folder of empty images, a tenth as many: the file system takes its time."""
    for number in range(records // 10):
        (folder / f"{number:07}.png").touch()
    return folder


FORMATS: dict[str, Callable[[Path, int], Path]] = {
    "jsonl": a_jsonl,
    "jsonl.gz": a_gzip,
    "txt": a_text,
    "csv": a_table,
    "json": a_list,
    "parquet": columns,
    "images": pictures,
}


def measured(name: str, records: int) -> dict[str, object]:
    """Make the source, annotate a little, and time a restart."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as at_home:
        path, home = FORMATS[name](Path(folder), records), Path(at_home)
        count = records // 10 if name == "images" else records
        fresh = first_task(path, home, "alex", batches=3)
        following, reading_s = move_on(path, home, count * 99 // 100)
        far = first_task(path, home, "jo")
        return {
            "benchmark": "resume",
            "format": name,
            "records": count,
            "fresh_cpu_s": fresh["cpu"],
            "restart_at_99_percent_cpu_s": far["cpu"],
            "restart_at_99_percent_s": far["seconds"],
            "restart_with_process_s": far["whole_s"],
            "reading_it_all_cpu_s": reading_s,
            "records_yielded": far["read"],
            "first_is_the_next": far["first"] == following,
            "peak_mb": far["mb"],
        }


def main() -> None:
    """Measure each format."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    records = 100_000 if parser.parse_args().quick else 10_000_000
    for name in FORMATS:
        print(json.dumps(measured(name, records)), flush=True)


if __name__ == "__main__":
    main()
