"""What the documentation shows is run, its links lead somewhere, and its reference is that of the code."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from tests.warm import install_stub, run_warm

Follow = Callable[..., "subprocess.CompletedProcess[str]"]

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
FRONT = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/README.md")]
PAGES = [*FRONT, *sorted(DOCS.rglob("*.md"))]
WRITTEN = [page for page in PAGES if REFERENCE not in page.parents]

NEEDS_A_HOST = (
    "curl -s https://example.com/reviews.json | jq -c '.[] | {text: .body}' | prodflow mark reviews - --view-id text"
)
NOT_RUN = {
    ("README.md", "git clone https://github.com/prodflow/prodflow && cd prodflow"),
    ("CONTRIBUTING.md", "git clone https://github.com/prodflow/prodflow && cd prodflow"),
    ("CONTRIBUTING.md", "python3 -m venv .venv"),
    ("docs/how-to/annotate-from-a-pipe.md", NEEDS_A_HOST),
}
"""Blocks marked no-run, by page and first line: what installs, or needs what a test has not."""


def load(name: str) -> ModuleType:
    """The module of a script in docs/."""
    spec = spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def label(page: Path) -> str:
    return str(page.relative_to(ROOT))


run = load("run")


@pytest.fixture(scope="module")
def follow(tmp_path_factory: pytest.TempPathFactory) -> Follow:
    """Follow a page; its commands and its Python come from one process that has imported what takes long."""
    commands = install_stub(tmp_path_factory.mktemp("bin"))
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PRODFLOW_")}
    env = {**plain, "PRODFLOW_COMMANDS": str(commands)}

    def run_page(*arguments: object) -> "subprocess.CompletedProcess[str]":
        script = DOCS / "run.py"
        heavy = ("torch", "spacy")
        return run_warm(arguments, env=env, script=script, imports=heavy, timeout=380, merge_output=True, strict=True)

    return run_page


@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", WRITTEN, ids=label)
def test_does_what_it_shows(page: Path, tmp_path: Path, follow: Follow) -> None:
    done = follow(page, tmp_path)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("```python\n1 / 0\n```\n", 'page.md", line 2'),
        ("```pycon\n>>> 1 + 1\n3\n```\n", "Expected:"),
        ("```bash\nprodflow mrak\n```\n", "exit 2"),
        ("```console\n$ echo a b\na c\n```\n", "but it was\na b"),
        ("```toml\n[\n```\n", "TOMLDecodeError"),
    ],
)
def test_finds_a_page_that_is_wrong(block: str, problem: str, tmp_path: Path, follow: Follow) -> None:
    page = tmp_path / "page.md"
    page.write_text(block, encoding="utf-8")

    done = follow(page)

    assert done.returncode == 1
    assert problem in done.stdout


def test_few_blocks_are_not_run() -> None:
    found = {
        (label(page), block.code.splitlines()[0])
        for page in WRITTEN
        for block in run.blocks(page)
        if "no-run" in block.marks
    }

    assert found == NOT_RUN


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"", page.read_text(encoding="utf-8"))
    targets = [link or image for link, image in links]
    local = [target.partition("#")[0] for target in targets if not re.match(r"\w+:", target)]

    assert [target for target in local if not (page.parent / target).exists()] == []


def test_reference_is_that_of_the_code() -> None:
    """In a process of its own: other tests register operators and recipes."""
    done = subprocess.run([sys.executable, DOCS / "build.py", "--check"], capture_output=True, text=True, check=False)

    assert (done.stderr, done.returncode) == ("", 0)


def test_the_gallery_is_that_of_the_examples() -> None:
    """And its pictures are small."""
    done = subprocess.run([sys.executable, DOCS / "gallery.py", "--check"], capture_output=True, text=True, check=False)

    assert (done.stderr, done.returncode) == ("", 0)
    assert [file.name for file in (DOCS / "images/gallery").iterdir() if file.stat().st_size > 60_000] == []


def test_every_page_can_be_reached() -> None:
    reached, queue = set(), [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in reached:
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)#:\s]+\.md)", page.read_text(encoding="utf-8"))
        queue += [(page.parent / link).resolve() for link in links]

    assert [label(page) for page in PAGES if page.resolve() not in reached] == []
