"""Commands in processes of their own that need not import anything first: see `warm_server.py`."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("warm_server.py")
STUB = Path(__file__).with_name("warm_stub.py")


class WarmServer:
    """The process that forks; one for each process of tests, started when it is first needed."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""

    @property
    def address(self) -> str:
        """The path of its socket; starts it if need be."""
        if self._process is None:
            self._folder = tempfile.mkdtemp(prefix="prodflow-warm-")
            path = f"{self._folder}/socket"
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert self._process.stdout is not None
            assert self._process.stdout.readline() == b"ready\n", "the warm server did not start"
            atexit.register(self.stop)
        return f"{self._folder}/socket"

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.close()
            self._process.wait(10)
            self._process.stdout.close()
            self._process = None
            shutil.rmtree(self._folder)


WARM = WarmServer()


class WarmProcess:
    """A running command, with the methods of `subprocess.Popen` that tests need.

    Args:
        arguments: of `prodflow`, or of the script.
        files: standard input, output and error.
        env: the whole environment.
        cwd: its folder.
        imports: further modules that the server imports, once and for all.
        script: a Python file to run in place of `prodflow`.
        strict: warnings are errors.
    """

    def __init__(
        self,
        arguments: Iterable[object],
        files: tuple[int, int, int],
        *,
        env: dict[str, str],
        cwd: str | Path | None = None,
        imports: Iterable[str] = (),
        script: Path | None = None,
        strict: bool = False,
    ) -> None:
        """Start it."""
        self.returncode: int | None = None
        request = {
            "arguments": [str(argument) for argument in arguments],
            "env": env,
            "cwd": str(cwd or Path.cwd()),
            "imports": list(imports),
            "script": str(script) if script else None,
            "strict": strict,
        }
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._connection.connect(WARM.address)
        body = json.dumps(request).encode()
        socket.send_fds(self._connection, [len(body).to_bytes(8, "big")], list(files))
        self._connection.sendall(body)
        self._replies = self._connection.makefile("rb")
        self.pid = int(self._replies.readline())

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        try:
            return self.wait(0.0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; return the exit status."""
        if self.returncode is None:
            import select

            readable, _, _ = select.select([self._connection], [], [], timeout)
            if not readable:
                raise subprocess.TimeoutExpired("prodflow", timeout or 0.0)
            self.returncode = int(self._replies.readline())
            self._replies.close()
            self._connection.close()
        return self.returncode


def run_warm(
    arguments: Iterable[object],
    *,
    env: dict[str, str],
    stdin: bytes | None = None,
    timeout: float = 110,
    merge_output: bool = False,
    text: bool = True,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:
    """Run a command to its end, as `subprocess.run` does with captured output."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        given.write(stdin or b"")
        given.seek(0)
        files = (given.fileno(), output.fileno(), output.fileno() if merge_output else errors.fileno())
        process = WarmProcess(arguments, files, env=env, **options)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        output.seek(0)
        errors.seek(0)
        said = [output.read(), errors.read()]
        shown = [part.decode() for part in said] if text else said
        return subprocess.CompletedProcess(list(map(str, arguments)), status, *shown)


def install_stub(folder: Path) -> Path:
    """Write a command `prodflow` into a folder that hands what it is asked to the warm server."""
    folder.mkdir(parents=True, exist_ok=True)
    stub = folder / "prodflow"
    stub.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {STUB} {WARM.address} "$@"\n', encoding="utf-8")
    stub.chmod(0o755)
    return folder
