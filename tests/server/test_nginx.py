"""Behind a real nginx: TLS, a path of its own, forwarded headers from the proxy alone."""

import datetime
import ipaddress
import re
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.server_process import ServerProcess, run, wait_until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
DEPLOY = Path(__file__).parents[2] / "docs" / "how-to" / "deploy.md"
PAGE = {"accept": "text/html"}


class Proxy:
    """An nginx with the configuration that the documentation shows; a context manager.

    Args:
        folder: for its files.
        server: what is behind it.
        strips: whether it takes the path prefix away.
    """

    def __init__(self, folder: Path, server: ServerProcess, *, strips: bool = False) -> None:
        assert NGINX, "no nginx found (apt-get install nginx-light)"
        folder.mkdir()
        make_certificate(folder)
        self.port = free_port()
        self.public = f"https://localhost:{self.port}"
        block = DEPLOY.read_text(encoding="utf-8").partition("```nginx\n")[2].partition("```")[0]
        for shown, real in (
            ("/etc/letsencrypt/live/annotate.example.org", str(folder)),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("annotate.example.org", "localhost"),
            ("127.0.0.1:8080;", f"127.0.0.1:{server.port}{'/' if strips else ''};"),
        ):
            assert shown in block, shown
            block = block.replace(shown, real)
        folders = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/body; {folders}\n{block}\n}}\n"
        )
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=log)
        self._trust = ssl.create_default_context(cafile=folder / "fullchain.pem")

    def client(self, local_address=None):
        """A browser on the other side of the proxy."""
        transport = httpx2.HTTPTransport(verify=self._trust, local_address=local_address)
        return httpx2.Client(base_url=f"{self.public}/annotate/", transport=transport, timeout=20)

    def answers(self):
        assert self._process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self):
        wait_until(self.answers)
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGQUIT)
        assert self._process.wait(20) == 0


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def make_certificate(folder):
    """A certificate for localhost that lasts a day, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    tasks = folder / "tasks.jsonl"
    tasks.write_text("".join(f'{{"text": "text {number}"}}\n' for number in range(400)))
    arguments = ("mark", "news", tasks, "--view-id", "text", "--root-path", "/annotate")
    with ServerProcess(folder / "home", *arguments, PRODFLOW_TRUSTED_PROXIES="127.0.0.1") as server:
        server.home = folder / "home"
        yield server


@pytest.fixture(scope="module", params=["as it is", "taken away"])
def proxy(request, server, tmp_path_factory):
    """With the path prefix passed on as it is, and taken away."""
    with Proxy(tmp_path_factory.mktemp("proxy") / "nginx", server, strips=request.param == "taken away") as proxy:
        yield proxy


def link_of(server, proxy, name):
    done = run(server.home, "invite", "news", name, "--url", f"{proxy.public}/annotate/")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_link_leads_in_and_the_work_can_be_done(server, proxy):
    with proxy.client() as client:
        entered = client.get(link_of(server, proxy, "alex"), headers=PAGE)
        assert (entered.status_code, entered.headers["location"]) == (303, "/annotate/")
        cookie = entered.headers["set-cookie"].lower()
        assert "; secure" in cookie
        assert "; path=/annotate/" in cookie

        page = client.get("", headers=PAGE)
        assert page.status_code == 200
        for asset in re.findall(r'(?:src|href)="\./([^"]+)"', page.text):
            assert client.get(asset).status_code == 200, asset
        origin = {"origin": proxy.public, "sec-fetch-site": "same-origin"}
        assert client.get("project").json()["session_id"] == "news-alex"
        asked = client.post("get_session_questions", json={}, headers=origin).json()
        answers = [{"_task_hash": task["_task_hash"], "answer": "accept"} for task in asked["tasks"]]
        assert client.post("give_answers", json={"answers": answers}, headers=origin).status_code == 200


def test_the_path_without_its_slash_leads_to_the_page(server, proxy):
    with proxy.client() as client:
        reply = client.get(f"{proxy.public}/annotate")
        assert reply.status_code in (301, 307)
        assert reply.headers["location"].endswith("/annotate/")


@pytest.mark.parametrize("origin", ["http://localhost:{port}", "https://localhost", "https://evil.example", "null"])
def test_a_page_of_another_origin_cannot_write(server, proxy, origin):
    with proxy.client() as client:
        client.get(link_of(server, proxy, "alex"))
        headers = {"origin": origin.format(port=proxy.port)}
        assert client.post("get_session_questions", json={}, headers=headers).status_code == 403


def test_what_a_visitor_claims_to_be_is_not_believed(server, proxy):
    """Who guesses waits by their own address, whatever they say; others do not wait with them."""
    mine, others = f"127.0.{proxy.port >> 8}.{proxy.port & 127}", f"127.0.{proxy.port >> 8}.{proxy.port & 127 | 128}"
    claims = {"x-forwarded-proto": "http", "x-forwarded-host": "evil.example", "forwarded": "for=1.2.3.4"}
    with proxy.client(mine) as guesser, proxy.client(others) as other:
        statuses = [
            guesser.get("project?token=wrong", headers={**claims, "x-forwarded-for": f"10.0.0.{number}"}).status_code
            for number in range(11)
        ]
        assert statuses == [401] * 10 + [429]
        assert other.get("project?token=wrong").status_code == 401
        entered = other.get(link_of(server, proxy, "jo"), headers=claims)
        assert "; secure" in entered.headers["set-cookie"].lower()


def test_the_request_has_one_number_on_both_sides(server, proxy):
    with proxy.client() as client:
        assert re.fullmatch("[0-9a-f]{32}", client.get("health").headers["x-request-id"])


def test_forwarded_headers_of_anybody_else_are_not_believed(tmp_path):
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"text": "a"}\n')
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": "10.0.0.1"}
    with ServerProcess(
        tmp_path, "mark", "x", tasks, "--view-id", "text", PRODFLOW_TRUSTED_PROXIES="10.9.9.9"
    ) as server:
        reply = server.client.get(server.address, headers=headers)
        assert reply.status_code == 303
        assert "secure" not in reply.headers["set-cookie"].lower()


def test_a_server_that_takes_everybody_for_a_user_of_this_machine_turns_a_proxy_away(tmp_path):
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"text": "a"}\n')
    with ServerProcess(tmp_path, "mark", "x", tasks, "--view-id", "text") as server:
        assert server.client.get("/project").status_code == 200
        reply = server.client.get("/project", headers={"x-forwarded-for": "203.0.113.5"})
        assert (reply.status_code, "trusted_proxies" in reply.json()["detail"]) == (403, True)
