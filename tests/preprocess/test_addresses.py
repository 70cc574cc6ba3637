"""URLs of data lead nowhere on this machine or its network: by no name, redirect or change of a name."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from prodflow.core.errors import MediaError, SettingError
from prodflow.preprocess import fetch_media
from prodflow.preprocess.addresses import AllowedAddresses
from prodflow.preprocess.pinned import make_client
from prodflow.preprocess.url_reader import UrlReader

HERE, THERE = "127.0.0.1", "127.0.0.2"


class Handler(BaseHTTPRequestHandler):
    """Says which of this machine's addresses was reached, or sends to another place."""

    def do_GET(self) -> None:
        body = b""
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            body = str(self.connection.getsockname()[0]).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server that listens on all of this machine's addresses."""
    with ThreadingHTTPServer(("0.0.0.0", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def read(url: str, *networks: str) -> bytes:
    with UrlReader(max_bytes=1000, timeout_s=5, private_networks=networks) as urls:
        return urls.read(url)[0]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "what",
        "",
    ],
)
def test_what_is_not_of_the_open_internet_is_refused(address: str) -> None:
    assert not AllowedAddresses().is_allowed(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "172.15.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_open_internet_is_allowed(address: str) -> None:
    assert AllowedAddresses().is_allowed(address)


def test_what_the_user_names_is_allowed_and_nothing_beside_it() -> None:
    allowed = AllowedAddresses(["10.1.0.0/16", "::1"])
    assert [allowed.is_allowed(one) for one in ("10.1.2.3", "::ffff:10.1.2.3", "::1", "10.2.0.1", "127.0.0.1")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert AllowedAddresses(["all"]).is_allowed("127.0.0.1")
    with pytest.raises(SettingError, match="'intern' is no address or network"):
        AllowedAddresses(["intern"])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "user:secret@127.0.0.1",
        "127.0.0.1.",
        "①②⑦.0.0.1",
    ],
)
def test_this_machine_is_refused_by_whatever_name(host: str, port: int) -> None:
    with pytest.raises(MediaError) as error:
        read(f"http://{host}:{port}/")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]"])
def test_the_refusal_says_how_to_allow_it(host: str, port: int) -> None:
    with pytest.raises(MediaError, match=r"data may not lead there; allow it with private_networks"):
        read(f"http://{host}:{port}/")


def test_an_allowed_network_is_read(port: int) -> None:
    assert read(f"http://127.0.0.1:{port}/", "127.0.0.1") == HERE.encode()
    assert read(f"http://127.0.0.1:{port}/", "all") == HERE.encode()


def test_a_redirect_leads_no_further_than_the_first_address_may(port: int) -> None:
    start = f"http://{HERE}:{port}/to/"
    assert read(f"{start}http://{HERE}:{port}/", HERE) == HERE.encode()
    for target in (f"http://{THERE}:{port}/", f"//{THERE}:{port}/", f"{start}http://{THERE}:{port}/"):
        with pytest.raises(MediaError, match=r"127\.0\.0\.2 is an address of this machine"):
            read(start + target, HERE)
    for target in ("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "unix:///run/docker.sock"):
        with pytest.raises(MediaError):
            read(start + target, HERE)


def get(url: str, resolve: Callable[[str, int], Awaitable[list[str]]], *networks: str) -> bytes:
    async def run() -> bytes:
        async with make_client(AllowedAddresses(networks), resolve=resolve, follow_redirects=True) as client:
            return (await client.get(url)).content

    return asyncio.run(run())


def test_a_name_that_changes_between_check_and_use_leads_where_it_was_checked(port: int) -> None:
    """Who answers for a name may give one address to the check and another to the connection: there is only one."""
    answers = iter([[HERE], [THERE], [THERE]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    assert get(f"http://rebind.example:{port}/", resolve, HERE) == HERE.encode()
    assert next(answers) == [THERE], "the name was resolved once"


def test_a_name_that_changes_between_a_page_and_its_redirect_is_checked_again(port: int) -> None:
    answers = iter([[HERE], [THERE]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    with pytest.raises(MediaError, match=r"other\.example \(127\.0\.0\.2\) is an address of this machine"):
        get(f"http://rebind.example:{port}/to/http://other.example:{port}/", resolve, HERE)


def test_a_name_with_one_bad_address_among_good_ones_is_refused(port: int) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return [HERE, THERE]

    with pytest.raises(MediaError, match=r"mixed\.example"):
        get(f"http://mixed.example:{port}/", resolve, HERE)


def test_another_address_is_tried_where_one_does_not_answer(port: int) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["::1", HERE]

    assert get(f"http://two.example:{port}/", resolve, "all") == HERE.encode()


def test_the_configuration_allows_networks(port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path))
    task = {"audio": f"http://{HERE}:{port}/"}
    with pytest.raises(MediaError, match="data may not lead there"):
        list(fetch_media([task], ["audio"]))
    monkeypatch.setenv("PRODFLOW_PRIVATE_NETWORKS", "10.0.0.0/8, 127.0.0.1")
    assert len(list(fetch_media([task], ["audio"]))) == 1
    with pytest.raises(MediaError, match="data may not lead there"):
        list(fetch_media([task], ["audio"], private_networks=["10.0.0.0/8"]))


def test_a_proxy_of_the_environment_is_used_and_no_address_named_that_is_not_allowed(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{HERE}:{port}")
    assert read("http://any.example/") == HERE.encode(), "the proxy answered"
    for host in ("169.254.169.254", "[fd00:ec2::254]"):
        with pytest.raises(MediaError, match="data may not lead there"):
            read(f"http://{host}/latest/meta-data")
    monkeypatch.setenv("no_proxy", "localhost,.intern.example")
    with pytest.raises(MediaError, match="data may not lead there"):
        read(f"http://localhost:{port}/")
