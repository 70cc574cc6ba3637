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
    """Frames while something is done, and the processor time of the page's main thread: no other work is in it."""
    client = page.context.new_cdp_session(page)
    page.evaluate("window.watchFrames()")
    tasks = tasks_ms(page, client, act)
    frames: list[float] = page.evaluate("window.stopWatching()")
    work = {"work_ms_a_frame": round(sum(tasks) / len(frames), 2), "longest_task_ms": round(max(tasks), 1)}
    client.detach()
    return {"frames": len(frames), **percentiles(frames), **work}


def tasks_ms(page: Any, client: Any, act: Callable[[], None]) -> list[float]:
    """The processor time of each task of the page's main thread while something is done."""
    events: list[dict[str, Any]] = []
    ended: list[Any] = []
    client.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    client.on("Tracing.tracingComplete", ended.append)
    categories = {"includedCategories": ["toplevel", "__metadata"], "excludedCategories": ["*"]}
    client.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": categories})
    act()
    client.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    named = [event for event in events if event.get("name") == "thread_name"]
    main = {(event["pid"], event["tid"]) for event in named if event["args"]["name"] == "CrRendererMain"}
    tasks = [event for event in events if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main]
    # Of a task that is told as two, one within the other, the outer one.
    names = {event["name"] for event in tasks}
    outer = "RunTask" if "RunTask" in names else next(iter(names))
    return [event.get("tdur", 0) / 1000 for event in tasks if event["name"] == outer]
