"""The real Chromium on the real server.

Playwright's event loop and the browser live to the end of the process of tests: browser tests run last.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server_process import ServerProcess

ROOT = Path(__file__).resolve().parents[2]
NO_CHROMIUM = "no Chromium found (apt-get install chromium-headless-shell, or set PRODFLOW_CHROMIUM)"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is found is taken: without a window of its own, Chromium needs a third of the work for a page."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The browser to drive."""
    named = os.environ.get("PRODFLOW_CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def web_app() -> None:
    """The built app is that of the sources: build it if it is stale."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec and spec.loader
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    if not hook.is_fresh(ROOT):
        hook.build(ROOT)


@pytest.fixture(scope="session")
def launch(web_app: None) -> Iterator[Callable[[], Any]]:
    """Start Chromium with a fresh profile, once: a start costs as much as a test."""
    executable = find_chromium()
    if executable is None:
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    started: list[Any] = []

    def launch_once() -> Any:
        if not (started and started[-1].is_connected()):
            started.append(playwright.chromium.launch(executable_path=executable, args=FLAGS))
        return started[-1]

    with sync_playwright() as playwright:
        yield launch_once
        for browser in started:
            browser.close()


@pytest.fixture(scope="module")
def chromium(launch: Callable[[], Any]) -> Any:
    """A running Chromium."""
    return launch()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open pages; what goes wrong in their scripts fails the test."""
    contexts, problems = [], []

    def open_one(**options: Any) -> Any:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Start servers on the dataset `set`, each on a free port."""
    servers = []

    def start(source: Path, *options: object, view_id: str = "text", port: int = 0, **env: str) -> ServerProcess:
        server = ServerProcess(home, "mark", "set", source, "--view-id", view_id, *options, port=port, **env)
        servers.append(server)
        return server

    yield start
    for server in servers:
        with server:
            pass
