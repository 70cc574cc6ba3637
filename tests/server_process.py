"""The real `prodflow` in processes of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.warm import WarmProcess, run_warm

PRODFLOW = [sys.executable, "-m", "prodflow"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command: its own home, and nothing of the developer's configuration."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PRODFLOW_")}
    return {**plain, "PRODFLOW_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def run(
    home: Path, *arguments: object, stdin: bytes | None = None, cold: bool = False, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `cold` as a user's shell does, else in a process that has its imports already."""
    if not cold:
        return run_warm(arguments, env=environment(home), stdin=stdin, **options)
    return subprocess.run(
        [*PRODFLOW, *map(str, arguments)],
        input=None if stdin is None else stdin.decode(),
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=110,
        env=environment(home),
        **options,
    )


def start(
    arguments: Iterable[object], stdin: Any, errors: int, env: dict[str, str], imports: Iterable[str], cold: bool
) -> "subprocess.Popen[bytes] | WarmProcess":
    """Start a command whose standard error goes to an open file."""
    if cold:
        return subprocess.Popen(
            [*PRODFLOW, *map(str, arguments)],
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=env,
        )
    with Path(os.devnull).open("r+b") as nothing:
        given = nothing if stdin is None else stdin
        return WarmProcess(arguments, (given.fileno(), nothing.fileno(), errors), env=env, imports=imports)


class ServerProcess:
    """A server started as a user would, on a free port; a context manager that stops it.

    Args:
        home: its `PRODFLOW_HOME`.
        arguments: the command.
        port: the port, 0 for a free one.
        stdin: an open file for its standard input.
        imports: modules it needs that take long to import, e.g. `("spacy",)`.
        cold: start it as a user's shell does; else in a process that has its imports already.
        env: further variables.
    """

    def __init__(
        self,
        home: Path,
        *arguments: object,
        port: int = 0,
        stdin: Any = None,
        imports: Iterable[str] = (),
        cold: bool = False,
        **env: str,
    ) -> None:
        """Start it and wait until it says where it is."""
        reading, writing = os.pipe()
        words = [*arguments, "--port", port]
        self.process = start(words, stdin, writing, environment(home, **env), imports, cold)
        os.close(writing)
        self._errors = os.fdopen(reading, encoding="utf-8")
        self.said: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._ready.wait(60), f"the server did not start: {self.words}"
        found = re.search(r"http://\S+", self.words)
        assert found, f"the server said no address: {self.words}"
        self.address = found[0]
        self.client = httpx2.Client(base_url=self.address.partition("?")[0], timeout=30)

    def _read(self) -> None:
        for line in self._errors:
            self.said.append(line)
            if "http://" in line:
                self._ready.set()
        self._ready.set()

    @property
    def words(self) -> str:
        """What it wrote to standard error so far."""
        return "".join(self.said)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(re.search(r":(\d+)/", self.address)[1])  # type: ignore[index]

    def post(self, route: str, **body: Any) -> Any:
        """Send JSON and return the JSON of a reply that must be 200."""
        reply = self.client.post(route, json=body)
        assert reply.status_code == 200, (reply.status_code, reply.text)
        return reply.json()

    def questions(self, session_id: str | None = None) -> list[dict[str, Any]]:
        """Return a batch of tasks."""
        tasks: list[dict[str, Any]] = self.post("/get_session_questions", session_id=session_id)["tasks"]
        return tasks

    def answer(self, *answers: dict[str, Any], session_id: str | None = None) -> Any:
        """Give answers."""
        return self.post("/give_answers", answers=list(answers), session_id=session_id)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end; return the exit status."""
        self.process.send_signal(number)
        return self.wait()

    def kill(self) -> None:
        """End it at once, with nothing tidied up."""
        self.process.kill()
        self.wait()

    def wait(self) -> int:
        """Wait for the end; return the exit status."""
        status = self.process.wait(30)
        self._reader.join(5)
        self.client.close()
        self._errors.close()
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        else:
            self.wait()


def wait_until(what: Any, seconds: float = 10.0) -> Any:
    """Return the first truthy value of a function, or fail."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := what():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
