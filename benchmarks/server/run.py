"""A batch of ten tasks asked for and answered, with durable commits: latency, and the server's CPU time a pair.

Where very many ask at once a batch may be smaller, rather than late; a pair is ten answers all the same.

    python benchmarks/server/run.py [--quick]

Clients are processes of their own. The floor is `floor.py`, a server that does the least; both are measured in turn.
One JSON row for each number of clients.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx2

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(kind: str, folder: Path, tasks: int) -> Iterator[tuple[str, int]]:
    """Start a server; give its address and its process id."""
    port = free_port()
    if kind == "floor":
        command = [sys.executable, str(HERE / "floor.py"), str(folder / "floor.db"), str(port)]
    else:
        source = folder / "tasks.jsonl"
        source.write_text(
            "".join(json.dumps({"text": f"text {number}", "label": "NEWS"}) + "\n" for number in range(tasks))
        )
        command = [sys.executable, "-m", "prodflow", "mark", "bench", str(source), "--port", str(port)]
    environment = {**os.environ, "PRODFLOW_HOME": str(folder)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx2.post(f"{address}/get_session_questions", json={})
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def annotate(address: str, name: str, pairs: int) -> list[tuple[float, float, int]]:
    """Ask for a batch and answer it, again and again; return the two latencies of each pair, and its tasks."""
    session_id, times = f"bench-{name}", []
    with httpx2.Client(base_url=address, timeout=60) as client:
        for _ in range(pairs):
            began = time.perf_counter()
            tasks = client.post("/get_session_questions", json={"session_id": session_id}).json()["tasks"]
            asked = time.perf_counter()
            answers: list[dict[str, Any]] = [
                {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": str(uuid.uuid4())} for task in tasks
            ]
            reply = client.post("/give_answers", json={"session_id": session_id, "answers": answers})
            assert reply.status_code == 200, reply.text
            assert tasks, "no task came"
            times.append((asked - began, time.perf_counter() - asked, len(tasks)))
    return times


def measure(kind: str, clients: int, pairs: int) -> dict[str, float]:
    """Run clients against a fresh server; milliseconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(kind, Path(folder), (clients * (pairs + 5) + 100) * 10) as (address, pid),
    ):
        annotate(address, "warm", 5)
        before, began = cpu_seconds(pid), time.perf_counter()
        processes = min(clients, 4)
        with get_context("spawn").Pool(processes) as pool:
            jobs = [(address, f"a{number}", pairs) for number in range(clients)]
            before, began = cpu_seconds(pid), time.perf_counter()
            times = [pair for one in pool.map(_threads, _split(jobs, processes)) for pair in one]
        wall, cpu = time.perf_counter() - began, cpu_seconds(pid) - before
    answers = sum(pair[2] for pair in times)
    asked, answered = sorted(pair[0] for pair in times), sorted(pair[1] for pair in times)
    return {
        "cpu_ms_a_pair": 1000 * cpu / (answers / 10),
        "next_p50_ms": 1000 * statistics.median(asked),
        "next_p99_ms": 1000 * asked[int(len(asked) * 0.99)],
        "answers_p50_ms": 1000 * statistics.median(answered),
        "answers_p99_ms": 1000 * answered[int(len(answered) * 0.99)],
        "answers_a_second": answers / wall,
    }


def _split(jobs: list[Any], parts: int) -> list[list[Any]]:
    return [jobs[part::parts] for part in range(parts)]


def _threads(jobs: list[tuple[str, str, int]]) -> list[tuple[float, float, int]]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [pair for one in pool.map(lambda job: annotate(*job), jobs) for pair in one]


def main() -> None:
    """Measure both servers in turn at 1, 32 and 100 clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test")
    quick = parser.parse_args().quick
    for clients, pairs in ((1, 20), (4, 5)) if quick else ((1, 300), (32, 30), (100, 10)):
        rounds = [
            {kind: measure(kind, clients, pairs) for kind in ("floor", "prodflow")} for _ in range(1 if quick else 3)
        ]
        row: dict[str, Any] = {"benchmark": "server", "clients": clients, "pairs": clients * pairs}
        for kind in ("floor", "prodflow"):
            for key in rounds[0][kind]:
                row[f"{kind}_{key}"] = round(statistics.median(one[kind][key] for one in rounds), 3)
        row["cpu_ratio"] = round(row["prodflow_cpu_ms_a_pair"] / row["floor_cpu_ms_a_pair"], 2)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
