"""Recordings: heard, marked by mouse, finger and keys alone; and what cannot be played."""

import base64
import json
import re
import tempfile
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from prodflow.server.waveform import read_waveform
from tests.browser.annotator import PHONE, Annotator, exported, hear_spans, write_tasks
from tests.browser.test_accessibility import check
from tests.server_process import ServerProcess
from tests.sound_files import silence, tone, write_long_wav, write_wav

pytestmark = pytest.mark.browser

LABELS = ["SPEECH", "MUSIC", "NOISE"]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    for number in range(6):
        write_wav(
            folder / f"call-{number}.wav", silence(1), tone(2), silence(2), tone(1, hertz=200 + number), silence(4)
        )
    return folder


def config(**settings: object) -> dict[str, str]:
    """Labels, and leave to show sounds that do not lie beside the tasks."""
    roots = [tempfile.gettempdir()]
    return {"PRODFLOW_CONFIG_OVERRIDES": json.dumps({"labels": LABELS, "media_roots": roots, **settings})}


def task_of(path: Path, **more: object) -> dict[str, object]:
    return {"audio": str(path), "text": path.stem, **more}


def expect_waveform(page: Page) -> None:
    """Wait until it is drawn."""
    expect(page.locator(".pf-wave-bars path").first).not_to_have_attribute("d", "")


class Listener(Annotator):
    """An annotator of recordings of ten seconds."""

    def ready(self) -> None:
        super().ready()
        expect(self.page.locator(".pf-clock-end")).not_to_contain_text("–")

    @property
    def surface(self):
        return self.page.locator(".pf-wave-surface")

    @property
    def rows(self):
        return self.page.locator(".pf-region-row")

    def at(self, seconds: float, *, shown: tuple[float, float] = (0, 10)) -> tuple[float, float]:
        """The place of a moment on the screen, in the lower half of the waveform."""
        box = self.surface.bounding_box()
        assert box
        share = (seconds - shown[0]) / (shown[1] - shown[0])
        return box["x"] + share * box["width"], box["y"] + box["height"] * 0.8

    def drag(self, start: float, end: float) -> None:
        mouse = self.page.mouse
        mouse.move(*self.at(start))
        mouse.down()
        mouse.move(*self.at((start + end) / 2))
        mouse.move(*self.at(end), steps=3)
        mouse.up()

    def touch(self, *ways: list[tuple[float, float]]) -> None:
        """Put fingers on the screen, move each along its way at once, and lift them."""
        session = self.page.context.new_cdp_session(self.page)

        def send(kind: str, place: int) -> None:
            points = [{"x": way[place][0], "y": way[place][1], "id": number} for number, way in enumerate(ways)]
            session.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []}
            )

        send("touchStart", 0)
        for place in range(1, len(ways[0])):
            send("touchMove", place)
        send("touchEnd", -1)
        session.detach()

    def times(self) -> list[tuple[str, float, float]]:
        """Label, start and end of the regions of the list."""
        found = []
        for row in self.rows.all():
            start, end = (field.input_value().partition(":") for field in row.locator("input").all())
            label = row.locator(".pf-region-pick").inner_text()
            found.append((label, 60 * float(start[0]) + float(start[2]), 60 * float(end[0]) + float(end[2])))
        return found

    def spans(self) -> list[list[dict[str, object]]]:
        return [answer["audio_spans"] for answer in self.stored()]


def near(*times: float) -> object:
    return pytest.approx(list(times), abs=0.03)


def test_regions_are_drawn_moved_resized_relabelled_and_deleted_by_mouse(serve, open_page, tmp_path, sounds):
    tasks = [task_of(sounds / f"call-{number}.wav") for number in range(2)]
    annotator = Listener(
        open_page(), serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id="audio_manual", **config())
    )
    page = annotator.page

    selected = hear_spans(page)
    annotator.drag(1, 3)
    page.keyboard.press("2")  # relabels what was just drawn, and the next
    expect(annotator.rows).to_contain_text(["MUSIC"])
    assert [span["label"] for span in selected()] == ["SPEECH", "MUSIC"]
    annotator.drag(6, 5)
    page.keyboard.press("1")
    annotator.drag(5.5, 6.5)  # the selected one moves as a whole
    expect(annotator.rows).to_have_count(2)
    assert [label for label, *_ in annotator.times()] == ["MUSIC", "SPEECH"]
    assert annotator.times()[1][1:] == pytest.approx((6, 7), abs=0.03)
    annotator.drag(3, 2)  # the right edge of the first
    annotator.drag(8, 9)
    page.keyboard.press("Delete")
    annotator.drag(8, 9)
    annotator.rows.last.get_by_role("button", name="Delete").click()
    annotator.press("a", "a")

    first, second = annotator.spans()
    assert second == []
    assert [span["label"] for span in first] == ["MUSIC", "SPEECH"]
    assert [first[0]["start"], first[0]["end"], first[1]["start"], first[1]["end"]] == near(1, 2, 6, 7)
    assert all(span["id"] and span["color"].startswith("#") for span in first)
    assert all(round(span[edge], 3) == span[edge] for span in first for edge in ("start", "end"))


def test_regions_are_marked_by_keys_alone_and_steps_are_taken_back(serve, open_page, tmp_path, sounds):
    source = write_tasks(tmp_path / "t.jsonl", [task_of(sounds / "call-0.wav"), task_of(sounds / "call-1.wav")])
    annotator = Listener(open_page(), serve(source, view_id="audio_manual", **config()))
    keys = annotator.page.keyboard

    for key in ("ArrowRight", "i", "ArrowRight", ".", "o"):
        keys.press(key)
    assert annotator.times() == [("SPEECH", 1, 2.01)]
    for key in ("3", "q", "Shift+Q", "Shift+E", "r", "r"):
        keys.press(key)
    assert annotator.times() == [("NOISE", 0.89, 1.93)]
    keys.press("Control+z")
    assert annotator.times() == [("NOISE", 0.89, 2.01)], "moving one edge by several presses is one step"
    keys.press("Control+z")
    keys.press("Control+z")
    assert annotator.times() == [("SPEECH", 1, 2.01)]
    keys.press("Control+Shift+Z")
    assert annotator.times() == [("NOISE", 1, 2.01)]
    for key in ("End", "i", "Shift+ArrowLeft", "2", "o", "ArrowUp", "Backspace", "ArrowUp"):
        keys.press(key)
    assert annotator.times() == [("MUSIC", 5, 10)]
    for key in ("Escape", "i", "Escape", "Escape"):
        keys.press(key)
    annotator.press("a")
    keys.press("Backspace")  # nothing is selected: the page takes the answer back
    annotator.ready()
    assert annotator.times() == [("MUSIC", 5, 10)]
    annotator.press("x")

    [[span]] = annotator.spans()
    assert (span["start"], span["end"], span["label"]) == (5, 10, "MUSIC")


def test_exact_times_are_typed_and_handles_are_moved_by_keys(serve, open_page, tmp_path, sounds):
    given = [{"start": 1, "end": 3, "label": "SPEECH", "id": 7, "channel": 1, "note": "kept"}]
    source = write_tasks(tmp_path / "t.jsonl", [task_of(sounds / "call-0.wav", audio_spans=given)])
    annotator = Listener(open_page(), serve(source, view_id="audio_manual", **config()))
    page = annotator.page
    start, end = (annotator.rows.get_by_role("textbox", name=name) for name in ("Start of SPEECH", "End of SPEECH"))

    start.fill("0:01,2345")
    start.press("Enter")
    end.fill("nonsense")
    expect(end).to_have_attribute("aria-invalid", "true")
    end.press("Escape")
    end.fill("99")
    end.press("Tab")
    assert annotator.times() == [("SPEECH", 1.235, 10)]
    end.press("ArrowDown")
    end.press("Shift+ArrowDown")
    assert annotator.times() == [("SPEECH", 1.235, 9.89)]
    annotator.rows.get_by_role("button", name="SPEECH, 0:01.235 to 0:09.890").click()
    handle = page.get_by_role("slider", name="Start of SPEECH")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    expect(handle).to_have_attribute("aria-valuetext", "0:01.145")
    page.evaluate("document.activeElement.blur()")
    annotator.press("a")

    [[span]] = annotator.spans()
    assert span == {**given[0], "start": 1.145, "end": 9.89}


def test_it_plays_jumps_loops_and_changes_its_speed(serve, open_page, tmp_path, sounds):
    given = [{"start": 1.5, "end": 1.9, "label": "SPEECH", "id": "a"}]
    tasks = [task_of(sounds / f"call-{number}.wav", audio_spans=given) for number in range(2)]
    server = serve(
        write_tasks(tmp_path / "t.jsonl", tasks), view_id="audio", **config(audio_rate=2, audio_autoplay=True)
    )
    annotator = Listener(open_page(), server)
    page = annotator.page
    clock = page.locator(".pf-clock-at")

    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(clock).not_to_have_text("0:00.000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = clock.inner_text()
    page.wait_for_timeout(120)
    assert clock.inner_text() == stopped
    page.keyboard.press("Home")
    expect(clock).to_have_text("0:00.000")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(",")
    expect(clock).to_have_text("0:03.990")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    expect(clock).to_have_text("0:01.900")  # plays to the end of the region and stops there
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("l")
    page.keyboard.press("p")
    page.wait_for_timeout(700)  # at double speed more than three rounds
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert 1.4 < float(clock.inner_text().partition(":")[2]) < 2
    page.keyboard.press("s")
    expect(page.get_by_role("combobox", name="Speed")).to_have_value("1.5")
    page.mouse.click(*annotator.at(8))
    annotator.press("a")
    expect(page.get_by_role("combobox", name="Speed")).to_have_value("1.5")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(clock).not_to_have_text("0:00.000")
    annotator.press("a")
    assert [answer["audio_spans"] for answer in annotator.stored()] == [given, given]


def test_a_finger_draws_and_resizes_and_two_zoom_while_the_card_stays(serve, open_page, tmp_path, sounds):
    source = write_tasks(tmp_path / "t.jsonl", [task_of(sounds / "call-0.wav")])
    annotator = Listener(open_page(**PHONE), serve(source, view_id="audio_manual", **config()))
    page = annotator.page
    _, y = annotator.at(0)

    def way(start: float, end: float) -> list[tuple[float, float]]:
        left, right = annotator.at(start)[0], annotator.at(end)[0]
        return [(left + (right - left) * step / 6, y) for step in range(7)]

    annotator.touch(way(2, 6))
    [(_, start, end)] = annotator.times()
    assert [start, end] == near(2, 6)
    handles = [handle.bounding_box() for handle in page.locator(".pf-edge").all()]
    assert [box["width"] >= 44 and box["height"] >= 44 for box in handles if box] == [True, True]
    annotator.touch(way(6.3, 8.3))  # beside the edge, as fingers are
    assert annotator.times()[0][2] == pytest.approx(8, abs=0.05)
    annotator.touch(way(4.5, 2.5), way(5.5, 7.5))
    expect(page.locator(".pf-minimap")).to_have_attribute("data-whole", "false")
    assert len(annotator.times()) == 1, "two fingers draw nothing"
    expect(annotator.history).to_have_count(0)
    page.get_by_role("button", name="Delete SPEECH").tap()
    page.get_by_role("button", name="Show all of it").tap()
    page.get_by_role("button", name="Mark start").tap()
    for _ in range(3):
        page.get_by_role("button", name="Forward 1 second").tap()
    page.get_by_role("button", name="Mark end").tap()
    assert [round(end - start, 3) for _, start, end in annotator.times()] == [3]
    annotator.button("Accept").tap()
    expect(annotator.history).to_have_count(1)
    assert len(annotator.spans()[0]) == 1


def test_the_waveform_is_zoomed_and_moved_by_wheel_and_keys(serve, open_page, tmp_path, sounds):
    source = write_tasks(tmp_path / "t.jsonl", [task_of(sounds / "call-0.wav")])
    server = serve(source, view_id="audio_manual", **config(audio_max_zoom=2000, show_audio_minimap=False))
    annotator = Listener(open_page(), server)
    page = annotator.page
    first, last = page.locator(".pf-ruler span").first, page.locator(".pf-ruler span").last

    page.mouse.move(*annotator.at(5))
    page.mouse.wheel(0, -800)
    expect(first).to_have_text("0:04.0")
    page.mouse.wheel(300, 0)
    expect(first).to_have_text("0:05.0")
    page.keyboard.press("-")
    page.keyboard.press("z")
    expect(first).to_have_text("0:00")
    for _ in range(20):
        page.keyboard.press("+")
    expect(last).to_have_text("0:00.35")  # 2,000 pixels a second and no more
    page.keyboard.press("End")
    expect(last).to_have_text("0:09.95")
    annotator.drag(4, 6)
    [(_, start, end)] = annotator.times()
    assert 9.5 < start < end < 10
    assert end - start == pytest.approx(0.08, abs=0.02)


def test_two_hours_open_at_once_stay_small_and_are_got_ready_before(serve, open_page, tmp_path, sounds):
    long = write_long_wav(tmp_path / "long.wav", hours=2)
    files = [sounds / "call-0.wav", sounds / "call-1.wav", long, sounds / "call-2.wav"]
    server = serve(write_tasks(tmp_path / "t.jsonl", map(task_of, files)), view_id="audio_manual", **config())
    page, asked, received = open_page(), [], []
    page.on("request", lambda request: asked.append(request.url) if "/peaks/" in request.url else None)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.dataReceived", lambda event: received.append(event["dataLength"]))
    annotator = Listener(page, server)

    def memory() -> int:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def open_next(duration: str) -> float:
        began = time.perf_counter()
        annotator.press("a")
        expect(page.locator(".pf-clock-end")).to_contain_text(duration)
        expect_waveform(page)
        return time.perf_counter() - began

    expect_waveform(page)
    assert len(set(asked)) == 3, "this one, and the next two"
    before, began = memory(), time.perf_counter()
    read_waveform(long)
    decoding_s = time.perf_counter() - began
    open_next("0:10")
    assert open_next("2:00:00") < max(2.0, 4 * decoding_s), "a busy machine is no bug"
    assert memory() - before < 80 * 2**20, "the server never holds the 115 MB"
    for _ in range(14):
        page.keyboard.press("+")
    for key in ("End", "Shift+ArrowLeft", "i", "ArrowRight", "o"):
        page.keyboard.press(key)
    expect(annotator.rows).to_have_count(1)
    assert sum(received) < 16 * 2**20, "and the browser fetches little of it"
    annotator.press("a")
    [span] = annotator.spans()[2]
    assert (span["start"], span["end"]) == (7195, 7196)


RECORD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 48});
  const paint = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: "video/webm;codecs=vp8"});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  for (let frame = 0; frame < 40; frame += 1) {
    paint.fillStyle = `hsl(${frame * 9} 80% 50%)`;
    paint.fillRect(0, 0, 64, 48);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the recording did not end")), 10_000);
    recorder.onstop = resolve;
    recorder.stop();
  });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


def test_a_video_is_looked_at_frame_by_frame_and_marked(serve, open_page, tmp_path):
    page = open_page()
    page.goto("about:blank")
    (tmp_path / "clip.webm").write_bytes(base64.b64decode(page.evaluate(RECORD)))
    tasks = [{"video": str(tmp_path / "clip.webm"), "_view_id": view_id} for view_id in ("audio_manual", "video")]
    tasks[1]["text"] = "again"
    annotator = Listener(page, serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id="audio_manual", **config()))

    at = "document.querySelector('.pf-screen video').currentTime"
    expect(page.locator(".pf-recording-notes")).to_contain_text("Playing and marking work without")
    page.keyboard.press(".")
    page.keyboard.press(".")
    assert 0.02 < page.evaluate(at) < 0.2
    page.locator(".pf-screen").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.locator(".pf-screen").click()
    for key in ("Home", "i", "ArrowRight", "o"):
        page.keyboard.press(key)
    check(page)
    annotator.press("a", "a")

    spans, untouched = (answer.get("audio_spans") for answer in annotator.stored())
    assert ([(span["start"], span["end"]) for span in spans], untouched) == ([(0, 1)], None)


def test_what_cannot_be_played_says_why_and_can_be_skipped(serve, open_page, tmp_path, sounds):
    broken, empty = tmp_path / "broken.mp3", write_wav(tmp_path / "empty.wav")
    broken.write_bytes(b"no sound at all" * 100)
    spans = [{"start": 8, "end": 20, "label": "SPEECH", "id": "a"}, {"start": "?", "end": 3}]
    data = base64.b64encode((sounds / "call-3.wav").read_bytes()).decode()
    tasks = [
        task_of(tmp_path / "gone.wav"),
        task_of(broken),
        task_of(empty),
        {"text": "no recording"},
        task_of(sounds / "call-0.wav", audio_spans=spans),
        {"audio": "http://127.0.0.1:9/elsewhere.wav", "text": "elsewhere"},
        {"audio": f"data:audio/wav;base64,{data}", "text": "inside the task"},
    ]
    server = serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id="audio_manual", **config(validate=False))
    annotator = Annotator(open_page(), server)
    page, card = annotator.page, annotator.card
    rows = page.locator(".pf-region-row")

    expect(card).to_contain_text("This recording cannot be played")
    expect(card).to_contain_text("Its file is not there")
    check(page)
    write_wav(tmp_path / "gone.wav", tone(1))
    page.get_by_role("button", name="Load again").click()
    expect_waveform(page)
    annotator.press("Space")
    expect(card).to_contain_text("damaged, or this browser cannot read its format")
    annotator.press("Space")
    expect(card).to_contain_text("This recording is empty")
    annotator.press("Space")
    expect(card).to_contain_text("The view “audio_manual” needs “audio” or “video”; this task has “text”")
    annotator.press("Space")
    expect(card).to_contain_text("1 region reaches past the end (0:10.000)")
    expect(card).to_contain_text("1 entry of “audio_spans” has no times")
    expect(rows).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("q")
    expect(rows.get_by_role("textbox", name="End of SPEECH")).to_have_value("0:10.000")
    annotator.press("a")
    expect(card).to_contain_text("This recording cannot be played")
    annotator.press("Space")
    expect_waveform(page)
    annotator.press("a")
    stored = annotator.stored()
    assert [answer["answer"] for answer in stored] == ["ignore"] * 4 + ["accept", "ignore", "accept"]
    assert stored[4]["audio_spans"] == [{"start": 7.99, "end": 10, "label": "SPEECH", "id": "a"}, spans[1]]


def test_without_labels_regions_have_none_and_the_tasks_own_label_is_one(serve, open_page, tmp_path, sounds):
    own = {"labels": ["MEOW"]}
    tasks = [
        task_of(sounds / "call-0.wav"),
        task_of(sounds / "call-1.wav", label="BARK"),
        task_of(sounds / "call-2.wav", config=own),
    ]
    server = serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id="audio_manual", **config(labels=[]))
    annotator = Listener(open_page(), server)

    expect(annotator.card).to_contain_text("The recipe has no “labels”")
    annotator.drag(1, 2)
    annotator.press("a")
    annotator.drag(1, 2)
    annotator.press("a")
    annotator.drag(1, 2)
    annotator.press("a")

    [[plain], [barked], [meowed]] = annotator.spans()
    assert plain.keys() == {"start", "end", "id"}
    assert (barked["label"], meowed["label"]) == ("BARK", "MEOW")


@pytest.mark.parametrize(("scheme", "options"), [("light", {}), ("dark", PHONE)])
def test_axe_finds_nothing(serve, open_page, tmp_path, sounds, scheme, options):
    spans = [
        {"start": 1, "end": 3, "label": "SPEECH"},
        {"start": 2, "end": 2.1, "label": "MUSIC"},
        {"start": 5, "end": 6},
    ]
    tasks = [
        task_of(sounds / f"call-{number}.wav", audio_spans=spans, _view_id=view)
        for number, view in enumerate(("audio_manual", "audio"))
    ]
    server = serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id="audio_manual", **config())
    annotator = Annotator(open_page(color_scheme=scheme, **options), server)
    page = annotator.page

    expect(page.locator(".pf-region-row")).to_have_count(3)
    for key in ("+", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".pf-edge")).to_have_count(2)
    check(page)
    page.keyboard.press("i")
    annotator.press("a")
    check(page)
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("Play or pause")


def test_what_is_heard_is_written_down_and_stored(open_page, sounds, home):
    with ServerProcess(home, "audio.transcribe", "set", sounds, "--text-rows", 3) as server:
        annotator = Listener(open_page(), server)
        play = annotator.page.locator(".pf-play")
        field = annotator.page.get_by_label("Transcript")
        expect(field).to_be_focused()
        annotator.page.keyboard.type("a tone, ")
        expect(play).to_have_attribute("aria-label", re.compile("Play"))

        annotator.page.keyboard.press("Alt+Enter")
        expect(play).to_have_attribute("aria-label", re.compile("Pause"))
        annotator.page.keyboard.press("Alt+Enter")
        annotator.page.keyboard.type("then another")
        expect(field).to_have_value("a tone, then another")
        annotator.page.keyboard.press("Control+Enter")

        expect(annotator.history).to_have_count(1)
        annotator.saved()
    [answer] = exported(home)
    assert (answer["transcript"], answer["answer"]) == ("a tone, then another", "accept")
    assert answer["audio"] == str(sounds / "call-0.wav")
