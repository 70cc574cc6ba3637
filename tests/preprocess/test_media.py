"""Paths and URLs become data URIs, in order, within limits; what is broken is named or dropped."""

import io
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from prodflow.core.errors import MediaError, SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.media import b64_to_bytes, bytes_to_b64
from prodflow.core.pipeline import Pipeline
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.preprocess import fetch_media


def picture(kind: str = "png", size: tuple[int, int] = (8, 6)) -> bytes:
    data = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(data, kind)
    return data.getvalue()


PNG = picture()


@pytest.fixture(autouse=True)
def local_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODFLOW_PRIVATE_NETWORKS", "127.0.0.0/8")


def fetched(value: str, **settings: Any) -> Task:
    [task] = fetch_media([{"image": value}], ["image"], **settings)
    return task


@pytest.fixture
def png(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    return path


class Handler(BaseHTTPRequestHandler):
    """Answers by path; says nothing on the terminal."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind = self.path.partition("?")[0].strip("/").removesuffix(".png")
        try:
            getattr(self, f"send_{kind}", self.send_nothing)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send_body(self, body: bytes, kind: str = "image/png", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_good(self) -> None:
        self.send_body(PNG)

    def send_unsaid(self) -> None:
        self.send_body(PNG, "application/octet-stream")

    def send_page(self) -> None:
        self.send_body(b"<html>please log in</html>", "text/html; charset=utf-8")

    def send_sound(self) -> None:
        self.send_body(b"RIFFxxxxWAVE", "audio/x-wav")

    def send_nothing(self) -> None:
        self.send_body(b"", "text/plain", 404)

    def send_moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/good.png")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_loop(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/loop")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(bytes(100_000))
        self.close_connection = True

    def send_drop(self) -> None:
        """Headers and body a byte at a time: every single read is quick, all of it takes forever."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            self.wfile.write(b"X: y\r\n")
            time.sleep(0.05)

    def send_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(PNG[:20])
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_path_becomes_a_data_uri_and_stays_beside_it(png: Path) -> None:
    assert fetched(str(png)) == {"image": bytes_to_b64(PNG, "image/png"), "path": str(png)}


def test_a_url_becomes_a_data_uri_and_stays_beside_it(server: str) -> None:
    url = f"{server}/good.png?size=2"

    assert fetched(url) == {"image": bytes_to_b64(PNG, "image/png"), "path": url}
    assert b64_to_bytes(fetched(f"{server}/moved")["image"]) == PNG
    assert fetched(f"{server}/unsaid")["image"].startswith("data:image/png;")


def test_what_needs_no_fetching_passes_as_it_is() -> None:
    tasks: list[Task] = [
        {"text": "a"},
        {"image": "data:image/png;base64,AAAA"},
        {"image": None},
        {"image": ""},
        {"image": 5},
    ]

    assert list(fetch_media(tasks, ["image"])) == tasks


def test_a_path_and_hashes_that_are_there_stay(png: Path) -> None:
    task = set_hashes({"image": str(png), "path": "the/original.png"})

    [result] = fetch_media([task], ["image"])

    assert result == {**task, "image": bytes_to_b64(PNG, "image/png")}
    assert task["image"] == str(png)


def test_a_picture_of_a_url_is_known_by_its_url(server: str) -> None:
    """A server may encode it anew each time; after a restart it is still the same."""
    task: Task = {"image": f"{server}/good.png"}

    [result] = get_stream([task]).apply(fetch_media, input_keys=["image"])

    assert set_hashes(result)["_input_hash"] == set_hashes(task)["_input_hash"]


def test_several_keys_are_fetched(tmp_path: Path, png: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"RIFF")

    [task] = fetch_media([{"image": str(png), "audio": str(sound), "video": "stays.mp4"}], {"image", "audio"})

    assert task["audio"] == "data:audio/x-wav;base64,UklGRg=="
    assert task["video"] == "stays.mp4"


@pytest.mark.parametrize("keys", ["image", ["image"], ("image",), {"image"}], ids=repr)
def test_keys_come_in_any_collection_or_as_one_bare_name(png: Path, keys: Any) -> None:
    [task] = fetch_media([{"image": str(png)}], keys)

    assert task["image"].startswith("data:")


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "bmp", "tiff"])
def test_the_type_is_that_of_the_content(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture(kind))

    assert fetched(str(path))["image"].startswith(f"data:image/{kind};base64,")


def test_a_drawing_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')

    assert fetched(str(path))["image"].startswith("data:image/svg+xml;base64,")


def broken_files(folder: Path) -> dict[str, str]:
    contents = {
        "empty": b"",
        "words": b"these are words",
        "cut_png": picture("png", (60, 60))[:-500],
        "cut_jpeg": picture("jpeg", (60, 60))[:-500],
        "wide": picture("png", (300, 40)),
        "large": PNG + bytes(60_000),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents} | {"gone": str(folder / "gone"), "folder": str(folder)}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("empty", "empty"),
        ("words", "not an image"),
        ("cut_png", "a broken image: .*truncated"),
        ("cut_jpeg", "a broken image: .*truncated"),
        ("wide", "300 x 40 are more than 10,000 pixels"),
        ("large", ".* is larger than 50,000 bytes"),
        ("gone", "cannot read .*: No such file or directory"),
        ("folder", "cannot read .*: Is a directory"),
    ],
)
def test_a_broken_file_is_named_with_its_task_and_key(tmp_path: Path, name: str, says: str) -> None:
    path = broken_files(tmp_path)[name]
    tasks = [{"text": "a"}, {"image": path}]

    with pytest.raises(MediaError, match=f"^fetch_media: task 1: image='{path}': {says}") as raised:
        list(fetch_media(tasks, ["image"], max_bytes=50_000, max_pixels=10_000))

    assert isinstance(raised.value, ValueError)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A small file that says it has a milliard pixels."""
    path = tmp_path / "bomb.png"
    data = bytearray(picture("png"))
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    path.write_bytes(data)

    with pytest.raises(MediaError, match="more than 89,478,485 pixels"):
        fetched(str(path))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nothing", "the server answered 404 Not Found"),
        ("page", "not an image"),
        ("loop", "more than 5 redirects"),
        ("huge", "larger than 200,000 bytes"),
        ("drop", "no answer within 0.5 s"),
        ("cut", "."),
    ],
)
def test_a_url_that_fails_is_named(server: str, path: str, says: str) -> None:
    begin = time.monotonic()

    with pytest.raises(MediaError, match=f"^fetch_media: task 0: image='{server}/{path}': .*{says}"):
        fetched(f"{server}/{path}", max_bytes=200_000, timeout_s=0.5 if path == "drop" else 20)

    assert time.monotonic() - begin < 4


def test_a_page_is_no_sound(server: str) -> None:
    [task] = fetch_media([{"audio": f"{server}/sound"}], ["audio"])

    assert task["audio"].startswith("data:audio/x-wav;")
    with pytest.raises(MediaError, match="the server answered with text/html"):
        list(fetch_media([{"audio": f"{server}/page"}], ["audio"]))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a.png", "http://no.such.host.invalid/a.png", "http://[/a.png"])
def test_a_host_that_is_not_there_is_an_error(url: str) -> None:
    with pytest.raises(MediaError, match="task 0: image="):
        fetched(url, timeout_s=5)


def test_skip_drops_what_fails_and_says_so(tmp_path: Path, png: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = broken_files(tmp_path)
    tasks = [
        {"image": str(png)},
        *({"image": path} for path in broken.values() if Path(path).name not in ("wide", "large")),
        {"text": "b"},
    ]

    with caplog.at_level(logging.WARNING, "prodflow"):
        result = list(fetch_media(tasks, ["image"], skip=True))

    assert [task.get("path", task.get("text")) for task in result] == [str(png), "b"]
    assert len(caplog.messages) == len(tasks) - 2
    assert caplog.messages[0].startswith("fetch_media: task 1: image=")


def test_what_fails_can_be_kept_and_nothing_read_ahead_is_lost(png: Path) -> None:
    tasks = [{"image": str(png), "n": n} if n % 20 else {"image": "gone.png", "n": n} for n in range(60)]

    run = Pipeline([fetch_media(input_keys=["image"], on_error="quarantine")])(tasks)

    assert [task["n"] for task in run] == [n for n in range(60) if n % 20]
    assert [(item.position, item.record["n"]) for item in run.quarantined] == [(0, 0), (20, 20), (40, 40)]


def test_tasks_come_in_order_and_many_are_fetched_at_once(server: str, png: Path) -> None:
    values = [f"{server}/good.png?{n}" if n % 2 else str(png) for n in range(40)]

    tasks = list(fetch_media(({"image": value, "path": value, "n": n} for n, value in enumerate(values)), ["image"]))

    assert [task["n"] for task in tasks] == list(range(40))


def test_reads_no_further_ahead_than_two_for_each_worker(png: Path) -> None:
    read: list[int] = []
    stream = ({"image": str(png)} for n in count() if read.append(n) is None)
    tasks = fetch_media(stream, ["image"], workers=2)

    assert read == []
    next(tasks)
    assert len(read) == 4


def test_closing_does_not_wait_for_a_slow_server(server: str, png: Path) -> None:
    tasks = fetch_media([{"image": str(png)}, {"image": f"{server}/drop"}], ["image"], timeout_s=60)
    next(tasks)
    begin = time.monotonic()

    tasks.close()  # type: ignore[attr-defined]

    assert time.monotonic() - begin < 2
    deadline = time.monotonic() + 5
    while any(thread.name.startswith("prodflow-") for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("setting", ["max_bytes", "max_pixels", "timeout_s", "workers"])
def test_limits_are_above_zero(setting: str) -> None:
    with pytest.raises(SettingError, match=f"fetch_media: {setting}=0 is wrong"):
        fetch_media(**{setting: 0})
