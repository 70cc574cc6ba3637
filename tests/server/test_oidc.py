"""Signing in with a real OpenID Connect provider, in a process of its own."""

import json
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from prodflow.core.config import get_config
from prodflow.core.errors import ConfigError
from prodflow.server.invites import LinkError
from prodflow.server.sign_in import SignIn
from tests.server_process import ServerProcess, wait_until

USERS = [
    {"sub": "1", "email": "alex@example.org", "email_verified": True, "preferred_username": "alex"},
    {"sub": "2", "email": "Lead@Example.org", "email_verified": True, "preferred_username": "lead"},
    {"sub": "3", "email": "eve@evil-example.org", "email_verified": True, "preferred_username": "eve"},
    {"sub": "4", "email": "boss@example.org", "email_verified": False, "preferred_username": "boss"},
    {"sub": "5", "email": "slash@example.org", "email_verified": True, "preferred_username": "../lead"},
]
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """The provider's address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    claims = [word for user in USERS for word in ("--user-claims", json.dumps(user))]
    code = "from oidc_provider_mock.__main__ import run; run()"
    log = tmp_path_factory.mktemp("provider") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, "--port", str(port), "--require-nonce", "true", *claims],
            stdout=out,
            stderr=out,
        )

    def answers():
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(answers, 30)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def table(issuer, **more):
    return {
        "issuer": issuer,
        "client_id": "prodflow",
        "client_secret": "s3cret-of-the-client",
        "allowed_emails": ["@example.org"],
        "admins": ["lead@example.org"],
        "name_claim": "preferred_username",
        **more,
    }


@pytest.fixture(scope="module")
def server(provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    tasks = folder / "tasks.jsonl"
    tasks.write_text('{"text": "a"}\n{"text": "b"}\n')
    env = {"PRODFLOW_OIDC": json.dumps(table(provider)), "PRODFLOW_LOGGING": "verbose"}
    arguments = ("mark", "news", tasks, "--view-id", "text", "--root-path", "/annotate")
    with ServerProcess(folder / "home", *arguments, imports=["authlib.integrations.starlette_client"], **env) as server:
        yield server


def base_of(server):
    return server.address.partition("?")[0]


def to_provider(client, base):
    """Begin to sign in; return the provider's address."""
    reply = client.get(f"{base}login/")
    assert reply.status_code == 302, reply.text
    return reply.headers["location"]


def come_back(client, base, subject):
    """Sign in as a user of the provider; return the server's reply to coming back."""
    there = client.post(to_provider(client, base), data={"sub": subject})
    assert there.status_code == 302, there.text
    return client.get(there.headers["location"], headers=PAGE)


def test_a_user_of_the_provider_comes_in_under_their_name(server):
    base = base_of(server)
    with httpx2.Client() as client:
        before = client.get(base, headers=PAGE)
        assert (before.status_code, 'href="/annotate/login/"' in before.text) == (401, True)
        asked = parse_qs(urlsplit(to_provider(client, base)).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == [f"{base}login/callback"]
        assert asked.keys() >= {"state", "nonce"}

        entered = come_back(client, base, "1")

        assert (entered.status_code, entered.headers["location"]) == (303, "/annotate/")
        project = client.get(f"{base}project").json()
        assert (project["annotator"], project["role"]) == ("alex", "annotator")
        reply = client.post(f"{base}get_session_questions", json={"session_id": "news-lead"})
        assert reply.status_code == 403
        assert client.get(f"{base}metrics").status_code == 403


def test_admins_are_named_by_their_address(server):
    base = base_of(server)
    with httpx2.Client() as client:
        assert come_back(client, base, "2").status_code == 303
        assert client.get(f"{base}project").json()["role"] == "admin"


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("3", "eve@evil-example.org is not among those who may come in"),
        ("4", "does not vouch for your e-mail address"),
        ("5", "gives you no usable name (preferred_username)"),
    ],
)
def test_others_are_told_why_not(server, subject, says):
    base = base_of(server)
    with httpx2.Client() as client:
        reply = come_back(client, base, subject)
        assert (reply.status_code, says in reply.text) == (403, True), reply.text
        assert client.get(f"{base}project").status_code == 401


def test_a_way_back_that_was_not_begun_here_leads_nowhere(server):
    base = base_of(server)
    with httpx2.Client() as victim, httpx2.Client() as attacker:
        there = attacker.post(to_provider(attacker, base), data={"sub": "1"}).headers["location"]
        assert victim.get(there, headers=PAGE).status_code == 400
        to_provider(victim, base)
        assert victim.get(there, headers=PAGE).status_code == 400
        assert victim.get(f"{base}login/callback?error=access_denied", headers=PAGE).status_code == 400
        assert victim.get(f"{base}login/callback?code=x&state=y", headers=PAGE).status_code == 400
        assert victim.get(f"{base}login/callback").status_code == 400
        assert victim.get(f"{base}project").status_code == 401
        assert attacker.get(there).status_code == 303
        assert attacker.get(there).status_code == 400, "a way back leads in once"


def test_links_and_programs_come_in_as_before(server):
    with httpx2.Client() as client:
        assert client.get(server.address).status_code == 303
        assert client.get(f"{base_of(server)}project").json()["role"] == "admin"


def test_no_secret_gets_into_the_log(server):
    assert "s3cret-of-the-client" not in server.words
    assert not re.search(r"code=|id_token|state=", server.words)


def test_a_provider_that_is_not_there_is_no_failure_of_the_server(tmp_path):
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"text": "a"}\n')
    env = {"PRODFLOW_OIDC": json.dumps(table("http://127.0.0.1:1"))}
    with ServerProcess(tmp_path, "mark", "news", tasks, "--view-id", "text", **env) as server:
        reply = server.client.get("/login/", headers=PAGE)
        assert (reply.status_code, "does not answer" in reply.text) == (502, True)


def sign_in(**more):
    return SignIn.of(get_config({"oidc": {**table("https://id.example"), **more}}))


def test_who_is_taken_off_the_list_is_out():
    claims = {"email": "alex@example.org", "preferred_username": "alex"}
    assert sign_in().admit(claims) == {"n": "alex", "r": "annotator", "e": "alex@example.org"}
    with pytest.raises(LinkError):
        sign_in(allowed_emails=["jo@example.org"]).admit(claims)
    assert sign_in(allowed_emails=["*"]).allows("anybody@anywhere")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"issuer": "http://id.example"}, "is no https address"),
        ({"issuer": ""}, "oidc.issuer is no text"),
        ({"client_id": None}, "oidc.client_id is missing"),
        ({"allowed_emails": []}, "oidc.allowed_emails is missing: name addresses"),
        ({"allowed_emails": "alex@example.org"}, "is a list of e-mail addresses"),
        ({"allowed_emails": ["example.org"]}, "'example.org' is no e-mail address"),
        ({"admins": ["*"]}, "oidc.admins: '*' is no e-mail address"),
        ({"session_hours": 0}, "session_hours=0 is no number"),
        ({"alowed": 1}, "oidc has no 'alowed'"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(more, says):
    with pytest.raises(ConfigError) as error:
        sign_in(**more)
    assert says in str(error.value)
    assert "s3cret-of-the-client" not in str(error.value)
