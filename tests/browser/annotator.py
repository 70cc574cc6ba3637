"""A person at the page: presses keys, clicks, swipes, and looks at what is shown."""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.server_process import ServerProcess, run

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


class Annotator:
    """One open page of a server."""

    def __init__(self, page: Page, server: ServerProcess, session: str | None = None) -> None:
        """Open the page and wait for the first task."""
        self.page = page
        self.server = server
        self.session = session
        page.goto(server.address.partition("?")[0] + (f"?session={session}" if session else ""))
        self.ready()

    @property
    def card(self) -> Locator:
        """The card in the middle, with a task or with why there is none."""
        return self.page.locator(".pf-card:not(.pf-loading)")

    @property
    def text(self) -> Locator:
        """The text of the open task."""
        return self.page.locator(".pf-passage").first

    @property
    def history(self) -> Locator:
        """The answers given so far, newest first."""
        return self.page.locator(".pf-entry")

    def button(self, name: str) -> Locator:
        """One of the large buttons."""
        return self.page.locator(".pf-actions").get_by_role("button", name=name)

    def press(self, *keys: str) -> None:
        """Press keys one after another; each answer shows the next task before the next key."""
        for key in keys:
            answers = key in ("a", "x", "Space")
            if answers:
                self.ready()
            before = self.history.count()
            self.page.keyboard.press(key)
            if answers:
                expect(self.history).not_to_have_count(before)

    def ready(self) -> None:
        """Wait until a task is open."""
        expect(self.button("Accept")).to_have_attribute("aria-disabled", "false")

    def send(self) -> None:
        """Ask for everything to be sent now."""
        self.page.evaluate("document.querySelector('.pf-save-now')?.click()")

    def saved(self) -> None:
        """Ask for everything to be sent now, and wait until it is on the server."""
        self.send()
        expect(self.page.locator(".pf-save-line").first).to_have_text("All saved", timeout=15_000)

    def swipe(self, x: float, y: float) -> None:
        """Swipe from the middle of the card with one finger."""
        box = self.card.bounding_box()
        assert box
        start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        session = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            touches = [{"x": at_x, "y": at_y} for at_x, at_y in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

        touch("touchStart", start)
        for step in range(1, 9):
            touch("touchMove", (start[0] + x * step / 8, start[1] + y * step / 8))
        touch("touchEnd")
        session.detach()

    def stored(self) -> list[dict[str, Any]]:
        """What is stored once everything is saved, oldest first; no task twice."""
        self.saved()
        session_id = f"&session_id=set-{self.session}" if self.session else ""
        answers = self.server.client.get(f"/history?limit=50{session_id}").json()["answers"]
        assert len({answer["_task_hash"] for answer in answers}) == len(answers)
        return list(reversed(answers))


def write_tasks(path: Path, tasks: Iterable[dict[str, Any]]) -> Path:
    """Write tasks as a JSONL file."""
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
    return path


def exported(home: Path) -> list[dict[str, Any]]:
    """The dataset as `prodflow db-out` gives it."""
    done = run(home, "db-out", "set")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def texts(count: int) -> list[dict[str, Any]]:
    """Plain text tasks, each different."""
    return [{"text": f"Headline number {number}", "meta": {"number": number}} for number in range(count)]


def log(line: str) -> None:
    """Record a measurement in the output of the tests."""
    print(re.sub(r"\s+", " ", line), file=sys.stderr)


def hear_spans(page: Page) -> Callable[[], list[dict[str, Any]]]:
    """Listen as a recipe's script does; the function returned gives the spans that were selected, in order."""
    page.evaluate(
        """() => {
            window.spans = [];
            document.addEventListener("prodigyspanselected", ({ detail }) => window.spans.push(detail.span));
        }"""
    )
    return lambda: page.evaluate("window.spans")
