"""What every test has: a home of its own. Browser tests run last; where CI is set, nothing may be skipped."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no bug: examples have no deadline, only the whole test has one.
settings.register_profile("prodflow", deadline=None, print_blob=True)
settings.load_profile("prodflow")

# Doctests of the package have no fixtures of this folder: they too stay out of the user's home.
os.environ["PRODFLOW_HOME"] = tempfile.mkdtemp(prefix="prodflow-tests-")
for _name in ("PRODFLOW_PORT", "PRODFLOW_HOST", "PRODFLOW_CONFIG_OVERRIDES", "PRODFLOW_ALLOWED_SESSIONS"):
    os.environ.pop(_name, None)

# Processes of tests that share the cores take one thread each for their arithmetic: more would wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(_name, "1")

_skipped: list[str] = []


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh `PRODFLOW_HOME` for each test."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PRODFLOW_HOME", str(folder))
    yield folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what mostly waits first, and browser tests last: Playwright's event loop would be in the way of later ones.

    In between, files with many tests come first, so that none of them is left for the end, where it would run alone.
    A browser test that fails is tried once more, which the summary tells: on a busy machine a browser may be late. One
    that hangs ends its process: Playwright's loop would go on for ever after an exception from a signal.
    """
    sizes = Counter(item.path for item in items)
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            item.get_closest_marker("early") is None,
            -sizes[item.path],
        )
    )
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))
            item.add_marker(pytest.mark.timeout(200, method="thread"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what was skipped."""
    if report.skipped and os.environ.get("CI"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of continuous integration that skipped a test."""
    if _skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were skipped where none may be."""
    for nodeid in _skipped:
        terminalreporter.write_line(f"FAILED (skipped, and CI is set): {nodeid}", red=True)
