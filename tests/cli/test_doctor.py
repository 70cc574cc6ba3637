"""`prodflow doctor`: what is broken is found, said in words, and told by the exit status."""

import json
import os
import sqlite3
import time

import pytest

from prodflow.cli.doctor import examine
from tests.warm import run_warm


@pytest.fixture
def run(tmp_path):
    def run(*arguments, stdin=None, **env):
        env = {**os.environ, "PRODFLOW_HOME": str(tmp_path), **env}
        return run_warm(arguments, env=env, stdin=stdin, cwd=tmp_path, strict=True)

    return run


@pytest.fixture
def store(run, tmp_path):
    """A store with some answers."""
    assert run("db-in", "news", stdin=b'{"text": "a"}\n{"text": "b"}\n').returncode == 0
    return tmp_path / "store"


def findings(folder):
    return {finding.check: finding for finding in examine(folder)}


def test_all_is_well(run, store):
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    checks = [line.split("  ")[0].strip() for line in done.stdout.splitlines()]
    assert set(checks) == {"ok"}
    assert "2 events" in done.stdout
    rows = [json.loads(line) for line in run("doctor", "--format", "json", "--quick").stdout.splitlines()]
    assert [row["check"] for row in rows if row["state"] == "ok"] == [row["check"] for row in rows]
    assert {"versions", "packages", "configuration", "store", "disk", "clock", "web app"} == {
        row["check"] for row in rows
    }


def test_a_store_that_is_not_there_yet_is_no_fault(run, tmp_path):
    done = run("doctor")
    assert (done.returncode, "nothing in it yet" in done.stdout) == (0, True)
    assert not (tmp_path / "store").exists(), "a look changes nothing"


def test_a_broken_store_is_found(run, store):
    file = store / "prodflow.db"
    with sqlite3.connect(file) as journal:
        journal.execute("pragma wal_checkpoint(truncate)")
    journal.close()
    data = bytearray(file.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 200] = os.urandom(200)
    file.write_bytes(data)
    done = run("doctor")
    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FAIL  store")][:1]
    assert line
    assert "Traceback" not in done.stderr


def test_a_configuration_that_cannot_be_meant_is_found_and_the_rest_looked_at(run, store, tmp_path):
    (tmp_path / "prodflow.toml").write_text('trusted_proxies = "nginx"\n')
    done = run("doctor")
    assert done.returncode == 1
    assert "FAIL  configuration  configuration: trusted_proxies: 'nginx' is no address" in done.stdout
    assert "web app" in done.stdout


def test_an_open_door_and_links_without_encryption_are_warned_of(run, store):
    done = run("doctor", PRODFLOW_HOST="0.0.0.0", PRODFLOW_REQUIRE_LOGIN="false")
    assert (done.returncode, "warn  configuration" in done.stdout) == (0, True)
    assert "warn  encryption" in run("doctor", PRODFLOW_HOST="0.0.0.0").stdout
    behind = run("doctor", PRODFLOW_HOST="0.0.0.0", PRODFLOW_PUBLIC_URL="https://work.example/")
    assert "warn" not in behind.stdout


def test_a_token_that_can_be_guessed_is_warned_of(run, store):
    done = run("doctor", PRODFLOW_TOKEN="sesame")
    assert (done.returncode, "warn  token" in done.stdout, "sesame" in done.stdout) == (0, True, False)


def test_a_key_that_others_can_read_is_found(run, store, tmp_path):
    run("invite", "news", "alex")
    assert findings(store)["secrets"].state == "ok"
    (store / "invites.key").chmod(0o644)
    assert findings(store)["secrets"].state == "fail"


def test_a_clock_that_went_back_is_found(store, monkeypatch):
    assert findings(store)["clock"].state == "ok"
    before = time.time() - 3600
    monkeypatch.setattr("time.time", lambda: before)
    finding = findings(store)["clock"]
    assert (finding.state, "in the future; the clock went back" in finding.words) == ("fail", True)


def test_a_server_may_run_meanwhile(run, tmp_path):
    from tests.server_process import ServerProcess

    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"text": "a"}\n')
    with ServerProcess(tmp_path, "mark", "news", tasks, "--view-id", "text") as server:
        [task] = server.questions()
        server.answer({"_task_hash": task["_task_hash"], "answer": "accept"})
        assert run("doctor").returncode == 0
