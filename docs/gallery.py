"""The gallery: a picture of every interface with the task that it shows.

    python docs/gallery.py           take the pictures in Chromium, then write the page (`make screenshot`)
    python docs/gallery.py --page    write docs/gallery.md with the pictures that are there (`make docs`)
    python docs/gallery.py --check   say whether the page is that of the code

The tasks are the examples that `prodflow preview VIEW_ID` shows.
"""

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from prodflow.samples import Example, example, examples

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "gallery.md"
PICTURES = DOCS / "images" / "gallery"
WINDOW = {"width": 1180, "height": 640}
MAX_BYTES = 60_000
QUALITIES = (88, 80, 70, 60, 45, 30)
LINE = 110

INTRODUCTION = """\
<!-- Written by `make docs` from the examples, the pictures by `make screenshot`: do not edit. -->

# Gallery

Every interface, its picture, and the task that it shows there. Each can be tried at once: `prodflow preview ner_manual`
opens the example in the browser, `prodflow preview ner_manual tasks.jsonl --label PERSON,ORG` shows tasks of your own;
[nothing is stored](how-to/preview.md). `prodflow.get_schema("ner_manual")` says in full what a task needs.
"""


def page() -> str:
    """The whole page."""
    listed = ", ".join(f"[{one.view_id}](#{one.view_id})" for one in examples())
    return "\n".join([INTRODUCTION, f"{listed}\n", *map(section, examples())])


def section(one: Example) -> str:
    """An interface: what it is for, its picture, its task and its configuration."""
    lines = [f"## {one.view_id}\n", f"{one.words}\n"]
    picture = PICTURES / f"{one.view_id}.webp"
    if picture.is_file():
        place = picture.relative_to(DOCS).as_posix()
        lines.append(f'<img src="{place}" alt="The interface {one.view_id}">\n')
    lines += ["<details><summary>The task</summary>\n", "```json", pretty(one.task), "```\n"]
    if one.config:
        lines += ["The recipe's `config`:\n", "```json", pretty(one.config), "```\n"]
    return "\n".join([*lines, "</details>\n"])


def pretty(value: Any, indent: str = "") -> str:
    """JSON in which what fits on a line stays on one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= LINE or not isinstance(value, (dict, list)) or not value:
        return flat
    deeper = indent + "  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {pretty(item, deeper)}" for key, item in value.items()]
    else:
        items = [pretty(item, deeper) for item in value]
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{closed}"


@contextmanager
def served(view_id: str, folder: Path) -> Iterator[str]:
    """Serve the example of a view in this process, and give its address."""
    from prodflow.server.app import create_app
    from prodflow.server.process import Server
    from prodflow.server.serve import listen
    from prodflow.session.controller import Controller

    made = example(view_id, folder)
    components = {"dataset": False, "view_id": view_id, "stream": [made.task], "config": made.config}
    listening = listen("127.0.0.1", 0)
    ready = threading.Event()
    server = Server(create_app(Controller.from_components("gallery", components)), ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert ready.wait(60), f"{view_id}: the server did not start within 60 s"
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def take(view_ids: list[str]) -> list[str]:
    """Take the pictures; return the views that the app cannot show."""
    import screenshot
    from playwright.sync_api import TimeoutError, sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    missing = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=screenshot.CHROMIUM, args=screenshot.QUIET)
        for view_id in view_ids:
            with served(view_id, Path(folder)) as address:
                context = browser.new_context(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
                tab = context.new_page()
                tab.goto(address)
                tab.locator(".pf-card:not(.pf-loading)").wait_for()
                with suppress(TimeoutError):  # a film may be read for as long as it is shown
                    tab.wait_for_load_state("networkidle", timeout=5000)
                tab.wait_for_timeout(700)
                if tab.locator(".pf-cannot").count():
                    missing.append(view_id)
                else:
                    (PICTURES / f"{view_id}.webp").write_bytes(small(tab.screenshot(clip=beside_the_sidebar(tab))))
                context.close()
        browser.close()
    return missing


def beside_the_sidebar(tab: Any) -> dict[str, float]:
    """The part of the window with the card and the buttons."""
    sidebar = tab.locator(".pf-sidebar").bounding_box() or {"x": 0.0, "width": 0.0}
    left = sidebar["x"] + sidebar["width"]
    return {"x": left, "y": 0, "width": WINDOW["width"] - left, "height": WINDOW["height"]}


def small(png: bytes) -> bytes:
    """The picture as WebP, as good as fits into the size."""
    from PIL import Image

    picture = Image.open(BytesIO(png)).convert("RGB")
    for quality in QUALITIES:
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


def main(arguments: list[str]) -> None:
    """Take pictures, write the page, or check it."""
    if arguments == ["--check"]:
        sys.exit(0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page() else "stale; run make docs")
    if arguments != ["--page"]:
        missing = take(arguments or [one.view_id for one in examples()])
        if missing:
            print(f"no picture of what the app cannot show: {', '.join(missing)}", file=sys.stderr)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
