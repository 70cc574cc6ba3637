"""kill -9 at any moment: what was acknowledged is there, once."""

import os
import random
import signal
import subprocess
import sys
import time

from prodflow.store.reader import Reader
from prodflow.store.reads import events_since

WRITER = """
import sys, uuid
from pathlib import Path
from prodflow.store.journal import Event, Journal
from prodflow.store.sealer import Sealer

folder, run = Path(sys.argv[1]), sys.argv[2]
journal = Journal.open(folder)
Sealer(journal._segments, rows=50, seconds=0.05)
journal.add_dataset("news")
journal.add_session("news", "news-alex", "alex")
print("ready", flush=True)
number = 0
while True:
    batch = []
    for _ in range(10):
        number += 1
        task = {"text": run, "_task_hash": number, "_input_hash": number, "answer": "accept"}
        batch.append(Event(f"{run}-{number}", "answer", "news-alex", number, number, "accept", task))
    print(*[ack.event_id for ack in journal.submit("news", batch).result()], flush=True)
"""


def test_acknowledged_answers_survive_and_none_is_doubled(tmp_path):
    moments = random.Random(7)
    acknowledged = []
    for run in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path / "store", str(run)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.0, 0.4))
        os.kill(writer.pid, signal.SIGKILL)
        # The last line may be cut by the kill: what was not wholly written was not acknowledged.
        acknowledged += [line.split() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL

    stored = [event.event_id for event in events_since(tmp_path / "store", "news", 0, 10**6)]
    assert len(stored) == len(set(stored))
    assert {event_id for batch in acknowledged for event_id in batch} - set(stored) == set()
    assert len(stored) % 10 == 0, "a batch is stored whole or not at all"
    assert len(stored) // 10 - len(acknowledged) <= 10, "at most the batch in work was not acknowledged"
    assert len(acknowledged) > 10
    seen = Reader(tmp_path / "store").sql("select count(*), count(distinct event_id) from events").fetchall()
    assert seen == [(len(stored), len(stored))]
