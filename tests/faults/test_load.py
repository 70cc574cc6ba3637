"""Many annotators, real clients in processes of their own, and a server that is killed again and again.

At the end every task has the answers its router asked for, each acknowledged answer is in the store, none is there
twice, and each record of the source is accounted for. `PRODFLOW_LOAD_S` and `PRODFLOW_LOAD_ANNOTATORS` make it longer
and wider:

    PRODFLOW_LOAD_S=120 PRODFLOW_LOAD_ANNOTATORS=100 pytest tests/faults/test_load.py
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest

from prodflow.store.accounts import ledger
from prodflow.store.database import connect
from tests.faults.annotators import HABITS
from tests.server_process import ServerProcess

SECONDS = float(os.environ.get("PRODFLOW_LOAD_S", "6"))
ANNOTATORS = int(os.environ.get("PRODFLOW_LOAD_ANNOTATORS", "10"))
PROCESSES = min(4, max(2, ANNOTATORS // 10))
SCRIPT = Path(__file__).with_name("annotators.py")


@pytest.mark.timeout(300 + 6 * SECONDS)
@pytest.mark.parametrize(("options", "answers_each"), [((), 1), (("--annotations-per-task", 2), 2)], ids=["one", "two"])
def test_every_task_gets_its_answers_whatever_happens(tmp_path, options, answers_each):
    names = [f"a{number}" for number in range(ANNOTATORS)]
    tasks = int(SECONDS * ANNOTATORS * 8 / answers_each)
    source = tmp_path / "tasks.jsonl"
    source.write_bytes(b"".join(orjson.dumps({"text": f"text {number}"}) + b"\n" for number in range(tasks)))
    command = ("mark", "load", source, "--view-id", "text", *options)
    env = {"PRODFLOW_ALLOWED_SESSIONS": ",".join(names)}
    server = ServerProcess(tmp_path / "home", *command, **env)
    clients = start_clients(f"http://127.0.0.1:{server.port}/", tmp_path, names)
    try:
        server, kills = kill_again_and_again(server, tmp_path / "home", command, env, clients)
        (tmp_path / "hurry").touch()
        for number, client in enumerate(clients):
            assert client.wait(120 + 3 * SECONDS) == 0, (tmp_path / f"clients{number}.log").read_text()[-3000:]
    finally:
        for client in clients:
            client.kill()
            client.wait()
    assert "Traceback" not in server.words, server.words
    assert server.stop() == 0
    assert kills >= 2

    acknowledged = [line.split() for name in names for line in (tmp_path / f"{name}.txt").read_text().splitlines()]
    with connect(tmp_path / "home" / "store") as database:
        events = database.journal.events_since("load", 0, 10 * tasks)
        answered = list(database.journal.answered("load"))
    stored = {event.event_id: event.task_hash for event in events}
    assert len(stored) == len(events), "an answer is in the store twice"
    assert {event_id: int(task_hash) for event_id, task_hash in acknowledged}.items() <= stored.items()
    per_task = Counter(task_hash for _, _, task_hash, _ in answered)
    assert Counter(per_task.values()) == {answers_each: tasks}
    assert len({(session, task_hash) for session, _, task_hash, _ in answered}) == answers_each * tasks
    assert [row[2:] for row in ledger(tmp_path / "home" / "store", "load")] == [("answered", "", "", tasks)]


def start_clients(address, folder, names):
    who = [f"{name}:{HABITS[number % len(HABITS)]}" for number, name in enumerate(names)]
    clients = []
    for number in range(PROCESSES):
        with (folder / f"clients{number}.log").open("wb") as log:
            words = [sys.executable, SCRIPT, address, folder, *who[number::PROCESSES]]
            clients.append(subprocess.Popen(words, stderr=log, stdout=log))
    return clients


def kill_again_and_again(server, home, command, env, clients):
    """Kill the server every few seconds and start it again on the same port; return the last one and the kills."""
    rng, end, kills, port = random.Random(0), time.monotonic() + SECONDS, 0, server.port
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.5, 2.5))
        assert [client.poll() for client in clients] == [None] * len(clients), "a client met what must not be"
        server.kill()
        kills += 1
        server = ServerProcess(home, *command, port=port, **env)
    return server, kills
