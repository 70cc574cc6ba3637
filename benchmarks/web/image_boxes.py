"""Dragging one of 500 boxes on a picture, enlarging the picture with them, and opening a picture of 108 megapixels.

    python benchmarks/web/image_boxes.py [--quick]

The mouse is the browser's own. A frame is the time between two animation frames while the mouse moves; the work of a
frame is the main thread's processor time, by the browser's trace. The floor is a page that moves one element, and does
nothing else. One JSON row for each action.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chromium import SIZE, WATCH_FRAMES, launched, measure_frames, served

BOXES = 500
LABELS = ["A", "B", "C"]
AIM_P95_MS = 17
FLOOR = """<style>
  body { margin: 0; height: 100vh }
  div { position: absolute; width: 80px; height: 60px; background: teal }
</style>
<div></div><script>
  const box = document.querySelector("div");
  addEventListener("pointermove", ({ clientX, clientY }) => {
    box.style.transform = `translate(${clientX}px, ${clientY}px)`;
  });
</script>"""


def write_tasks(folder: Path, huge: bool) -> Path:
    """One picture with 500 boxes in rows; or a huge one with none."""
    from PIL import Image

    width, height = (12_000, 9_000) if huge else (2_000, 1_500)
    noise = Image.frombytes("RGB", (200, 150), random.Random(7).randbytes(200 * 150 * 3))
    noise.resize((width, height)).save(folder / "picture.jpg", quality=80)
    rolls = random.Random(7)
    spans = [
        {"label": rolls.choice(LABELS), "x": 78 * (n % 25) + 20, "y": 72 * (n // 25) + 20, "width": 60, "height": 50}
        for n in range(BOXES)
    ]
    source = folder / "tasks.jsonl"
    source.write_text(json.dumps({"image": str(folder / "picture.jpg"), "spans": [] if huge else spans}) + "\n")
    return source


def place(page: Any, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is on the screen."""
    found = page.locator(".pf-canvas-picture img").evaluate(
        "i => { const b = i.getBoundingClientRect(); return [b.x, b.y, b.width / i.naturalWidth]; }"
    )
    return found[0] + x * found[2], found[1] + y * found[2]


def drag(page: Any, start: tuple[float, float], moves: int) -> Callable[[], None]:
    """Go in a circle with the button down."""
    wander = random.Random(3)

    def act() -> None:
        page.mouse.move(*start)
        page.mouse.down()
        for _ in range(moves):
            page.mouse.move(start[0] + wander.uniform(-80, 80), start[1] + wander.uniform(-60, 60), steps=8)
        page.mouse.up()

    return act


def wheel(page: Any, at: tuple[float, float], turns: int) -> Callable[[], None]:
    """Enlarge and reduce, again and again."""

    def act() -> None:
        page.mouse.move(*at)
        for turn in range(turns):
            page.mouse.wheel(0, -60 if turn % 16 < 8 else 60)
            page.wait_for_timeout(16)

    return act


def boxes(browser: Any, folder: Path, moves: int) -> Iterator[dict[str, Any]]:
    """Drag a box and enlarge the picture, with 500 boxes."""
    with served("image_manual", write_tasks(folder, huge=False), labels=LABELS) as address:
        page = browser.new_page(viewport=SIZE)
        page.add_init_script(WATCH_FRAMES)
        page.goto(address)
        page.wait_for_selector(f'.pf-canvas[data-shown="{BOXES}"]')
        at = place(page, 20 + 78 * 12 + 30, 20 + 72 * 10 + 25)
        page.mouse.click(*at)
        page.wait_for_selector(".pf-canvas-handle")
        yield {"action": "drag a box", "boxes": BOXES, **measure_frames(page, drag(page, at, moves))}
        page.keyboard.press("Escape")
        yield {"action": "enlarge", "boxes": BOXES, **measure_frames(page, wheel(page, at, 4 * moves))}
        page.close()


def huge(browser: Any, folder: Path, moves: int) -> Iterator[dict[str, Any]]:
    """Open a picture of 12,000 x 9,000, enlarge it, draw and drag a box on it."""
    with served("image_manual", write_tasks(folder, huge=True), labels=LABELS) as address:
        page = browser.new_page(viewport=SIZE)
        page.add_init_script(WATCH_FRAMES)
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_selector(".pf-canvas-picture img", timeout=120_000)
        opened = round(1000 * (time.perf_counter() - began))
        at = place(page, 6_000, 4_500)
        yield {
            "action": "enlarge",
            "megapixels": 108,
            "opened_ms": opened,
            **measure_frames(page, wheel(page, at, 4 * moves)),
        }
        page.keyboard.press("0")
        start, end = place(page, 5_000, 4_000), place(page, 7_000, 5_000)
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=5)
        page.mouse.up()
        page.mouse.click(*at)
        page.wait_for_selector(".pf-canvas-handle")
        yield {"action": "drag a box", "megapixels": 108, **measure_frames(page, drag(page, at, moves))}
        page.close()


def floor(browser: Any, moves: int) -> dict[str, float]:
    """The same drag on a page that moves one element."""
    page = browser.new_page(viewport=SIZE)
    page.set_content(FLOOR)
    page.evaluate(f"() => {{{WATCH_FRAMES}}}")
    found = measure_frames(page, drag(page, (600, 400), moves))
    page.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a smoke test: few moves")
    moves = 4 if parser.parse_args().quick else 40
    with launched() as browser:
        for part in (boxes, huge):
            with tempfile.TemporaryDirectory() as name:
                for row in part(browser, Path(name), moves):
                    full = {"benchmark": "web/image_boxes", **row, "aim_p95_ms": AIM_P95_MS}
                    print(json.dumps({**full, "floor": floor(browser, moves)}), flush=True)


if __name__ == "__main__":
    main()
