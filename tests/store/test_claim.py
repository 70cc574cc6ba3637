"""One process at a time serves a dataset; a process that dies serves it no more."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from prodflow.core.errors import StoreError
from prodflow.store.database import connect
from prodflow.store.journal import Journal

SERVE = """
import sys, time
from pathlib import Path
from prodflow.store.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
claim = journal.claim(sys.argv[2])
print("serving", flush=True)
time.sleep(60)
"""

FORK = """
import os, sys, time
from pathlib import Path
from prodflow.store.claim import Claim
claim = Claim(Path(sys.argv[1]), sys.argv[2])
child = os.fork()
if child == 0:
    time.sleep(60)
print(child, flush=True)
time.sleep(60)
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def start(program, dataset):
        command = [sys.executable, "-c", program, str(tmp_path), dataset]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_dataset_that_is_served_is_refused_with_who_serves_it(tmp_path, start):
    process, _ = start(SERVE, "news")
    with Journal.open(tmp_path) as journal:
        with pytest.raises(StoreError) as told:
            journal.claim("news")
        journal.claim("other").release()
    words = f"process {process.pid} on {re.escape(socket.gethostname())} since {time.strftime('%Y')}-"
    assert re.match(f"dataset 'news' is served already, by {words}", str(told.value))


def test_a_process_that_was_killed_serves_nothing(tmp_path, start):
    process, _ = start(SERVE, "news")
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Journal.open(tmp_path) as journal:
        journal.claim("news").release()


def test_a_child_that_outlives_its_parent_holds_no_claim(tmp_path, start):
    process, child = start(FORK, "news")
    process.send_signal(signal.SIGKILL)
    process.wait()
    try:
        with Journal.open(tmp_path) as journal:
            journal.claim("news").release()
    finally:
        os.kill(int(child), signal.SIGKILL)


def test_a_dataset_that_is_served_is_not_dropped(tmp_path, start):
    with connect(tmp_path) as database:
        database.add_examples([{"text": "a", "answer": "accept"}], ["news"])
        process, _ = start(SERVE, "news")
        with pytest.raises(StoreError, match=f"dataset 'news' is served by process {process.pid}"):
            database.drop_dataset("news")
        process.kill()
        process.wait()
        assert database.drop_dataset("news")


def test_controllers_of_one_process_may_follow_each_other(tmp_path):
    with Journal.open(tmp_path) as journal:
        first, second = journal.claim("news"), journal.claim("news")
        first.release()
        first.release()
        second.release()
        journal.claim("news").release()
