"""Who may come in, and from where."""

import pytest
from starlette.testclient import TestClient

from prodflow.server.access import Access
from prodflow.server.app import create_app
from prodflow.session.controller import Controller

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def client_of(base_url="http://localhost", **settings):
    controller = Controller("news", "text", [{"text": "a"}])
    return TestClient(create_app(controller, access=Access(**settings)), base_url=base_url)


def test_a_name_that_is_not_this_machines_is_refused():
    with client_of(hosts=LOOPBACK) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health", headers={"host": "127.0.0.1:8080"}).status_code == 200
        assert client.get("/health", headers={"host": "[::1]:8080"}).status_code == 200
        assert client.get("/project", headers={"host": "evil.example"}).status_code == 421
        assert client.get("/project", headers={"host": "localhost.evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://[", "http://localhost.evil.example", "http://localhost:81"]
)
def test_a_page_of_another_origin_cannot_write(origin):
    with client_of() as client:
        reply = client.post("/get_session_questions", json={}, headers={"origin": origin})
        assert reply.status_code == 403


def test_its_own_page_can_write():
    with client_of() as client:
        reply = client.post("/get_session_questions", json={}, headers={"origin": "http://localhost"})
        assert reply.status_code == 200


def test_a_token_is_asked_for_and_moves_into_a_cookie():
    with client_of("http://work.example", token="s3cret-token", needs_login=True) as client:
        assert client.get("/project").status_code == 401
        assert client.post("/give_answers", json={"answers": []}).status_code == 401
        assert client.get("/project?token=wrong").status_code == 401
        assert client.get("/health").status_code == 200
        reply = client.get("/project?token=s3cret-token&session=alex", follow_redirects=False)
        assert (reply.status_code, reply.headers["location"]) == (303, "/project?session=alex")
        cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert client.get("/project").status_code == 200


def test_a_script_brings_the_token_as_a_bearer():
    with client_of(token="s3cret-token", needs_login=True) as client:
        assert client.get("/project", headers={"authorization": "Bearer s3cret-token"}).status_code == 200
        assert client.get("/project", headers={"authorization": "Bearer s3cret-tokem"}).status_code == 401
        assert client.get("/project", headers={b"authorization": "Bearer é".encode("latin-1")}).status_code == 401


def test_every_reply_carries_a_strict_policy():
    with client_of() as client:
        for path in ("/", "/project", "/nope"):
            headers = client.get(path).headers
            assert "script-src 'self'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
