"""kill -9 of the server: no acknowledged answer is lost, none is stored twice; everybody goes on where they were."""

import random
import threading
import time
import uuid

import httpx2
import orjson
import pytest

from prodflow.store.database import connect
from tests.server_process import ServerProcess

KILLS = 50
TASKS = 20_000


class Annotator(threading.Thread):
    """Answers as the app does: an event id made before the first try, and the same one again until it is taken."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.session_id = f"load-{name}"
        self.address = None
        self.acknowledged = {}
        self.stopped = False
        self.wrong = None
        self.client = httpx2.Client(timeout=5)  # one for all: to make one takes longer than a request

    def run(self):
        try:
            while not self.stopped:
                if (tasks := self.ask()) is not None:
                    for number in range(0, len(tasks), 3):
                        self.answer(tasks[number : number + 3])
        except AssertionError as error:
            self.wrong = error

    def ask(self):
        reply = self.send("/get_session_questions", {"session_id": self.session_id})
        return reply["tasks"] if reply else None

    def answer(self, tasks):
        answers = [
            {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": str(uuid.uuid4())} for task in tasks
        ]
        while not self.stopped:
            if self.send("/give_answers", {"session_id": self.session_id, "answers": answers}):
                self.acknowledged |= {answer["_event_id"]: answer["_task_hash"] for answer in answers}
                return

    def send(self, route, body):
        try:
            reply = self.client.post(self.address + route, json=body)
        except httpx2.TransportError:
            time.sleep(0.05)
            return None
        assert reply.status_code == 200, (reply.status_code, reply.text)
        return reply.json()


@pytest.mark.timeout(240)
def test_fifty_kills_lose_no_acknowledged_answer_and_store_none_twice(tmp_path):
    source = tmp_path / "tasks.jsonl"
    source.write_bytes(b"".join(orjson.dumps({"text": f"text {number}"}) + b"\n" for number in range(TASKS)))
    command = ("mark", "load", source, "--view-id", "text")
    rng = random.Random(0)
    annotators = [Annotator(f"a{number}") for number in range(4)]
    server = ServerProcess(tmp_path / "home", *command)
    port = server.port
    for annotator in annotators:
        annotator.address = f"http://127.0.0.1:{port}"
        annotator.start()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.0, 0.4))
        server.kill()
        server = ServerProcess(tmp_path / "home", *command, port=port)
    time.sleep(0.5)
    for annotator in annotators:
        annotator.stopped = True
        annotator.join(10)
        annotator.client.close()
    assert [annotator.wrong for annotator in annotators] == [None] * 4
    server.stop()

    acknowledged = {key: value for annotator in annotators for key, value in annotator.acknowledged.items()}
    assert len(acknowledged) > 200, "there was too little load to mean anything"
    with connect(tmp_path / "home" / "store") as database:
        events = database.journal.events_since("load", 0, 10 * TASKS)
        stored = {event.event_id: event.task_hash for event in events}
        assert len(stored) == len(events)
        assert acknowledged.items() <= stored.items()
        tasks = [task_hash for _, _, task_hash, _ in database.journal.answered("load")]
        assert len(tasks) == len(set(tasks)), "a task was answered by two annotators"


def test_who_was_handed_tasks_a_moment_before_a_kill_has_them_after_it_and_nobody_else_has(tmp_path):
    source = tmp_path / "tasks.jsonl"
    source.write_bytes(b"".join(orjson.dumps({"text": f"text {number}"}) + b"\n" for number in range(500)))
    command = ("mark", "set", source, "--view-id", "text", "--batch-size", "5")
    server = ServerProcess(tmp_path / "home", *command)
    port, answered = server.port, set()
    for _ in range(4):
        shown = {}
        for number in range(8):
            name = f"set-a{number % 2}"
            wanted = 5 if number < 7 else 30  # more than was made ready for it before it asked
            tasks = server.post("/get_session_questions", session_id=name, n=wanted)["tasks"]
            shown[name] = {task["_task_hash"]: task["text"] for task in tasks}
            if number < 6:
                server.answer(*({"_task_hash": key, "answer": "accept"} for key in shown[name]), session_id=name)
                answered |= shown[name].keys()
        server.kill()
        server = ServerProcess(tmp_path / "home", *command, port=port)
        for name in reversed(shown):
            tasks = server.post("/get_session_questions", session_id=name, n=len(shown[name]))["tasks"]
            assert {task["_task_hash"]: task["text"] for task in tasks} == shown[name]
    server.stop()
    assert len(answered) >= 4 * 6 * 5
