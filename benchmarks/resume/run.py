"""From a restart to the first task, in the midst of a file of millions of lines, and the memory that takes.

    python benchmarks/resume/run.py [--quick]

Some batches are answered; then the file's place is moved to 99 % of it as if all before had been asked, and a fresh
process is timed to its first task. The floor is the same with an empty store: the first line of the file.
One JSON row.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIRST_TASK = """
import json, resource, sys, time
from prodflow.loaders import get_stream
from prodflow.session.controller import Controller
began = time.perf_counter()
stream = get_stream(sys.argv[1])
parts = {"dataset": "bench", "view_id": "text", "stream": stream}
controller = Controller.from_components("bench", parts, {})
batch = controller.get_questions("bench-" + sys.argv[2])
seconds = time.perf_counter() - began
for _ in range(int(sys.argv[3])):
    controller.receive_answers([{**task, "answer": "accept"} for task in batch], "bench-" + sys.argv[2])
    batch = controller.get_questions("bench-" + sys.argv[2])
controller.save()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
read = sum(count.received for count in stream.counts[:1])
print(json.dumps({"seconds": seconds, "first": batch[0]["text"], "read": read, "mb": peak}))
"""


def first_task(source: Path, home: Path, annotator: str, batches: int = 0) -> dict[str, object]:
    """Start a process of its own; return what it says, with the whole time from its start."""
    began = time.perf_counter()
    command = [sys.executable, "-c", FIRST_TASK, str(source), annotator, str(batches)]
    done = subprocess.run(command, env={**os.environ, "PRODFLOW_HOME": str(home)}, capture_output=True, check=True)
    said: dict[str, object] = json.loads(done.stdout)
    return {**said, "whole_s": time.perf_counter() - began}


def move_on(source: Path, home: Path, share: float) -> int:
    """Let the store say that reading had come to a place far into the file, as after weeks of work."""
    import sqlite3

    from prodflow.loaders.lines import _before

    offset = int(source.stat().st_size * share)
    with source.open("rb") as file:
        file.seek(offset)
        offset += len(file.readline())
        record = int(json.loads(file.readline())["text"].split()[1])
    connection = sqlite3.connect(home / "store" / "prodflow.db")
    [(text,)] = connection.execute("select state from sources").fetchall()
    state = json.loads(text)
    state["mark"] = [record, {"offset": offset, "line": record, "before": _before(source, offset)}]
    connection.execute("update sources set record = ?, state = ?", (record, json.dumps(state)))
    connection.commit()
    connection.close()
    return record


def main() -> None:
    """Make the file, annotate a little, and time a restart."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    lines = 100_000 if parser.parse_args().quick else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        source, home = Path(folder, "lines.jsonl"), Path(folder, "home")
        with source.open("w") as file:
            file.writelines(f'{{"text": "line {number}"}}\n' for number in range(lines))
        floor = first_task(source, home, "alex", batches=3)
        near = first_task(source, home, "alex")
        record = move_on(source, home, 0.99)
        far = first_task(source, home, "jo")
        print(
            json.dumps(
                {
                    "benchmark": "resume",
                    "lines": lines,
                    "fresh_s": floor["seconds"],
                    "restart_near_the_start_s": near["seconds"],
                    "restart_at_99_percent_s": far["seconds"],
                    "restart_at_99_percent_with_process_s": far["whole_s"],
                    "records_read_again": far["read"],
                    "first_is_the_next": far["first"] == f"line {record}",
                    "peak_mb": far["mb"],
                    "peak_mb_here": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                }
            )
        )


if __name__ == "__main__":
    main()
