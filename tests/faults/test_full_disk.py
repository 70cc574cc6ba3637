"""A disk that takes nothing more: answers are refused in words, none is lost, and work goes on once there is room."""

import json
import resource

import pytest

from tests.server_process import ServerProcess, run


@pytest.fixture
def server(home, tmp_path):
    source = tmp_path / "tasks.jsonl"
    source.write_text("".join(json.dumps({"text": f"text {number}"}) + "\n" for number in range(40)))
    with ServerProcess(home, "mark", "news", source, "--view-id", "text") as server:
        yield server


def let_write(server, size):
    """Let the server's process make files no longer than that."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_answers_are_refused_in_words_and_taken_when_there_is_room_again(server, home):
    tasks = server.questions()
    answers = [
        {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": f"event-{number}"}
        for number, task in enumerate(tasks)
    ]
    server.answer(answers[0])

    let_write(server, 1)
    refused = server.client.post("/give_answers", json={"answers": answers[1:]})
    assert refused.status_code in (503, 507)
    assert "nothing stored" in refused.json()["detail"]
    assert server.client.get("/progress").json()["total"] == 1

    let_write(server, resource.RLIM_INFINITY)
    server.answer(*answers)
    server.answer(*answers[:3])
    server.stop()
    stored = [json.loads(line) for line in run(home, "db-out", "news").stdout.splitlines()]
    assert sorted(task["_task_hash"] for task in stored) == sorted(task["_task_hash"] for task in tasks)
