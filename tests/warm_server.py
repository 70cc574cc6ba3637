"""Starts `prodflow` without its imports: a process that has them forks one for each command.

What a command does is all its own: arguments, environment, folder, files and exit. Only Python and the modules are
there before it starts. It ends when its standard input does, so that it never outlives the tests.

A client sends one JSON object over a Unix socket, with three open files beside it, and reads the process id and then
the exit status (negative for a signal), each on a line.
"""

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

IMPORTED = ("duckdb", "httpx2", "PIL.Image", "pyarrow.parquet", "uvicorn.protocols.http.httptools_impl", "uvloop")
LIGHT = (
    "cli",
    "core",
    "filters",
    "loaders",
    "preprocess",
    "recipes",
    "routers",
    "samples",
    "server",
    "session",
    "sorters",
    "store",
)
"""Packages of prodflow of which all is imported: none of it imports torch or spaCy by itself."""


def import_all() -> None:
    """Import what commands need."""
    for name in IMPORTED:
        importlib.import_module(name)
    for name in LIGHT:
        package = importlib.import_module(f"prodflow.{name}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    assert not {"torch", "spacy"} & set(sys.modules), "they take seconds; ask for them where they are needed"


def listen(path: str) -> dict[str, Any] | None:
    """Take requests; in the process of a command return the request, else None once it is all over."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for the commands
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(64)
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([server, sys.stdin], [], [])
        if sys.stdin in readable:
            return None
        client, _ = server.accept()
        request, files = receive(client)
        for name in request["imports"]:
            importlib.import_module(name)
        gc.freeze()  # a collection in a fork would touch, and so copy, all that was imported
        if os.fork() == 0:
            server.close()
            return attend(client, request, files)
        client.close()
        for file in files:
            os.close(file)


def receive(client: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Read a request and its files."""
    head, files, _, _ = socket.recv_fds(client, 8, 3)
    length, body = int.from_bytes(head, "big"), b""
    while len(body) < length:
        body += client.recv(length - len(body))
    return json.loads(body), files


def attend(client: socket.socket, request: dict[str, Any], files: list[int]) -> dict[str, Any]:
    """Fork the process of the command, tell its id and, at its end, its status; returns in the command's process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child:
        for file in files:
            os.close(file)
        client.sendall(f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        try:
            client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        finally:
            os._exit(0)
    client.close()
    os.setpgid(0, 0)
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    open_streams()
    return request


def open_streams() -> None:
    """Standard streams as a new Python makes them."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False, errors="backslashreplace")  # noqa: SIM115
    sys.stderr.reconfigure(line_buffering=True)
    if unbuffered:
        sys.stdout.reconfigure(write_through=True)


def run(request: dict[str, Any]) -> None:
    """Run the command, or the script that the request names in its place."""
    if request["strict"]:
        warnings.simplefilter("error")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path[:0] = [] if request["script"] else [request["cwd"]]
    if request["script"]:
        sys.argv = [request["script"], *request["arguments"]]
        sys.path.insert(0, str(Path(request["script"]).parent))
        runpy.run_path(request["script"], run_name="__main__")
    else:
        from prodflow.cli.main import main

        sys.argv = ["prodflow", *request["arguments"]]
        main()


def end_of(request: dict[str, Any]) -> int:
    """Run the command; return its exit status. Any other exception ends the process as Python does."""
    try:
        run(request)
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        return ended.code or 0
    return 0


def leave(status: int) -> None:
    """End as Python does (threads, exit functions, what nobody closed, open files), but tidy up no modules.

    That would touch, and so copy, all that was imported: more than a second where torch and spaCy are.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    assert isinstance(sys.stdout, io.TextIOWrapper)
    import_all()
    command = listen(sys.argv[1])
    leave(end_of(command) if command else 0)
