"""The house rules a machine can check: imports point down, `import prodflow` is light, files are small."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from prodflow.core import registry

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "prodflow"

LAYERS = (
    {"core"},
    {
        "loaders",
        "preprocess",
        "models",
        "sorters",
        "filters",
        "routers",
        "engine",
        "store",
        "samples",
    },
    {"session", "quality", "training", "formats"},
    {"dashboard"},
    {"recipes", "server"},
    {"compat"},
    {"cli"},
)
LAYER_OF = {name: number for number, layer in enumerate(LAYERS) for name in layer}
HEAVY = {"torch", "spacy", "duckdb", "pyarrow", "PIL", "starlette", "uvicorn", "pydantic", "httpx2", "numpy"}

CODE = {".py", ".ts", ".tsx"}

MODULES = sorted(PACKAGE.rglob("*.py"))
REGISTRIES = [value for value in vars(registry).values() if isinstance(value, registry.Registry)]
LAYERED = [path for path in MODULES if path.parent != PACKAGE]


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that a file imports, at the top, in functions, for types, or by `import_module("…")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def imported_packages(source: str) -> set[str]:
    """The packages of prodflow that a source text imports; public names count as the place they come from."""
    import prodflow

    found = set()
    for name in imported(ast.parse(source)):
        parts = name.split(".")
        if parts[0] != "prodflow" or len(parts) == 1:
            continue
        place = prodflow._PLACES.get(parts[1], "")
        found.add(place.split(".")[1] if place else parts[1])
    return found


def wrong_imports(package: str, source: str) -> list[str]:
    """The packages that a file of `package` imports and may not."""
    own = LAYER_OF[package]
    return sorted(
        other
        for other in imported_packages(source)
        if other in LAYER_OF and other != package and LAYER_OF[other] >= own
    )


@pytest.mark.parametrize("path", LAYERED, ids=label)
def test_imports_point_down_and_siblings_never_meet(path: Path) -> None:
    package = path.relative_to(PACKAGE).parts[0]

    assert package in LAYER_OF, f"{package} is in no layer"
    assert wrong_imports(package, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("package", "source", "wrong"),
    [
        ("core", "def f():\n    import prodflow.store.journal", ["store"]),
        ("filters", "from prodflow import sorters", ["sorters"]),
        ("filters", "from prodflow import operator, set_hashes", []),
        ("loaders", "from prodflow import connect", ["store"]),
        ("session", "if TYPE_CHECKING:\n    from prodflow.server.app import App", ["server"]),
        ("recipes", "importlib.import_module('prodflow.server.serve')", ["server"]),
        ("cli", "from prodflow.server.serve import serve", []),
    ],
)
def test_finds_an_import_that_points_up(package: str, source: str, wrong: list[str]) -> None:
    assert wrong_imports(package, source) == wrong


@pytest.mark.parametrize("arguments", [["-c", "import prodflow"], ["-m", "prodflow", "--help"]], ids=["import", "help"])
def test_starts_without_heavy_modules(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}

    assert "prodflow" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_files_are_small() -> None:
    """At most 400 lines, tests apart: a longer file holds two ideas."""
    folders = ("prodflow", "web/src", "benchmarks", "docs", "examples")
    files = [path for folder in folders for kind in ("py", "ts", "tsx") for path in (ROOT / folder).rglob(f"*.{kind}")]
    lines = {label(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}

    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_files_are_named_after_what_they_hold() -> None:
    nameless = {"util", "utils", "helper", "helpers", "common", "misc"}
    names = [path for folder in ("prodflow", "tests", "web/src") for path in (ROOT / folder).rglob("*")]

    assert [label(path) for path in names if path.stem in nameless] == []


@pytest.mark.parametrize("names", REGISTRIES, ids=lambda names: names.kind)
def test_every_registered_name_is_there(names: "registry.Registry[object]") -> None:
    assert [name for name in names if names.get(name) is None] == []


def test_every_public_name_is_there() -> None:
    import prodflow

    assert [name for name in prodflow.__all__ if getattr(prodflow, name, None) is None] == []


def test_development_is_pinned() -> None:
    """Each direct requirement of `prodflow[dev]` has its pin, and none is a local version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        requirement_name(text)
        for text in [*project["dependencies"], *extras["audio"], *extras["torch"], *extras["dev"]]
    }
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))

    assert wanted - {"prodflow"} - {requirement_name(name) for name in pins} == set()
    assert pins["torch"] == "2.13.0"
    assert [line for line in lines if "+" in line] == []


def requirement_name(text: str) -> str:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    return canonicalize_name(Requirement(text).name)


def test_is_typed_and_licensed() -> None:
    assert (PACKAGE / "py.typed").is_file()
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").split()[:2] == ["Apache", "License"]
    assert find_spec("prodflow") is not None
