"""Many annotators, real clients in processes of their own, and a server that is killed again and again.

A hundred annotators, for two minutes; at the end every task has the answers its router asked for, each acknowledged
answer is in the store, none is there twice, and each record of the source is accounted for. It can be made longer,
wider and denser:

    PRODFLOW_LOAD_S=3600 PRODFLOW_LOAD_ANNOTATORS=300 PRODFLOW_LOAD_RATE=500 pytest tests/faults/test_load.py
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

from prodflow import set_hashes
from prodflow.routers import route_average_per_task
from prodflow.store.accounts import ledger
from prodflow.store.database import connect
from tests.faults.annotators import HABITS
from tests.server_process import ServerProcess

SECONDS = float(os.environ.get("PRODFLOW_LOAD_S", "120"))
ANNOTATORS = int(os.environ.get("PRODFLOW_LOAD_ANNOTATORS", "100"))
RATE = float(os.environ.get("PRODFLOW_LOAD_RATE", "100"))
"""Answers a second that all of them try to give together; how many they do, with the server away, is less."""
PROCESSES = min(4, max(2, ANNOTATORS // 50))
PER_TASK = 1.5
SCRIPT = Path(__file__).with_name("annotators.py")


@pytest.mark.early
@pytest.mark.timeout(300 + 4 * SECONDS)
def test_every_task_gets_its_answers_whatever_happens(tmp_path):
    names = [f"a{number}" for number in range(ANNOTATORS)]
    tasks = [{"text": f"text {number}"} for number in range(int(SECONDS * RATE / PER_TASK))]
    source = tmp_path / "tasks.jsonl"
    source.write_bytes(b"".join(orjson.dumps(task) + b"\n" for task in tasks))
    command = ("mark", "load", source, "--view-id", "text", "--annotations-per-task", PER_TASK)
    env = {"PRODFLOW_ALLOWED_SESSIONS": ",".join(names)}
    server = ServerProcess(tmp_path / "home", *command, **env)
    clients = start_clients(f"http://127.0.0.1:{server.port}/", tmp_path, names)
    try:
        server, kills = kill_again_and_again(server, tmp_path / "home", command, env, clients)
        (tmp_path / "hurry").touch()
        for number, client in enumerate(clients):
            assert client.wait(200 + 3 * SECONDS) == 0, (tmp_path / f"clients{number}.log").read_text()[-3000:]
    finally:
        for client in clients:
            client.kill()
            client.wait()
    assert "Traceback" not in server.words, server.words
    assert server.stop() == 0
    assert kills >= 2
    wanted = route_average_per_task(PER_TASK).wanted
    check_store(
        tmp_path / "home" / "store", acknowledged(tmp_path, names), Counter(map(wanted, map(set_hashes, tasks)))
    )


def acknowledged(folder, names):
    """What the clients heard of: event id, session and task of each answer."""
    return {
        (event_id, f"load-{name}", int(task_hash))
        for name in names
        for event_id, task_hash in map(str.split, (folder / f"{name}.txt").read_text().splitlines())
    }


def check_store(store, acknowledged, wanted):
    """Nothing lost, nothing doubled, all accounted for."""
    records = wanted.total()
    with connect(store) as database:
        events = database.journal.events_since("load", 0, 10 * records)
        answered = [(session, task_hash) for session, _, task_hash, _ in database.journal.answered("load")]
        counted = database.sql("select count(*), count(distinct event_id) from answers").fetchall()
    assert len({event.event_id for event in events}) == len(events), "an answer is in the store twice"
    assert acknowledged <= {(event.event_id, event.session, event.task_hash) for event in events}
    assert len(set(answered)) == len(answered) == len(events), "somebody answered a task twice"
    assert counted == [(len(events), len(events))], "SQL counts otherwise"
    per_task = Counter(task_hash for _, task_hash in answered)
    assert Counter(per_task.values()) == wanted, "a task has more or fewer answers than its router asked for"
    assert [row[2:] for row in ledger(store, "load")] == [("answered", "", "", records)]


def start_clients(address, folder, names):
    habits = list(HABITS)
    pause_s = 5 * ANNOTATORS / RATE * sum(1 / part for part in HABITS.values()) / len(HABITS)
    who = [f"{name}:{habits[number % len(habits)]}" for number, name in enumerate(names)]
    clients = []
    for number in range(PROCESSES):
        with (folder / f"clients{number}.log").open("wb") as log:
            words = [sys.executable, SCRIPT, address, folder, str(pause_s), *who[number::PROCESSES]]
            clients.append(subprocess.Popen(words, stderr=log, stdout=log))
    return clients


def kill_again_and_again(server, home, command, env, clients):
    """Kill the server every few seconds and start it again on the same port; return the last one and the kills."""
    rng, end, kills, port = random.Random(0), time.monotonic() + SECONDS, 0, server.port
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.5, 6.0))
        assert [client.poll() for client in clients] == [None] * len(clients), "a client met what must not be"
        server.kill()
        kills += 1
        server = ServerProcess(home, *command, port=port, **env)
    return server, kills
