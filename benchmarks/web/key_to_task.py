"""From a key press to the next task painted, for texts and pictures; from loading the page to the first text painted.

    python benchmarks/web/key_to_task.py [--quick]

A real server and a real Chromium (Debian's, or PRODFLOW_CHROMIUM). The time begins with the key event's own time stamp
and ends after the frame that shows the next task. The floor is a page that does nothing but swap a text at a key press.
One JSON row for each kind of task, one for the first paint.
"""

import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

AIM_MS = 50
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

TIMER = """
  window.taken = [];
  window.look = (shown) => {
    let before = shown(), pressed = null;
    const frame = () => {
      const now = shown();
      if (now !== null && now !== before) {
        before = now;
        const since = pressed;
        pressed = null;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => since !== null && window.taken.push(performance.now() - since);
        port2.postMessage(null);
      }
      requestAnimationFrame(frame);
    };
    addEventListener("keydown", (event) => { pressed = event.timeStamp }, true);
    requestAnimationFrame(frame);
  };
"""
FIRST = """
  const look = () => {
    if (document.querySelector(".pf-passage") === null) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.firstTaskMs = performance.now() };
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
"""
SHOWN = {
    "text": "() => document.querySelector('.pf-passage')?.textContent ?? null",
    "image": "() => { const i = document.querySelector('.pf-picture img'); return i?.complete ? i.src : null; }",
    "floor": "() => document.querySelector('p').textContent",
}
FLOOR = """<p>0</p><script>
  let number = 0;
  addEventListener("keydown", () => { document.querySelector("p").textContent = number += 1 });
</script>"""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def write_tasks(folder: Path, kind: str, count: int) -> Path:
    """Texts of some words, or photo-like pictures of 1,280 x 960."""
    words = random.Random(7)
    tasks: list[dict[str, Any]] = []
    for number in range(count):
        if kind == "text":
            tasks.append({"text": f"{number} " + " ".join(f"word{words.randrange(999)}" for _ in range(40))})
        else:
            tasks.append({"image": str(write_picture(folder / f"{number}.jpg", number))})
    source = folder / f"{kind}.jsonl"
    source.write_text("".join(json.dumps(task) + "\n" for task in tasks))
    return source


def write_picture(file: Path, seed: int) -> Path:
    """A picture that does not compress to nothing."""
    from PIL import Image

    noise = Image.frombytes("RGB", (160, 120), random.Random(seed).randbytes(160 * 120 * 3))
    noise.resize((1280, 960)).save(file, quality=85)
    return file


@contextmanager
def served(folder: Path, kind: str, source: Path) -> Iterator[str]:
    """Start a server and give its address."""
    port = free_port()
    command = [sys.executable, "-m", "prodflow", "mark", kind, str(source), "--view-id", kind, "--port", str(port)]
    environment = {**os.environ, "PRODFLOW_HOME": str(folder / f"home-{kind}")}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(400):
            try:
                httpx2.get(f"{address}health")
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def press_through(page: Any, kind: str, keys: int) -> list[float]:
    """Press keys at an annotator's pace, each when the task before it is there; return the milliseconds each took."""
    page.wait_for_function(f"() => ({SHOWN[kind]})() !== null")
    page.evaluate(f"() => window.look({SHOWN[kind]})")
    for number in range(keys):
        page.keyboard.press("ax"[number % 2])
        page.wait_for_function(f"() => window.taken.length > {number}")
        page.wait_for_timeout(120)
    taken: list[float] = page.evaluate("() => window.taken")
    return taken


def summary(times_ms: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    p95 = statistics.quantiles(times_ms, n=20, method="inclusive")[-1]
    return {"median_ms": round(statistics.median(times_ms), 1), "p95_ms": round(p95, 1)}


def measure_keys(browser: Any, folder: Path, kind: str, keys: int) -> list[float]:
    """Key presses on a fresh server and a fresh page."""
    with served(folder, kind, write_tasks(folder, kind, keys + 20)) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(TIMER)
        page.goto(address)
        taken = press_through(page, kind, keys)
        page.close()
    return taken


def measure_floor(browser: Any, keys: int) -> list[float]:
    """The same on a page that does nothing else."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(FLOOR)
    page.evaluate(f"() => {{{TIMER}}}")
    taken = press_through(page, "floor", keys)
    page.close()
    return taken


def measure_first(browser: Any, folder: Path, loads: int) -> list[float]:
    """Loads with an empty cache, until the first text is painted."""
    times_ms = []
    with served(folder, "text", write_tasks(folder, "text", 50)) as address:
        for _ in range(loads):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.add_init_script(FIRST)
            page.goto(address)
            page.wait_for_function("() => window.firstTaskMs !== undefined")
            times_ms.append(page.evaluate("() => window.firstTaskMs"))
            context.close()
    return times_ms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a smoke test: few keys, few loads")
    quick = parser.parse_args().quick
    keys, loads = (5, 2) if quick else (100, 15)
    executable = os.environ.get("PRODFLOW_CHROMIUM") or shutil.which("chromium")
    if executable is None:
        sys.exit("no Chromium found: apt-get install chromium, or set PRODFLOW_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for kind in ("text", "image"):
            floor, ours = measure_floor(browser, keys), measure_keys(browser, Path(name), kind, keys)
            row = {"benchmark": "web/key_to_task", "view": kind, "keys": keys, **summary(ours), "aim_ms": AIM_MS}
            print(json.dumps({**row, "floor": summary(floor)}), flush=True)
        first = summary(measure_first(browser, Path(name), loads))
        print(json.dumps({"benchmark": "web/first_paint", "view": "text", "loads": loads, **first}), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
