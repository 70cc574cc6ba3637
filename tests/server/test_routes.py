"""The HTTP API over a real controller and a real store."""

import io
import json
import threading
import time

import pytest
from starlette.testclient import TestClient

from prodflow.server.app import create_app
from prodflow.session.controller import Controller


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def make(stream=None, **components):
    stream = [{"text": f"text {number}", "label": "NEWS"} for number in range(25)] if stream is None else stream
    overrides = components.pop("overrides", None)
    given = {"dataset": "news", "view_id": "classification", "stream": stream, **components}
    return Controller.from_components("mark", given, overrides)


@pytest.fixture
def client():
    with TestClient(create_app(make())) as client:
        yield client


def questions(client, session_id=None):
    return client.post("/get_session_questions", json={"session_id": session_id}).json()["tasks"]


def give(client, *answers, session_id=None):
    return client.post("/give_answers", json={"answers": list(answers), "session_id": session_id})


def accept(task, **more):
    return {"_task_hash": task["_task_hash"], "answer": "accept", **more}


def test_a_whole_round(client):
    project = client.get("/project").json()
    assert (project["dataset"], project["view_id"], project["session_id"]) == ("news", "classification", None)
    tasks = questions(client)
    assert [task["text"] for task in tasks] == [f"text {number}" for number in range(10)]
    reply = give(client, *(accept(task, _event_id=f"e{task['_task_hash']}") for task in tasks)).json()
    assert (reply["total"], reply["session_total"]) == (10, 10)
    assert [result["duplicate"] for result in reply["results"]] == [False] * 10
    assert questions(client)[0]["text"] == "text 10"
    assert client.get("/progress").json()["total"] == 10
    history = client.get("/history").json()["answers"]
    assert [task["text"] for task in history] == [f"text {number}" for number in range(9, -1, -1)]


def test_whole_tasks_come_back_as_scripts_send_them(client):
    [task, *_] = questions(client)
    assert give(client, {**task, "answer": "reject", "comment": "no"}).status_code == 200
    [stored] = client.get("/history").json()["answers"]
    assert (stored["answer"], stored["comment"], stored["text"]) == ("reject", "no", task["text"])


def test_a_named_session_has_its_own_tasks_and_totals(client):
    project = client.get("/project", params={"session": "alex"}).json()
    assert (project["session_id"], project["annotator"]) == ("news-alex", "alex")
    mine, theirs = questions(client, "news-alex"), questions(client, "news-jo")
    assert not {task["_task_hash"] for task in mine} & {task["_task_hash"] for task in theirs}
    reply = give(client, accept(mine[0]), session_id="news-alex").json()
    assert (reply["session_total"], reply["total"]) == (1, 1)
    assert client.get("/progress", params={"session_id": "news-jo"}).json()["session_total"] == 0


def test_the_same_answer_sent_again_is_stored_once(client):
    [task, *_] = questions(client)
    first = give(client, accept(task, _event_id="one")).json()
    again = give(client, accept(task, _event_id="one")).json()
    assert first["results"][0]["seq"] == again["results"][0]["seq"]
    assert again["results"][0]["duplicate"]
    assert again["total"] == 1


def test_the_same_event_id_with_another_answer_is_refused(client):
    [task, *_] = questions(client)
    give(client, accept(task, _event_id="one"))
    reply = give(client, {**accept(task, _event_id="one"), "answer": "reject"})
    assert reply.status_code == 409
    assert reply.json()["path"] == "$.answers[0]._event_id"


def test_undo_gives_the_task_back(client):
    [task, *_] = questions(client)
    give(client, accept(task))
    reply = client.post("/undo", json={"session_id": None, "_task_hash": task["_task_hash"], "_event_id": "u1"})
    assert reply.json()["task"]["text"] == task["text"]
    assert reply.json()["total"] == 0
    assert questions(client)[0]["_task_hash"] == task["_task_hash"]


def test_undo_of_nothing_and_of_anothers_answer_are_refused(client):
    mine, theirs = questions(client, "news-alex")[0], questions(client, "news-jo")[0]
    give(client, accept(theirs), session_id="news-jo")
    for task, status in ((mine, 404), (theirs, 403)):
        reply = client.post("/undo", json={"session_id": "news-alex", "_task_hash": task["_task_hash"]})
        assert reply.status_code == status


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        (b"no json", 400, "$"),
        (b"[1]", 400, "$"),
        (b'{"answers": 5}', 400, "$.answers"),
        (b'{"answers": [5]}', 400, "$.answers[0]"),
        (b'{"answers": [{"answer": "yes"}]}', 400, "$.answers[0].answer"),
        (b'{"answers": [{"answer": "accept", "_task_hash": 99}]}', 404, "$.answers[0]._task_hash"),
        (b'{"answers": [{"answer": "accept", "_task_hash": "x"}]}', 400, "$.answers[0]._task_hash"),
        (b'{"answers": [{"answer": "accept"}]}', 400, "$.answers[0]._task_hash"),
        (b'{"answers": [{"answer": "accept", "_task_hash": 9223372036854775808}]}', 400, "$.answers[0]._task_hash"),
        (b'{"answers": [], "session_id": 5}', 400, "$.session_id"),
        (b'{"answers": [], "session_id": "other-alex"}', 404, "$.session_id"),
        (b'{"answers": [], "session_id": "news-a\\u0000"}', 400, "$.session_id"),
        (b'{"answers": [], "session_id": "news-../../x"}', 400, "$.session_id"),
    ],
)
def test_a_bad_body_is_refused_with_its_place(client, body, status, path):
    reply = client.post("/give_answers", content=body)
    assert reply.status_code == status, reply.text
    assert reply.json()["path"] == path
    assert reply.json().keys() == {"error", "detail", "path"}
    assert client.get("/progress").json()["total"] == 0


def test_one_bad_answer_refuses_the_whole_batch(client):
    first, second, *_ = questions(client)
    body = json.dumps({"answers": [accept(first), {**accept(second), "note": "\ud83d"}]})
    reply = client.post("/give_answers", content=body)
    assert reply.status_code == 400
    assert client.get("/progress").json()["total"] == 0


def test_too_large_a_body_is_refused(client):
    reply = client.post("/give_answers", content=b'{"x": "' + b"a" * (33 * 2**20) + b'"}')
    assert reply.status_code == 413


@pytest.mark.parametrize("count", [0, -1, "5", 1001])
def test_a_wrong_number_of_tasks_is_refused(client, count):
    assert client.post("/get_session_questions", json={"n": count}).json()["path"] == "$.n"


def test_pictures_travel_by_opaque_ids_and_are_stored_by_path(tmp_path):
    from PIL import Image

    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (8, 6), "red").save(folder / "a.png")
    stream = [
        {
            "image": str(folder / "a.png"),
            "path": str(folder / "a.png"),
            "options": [{"id": 1, "image": str(folder / "a.png")}],
        }
    ]
    with TestClient(create_app(make(stream, view_id="choice"))) as client:
        [task] = questions(client)
        assert str(tmp_path) not in json.dumps(task)
        reply = client.get("/" + task["image"])
        assert reply.headers["content-type"] == "image/png"
        assert "sandbox" in reply.headers["content-security-policy"]
        assert Image.open(io.BytesIO(reply.content)).size == (8, 6)
        etag = reply.headers["etag"]
        part = client.get("/" + task["image"], headers={"range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, reply.content[:4])
        assert etag
        assert give(client, {**task, "answer": "accept", "accept": [1]}).status_code == 200
        [stored] = client.app.state.service.controller.history()
    assert stored["image"] == str(folder / "a.png")
    assert stored["options"][0]["image"] == str(folder / "a.png")


def test_a_client_cannot_name_a_file(tmp_path):
    with TestClient(create_app(make([{"text": "a"}]))) as client:
        [task] = questions(client)
        for value in ("/etc/passwd", "media/AAAA", "../x.png", "file:///etc/passwd"):
            reply = give(client, {**task, "answer": "accept", "image": value})
            assert (reply.status_code, reply.json()["path"]) == (400, "$.answers[0].image")
        assert client.get("/media/..%2f..%2fetc%2fpasswd").status_code == 404


def test_a_file_that_is_no_picture_is_not_shown(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with TestClient(create_app(make([{"image": str(secret)}]))) as client:
        [task] = questions(client)
        assert client.get("/" + task["image"]).status_code == 404


def test_the_end_says_why(client):
    while tasks := questions(client):
        give(client, *map(accept, tasks))
    reply = client.post("/get_session_questions", json={}).json()
    assert reply["done_reason"] == "You have reached the end: all 25 tasks of the stream came by."


def test_a_slow_model_does_not_hold_up_answers_or_prepared_batches():
    def update(answers):
        time.sleep(1.5)

    with TestClient(create_app(make(update=update))) as client:
        first = questions(client)
        wait_for_look_ahead(client)
        began = time.monotonic()
        give(client, *map(accept, first))
        second = questions(client)
        assert time.monotonic() - began < 1.0
        assert [task["text"] for task in second] == [f"text {number}" for number in range(10, 20)]


def test_a_slow_model_learns_in_one_lesson_what_came_meanwhile():
    lessons = []

    def update(answers):
        lessons.append(len(answers))
        time.sleep(0.5)

    with TestClient(create_app(make(update=update))) as client:
        for task in questions(client):
            give(client, accept(task))
    assert sum(lessons) == 10
    assert len(lessons) < 5


def wait_for_look_ahead(client):
    controller = client.app.state.service.controller
    end = time.monotonic() + 5
    while time.monotonic() < end and len(controller.open_tasks()) < 20:
        time.sleep(0.01)


def test_the_recipes_refusal_is_shown_at_the_task():
    def validate_answer(task):
        raise ValueError("pick one")

    with TestClient(create_app(make(validate_answer=validate_answer))) as client:
        [task, *_] = questions(client)
        reply = give(client, accept(task))
        assert (reply.status_code, reply.json()["detail"], reply.json()["path"]) == (422, "pick one", "$.answers[0]")
        checked = client.post("/validate_answer", json={"answer": {**task, "answer": "accept"}})
        assert (checked.status_code, checked.json()["detail"]) == (422, "pick one")
        checked = client.post("/validate_answer", json={**task, "answer": "accept"})
        assert (checked.status_code, checked.json()["detail"]) == (422, "pick one")


def test_events_call_the_recipe():
    hooks = {"add": lambda controller, *, a, b: {"sum": a + b, "dataset": controller.dataset}}
    with TestClient(create_app(make(event_hooks=hooks))) as client:
        assert client.post("/event/add", json={"a": 1, "b": 2}).json() == {"sum": 3, "dataset": "news"}
        assert client.post("/event/add", json={"a": 1}).status_code == 400
        assert client.post("/event/nope", json={}).status_code == 404


def test_only_allowed_sessions_come_in():
    with TestClient(create_app(make(overrides={"allowed_sessions": ["alex"]}))) as client:
        assert client.get("/project", params={"session": "alex"}).status_code == 200
        assert client.get("/project", params={"session": "eve"}).status_code == 403
        assert client.post("/get_session_questions", json={"session_id": "news-eve"}).status_code == 403
        assert client.post("/get_session_questions", json={}).status_code == 403


def test_callbacks_at_start_and_end():
    called = []
    controller = make(on_load=lambda ctrl: called.append("load"), on_exit=lambda ctrl: called.append(ctrl.dataset))
    with TestClient(create_app(controller)) as client:
        assert client.get("/health").json() == {"status": "ok"}
    assert called == ["load", "news"]


def test_the_journal_can_be_followed(client):
    [task, *_] = questions(client)
    give(client, accept(task, _event_id="one"))
    service = client.app.state.service
    [row] = service.controller.events_since(0, 10)
    assert (row["kind"], row["answer"], row["event_id"]) == ("answer", "accept", "one")
    assert "content" not in row


def test_the_api_describes_itself(client):
    described = client.get("/openapi.json").json()
    of_the_app = {"/", "/assets", "/icon.svg", "/theme.js", "/openapi.json", "/events"}
    of_the_app |= {"/recipe.js", "/recipe.css", "/recipe/{name}"}
    of_the_app |= {"/dashboard", "/dashboard.css", "/dashboard/events"}
    routes = {route.path for route in client.app.routes} - of_the_app
    assert set(described["paths"]) == routes


def test_unknown_paths_answer_in_json(client):
    assert client.get("/nope").json()["error"] == "refused"
    assert client.get("/give_answers").status_code == 405


def test_the_history_tells_what_the_annotator_changed():
    stream = [{"text": "a", "spans": [{"label": "X"}]}, {"text": "b"}]
    with TestClient(create_app(make(stream, view_id="ner_manual", overrides={"validate": False}))) as client:
        first, second = questions(client)
        give(client, accept(first, spans=[], flagged=True, _seconds=1.5), accept(second))
        b, a = client.get("/history").json()["answers"]
    assert (a["_changed"], a["_asked"]) == (["spans", "flagged"], {"spans": [{"label": "X"}]})
    assert (b["_changed"], b["_asked"]) == ([], {})


def test_what_the_history_adds_is_not_stored_when_it_comes_back(client):
    [task, *_] = questions(client)
    give(client, accept(task, comment="so"))
    [answered] = client.get("/history").json()["answers"]
    give(client, {**answered, "answer": "reject"})
    [stored] = client.app.state.service.controller.history()
    assert (stored["answer"], stored["comment"]) == ("reject", "so")
    assert not {"_changed", "_asked"} & {*stored}


def test_an_event_hook_gets_paths_and_the_page_gets_ids(tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    path, seen = str(tmp_path / "a.png"), []

    def turn(controller, *, example, image):
        seen.append((example["image"], image))
        return {"image": example["image"], "turned": True}

    controller = make([{"image": path}], view_id="image", event_hooks={"turn": turn})
    with TestClient(create_app(controller)) as client:
        [task] = questions(client)
        reply = client.post("/event/turn", json={"example": task, "image": "any words"}).json()
    assert seen == [(path, "any words")]
    assert reply == {"image": task["image"], "turned": True}


@pytest.mark.parametrize("levels", [400, 900, 1500, 100_000])
def test_a_body_of_endless_levels_is_refused(client, levels):
    [task, *_] = questions(client)
    deep = '{"a":' * levels + "1" + "}" * levels
    body = f'{{"answers":[{{"_task_hash":{task["_task_hash"]},"answer":"accept","meta":{deep}}}]}}'
    reply = client.post("/give_answers", content=body)
    assert reply.status_code in (400, 422), reply.text
    assert client.get("/progress").json()["total"] == 0


def test_a_slow_stream_serves_all_in_turns():
    """Nobody waits until the next two batches of somebody else are ready."""
    read = []

    def slow():
        for number in range(60):
            time.sleep(0.11)
            read.append(number)
            yield {"text": f"text {number}", "label": "NEWS"}

    with TestClient(create_app(make(slow()))) as client:
        assert questions(client, "news-alex")
        assert questions(client, "news-jo")
        assert len(read) < 18


def test_a_client_cannot_change_what_an_answer_was_asked_with(client):
    [task, *_] = questions(client)
    give(client, {**task, "answer": "accept", "_view_id": "html", "_input_hash": 1})
    [stored] = client.get("/history").json()["answers"]
    assert (stored["_view_id"], stored["_input_hash"]) == ("classification", task["_input_hash"])


def test_a_progress_function_that_hangs_holds_up_nobody():
    done = threading.Event()
    with TestClient(create_app(make(progress=lambda controller, loss: done.wait(20) and 0.5))) as client:
        [first, *_] = questions(client)
        assert give(client, accept(first)).json()["progress"] == {"value": None, "kind": "custom"}
        done.set()
        while (progress := client.get("/progress").json()["progress"])["value"] is None:
            pass
        assert progress == {"value": 0.5, "kind": "custom"}
