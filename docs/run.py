"""Run the code blocks of a page from top to bottom, as a reader would: `python docs/run.py docs/tutorial.md`.

What the word after the three backticks means:

    python    run, all blocks of the page in one namespace
    pycon     run, and the output compared
    bash      run
    console   run after each "$ ", going on after "> "; other lines are the output, "..." stands for anything
    sql       asked of the store, which has some row for an answer
    json toml read, not run; other languages are left alone

After it, `file=NAME` adds the block to a file too, and `no-run` leaves it alone. With `serve` the command
stays up until the next such block or the end of the page, and 20 of its questions are answered; with `serve unanswered`
none, as the page itself does that.

PRODFLOW_COMMANDS names a folder with another `prodflow` than the one of this Python.
"""

import doctest
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<marks>[^\n]*)\n(?P<code>.*?)^(?P=indent)```\s*$",
    re.MULTILINE | re.DOTALL,
)
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
START_TIMEOUT_S = 90.0
QUESTIONS = 20


@dataclass(frozen=True)
class Block:
    """A fenced block: where it starts, what its marks say, and the code."""

    page: Path
    line: int
    language: str
    marks: tuple[str, ...]
    code: str

    @property
    def place(self) -> str:
        """`page.md:line`, as editors open it."""
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The name of the file that the block is written to."""
        return next((mark.removeprefix("file=") for mark in self.marks if mark.startswith("file=")), None)


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        marks = tuple(found["marks"].split())
        yield Block(page, line, found["language"], marks, textwrap.dedent(found["code"]))


class Reader:
    """Someone who follows a page in a folder: a Python namespace, a shell and at most one server."""

    def __init__(self, folder: Path) -> None:
        """Put the shell's environment together; nothing is run yet."""
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.server: Server | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        folders = (os.environ.get("PRODFLOW_COMMANDS"), str(Path(sys.executable).parent), os.environ["PATH"])
        path = os.pathsep.join(folder for folder in folders if folder)
        mine = {"PATH": path, "PRODFLOW_HOME": str(folder / ".prodflow"), "PRODFLOW_PORT": str(self.port)}
        os.environ.update(mine, BROWSER="true", COLUMNS="100")
        os.chdir(folder)
        sys.path.insert(0, str(folder))

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        if "no-run" in block.marks:
            return
        if block.file:
            with (self.folder / block.file).open("a", encoding="utf-8") as file:
                file.write(block.code)
        if block.language in ("json", "toml"):
            tomllib.loads(block.code) if block.language == "toml" else json.loads(block.code)
        elif block.language == "python":
            code = "\n" * block.line + block.code  # so that a traceback names the line of the page
            exec(compile(code, block.page, "exec"), self.names)
        elif block.language == "pycon":
            self._compare(block)
        elif block.language == "sql":
            from prodflow.store.reader import connect

            assert connect().sql(block.code).fetchall(), f"{block.place}: no row"
        elif block.language == "bash":
            self._shell(block, block.code, "")
        elif block.language == "console":
            for command in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
                asked = re.match(r".*\n(?:> .*\n)*", command)
                assert asked is not None
                self._shell(block, asked[0].replace("\n> ", "\n"), command[asked.end() :])

    def _compare(self, block: Block) -> None:
        example = doctest.DocTestParser().get_doctest(block.code, self.names, block.place, str(block.page), block.line)
        runner = doctest.DocTestRunner(optionflags=LOOSELY)
        runner.run(example, clear_globs=False)
        self.names.update(example.globs)
        assert runner.summarize(verbose=False).failed == 0, f"{block.place}: see above"

    def _shell(self, block: Block, command: str, expected: str) -> None:
        if "serve" in block.marks:
            self.stop()
            self.server = Server(block, command, expected, self.port)
            self.server.wait_until_up()
            if "unanswered" not in block.marks:
                self.server.answer()
            return
        done = subprocess.run(["bash", "-o", "pipefail", "-ec", command], text=True, stdout=-1, stderr=-2, timeout=300)
        assert done.returncode == 0, f"{block.place}: exit {done.returncode}: {command}\n{done.stdout}"
        check(block, expected, done.stdout)

    def stop(self) -> None:
        """Stop the server, if one is up, as Ctrl-C does."""
        if self.server is not None:
            self.server.stop()
            self.server = None


class Server:
    """A command that serves, in a process group of its own as in a terminal."""

    def __init__(self, block: Block, command: str, expected: str, port: int) -> None:
        """Start the command."""
        self.block, self.expected, self.port = block, expected, port
        self.log = Path(f".server-{block.line}.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", command], stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def wait_until_up(self) -> None:
        """Return once the server says that it is healthy."""
        end = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).close()
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        self.stop(clean=False)
        raise AssertionError(f"{self.block.place}: nothing serves on port {self.port}\n{self.log.read_text()}")

    def answer(self) -> None:
        """Annotate a little: accept and reject in turn."""
        count = 0
        while count < QUESTIONS and (tasks := self._post("get_session_questions", {})["tasks"]):
            for task in tasks:
                task["answer"] = ("accept", "reject")[count % 2]
                if "options" in task:
                    task["accept"] = [task["options"][0]["id"]]
                count += 1
            self._post("give_answers", {"answers": tasks})

    def _post(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps({"session_id": None, **body}).encode()
        request = Request(f"http://127.0.0.1:{self.port}/{route}", data, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as response:
            reply: dict[str, Any] = json.load(response)
        return reply

    def stop(self, clean: bool = True) -> None:
        """Send SIGINT to the whole pipe; a clean exit is expected."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            code = self.process.wait()
        said = self.log.read_text().replace(f":{self.port}", ":8080")
        if clean:
            assert code == 0 and "Traceback" not in said, f"{self.block.place}: exit {code}\n{said}"
            check(self.block, self.expected, said)


def check(block: Block, expected: str, got: str) -> None:
    """Compare an output with what the page shows, if it shows any."""
    if expected.strip() and not doctest.OutputChecker().check_output(expected, got, LOOSELY):
        raise AssertionError(f"{block.place}: the page shows\n{expected}\nbut it was\n{got}")


def main(page: Path, folder: Path) -> None:
    """Run a page in a folder, which gets pictures and the examples, as in a checkout."""
    from prodflow.samples import fashion_images

    if "photos" in page.read_text(encoding="utf-8"):
        fashion_images(folder / "photos", limit=200)
    (folder / "examples").symlink_to(EXAMPLES)
    reader = Reader(folder)
    try:
        for block in blocks(page):
            reader.follow(block)
        reader.stop()
    finally:
        if reader.server is not None:
            reader.server.stop(clean=False)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        main(Path(sys.argv[1]).resolve(), Path(sys.argv[2] if len(sys.argv) > 2 else made).resolve())
