"""Selecting and scrolling in texts of thousands of tokens with hundreds of spans; marking one more; opening a text.

    python benchmarks/web/text_spans.py [--quick]

The mouse is the browser's own. A frame is the time between two animation frames while the mouse or the text moves;
the work of a frame, and the longest task, are processor time of the page's main thread by the browser's own trace. The
floor is the same text in a page that does nothing. One JSON row for each action on each text.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chromium import SIZE, WATCH_FRAMES, launched, measure_frames, served

AIM_P95_MS = {"select": 17, "scroll": 20}
LABELS = ["ORG", "PERSON", "GPE", "DATE"]
PARAGRAPH = 100
WATCH_OPENING = """
  const look = () => {
    if (document.querySelector(".pf-span-words") === null) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.openMs = performance.now() };
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
"""


def make_task(tokens: int, spans: int, paragraphs: bool) -> dict[str, Any]:
    """A text of made-up words with spans all over it; in paragraphs, or in one."""
    rolls = random.Random(7)
    words = ["".join(rolls.choices("abcdefghijklmnoprstuvw", k=rolls.randint(2, 10))) for _ in range(tokens)]
    made: list[dict[str, Any]] = []
    parts: list[str] = []
    start = 0
    for number, word in enumerate(words):
        made.append({"text": word, "start": start, "end": start + len(word), "id": number})
        gap = "\n\n" if paragraphs and number % PARAGRAPH == PARAGRAPH - 1 else " "
        parts.append(word + gap)
        start += len(word) + len(gap)
    marked = []
    for first in list(range(0, tokens, max(1, tokens // spans)))[:spans]:
        last = min(tokens - 1, first + rolls.randrange(3))
        place = {"start": made[first]["start"], "end": made[last]["end"], "token_start": first, "token_end": last}
        marked.append({**place, "label": rolls.choice(LABELS)})
    return {"text": "".join(parts), "tokens": made, "spans": marked}


def write_task(folder: Path, task: dict[str, Any]) -> Path:
    """A source of one task."""
    source = folder / "tasks.jsonl"
    source.write_text(json.dumps(task) + "\n")
    return source


def select(page: Any, moves: int) -> Callable[[], None]:
    """Drag over the text, here and there, up and down."""
    wander = random.Random(3)

    def act() -> None:
        page.mouse.move(500, 300)
        page.mouse.down()
        for _ in range(moves):
            page.mouse.move(wander.uniform(440, 1140), wander.uniform(200, 540), steps=8)
        page.keyboard.press("Escape")
        page.mouse.up()

    return act


def scroll(page: Any, turns: int) -> Callable[[], None]:
    """Turn the wheel, a little each frame, down and up again."""

    def act() -> None:
        page.mouse.move(700, 400)
        for turn in range(turns):
            page.mouse.wheel(0, 60 if turn < turns * 2 / 3 else -60)
            page.wait_for_timeout(8)

    return act


def mark(page: Any, times: int) -> Callable[[], None]:
    """Double-click a word, and take it back."""

    def act() -> None:
        for turn in range(times):
            page.mouse.dblclick(560 + 37 * (turn % 12), 330)
            page.wait_for_timeout(80)
            page.keyboard.press("Control+z")
            page.wait_for_timeout(80)

    return act


def measure(browser: Any, view_id: str, task: dict[str, Any], turns: int) -> Iterator[dict[str, Any]]:
    """All that is done on one text."""
    with tempfile.TemporaryDirectory() as name, served(view_id, write_task(Path(name), task), labels=LABELS) as address:
        page = browser.new_page(viewport=SIZE)
        page.add_init_script(WATCH_FRAMES + WATCH_OPENING)
        page.goto(address)
        page.wait_for_selector(".pf-span-tag")
        yield {"action": "open", "ms": round(page.evaluate("window.openMs"))}
        for name, act in (("select", select), ("scroll", scroll), ("mark", mark)):
            row = {"action": name, **measure_frames(page, act(page, turns if name != "mark" else turns // 4))}
            yield {**row, "aim_p95_ms": AIM_P95_MS[name]} if name in AIM_P95_MS else row
        page.close()


def floor(browser: Any, task: dict[str, Any], turns: int) -> dict[str, Any]:
    """The same text in a page that does nothing, scrolled."""
    page = browser.new_page(viewport=SIZE)
    style = "max-width: 46rem; margin: auto; font: 17px/42px sans-serif; white-space: pre-wrap"
    page.set_content(f"<div style='{style}'></div>")
    page.evaluate(f"() => {{{WATCH_FRAMES}}}")
    page.evaluate("text => document.querySelector('div').textContent = text", task["text"])
    row = {"action": "scroll", **measure_frames(page, scroll(page, turns))}
    page.close()
    return row


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: short texts, few moves")
    quick = parser.parse_args().quick
    turns = 12 if quick else 120
    texts = (
        [("ner_manual", 500, 60, True)]
        if quick
        else [
            ("ner_manual", 5_000, 600, True),
            ("ner_manual", 5_000, 600, False),
            ("spans_manual", 5_000, 600, True),
            ("ner_manual", 20_000, 2_400, True),
            ("ner_manual", 20_000, 2_400, False),
        ]
    )
    with launched() as browser:
        for view_id, tokens, spans, paragraphs in texts:
            task = make_task(tokens, spans, paragraphs)
            what = {"tokens": tokens, "spans": spans, "paragraphs": paragraphs}
            rows = [{"view_id": "floor", **what, **floor(browser, task, turns)}]
            rows += [{"view_id": view_id, **what, **row} for row in measure(browser, view_id, task, turns)]
            for row in rows:
                print(json.dumps({"benchmark": "text_spans", **row}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
