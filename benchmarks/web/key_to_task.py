"""From a key press to the next task painted, for texts and pictures; from loading the page to the first text painted.

    python benchmarks/web/key_to_task.py [--quick]

A real server and a real Chromium (Debian's, or PRODFLOW_CHROMIUM). The time begins with the key event's own time stamp
and ends after the frame that shows the next task. The floor is a page that does nothing but swap a text at a key press.
One JSON row for each kind of task, one for the first paint.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path
from typing import Any

from chromium import SIZE, launched, percentiles, served

AIM_MS = 50

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


def measure_keys(browser: Any, folder: Path, kind: str, keys: int) -> list[float]:
    """Key presses on a fresh server and a fresh page."""
    with served(kind, write_tasks(folder, kind, keys + 20)) as address:
        page = browser.new_page(viewport=SIZE)
        page.add_init_script(TIMER)
        page.goto(address)
        taken = press_through(page, kind, keys)
        page.close()
    return taken


def measure_floor(browser: Any, keys: int) -> list[float]:
    """The same on a page that does nothing else."""
    page = browser.new_page(viewport=SIZE)
    page.set_content(FLOOR)
    page.evaluate(f"() => {{{TIMER}}}")
    taken = press_through(page, "floor", keys)
    page.close()
    return taken


def measure_first(browser: Any, folder: Path, loads: int) -> list[float]:
    """Loads with an empty cache, until the first text is painted."""
    times_ms = []
    with served("text", write_tasks(folder, "text", 50)) as address:
        for _ in range(loads):
            context = browser.new_context(viewport=SIZE)
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
    with tempfile.TemporaryDirectory() as name, launched() as browser:
        for kind in ("text", "image"):
            floor, ours = measure_floor(browser, keys), measure_keys(browser, Path(name), kind, keys)
            row = {"benchmark": "web/key_to_task", "view": kind, "keys": keys, **percentiles(ours), "aim_ms": AIM_MS}
            print(json.dumps({**row, "floor": percentiles(floor)}), flush=True)
        first = percentiles(measure_first(browser, Path(name), loads))
        print(json.dumps({"benchmark": "web/first_paint", "view": "text", "loads": loads, **first}), flush=True)


if __name__ == "__main__":
    main()
