"""What takes too long or is too large is given up, on a real server, whose patience is short here."""

import contextlib
import socket
import threading
import time

import pytest

from prodflow.server import limits, response
from prodflow.server.app import create_app
from prodflow.server.process import Server
from prodflow.server.serve import listen
from prodflow.session.controller import Controller

HEAD = b"POST /undo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"


@pytest.fixture
def port(tmp_path, monkeypatch):
    """A server in a thread, that waits for nothing longer than half a second."""
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path))
    monkeypatch.setattr(limits, "MAX_HEAD_S", 0.5)
    monkeypatch.setattr(response, "MAX_BODY_S", 0.5)
    listening, ready = listen("127.0.0.1", 0), threading.Event()
    server = Server(create_app(Controller("news", "text", [{"text": "a"}])), ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    assert ready.wait(30)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def reply_to(port, data, *, within_s=20.0):
    """What came until the server closed the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=within_s) as connection:
        connection.sendall(data)
        came = b""
        with contextlib.suppress(ConnectionError):
            while chunk := connection.recv(65_536):
                came += chunk
    return came


@pytest.mark.parametrize("data", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: localhost\r\n", HEAD])
def test_a_head_that_does_not_come_is_not_waited_for(port, data):
    assert reply_to(port, data) == b""


def test_a_body_that_does_not_come_is_not_waited_for(port):
    assert reply_to(port, HEAD + b"Connection: close\r\n\r\n{").startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "data",
    [
        b"GET /" + b"a" * limits.MAX_HEAD_BYTES + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * limits.MAX_HEAD_BYTES + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: aaaa\r\n" * 16_000 + b"\r\n",
    ],
)
def test_a_head_that_is_too_large_is_refused(port, data):
    assert reply_to(port, data).startswith(b"HTTP/1.1 400 ")


def test_a_request_in_time_is_answered_also_as_the_second_of_a_connection(port):
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 50_000 + b"\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.7)
