"""A store, pictures, and the way from a dataset through a file into tasks again."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.formats.export import Exported, export, get_format
from prodflow.loaders import get_stream
from prodflow.store.database import Database, connect


@pytest.fixture
def db(tmp_path: Path) -> Iterable[Database]:
    """An empty store."""
    with connect(tmp_path / "store") as database:
        yield database


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., str]:
    """Make a picture file; return its path."""
    from PIL import Image

    def make(name: str = "a.png", size: tuple[int, int] = (640, 480)) -> str:
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", size).save(path)
        return str(path)

    return make


class Journey:
    """Tasks into a dataset, out as a format, and read from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exported: list[Exported] = []
        self.output = folder / "out"
        self._count = 0

    def __call__(self, tasks: Iterable[Task], format: str, **settings: Any) -> list[Task]:
        self.write(tasks, format, **settings)
        return list(get_stream(str(self.output), loader=get_format(format, "").loader))

    def write(self, tasks: Iterable[Task], format: str, **settings: Any) -> Exported:
        """Write them; return what was written."""
        self._count += 1
        name, self.output = f"news{self._count}", self.folder / f"out{self._count}"
        with connect(self.folder / "store") as database:
            database.add_dataset(name)
            database.add_examples([set_hashes(task) for task in tasks], name)
        self.exported = export(self.folder / "store", name, self.output, get_format(format, ""), **settings)
        return self.exported[0]

    @property
    def losses(self) -> dict[str, int]:
        """What the format could not hold, and how often."""
        return {kind: found["count"] for kind, found in self.exported[0].losses.to_plain().items()}


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """The way out and in again."""
    return Journey(tmp_path)


@pytest.fixture(scope="module")
def journeys(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """One for all examples of a Hypothesis law."""
    return Journey(tmp_path_factory.mktemp("journeys"))
