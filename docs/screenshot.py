"""Take the pictures of the documentation from the running demo: `make screenshot`.

The demo is annotated in Chromium as a person would, by its keys, with the true labels of the sample.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from prodflow.samples import fashion_images, fashion_labels

IMAGES = Path(__file__).parent / "images"
CHROMIUM = os.environ.get("PRODFLOW_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PICTURE = "main img"
WANTED = "SANDAL"
ANSWERS = 40


@contextmanager
def demo(home: Path) -> Iterator[str]:
    """Run the demo on a free port and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PRODFLOW_HOME": str(home), "PRODFLOW_PORT": str(port), "BROWSER": "true"}
    process = subprocess.Popen([sys.executable, "-m", "prodflow", "demo"], env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return once the server answers."""
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"the demo ended with {process.returncode}")
        try:
            urlopen(f"{url}/health", timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    sys.exit(f"nothing answers at {url}")


def label_of(page: Page, labels: dict[bytes, str]) -> str:
    """The true label of the picture that is shown, known by its bytes."""
    source = page.locator(PICTURE).first.get_attribute("src") or ""
    return labels[page.request.get(urljoin(page.url, source)).body()]


def answer(page: Page, labels: dict[bytes, str]) -> None:
    """Annotate until a picture of what is looked for is on the screen, and the history has of both kinds."""
    recent: deque[str] = deque(maxlen=8)
    for number in range(1000):
        label = label_of(page, labels)
        if number >= ANSWERS and label == WANTED and recent.count(WANTED) >= 3:
            return
        recent.append(label)
        shown = page.locator(PICTURE).first.get_attribute("src")
        page.keyboard.press("a" if label == WANTED else "x")
        page.wait_for_function(
            "([selector, shown]) => document.querySelector(selector)?.getAttribute('src') !== shown",
            arg=[PICTURE, shown],
        )


def take(url: str, labels: dict[bytes, str]) -> None:
    """Annotate, then take a picture of a desktop in light and in dark, and of a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(url)
        page.locator(PICTURE).first.wait_for()
        answer(page, labels)
        page.wait_for_timeout(800)
        page.screenshot(path=IMAGES / "app.png")
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=IMAGES / "app-dark.png")
        page.set_viewport_size({"width": 390, "height": 780})
        page.emulate_media(color_scheme="light")
        page.wait_for_timeout(300)
        page.screenshot(path=IMAGES / "app-phone.png")
        browser.close()


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        names = fashion_labels()
        pictures = fashion_images(Path(folder, "pictures")).iterdir()
        labels = {path.read_bytes(): names[path.name] for path in pictures}
        with demo(Path(folder, "home")) as url:
            take(url, labels)


if __name__ == "__main__":
    main()
