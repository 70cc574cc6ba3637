"""What the programs of this folder share: a server of one task file, a real Chromium, the time of frames and work."""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZE = {"width": 1280, "height": 800}
WATCH_FRAMES = """
  window.watchFrames = () => {
    window.frames_ms = [];
    let before = null;
    const frame = (now) => {
      if (before !== null) window.frames_ms.push(now - before);
      before = now;
      window.watching = requestAnimationFrame(frame);
    };
    window.watching = requestAnimationFrame(frame);
  };
  window.stopWatching = () => { cancelAnimationFrame(window.watching); return window.frames_ms; };
"""


@contextmanager
def launched() -> Iterator[Any]:
    """A running Chromium: Debian's, or that of PRODFLOW_CHROMIUM."""
    executable = os.environ.get("PRODFLOW_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        sys.exit("no Chromium found: apt-get install chromium, or set PRODFLOW_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def served(view_id: str, source: Path, **config: Any) -> Iterator[str]:
    """Start `prodflow mark` with a home of its own and give its address."""
    command = [sys.executable, "-m", "prodflow", "mark", "bench", str(source), "--view-id", view_id, "--port", "0"]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PRODFLOW_HOME": home, "PRODFLOW_CONFIG_OVERRIDES": json.dumps(config)}
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            said = ""
            while (found := re.search(r"http://\S+", said)) is None:
                line = process.stderr.readline()
                if not line:
                    sys.exit(f"the server did not start: {said}")
                said += line
            yield found[0]
        finally:
            process.terminate()
            process.wait(30)
            process.stderr.close()


def percentiles(times_ms: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    p95 = statistics.quantiles(times_ms, n=20, method="inclusive")[-1]
    return {"median_ms": round(statistics.median(times_ms), 1), "p95_ms": round(p95, 1)}


def measure_frames(page: Any, act: Callable[[], None]) -> dict[str, float]:
    """Frames, and the work of the page's main thread in each, while something is done."""
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    page.evaluate("window.watchFrames()")
    before = work_ms(client)
    act()
    after = work_ms(client)
    frames: list[float] = page.evaluate("window.stopWatching()")
    work = round((after - before) / len(frames), 2)
    return {"frames": len(frames), **percentiles(frames), "work_ms_a_frame": work}


def work_ms(client: Any) -> float:
    """What the page's main thread has done so far."""
    metrics = client.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))
