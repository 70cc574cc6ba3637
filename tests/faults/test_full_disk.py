"""A disk that takes nothing more: answers are refused in words, none is lost, and work goes on once there is room."""

import json
import resource
import subprocess

import pytest

from prodflow.store.accounts import ledger
from tests.server_process import ServerProcess, run, wait_until

SIZE = 40 * 2**20
TASKS = 40


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own where this user may mount one, else a folder; and whether it is a disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", folder]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder, mounted
    if mounted:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def start(tmp_path):
    source = tmp_path / "tasks.jsonl"
    source.write_text("".join(json.dumps({"text": f"text {number}"}) + "\n" for number in range(TASKS)))
    return lambda home: ServerProcess(home, "mark", "news", source, "--view-id", "text")


def answers(tasks):
    return [
        {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": f"event-{task['text']}"} for task in tasks
    ]


def let_write(server, size):
    """Let the server's process make files no longer than that."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fill(folder):
    """Write until there is no room."""
    with (folder / "ballast").open("wb", buffering=0) as ballast, pytest.raises(OSError, match="No space left"):
        while True:
            ballast.write(bytes(2**16))
            if ballast.tell() > 2 * SIZE:
                return


def test_answers_are_refused_in_words_and_taken_when_there_is_room_again(start, home):
    with start(home) as server:
        tasks = server.questions()
        server.answer(*answers(tasks[:1]))
        let_write(server, 1)
        refused = server.client.post("/give_answers", json={"answers": answers(tasks[1:])})
        assert refused.status_code in (503, 507)
        assert "nothing stored" in refused.json()["detail"]
        assert server.client.get("/progress").json()["total"] == 1

        let_write(server, resource.RLIM_INFINITY)
        server.answer(*answers(tasks[1:]))
        server.answer(*answers(tasks[:3]))
        server.stop()
    stored = [json.loads(line) for line in run(home, "db-out", "news").stdout.splitlines()]
    assert sorted(task["_task_hash"] for task in stored) == sorted(task["_task_hash"] for task in tasks)


def test_a_full_disk_takes_no_answer_and_loses_none(start, disk):
    home, mounted = disk
    with start(home) as server:
        tasks, refused = server.questions(), []
        if mounted:
            fill(home)
        else:
            let_write(server, 1)
        for task in tasks:  # the first may find room in what the journal's files hold already
            reply = server.client.post("/give_answers", json={"answers": answers([task])})
            if reply.status_code != 200:
                refused.append(task)
                assert reply.status_code == (507 if mounted else reply.status_code) >= 500
                assert "nothing stored" in reply.json()["detail"]
        assert refused, "the disk was not full"
        assert server.client.get("/progress").json()["total"] == len(tasks) - len(refused)
        assert server.client.get("/health/ready").status_code == 503
        server.kill()
        assert "Traceback" not in server.words, server.words

    (home / "ballast").unlink(missing_ok=True)
    with start(home) as server:
        assert server.client.get("/progress").json()["total"] == len(tasks) - len(refused)
        server.answer(*answers(tasks))
        while more := server.questions():
            server.answer(*answers(more))
        wait_until(lambda: server.client.get("/health/ready").status_code == 200)
        server.stop()
    assert [row[2:] for row in ledger(home / "store", "news")] == [("answered", "", "", TASKS)]
