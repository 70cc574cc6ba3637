"""The dashboard's routes on the real server: numbers, and panels as they change."""

import json
import threading

import pytest
from starlette.testclient import TestClient

from prodflow.server.access import Access
from prodflow.server.app import create_app
from prodflow.server.invites import Invites
from prodflow.session.controller import Controller
from tests.server_process import ServerProcess, wait_until


@pytest.fixture
def server(home, tmp_path):
    source = tmp_path / "texts.jsonl"
    rows = [{"text": f"text {number}"} for number in range(20)] + [{"text": ""}] * 5
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = tmp_path / "recipe.py"
    recipe.write_text(
        "import prodflow\n"
        "from prodflow.loaders import get_stream\n"
        "from prodflow.preprocess.options import add_label_options\n"
        "@prodflow.recipe('choose')\n"
        "def choose(dataset, source):\n"
        "    stream = get_stream(source, input_key='text')\n"
        "    stream.apply(add_label_options, labels=['CAT', 'DOG'])\n"
        "    return {'dataset': dataset, 'view_id': 'choice', 'stream': stream, 'config': {'feed_overlap': True},\n"
        "            'update': lambda answers: 1 / len(answers)}\n"
    )
    with ServerProcess(home, "-F", recipe, "choose", "set", source) as server:
        yield server


def answer_all(server, name, pick):
    session = f"set-{name}"
    while tasks := server.questions(session):
        picked = [
            {"_task_hash": task["_task_hash"], "answer": "accept", "accept": [pick(task)], "_seconds": 2.0}
            for task in tasks
        ]
        server.answer(*picked, session_id=session)


def numbers(server):
    reply = server.client.get("/dashboard/data")
    assert reply.status_code == 200, reply.text
    return reply.json()


class Listener:
    """A page that is open: what came by server-sent events."""

    def __init__(self, server):
        self.events = []
        self._thread = threading.Thread(target=self._listen, args=(server,), daemon=True)
        self._thread.start()

    def _listen(self, server):
        try:
            with server.client.stream("GET", "/dashboard/events", timeout=60) as reply:
                for line in reply.iter_lines():
                    if line.startswith("data: "):
                        self.events.append(json.loads(line.removeprefix("data: ")))
        except Exception as error:  # the server is gone at the end of the test
            self.events.append({"panels": {}, "gone": repr(error)})

    def has(self, panel, words):
        """Whether the latest of a panel has these words in it."""
        return words in next((event["panels"][panel] for event in self.events[::-1] if panel in event["panels"]), "")


def test_numbers_of_the_store_and_of_the_run(server):
    assert numbers(server)["counts"]["totals"]["answers"] == 0
    answer_all(server, "ada", lambda task: "CAT")
    answer_all(server, "bob", lambda task: "DOG" if task["text"].endswith("7") else "CAT")
    found = numbers(server)
    assert found["counts"]["totals"]["answers"] == 40
    assert found["agreement"]["pairs"][0]["agreement"] == 0.9
    assert found["disagreements"]["count"] == 2
    live = found["live"]
    assert (live["came"], live["open"], live["answers_per_task"], live["unit"]) == (20, 0, 2, "bytes")
    assert live["read"] == live["size"]
    dropped = {stage["stage"]: stage["received"] - stage["yielded"] for stage in live["stages"]}
    assert dropped["filter_empty"] == 5
    assert found["remaining"]["answers"] == [0, 0, 0]
    wait_until(lambda: len(numbers(server)["live"]["losses"]) > 0)
    assert numbers(server)["live"]["losses"][0][1] <= 1


def test_panels_come_first_and_then_those_that_changed(server):
    page = Listener(server)
    wait_until(lambda: page.has("headline", "none yet"), 20)
    answer_all(server, "ada", lambda task: "CAT")
    answer_all(server, "bob", lambda task: "DOG" if task["text"] == "text 3" else "CAT")
    wait_until(lambda: page.has("headline", "40 accepted"), 20)
    wait_until(lambda: page.has("disagreements", "text 3"), 20)
    wait_until(lambda: page.has("agreement", "alpha"), 30)
    assert page.events[0]["dataset"] == "set"
    assert page.has("flow", "5 empty")
    assert all("gone" not in event for event in page.events)


def test_only_admins_see_the_dashboard_of_a_server_that_asks_who_comes(home):
    controller = Controller("news", "text", [{"text": "a"}])
    access = Access(token="s3cret-token", needs_login=True)
    with TestClient(create_app(controller, access=access)) as client:
        invites = Invites(controller.db.folder)
        link = invites.token(invites.make("news", "alex", lasts_s=60))
        for path in ("/dashboard", "/dashboard/data", "/dashboard/events"):
            assert client.get(path).status_code == 401
            refused = client.get(path, headers={"authorization": f"Bearer {link}"})
            assert (refused.status_code, "role admin" in refused.json()["detail"]) == (403, True)
        admin = {"authorization": "Bearer s3cret-token"}
        assert client.get("/dashboard/data", headers=admin).json()["dataset"] == "news"
