"""The web app: when it is built, with which Node, what is said when it cannot be, and its own tests."""

import gzip
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE_BUDGET_BYTES = 60_000
WHOLE_BUDGET_BYTES = 166_000


def load_hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hook = load_hook()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the sources of an app, and a build of them."""
    monkeypatch.delenv("PRODFLOW_WEB", raising=False)
    monkeypatch.delenv("PRODFLOW_NODE", raising=False)
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package-lock.json").write_text("{}")
    (tmp_path / "web" / "src" / "main.ts").write_text("start()")
    built = tmp_path / "prodflow" / "server" / "web"
    built.mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html>")
    (built / ".stamp").write_text(hook.fingerprint(tmp_path) + "\n")
    return tmp_path


def test_a_build_is_fresh_until_a_source_changes(project):
    assert hook.is_fresh(project)
    (project / "web" / "src" / "main.ts").write_text("begin()")
    assert not hook.is_fresh(project)


@pytest.mark.parametrize("name", ["src/new.ts", "public/icon.svg", "tsconfig.json"])
def test_a_new_file_makes_the_build_stale(project, name):
    path = project / "web" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert not hook.is_fresh(project)


def test_a_renamed_file_makes_the_build_stale(project):
    (project / "web" / "src" / "main.ts").rename(project / "web" / "src" / "other.ts")
    assert not hook.is_fresh(project)


@pytest.mark.parametrize("name", ["node_modules/preact/index.js", "tests/main.test.ts", "README.md"])
def test_what_is_not_built_from_does_not_matter(project, name):
    path = project / "web" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    assert hook.is_fresh(project)


@pytest.mark.parametrize("name", ["index.html", ".stamp"])
def test_a_build_that_lacks_a_file_is_stale(project, name):
    (project / "prodflow" / "server" / "web" / name).unlink()
    assert not hook.is_fresh(project)


def hook_of(root):
    made = object.__new__(hook.WebAppHook)
    # Hatchling's hook keeps its root under a private name; the stand-in without hatchling has none.
    made.__dict__.update({"root": str(root), "_BuildHookInterface__root": str(root)})
    return made


def test_node_is_asked_for_only_when_it_is_needed(project, monkeypatch):
    assert hook_of(project).dependencies() == []
    (project / "web" / "src" / "main.ts").write_text("begin()")
    assert hook_of(project).dependencies() == [hook.NODE_REQUIREMENT]
    monkeypatch.setenv("PRODFLOW_NODE", "system")
    assert hook_of(project).dependencies() == []
    monkeypatch.delenv("PRODFLOW_NODE")
    monkeypatch.setenv("PRODFLOW_WEB", "skip")
    assert hook_of(project).dependencies() == []


def test_npm_that_cannot_be_reached_is_told_in_npms_own_words(tmp_path):
    npm = "import sys; print('npm warn old'); print('npm error network is away', file=sys.stderr); sys.exit(7)"
    with pytest.raises(hook.WebBuildError) as caught:
        hook.run([sys.executable, "-c", npm], tmp_path, "npm could not install")
    assert str(caught.value) == "npm could not install (exit 7):\nnpm error network is away"
    assert all(
        way in hook.WAYS_OUT for way in ("released wheel", "mirror", "PRODFLOW_NODE=system", "PRODFLOW_WEB=skip")
    )


def test_a_production_environment_does_not_leave_out_what_builds_the_app(tmp_path, monkeypatch):
    monkeypatch.setenv("NODE_ENV", "production")
    hook.run([sys.executable, "-c", "import os, sys; sys.exit('NODE_ENV' in os.environ)"], tmp_path, "it was passed on")


def test_no_node_at_all_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PRODFLOW_NODE", "system")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(hook.WebBuildError, match="no Node to build the web app; pip install"):
        hook.find_node()


@pytest.mark.skipif(os.name == "nt", reason="a script that stands in for node")
def test_an_old_node_is_named_with_its_version(tmp_path, monkeypatch):
    for name in ("node", "npm"):
        script = tmp_path / name
        script.write_text("#!/bin/sh\necho v18.3.0\n")
        script.chmod(0o755)
    monkeypatch.setenv("PRODFLOW_NODE", "system")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    with pytest.raises(hook.WebBuildError, match=r"node is v18\.3\.0; the web app needs Node 20\.19 or newer"):
        hook.find_node()


@pytest.fixture(scope="module")
def node():
    """A Node with the app's packages installed and the app built; as the build itself gets them."""
    try:
        node, npm_cli = hook.find_node()
    except hook.WebBuildError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", hook.NODE_REQUIREMENT]
        subprocess.run(pip, check=True)
        node, npm_cli = hook.find_node()
    if hook.needs_install(ROOT / "web"):
        hook.install(node, npm_cli, ROOT / "web")
    if not hook.is_fresh(ROOT):
        hook.build(ROOT)
    return node


def run_node(node, *arguments):
    return subprocess.run([node, *arguments], cwd=ROOT / "web", capture_output=True, text=True)


@pytest.mark.timeout(300)
def test_the_app_has_no_type_errors(node):
    done = run_node(node, "node_modules/typescript/bin/tsc", "--noEmit")
    assert done.returncode == 0, done.stdout


@pytest.mark.timeout(300)
def test_the_unit_tests_of_the_app_pass(node):
    done = run_node(node, "node_modules/vitest/vitest.mjs", "run", "--no-isolate", "--pool=threads")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_core_of_the_app_is_small(node):
    built = ROOT / "prodflow" / "server" / "web"
    page = (built / "index.html").read_text(encoding="utf-8")
    files = [built / name for name in re.findall(r'(?:src|href)="\./([^"]+)"', page)]
    assert len(files) >= 4
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < CORE_BUDGET_BYTES


def whole_app():
    """Bytes of all scripts, styles and pages of the app, packed."""
    built = ROOT / "prodflow" / "server" / "web"
    files = [path for path in built.rglob("*") if path.suffix in (".js", ".css", ".html")]
    assert len(files) >= 4
    return sum(len(gzip.compress(path.read_bytes())) for path in files)


def test_the_whole_app_is_as_small_as_it_should_be(node):
    assert whole_app() < WHOLE_BUDGET_BYTES


def test_the_whole_app_does_not_grow_without_notice(node):
    assert whole_app() < 1.2 * WHOLE_BUDGET_BYTES
