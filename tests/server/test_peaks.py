"""Waveforms of recordings, and the recordings themselves in parts."""

import gc
import struct
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from prodflow.server import peaks as peaks_module
from prodflow.server import waveform as waveform_module
from prodflow.server.access import Access
from prodflow.server.app import create_app
from prodflow.server.waveform import WaveformError, read_waveform
from prodflow.session.controller import Controller
from tests.sound_files import silence, tone, write_long_wav, write_wav


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def client_of(*tasks, **options):
    components = {"dataset": "calls", "view_id": "audio", "stream": list(tasks)}
    return TestClient(create_app(Controller.from_components("mark", components), access=Access(**options)))


def media_urls(client):
    tasks = client.post("/get_session_questions", json={}).json()["tasks"]
    return [task.get("audio") or task.get("video") or task.get("image") for task in tasks]


def peaks_of(client, **asked):
    [url] = media_urls(client)
    return client.get("/" + url.replace("media/", "peaks/"), params=asked)


@pytest.fixture(params=["libsndfile", "plain Python"])
def decoder(request, monkeypatch):
    """Both ways to read a WAV file."""
    if request.param == "plain Python":
        monkeypatch.setitem(sys.modules, "soundfile", None)
    return request.param


def test_the_waveform_follows_the_sound(tmp_path, decoder):
    file = write_wav(tmp_path / "a.wav", silence(1), tone(1, loudness=0.5), silence(1), tone(1, loudness=0.25))
    with client_of({"audio": str(file)}) as client:
        body = peaks_of(client, columns=8).json()

    assert (body["duration"], body["start"], body["end"]) == (4, 0, 4)
    assert body["peak"] == pytest.approx(0.5, abs=0.01)
    lows, highs = body["peaks"][0::2], body["peaks"][1::2]
    assert len(highs) == 8
    assert highs == pytest.approx([0, 0, 127, 127, 0, 0, 63, 63], abs=3)
    assert lows == pytest.approx([0, 0, -127, -127, 0, 0, -63, -63], abs=3)


def test_a_stretch_can_be_looked_at_more_closely(tmp_path):
    file = write_wav(tmp_path / "a.wav", silence(1.5), tone(0.1), silence(2.4))
    with client_of({"audio": str(file)}) as client:
        body = peaks_of(client, columns=10, start=1.4, end=1.7).json()

    assert (body["start"], body["end"]) == (1.4, 1.7)
    assert [high > 60 for high in body["peaks"][1::2]] == [False] * 3 + [True] * 4 + [False] * 3


def test_there_are_no_more_columns_than_the_recording_has(tmp_path):
    file = write_wav(tmp_path / "a.wav", tone(0.01))
    with client_of({"audio": str(file)}) as client:
        assert len(peaks_of(client, columns=20_000).json()["peaks"]) == 2 * 40


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"columns": 0}, "columns"),
        ({"columns": 20_001}, "columns"),
        ({"columns": "many"}, "columns"),
        ({"start": -1}, "start"),
        ({"end": "nan"}, "end"),
        ({"start": 3, "end": 2}, "end"),
    ],
)
def test_a_wrong_stretch_is_refused(tmp_path, asked, path):
    with client_of({"audio": str(write_wav(tmp_path / "a.wav", tone(1)))}) as client:
        reply = peaks_of(client, **asked)
        assert (reply.status_code, reply.json()["path"]) == (400, path)
        past_the_end = peaks_of(client, start=99).json()
        assert (past_the_end["start"], past_the_end["peaks"]) == (1, [])


def test_each_file_is_decoded_once(tmp_path, monkeypatch):
    decoded = []

    def read(path, **options):
        decoded.append(path.name)
        return read_waveform(path, **options)

    monkeypatch.setattr(peaks_module, "read_waveform", read)
    file = write_wav(tmp_path / "a.wav", tone(1))
    with client_of({"audio": str(file)}) as client:
        first = peaks_of(client).json()
        assert peaks_of(client).json() == first
    with client_of({"audio": str(file)}) as client:
        assert peaks_of(client).json() == first
        assert decoded == ["a.wav"], "what was kept on disk serves after a restart"
        write_wav(file, tone(2))
        assert peaks_of(client).json()["duration"] == 2
        assert decoded == ["a.wav"] * 2, "a file that was changed is another one"


def test_a_file_of_the_cache_that_is_broken_is_made_anew(tmp_path, home):
    file = write_wav(tmp_path / "a.wav", tone(1))
    with client_of({"audio": str(file)}) as client:
        first = peaks_of(client).json()
    [kept] = (home / "store" / "peaks").iterdir()
    for content in (b"", b"x" * 40, kept.read_bytes()[:-1]):
        kept.write_bytes(content)
        with client_of({"audio": str(file)}) as client:
            assert peaks_of(client).json() == first


def test_the_cache_does_not_grow_for_ever(tmp_path, home, monkeypatch):
    monkeypatch.setattr(peaks_module, "_KEPT_ON_DISK_BYTES", 40_000)
    tasks = [{"audio": str(write_wav(tmp_path / f"{number}.wav", tone(1 + number / 100)))} for number in range(10)]
    with client_of(*tasks) as client:
        for url in media_urls(client):
            assert client.get("/" + url.replace("media/", "peaks/")).status_code == 200
        assert len(client.app.state.service.peaks._known) <= 9
    kept = list((home / "store" / "peaks").iterdir())
    assert 0 < sum(file.stat().st_size for file in kept) <= 40_000


@pytest.mark.parametrize(
    ("name", "content", "status", "says"),
    [
        ("a.wav", b"no sound", 415, "it cannot be decoded here: "),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(200), 415, "it cannot be decoded here: "),
        ("a.png", b"\x89PNG\r\n\x1a\n", 415, "image/png has none"),
        ("a.txt", b"secret", 404, "not there"),
        ("gone.wav", None, 404, "not there"),
    ],
)
def test_what_has_no_waveform_says_so(tmp_path, decoder, caplog, name, content, status, says):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with client_of({"audio": str(file)}) as client:
        reply = peaks_of(client)
    assert (reply.status_code, says in reply.json()["detail"]) == (status, True), reply.text
    gc.collect()
    assert caplog.messages == [], "a file that cannot be decoded is no failure of the server"


def test_an_empty_recording_has_an_empty_waveform(tmp_path, decoder):
    with client_of({"audio": str(write_wav(tmp_path / "a.wav"))}) as client:
        body = peaks_of(client).json()
    assert (body["duration"], body["peak"], body["peaks"]) == (0, 0, [])


@pytest.mark.parametrize(("width", "loud"), [(1, 0.5), (2, 0.5), (3, 0.5), (4, 0.5)])
def test_every_width_of_sample_is_read(tmp_path, decoder, width, loud):
    """One second of a quiet left and a loud right channel; both count."""
    quiet = 128 if width == 1 else 0
    value = round(loud * (2 ** (8 * width - 1) - 1)) + quiet
    frame = quiet.to_bytes(width, "little") + value.to_bytes(width, "little")
    file = write_wav(tmp_path / "a.wav", frame * 8000, channels=2, width=width)

    found = read_waveform(file)

    assert found.seconds == 1
    assert found.peak == pytest.approx(loud, abs=0.01)
    assert found.reduce(0, 1, 4)[1::2] == [127] * 4


def test_other_formats_are_read_too(tmp_path):
    import numpy
    import soundfile

    sound = 0.5 * numpy.sin(numpy.arange(48_000) / 10)
    for name in ("a.flac", "a.ogg", "a.mp3", "a.aiff"):
        soundfile.write(tmp_path / name, sound, 24_000)
        found = read_waveform(tmp_path / name)
        assert found.seconds == pytest.approx(2, abs=0.1), name
        assert found.peak == pytest.approx(0.5, abs=0.1), name


def test_two_hours_are_read_soon(tmp_path, decoder):
    file = write_long_wav(tmp_path / "long.wav", hours=2)
    began = time.perf_counter()
    found = read_waveform(file)
    took_s = time.perf_counter() - began
    assert found.seconds == 7200
    assert len(found.lows) <= 2**20
    assert took_s < 10


def test_a_file_is_never_in_memory_as_a_whole(tmp_path, decoder, monkeypatch):
    monkeypatch.setattr(waveform_module, "MAX_COLUMNS", 2**10)
    monkeypatch.setattr(waveform_module, "_SAMPLES_AT_ONCE", 2**12)
    file = write_long_wav(tmp_path / "long.wav", hours=0.05)
    read_waveform(file)
    tracemalloc.start()
    read_waveform(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < file.stat().st_size / 10


def test_a_header_that_lies_is_no_danger(tmp_path, decoder):
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 2**32 - 1, b"WAVEfmt ", 16, 1, 1, 1, 2, 2, 16, b"data", 2**32 - 40)
    (tmp_path / "a.wav").write_bytes(head + bytes(100))
    try:
        found = read_waveform(tmp_path / "a.wav")
    except WaveformError as error:
        assert "longer than a day" in str(error)
    else:
        assert found.seconds == 50


def test_a_slow_one_does_not_hold_up_the_request(tmp_path, monkeypatch):
    def read(path, *, is_wanted):
        while is_wanted():
            time.sleep(0.01)
        raise WaveformError("nobody waits")

    monkeypatch.setattr(peaks_module, "read_waveform", read)
    monkeypatch.setattr(peaks_module, "PATIENCE_S", 0.05)
    with client_of({"audio": str(write_wav(tmp_path / "a.wav", tone(1)))}) as client:
        reply = peaks_of(client)
        assert (reply.status_code, reply.json()) == (202, {"status": "working"})
        assert reply.headers["cache-control"] == "no-store"
        assert client.get("/health").status_code == 200


def test_the_door_is_that_of_the_other_routes(tmp_path):
    with client_of(
        {"audio": str(write_wav(tmp_path / "a.wav", tone(1)))}, token="let-me-in", needs_login=True
    ) as client:
        door = {"authorization": "Bearer let-me-in"}
        [task] = client.post("/get_session_questions", json={}, headers=door).json()["tasks"]
        url = "/" + task["audio"].replace("media/", "peaks/")
        assert client.get(url).status_code == 401
        assert client.get(url, headers=door).status_code == 200
        assert client.get("/peaks/AAAA", headers=door).status_code == 404


def test_a_recording_is_served_in_parts_and_its_path_stays_here(tmp_path):
    file = write_wav(tmp_path / "a.wav", tone(2))
    data, path = file.read_bytes(), str(file)
    with client_of({"audio": path, "path": path, "meta": {"file": "a.wav", "path": path}}) as client:
        [task] = client.post("/get_session_questions", json={}).json()["tasks"]
        assert str(tmp_path) not in str(task)
        assert task["meta"] == {"file": "a.wav"}
        url = "/" + task["audio"]
        whole = client.get(url)
        assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
        assert whole.headers["content-type"].startswith("audio/")
        for asked, start, end in (("0-", 0, len(data)), ("1000-1999", 1000, 2000), ("-100", len(data) - 100, None)):
            part = client.get(url, headers={"range": f"bytes={asked}", "if-range": whole.headers["etag"]})
            assert (part.status_code, part.content) == (206, data[start:end])
            assert part.headers["content-range"].endswith(f"/{len(data)}")
        assert client.get(url, headers={"range": f"bytes={len(data)}-"}).status_code == 416
        client.post("/give_answers", json={"answers": [{"_task_hash": task["_task_hash"], "answer": "accept"}]})
        [stored] = client.app.state.service.controller.history()
    assert stored["audio"] == stored["meta"]["path"] == path


def test_a_path_that_the_recipe_shows_on_purpose_is_shown(tmp_path):
    with client_of({"audio": str(tmp_path / "a.wav"), "meta": {"path": "shelf 3"}}) as client:
        [task] = client.post("/get_session_questions", json={}).json()["tasks"]
    assert task["meta"] == {"path": "shelf 3"}


def test_files_that_vanish_are_no_accident(tmp_path):
    with client_of({"audio": str(write_wav(Path(tmp_path, "a.wav"), tone(1)))}) as client:
        assert peaks_of(client).status_code == 200
        (tmp_path / "a.wav").unlink()
        assert peaks_of(client).status_code == 404
