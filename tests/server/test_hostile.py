"""A corpus of hostile inputs, each sent to a real server as it is, and refused as the corpus says."""

import contextlib
import io
import json
import re
import socket
import zlib
from hashlib import sha256

import httpx2
import pytest
from PIL import Image

from prodflow.core.errors import MediaError
from prodflow.preprocess.image_check import check_image
from prodflow.preprocess.url_reader import UrlReader
from prodflow.server.invites import Invites
from tests.browser.hostile_html import HTML
from tests.server import hostile
from tests.server_process import ServerProcess

SECRET = "s3cret-words-of-the-machine"
NEVER_SAID = re.compile(rf"root:.*:0:0|Traceback|site-packages|/home/|{SECRET}")


def picture(kind="png", size=(8, 6)):
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind)
    return data.getvalue()


def png_that_says(width, height):
    """A small file that says it has many pixels."""
    data = bytearray(picture())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


IMAGES = {
    "nothing": b"",
    "words": b"these are words",
    "a page": b"<html><script>pwn()</script></html>",
    "a program": b"\x7fELF" + bytes(100),
    "an archive": b"PK\x03\x04" + bytes(100),
    "a head alone": b"\x89PNG\r\n\x1a\n",
    "half a png": picture("png", (60, 60))[:-60],
    "half a jpeg": picture("jpeg", (60, 60))[:-400],
    "a milliard pixels": png_that_says(30_000, 30_000),
    "a line that never ends": png_that_says(2**31 - 1, 1),
    "no width": png_that_says(0, 10),
    "a wrong sum": picture()[:30] + b"\0\0" + picture()[32:],
    "a gif of no size": b"GIF89a\0\0\0\0\0\0\0;",
    "a gif that lies": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(9),
    "a bmp that lies": b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f\1\0\x18\0" + bytes(24),
    "a tiff in circles": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "a webp without a body": b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(/etc/passwd) run\n",
}

CORPUS = [*hostile.PATHS, *hostile.QUESTIONS, *hostile.ANSWERS, *hostile.UNDOS, *hostile.TOKENS, *hostile.WRITES]
CORPUS += [*hostile.RAW, *hostile.URLS, *IMAGES, *HTML]


def test_the_corpus_is_large_and_says_nothing_twice():
    texts = [repr(entry) for entry in CORPUS]
    assert len(set(texts)) >= 350


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on loopback, with a task whose picture is there and one whose picture is none."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "photos").mkdir()
    for number in range(30):
        (folder / "photos" / f"{number}.png").write_bytes(picture())
    (folder / "photos" / "secret.png").symlink_to(folder / "secret.txt")
    (folder / "secret.txt").write_text(SECRET)
    env = {"PRODFLOW_ALLOWED_SESSIONS": "", "PRODFLOW_LOGGING": "basic"}
    with ServerProcess(folder, "mark", "hostile", folder / "photos", "--view-id", "image", **env) as server:
        yield server
        assert server.client.get("/health/ready").status_code == 200, "it stands after all of this"
        assert "Traceback" not in server.words, server.words


@pytest.fixture(scope="module")
def task_hash(server):
    return server.questions()[0]["_task_hash"]


def send(port, data):
    """Send bytes as they are; return the status, 0 where no word came, and all that came."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with contextlib.suppress(OSError):  # refused while it was still being sent
            connection.sendall(data)
        came = b""
        with contextlib.suppress(ConnectionError):
            while chunk := connection.recv(65_536):
                came += chunk
    found = re.match(rb"HTTP/1\.1 (\d{3})", came)
    return int(found[1]) if found else 0, came.decode("utf-8", "replace")


def get(port, path):
    target = path if path.isascii() else path.encode().decode("latin-1")
    return send(port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1"))


def check(label, found, said, expected):
    assert found in expected, f"{label!r:.200}: {found}, {said[:600]}"
    assert not NEVER_SAID.search(said), f"{label!r:.200}: {said[:600]}"


def test_paths(server):
    for path, expected in hostile.PATHS:
        # what is no path of HTTP at all is refused before anybody looks where it leads
        check(path, *get(server.port, path.replace(" ", "%20")), {400, *expected})


def test_bodies(server, task_hash):
    before = server.client.get("/progress").json()["total"]
    for body, expected in hostile.QUESTIONS:
        reply = server.client.post("/get_session_questions", content=body)
        check(body, reply.status_code, reply.text, expected)
    for answers in hostile.ANSWERS:
        reply = server.client.post("/give_answers", content=hostile.answers_body(answers, task_hash))
        check(answers, reply.status_code, reply.text, (400, 404, 422))
        assert reply.json().keys() == {"error", "detail", "path"}
    for body in hostile.UNDOS:
        reply = server.client.post("/undo", content=body.replace("HASH", str(task_hash)))
        check(body, reply.status_code, reply.text, (400, 403, 404))
    assert server.client.get("/progress").json()["total"] == before, "nothing of it was stored"


def test_a_body_that_is_too_large(server):
    def chunks():
        yield b'{"answers": ["'
        for _ in range(40):
            yield b"x" * 2**20

    try:
        reply = server.client.post("/give_answers", content=chunks())
        assert reply.status_code == 413
    except httpx2.WriteError:
        pass  # the connection was closed in the middle of it


def test_writes_of_other_places(server):
    place = f"localhost:{server.port}"
    for headers, expected in hostile.WRITES:
        given = {"host": place} | {name: value.replace("HOST", place) for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        for route in ("get_session_questions", "logout"):
            request = f"POST /{route} HTTP/1.1\r\n{lines}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
            # h11 and httptools refuse some of it themselves
            check(headers, *send(server.port, request.encode()), (expected, 400))
    good = {"origin": f"http://{place}", "sec-fetch-site": "same-origin", "host": place}
    assert server.client.post("/get_session_questions", json={}, headers=good).status_code == 200


def test_what_is_no_request(server):
    for data in hostile.RAW:
        whole = data.replace(b"HOST", f"localhost:{server.port}".encode())
        check(data, *send(server.port, whole), (400, 405, 421))


def test_a_connection_that_is_dropped_in_a_body_is_no_failure(server):
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST /give_answers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")


def test_headers_without_an_end(server):
    """The server stops listening long before they have taken its memory."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 2**25:
                sent += connection.send(b"x" * 2**16)
    assert sent < 2**24


def test_a_link_to_a_file_that_is_no_picture(server):
    tasks = [server.post("/get_session_questions", session_id=None, n=40)["tasks"]]
    statuses = {server.client.get("/" + task["image"]).status_code for task in tasks[0]}
    assert statuses == {200, 404}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that asks who it is."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "t.jsonl").write_text('{"text": "a"}\n')
    with ServerProcess(
        folder, "mark", "news", folder / "t.jsonl", "--view-id", "text", PRODFLOW_TOKEN="the-right-one"
    ) as server:
        server.home = folder
        yield server


def made_tokens(folder):
    """Tokens that were good once, or elsewhere, or almost."""
    invites, other = Invites(folder / "store"), Invites(folder / "elsewhere")
    good = invites.token(invites.make("news", "alex", lasts_s=3600))
    taken_back = invites.make("news", "jo")
    invites.revoke(taken_back)
    payload, _, signature = good.rpartition(".")
    admin = invites.make("news", "kim", role="admin")
    return {
        "TOKEN_WITH_LAST_LETTER_CHANGED": good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        "TOKEN_IN_UPPER_CASE": good.upper(),
        "TOKEN_WITHOUT_SIGNATURE": payload + ".",
        "TOKEN_WITH_ROLE_ADMIN": invites.token(admin).rpartition(".")[0] + "." + signature,
        "TOKEN_OF_ANOTHER_STORE": other.token(other.make("news", "alex")),
        "TOKEN_THAT_ENDED": invites.token(invites.make("news", "alex", lasts_s=-60)),
        "TOKEN_TAKEN_BACK": invites.token(taken_back),
        "TOKEN_OF_ANOTHER_DATASET": invites.token(invites.make("other", "alex")),
    }


def test_tokens(guarded):
    made, base = made_tokens(guarded.home), f"http://127.0.0.1:{guarded.port}"
    cookie = f"prodflow_{sha256(b'news').hexdigest()[:8]}="
    for number, word in enumerate(hostile.TOKENS):
        token = made.get(word, word)
        # from an address of its own, so that none has to wait for those before it
        transport = httpx2.HTTPTransport(local_address=f"127.7.{number}.1")
        with httpx2.Client(transport=transport, base_url=base) as client:
            replies = [
                client.get("/project", params={"token": token}),
                client.get("/project", headers={b"authorization": b"Bearer " + token.encode()}),
                client.get("/project", headers={b"cookie": (cookie + token).encode()}),
                client.get("/", params={"token": token}, headers={"accept": "text/html"}),
                client.post("/give_answers", json={"answers": [], "token": token}, params={"token": token}),
            ]
        for reply in replies:
            check(word, reply.status_code, reply.text, (401,))
            assert "set-cookie" not in reply.headers
            assert token not in reply.text or len(token) < 6
        signed_out = httpx2.post(f"{base}/logout", headers={b"cookie": (cookie + token).encode()})
        check(word, signed_out.status_code, signed_out.text, (200,))
    assert httpx2.get(f"{base}/project", params={"token": "the-right-one"}).status_code == 303
    assert "the-right-one" not in "".join(guarded.said[1:])


def test_addresses():
    with UrlReader(max_bytes=1000, timeout_s=5) as urls:
        for url in hostile.URLS:
            with pytest.raises(MediaError):
                urls.read(url)


@pytest.mark.parametrize("name", IMAGES)
def test_images(name):
    with pytest.raises(MediaError) as error:
        check_image(IMAGES[name], 89_478_485)
    assert len(str(error.value)) < 300


def test_json_in_the_corpus_is_what_it_says():
    """So that a body is refused for what it holds, and not for a slip in the corpus."""
    for answers in hostile.ANSWERS:
        if "1e400" not in answers and hostile.DEEP not in answers and "HASH.5" not in answers:
            json.loads(hostile.answers_body(answers, 5))
