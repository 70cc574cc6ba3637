"""What keeps a server going: health, numbers, a log that can be read by programs, an end without loss."""

import json
import re
import signal
import threading
import time

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

import prodflow
from prodflow.core.errors import ConfigError
from prodflow.server import health
from prodflow.server.access import Access
from prodflow.server.app import create_app
from prodflow.server.log_lines import set_up_log
from prodflow.session.controller import Controller
from prodflow.store.reads import rows_of
from tests.server_process import ServerProcess


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def app():
    return create_app(Controller("news", "text", [{"text": f"text {number}"} for number in range(30)]))


def numbers(text):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_says_alive_and_ready(app):
    with TestClient(app) as client:
        for path in ("/health", "/health/live", "/health/ready"):
            assert (client.get(path).status_code, client.get(path).json()) == (200, {"status": "ok"})


def test_a_server_that_cannot_take_answers_says_so(app, monkeypatch):
    with TestClient(app) as client:
        monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**62)
        reply = client.get("/health/ready")
        assert (reply.status_code, reply.json()) == (503, {"status": "disk full"})
        monkeypatch.undo()
        app.state.closing.set()
        assert client.get("/health/ready").json() == {"status": "stopping"}
        assert client.get("/health/live").status_code == 200


def test_readiness_is_tried_in_the_journal_itself_and_once_a_second_at_most(app):
    tried, began = set(), time.monotonic()
    with TestClient(app) as client:
        for _ in range(50):
            assert client.get("/health/ready").status_code == 200
            [(moment,)] = rows_of(prodflow.connect().folder, "select value from about where key = 'tried'")
            tried.add(moment)
    assert 1 <= len(tried) <= 1 + (time.monotonic() - began)


def test_health_is_open_and_says_no_more_than_that():
    app = create_app(Controller("news", "text", [{"text": "a"}]), access=Access(needs_login=True))
    with TestClient(app) as client:
        assert client.get("/health/ready").json() == {"status": "ok"}
        assert client.get("/metrics").status_code == 401


def test_prometheus_reads_what_went_on(app):
    with TestClient(app) as client:
        tasks = client.post("/get_session_questions", json={}).json()["tasks"]
        client.post("/give_answers", json={"answers": [{"_task_hash": tasks[0]["_task_hash"], "answer": "accept"}]})
        client.post("/give_answers", json={"answers": 5})
        client.get("/no/such/page")
        reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = numbers(reply.text)
    assert found["prodflow_requests_total", "POST", "give_answers", "200"] == 1
    assert found["prodflow_requests_total", "POST", "give_answers", "400"] == 1
    assert found["prodflow_requests_total", "GET", "none", "404"] == 1
    assert found["prodflow_request_seconds_count", "get_session_questions"] == 1
    assert found["prodflow_answers",] == 1
    assert found["prodflow_answered_tasks_total",] == 1
    assert found["prodflow_open_tasks",] >= 9
    assert found["prodflow_sessions",] == 1
    assert found["process_resident_memory_bytes",] > 1e6
    assert not [key for key in found if "no/such/page" in str(key)]


def test_numbers_are_not_for_annotators():
    app = create_app(Controller("news", "text", [{"text": "a"}]), access=Access(needs_login=True))
    invites = app.state.gate._invites
    with TestClient(app) as client:
        statuses = {}
        for role in ("annotator", "metrics", "admin"):
            token = invites.token(invites.make("news", "alex", role=role))
            statuses[role] = client.get("/metrics", headers={"authorization": f"Bearer {token}"}).status_code
        client.get("/project", headers={"authorization": "Bearer wrong"})
        found = numbers(client.get("/metrics", headers={"authorization": f"Bearer {app.state.gate.token}"}).text)
    assert statuses == {"annotator": 403, "metrics": 200, "admin": 200}
    assert found["prodflow_wrong_tokens_total",] == 1


def test_each_request_has_a_number(app):
    with TestClient(app) as client:
        first, second = (client.get("/version").headers["x-request-id"] for _ in range(2))
        assert re.fullmatch("[0-9a-f]{16}", first)
        assert first != second
        assert (
            client.get("/version", headers={"x-request-id": "from-nginx.17"}).headers["x-request-id"] == "from-nginx.17"
        )
        for bad in ("short", "x" * 65, "a b c d e f", 'quote"quote"'):
            assert client.get("/version", headers={"x-request-id": bad}).headers["x-request-id"] != bad


def test_the_log_can_be_read_by_programs(tmp_path):
    recipe = tmp_path / "noisy.py"
    recipe.write_text(
        "import logging, prodflow\n"
        "@prodflow.recipe('noisy', dataset=('', 'positional', None, str))\n"
        "def noisy(dataset):\n"
        "    def oops(controller):\n"
        "        logging.getLogger('prodflow').warning('a \"quoted\" word\\nin two lines')\n"
        "        raise ValueError('no')\n"
        "    return {'dataset': dataset, 'view_id': 'text', 'stream': [{'text': 'a'}], 'event_hooks': {'oops': oops}}\n"
    )
    with ServerProcess(tmp_path, "noisy", "news", "-F", recipe, PRODFLOW_LOG_FORMAT="json") as server:
        messages = [json.loads(line)["message"] for line in server.said]
        assert [line for line in messages if line.startswith(f"serving at http://localhost:{server.port}/ (")]
        reply = server.client.get("/project?session=alex&token=s3cret-of-mine")
        assert reply.status_code == 401, "a link that is none is refused here too"
        assert server.client.get("/project?session=alex&secret=s3cret-of-mine").status_code == 200
        failed = server.client.post("/event/oops", json={})
        assert failed.status_code == 400
    lines = [json.loads(line) for line in server.said if line.startswith("{")]
    [asked] = [line for line in lines if line.get("path") == "/project" and line["status"] == 200]
    assert (asked["logger"], asked["method"], asked["client"]) == ("prodflow.requests", "GET", "127.0.0.1")
    assert asked["ms"] > 0
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", asked["time"])
    about = [line for line in lines if line.get("request") == failed.headers["x-request-id"]]
    assert [line["level"] for line in about] == ["warning", "error", "info"]
    assert about[0]["message"] == 'a "quoted" word\nin two lines'
    assert "ValueError: no" in about[1]["exception"]
    assert "s3cret-of-mine" not in server.words


def test_an_admins_link_does_not_get_into_a_log_that_is_kept(tmp_path):
    (tmp_path / "tasks.jsonl").write_text('{"text": "a"}\n')
    arguments = ("mark", "news", tmp_path / "tasks.jsonl", "--view-id", "text")
    env = {"PRODFLOW_REQUIRE_LOGIN": "true"}
    with ServerProcess(tmp_path, *arguments, **env, PRODFLOW_LOG_FORMAT="json") as server:
        assert server.client.get("/project").status_code == 401
        assert "token=" not in server.words
    with ServerProcess(tmp_path, *arguments, **env) as server:
        assert "?token=" in server.address


def test_a_format_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="log_format='xml' is none of text, json"):
        set_up_log("xml")


def test_sigterm_writes_the_answers_that_are_on_their_way(tmp_path):
    """The recipe takes its time with an answer; the signal comes meanwhile. It is stored, and said to be."""
    recipe = tmp_path / "slow.py"
    recipe.write_text(
        "import pathlib, time, prodflow\n"
        "@prodflow.recipe('slow', dataset=('', 'positional', None, str))\n"
        "def slow(dataset):\n"
        "    def before_db(answers):\n"
        "        pathlib.Path('begun').touch()\n"
        "        time.sleep(1.0)\n"
        "        return answers\n"
        "    def on_exit(controller):\n"
        "        pathlib.Path('ended').write_text(str(controller.total_annotated))\n"
        "    parts = {'dataset': dataset, 'view_id': 'text', 'stream': [{'text': str(n)} for n in range(30)]}\n"
        "    return {**parts, 'before_db': before_db, 'on_exit': on_exit}\n"
    )
    with ServerProcess(tmp_path, "slow", "news", "-F", recipe) as server:
        [task, *_] = server.questions()
        replies = []

        def answer():
            body = {"answers": [{"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": "one"}]}
            replies.append(httpx2.post(f"http://127.0.0.1:{server.port}/give_answers", json=body, timeout=20))

        answering = threading.Thread(target=answer)
        answering.start()
        end = time.monotonic() + 20
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        assert server.stop(signal.SIGTERM) == 0
        answering.join()
    [reply] = replies
    assert (reply.status_code, reply.json()["total"]) == (200, 1)
    assert (tmp_path / "ended").read_text() == "1"
    with ServerProcess(tmp_path, "slow", "news", "-F", recipe) as server:
        assert server.client.get("/progress").json()["total"] == 1
        assert server.client.get("/history").json()["answers"][0]["_task_hash"] == task["_task_hash"]
