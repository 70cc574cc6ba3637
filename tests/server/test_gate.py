"""Annotators at the door: links, cookies, sessions of their own, roles, and those who guess."""

import logging
import time

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.testclient import TestClient

from prodflow.server.access import Access
from prodflow.server.app import create_app
from prodflow.server.attempts import Attempts
from prodflow.server.gate import Gate
from prodflow.server.invites import Invites
from prodflow.server.sign_in import SignIn
from prodflow.server.signed_out import SignedOut
from prodflow.server.visitor import Visitor
from prodflow.session.controller import Controller

PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def app():
    controller = Controller("news", "text", [{"text": f"text {number}"} for number in range(30)])
    app = create_app(controller, access=Access(needs_login=True))
    with TestClient(app, base_url="https://work.example"):
        yield app


def link_of(app, name, role="annotator", lasts_s=60):
    invites = app.state.gate._invites
    return invites.token(invites.make("news", name, role=role, lasts_s=lasts_s))


def visitor(app, token=None, base_url="https://work.example"):
    """A browser of its own, that has opened a link."""
    client = TestClient(app, base_url=base_url)
    if token is not None:
        reply = client.get("/", params={"token": token}, headers=PAGE, follow_redirects=False)
        assert (reply.status_code, reply.headers["location"]) == (303, "/"), reply.text
    return client


def test_a_link_moves_into_a_cookie_that_scripts_cannot_read(app):
    token = link_of(app, "alex")
    reply = visitor(app).get("/?token=" + token + "&lang=de", follow_redirects=False)

    assert (reply.status_code, reply.headers["location"]) == (303, "/?lang=de")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    cookie = reply.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "secure", "path=/", "max-age="):
        assert part in cookie
    assert token.lower() not in cookie


def test_over_plain_http_the_cookie_is_not_marked_secure(app):
    reply = visitor(app, base_url="http://work.example").get(
        "/", params={"token": link_of(app, "alex")}, follow_redirects=False
    )
    assert "secure" not in reply.headers["set-cookie"].lower()


def test_the_cookie_says_who_it_is(app):
    client = visitor(app, link_of(app, "alex"))

    project = client.get("/project").json()

    assert (project["annotator"], project["session_id"], project["role"]) == ("alex", "news-alex", "annotator")
    asked = client.post("/get_session_questions", json={}).json()
    assert asked["session_id"] == "news-alex"
    [task, *_] = asked["tasks"]
    stored = client.post("/give_answers", json={"answers": [{"_task_hash": task["_task_hash"], "answer": "accept"}]})
    assert stored.json()["session_id"] == "news-alex"
    [answer] = client.get("/history").json()["answers"]
    assert answer["_annotator_id"] == "alex"


def test_nobody_acts_for_another(app):
    client = visitor(app, link_of(app, "alex"))
    visitor(app, link_of(app, "jo")).get("/project")
    hash_ = client.post("/get_session_questions", json={}).json()["tasks"][0]["_task_hash"]
    for session_id in ("news-jo", "news-admin", app.state.service.controller.session_id):
        body = {"session_id": session_id}
        assert client.post("/get_session_questions", json=body).status_code == 403
        assert client.post("/give_answers", json={**body, "answers": []}).status_code == 403
        assert client.post("/validate_answer", json={**body, "answer": {"answer": "accept"}}).status_code == 403
        assert client.post("/undo", json={**body, "_task_hash": hash_}).status_code == 403
        assert client.get("/progress", params=body).status_code == 403
        assert client.get("/history", params=body).status_code == 403
    refused = client.get("/project", params={"session": "jo"})
    assert (refused.status_code, refused.json()["path"]) == (403, "$.session_id")
    assert "is that of 'alex'" in refused.json()["detail"]
    assert client.post("/get_session_questions", json={"session_id": "news-alex"}).status_code == 200


def test_an_admin_names_sessions_and_follows_the_journal(app):
    admin = visitor(app, app.state.gate.token)
    assert admin.get("/project").json()["role"] == "admin"
    assert admin.get("/project", params={"session": "jo"}).json()["session_id"] == "news-jo"
    lead = visitor(app, link_of(app, "lead", "admin"))
    assert lead.get("/project").json()["session_id"] == "news-lead"
    assert lead.post("/get_session_questions", json={"session_id": "news-jo"}).status_code == 200
    annotator = visitor(app, link_of(app, "alex"))
    reply = annotator.get("/events")
    assert (reply.status_code, "your link is one of role annotator" in reply.json()["detail"]) == (403, True)
    page = annotator.get("/dashboard", headers=PAGE)
    assert (page.status_code, "<h1>This is not open to you</h1>" in page.text) == (403, True)


def test_a_program_that_reads_metrics_reads_nothing_else(app):
    bearer = {"authorization": f"Bearer {link_of(app, None, 'metrics')}"}
    for path in ("/", "/project", "/history", "/openapi.json", "/events", "/media/x"):
        assert visitor(app).get(path, headers=bearer).status_code == 403
    assert visitor(app).post("/get_session_questions", json={}, headers=bearer).status_code == 403


def test_who_signs_out_is_out_and_so_is_who_has_a_copy_of_the_cookie(app):
    link = link_of(app, "alex")
    client, jo = visitor(app, link), visitor(app, link_of(app, "jo"))
    copy = {"cookie": f"{app.state.gate.cookie}={client.cookies[app.state.gate.cookie]}"}
    assert client.get("/project").json()["signed_in"] is True
    assert client.get("/logout").status_code == 405, "a picture's address signs nobody out"
    assert client.post("/logout", headers={"origin": "https://evil.example"}).status_code == 403
    assert visitor(app).get("/project", headers=copy).status_code == 200

    reply = client.post("/logout")

    assert (reply.status_code, reply.json()) == (200, {"status": "signed out"})
    for part in ("max-age=0", "path=/", "httponly", "samesite=lax", "secure"):
        assert part in reply.headers["set-cookie"].lower()
    assert client.get("/project").status_code == 401
    refused = visitor(app).get("/project", headers=copy)
    assert (refused.status_code, "signed out" in refused.json()["detail"]) == (401, True)
    assert visitor(app).post("/logout", headers=copy).status_code == 200, "twice is fine"
    again = create_app(Controller("news", "text", [{"text": "a"}]), access=Access(needs_login=True))
    with TestClient(again) as restarted:
        assert restarted.get("/project", headers=copy).status_code == 401, "a restart lets a copy in"
    assert jo.get("/project").json()["annotator"] == "jo"
    assert visitor(app, link).get("/project").json()["annotator"] == "alex", "the link is as good as it was"


def test_signing_out_of_a_store_that_cannot_be_written_takes_the_cookie_and_says_so(app, tmp_path):
    client = visitor(app, link_of(app, "alex"))
    app.state.gate._signed_out = SignedOut(tmp_path / "no such folder")
    reply = client.post("/logout")
    assert (reply.status_code, "a copy of it could still be used" in reply.json()["detail"]) == (503, True)
    assert "max-age=0" in reply.headers["set-cookie"].lower()


def test_nobody_is_signed_in_where_nobody_logs_in(tmp_path):
    with TestClient(create_app(Controller("open", "text", [{"text": "a"}]))) as client:
        assert client.get("/project").json()["signed_in"] is False
        assert client.post("/logout").status_code == 200


def test_what_was_taken_back_is_out_at_once(app):
    client = visitor(app, link_of(app, "alex"))
    assert client.get("/project").status_code == 200
    invites = app.state.gate._invites
    invites.revoke(invites.all()[0])
    reply = client.get("/project")
    assert (reply.status_code, reply.json()["detail"]) == (401, "It was taken back.")


def test_a_session_ends_with_its_link(app, monkeypatch):
    client = visitor(app, link_of(app, "alex", lasts_s=3600))
    assert client.get("/project").status_code == 200
    later = time.time() + 3601
    monkeypatch.setattr("time.time", lambda: later)
    assert client.get("/project").status_code == 401


def test_a_bad_link_gets_a_page_that_says_so(app):
    invites = app.state.gate._invites
    taken_back, ended = invites.make("news", "jo"), invites.make("news", "kim", lasts_s=-5)
    invites.revoke(taken_back)
    elsewhere = invites.make("other", "alex")
    for token, words in (
        ("rubbish", "not complete, or it was changed"),
        (invites.token(taken_back), "It was taken back"),
        (invites.token(ended), "It ended on 20"),
        (invites.token(elsewhere), "another set of tasks"),
    ):
        reply = visitor(app).get("/", params={"token": token}, headers=PAGE)
        assert reply.status_code == 401
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>This link does not open the door</h1>" in reply.text
        assert words in reply.text
        assert "<script" not in reply.text
        assert token not in reply.text
    reply = visitor(app).get("/", headers=PAGE)
    assert (reply.status_code, "Open the link that you were sent" in reply.text) == (401, True)
    reply = visitor(app).get("/project")
    assert (reply.status_code, reply.json()["error"]) == (401, "link needed")


@pytest.mark.parametrize("cookie", ["x", "a.b", "\x7f", "W10.AAAA", "x" * 5000, '"', "=;=;="])
def test_a_cookie_that_was_made_up_opens_nothing(app, cookie):
    name = app.state.gate.cookie
    assert visitor(app).get("/project", headers={"cookie": f"{name}={cookie}"}).status_code == 401


def test_a_link_is_no_cookie_and_a_cookie_no_link(app):
    token, gate = link_of(app, "alex", "admin"), app.state.gate
    assert visitor(app).get("/project", headers={"cookie": f"{gate.cookie}={token}"}).status_code == 401
    cookie = visitor(app, token).cookies[gate.cookie]
    assert visitor(app).get("/project", headers={"authorization": f"Bearer {cookie}"}).status_code == 401


def test_who_guesses_has_to_wait_and_who_is_in_stays_in(app):
    inside = visitor(app, link_of(app, "alex"))
    guesser, good = visitor(app), link_of(app, "jo")
    for number in range(10):
        assert guesser.get("/project", headers={"authorization": f"Bearer guess{number}"}).status_code == 401
    blocked = guesser.get("/project", headers={"authorization": f"Bearer {good}"})
    assert (blocked.status_code, 0 < int(blocked.headers["retry-after"]) <= 60) == (429, True)
    page = guesser.get("/", params={"token": good}, headers=PAGE)
    assert (page.status_code, "Too many wrong links" in page.text) == (429, True)
    assert inside.get("/project").status_code == 200


def test_attempts_are_forgotten_after_a_while():
    now = [0.0]
    attempts = Attempts(limit=3, window_s=60, clock=lambda: now[0])
    for _ in range(5):
        attempts.fail("1.2.3.4")
        now[0] += 1
    assert attempts.wait_s("1.2.3.4") == 57
    assert attempts.wait_s("1.2.3.5") == 0
    now[0] = 62.5
    assert attempts.wait_s("1.2.3.4") == 0


def test_a_network_of_the_new_kind_is_one_client():
    attempts = Attempts(limit=2)
    attempts.fail("2001:db8::1")
    attempts.fail("2001:db8::2")
    assert attempts.wait_s("2001:db8::3") > 0
    assert attempts.wait_s("2001:db8:0:1::3") == 0
    assert attempts.wait_s("::ffff:1.2.3.4") == 0


def test_attempts_of_many_clients_take_no_more_and_more_memory():
    attempts = Attempts()
    for number in range(12_000):
        attempts.fail(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(attempts._failed) == 10_000


def test_no_secret_gets_into_the_log(app, caplog):
    caplog.set_level(logging.DEBUG)
    token = link_of(app, "alex")
    client = visitor(app, token)
    client.get("/project", headers={"authorization": "Bearer wr0ng-secret"})
    client.get("/nope", params={"token": "wr0ng-secret"})
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    for secret in (token, "wr0ng-secret", app.state.gate.token, client.cookies[app.state.gate.cookie]):
        assert not [line for line in ours if secret in line]


def test_the_way_in_leads_nowhere_else(app):
    for path in ("//evil.example/", "/\\evil.example", "/%0d%0aset-cookie:x"):
        reply = visitor(app).get(f"https://work.example{path}?token={link_of(app, 'alex')}", follow_redirects=False)
        assert reply.status_code == 303
        location = reply.headers["location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert "\r" not in location


def test_where_nobody_has_to_log_in_a_link_still_says_who_it_is():
    controller = Controller("news", "text", [{"text": "a"}])
    app = create_app(controller)
    with TestClient(app) as client:
        assert client.get("/project").json()["role"] == "admin"
        client.get("/", params={"token": link_of(app, "alex")})
        assert client.get("/project").json()["session_id"] == "news-alex"
        assert client.get("/project", params={"session": "jo"}).status_code == 403
        assert client.get("/", params={"token": "rubbish"}, headers=PAGE).status_code == 401


@pytest.mark.parametrize(
    ("needs_login", "names_in_url", "status"), [(False, False, 403), (False, None, 200), (True, True, 200)]
)
def test_sessions_are_named_in_the_address_only_where_that_is_allowed(needs_login, names_in_url, status):
    controller = Controller("news", "text", [{"text": "a"}])
    app = create_app(controller, access=Access(needs_login=needs_login, names_in_url=names_in_url))
    with TestClient(app) as client:
        if needs_login:
            client.get("/", params={"token": link_of(app, "alex")})
        assert client.get("/project", params={"session": "jo"}).status_code == status
        assert client.post("/get_session_questions", json={"session_id": "news-jo"}).status_code == status
        assert client.get("/project").status_code == 200
        assert client.post("/get_session_questions", json={}).status_code == 200


def gate_of(tmp_path, dataset="news", **allowed):
    table = {"issuer": "https://id.example", "client_id": "prodflow", "allowed_emails": ["alex@example.org"], **allowed}
    access = Access(needs_login=True, token="one for both")
    return Gate(access, Invites(tmp_path), dataset, SignedOut(tmp_path), SignIn.of({"oidc": table}))


def cookie_of(gate, pass_):
    response = Response()
    gate.cookie_for({"type": "http"}, response, pass_)
    return response.headers["set-cookie"].partition("=")[2].partition(";")[0]


def admitted(gate, cookie):
    """Whom a gate takes the owner of a cookie for; None for nobody."""
    scope = {"type": "http", "method": "GET", "path": "/project", "query_string": b""}
    scope["headers"] = [(b"cookie", f"{gate.cookie}={cookie}".encode())]
    found = gate.admit(scope, Headers(scope=scope))
    return None if isinstance(found, Response) else found


SIGNED_IN = {"n": "alex", "r": "annotator", "e": "alex@example.org"}


def test_who_signed_in_and_is_taken_off_the_list_is_out(tmp_path):
    gate = gate_of(tmp_path)
    cookie = cookie_of(gate, SIGNED_IN)
    assert admitted(gate, cookie) == Visitor("alex", signed_in=True)
    assert admitted(gate_of(tmp_path, allowed_emails=["jo@example.org"]), cookie) is None
    assert admitted(gate_of(tmp_path, admins=["alex@example.org"]), cookie).is_admin


@pytest.mark.parametrize("who", ["signed in", "admin"])
def test_a_cookie_ends_and_is_good_for_its_own_dataset_and_store_alone(tmp_path, monkeypatch, who):
    gate = gate_of(tmp_path)
    pass_ = SIGNED_IN if who == "signed in" else {"t": gate._digest}
    cookie = cookie_of(gate, pass_)
    assert admitted(gate, cookie) is not None
    assert admitted(gate_of(tmp_path, "other"), cookie) is None
    assert admitted(gate_of(tmp_path / "elsewhere"), cookie) is None
    later = time.time() + 31 * 86_400
    monkeypatch.setattr("time.time", lambda: later)
    assert admitted(gate, cookie) is None
