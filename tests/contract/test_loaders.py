"""What every loader of files promises, checked on each registered one without being asked."""

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet as files

from prodflow.core import registry
from prodflow.core.describe import arguments_of, summary_of
from prodflow.core.errors import SettingError, SourceNotFoundError
from prodflow.core.source import Loader

COUNT = 300


def write_files(extension: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for number in range(COUNT):
            (folder / f"{number:03}.{extension}").touch()
        return folder

    return write


def write_parquet(folder: Path) -> Path:
    path = folder / "tasks.parquet"
    files.write_table(pyarrow.table({"text": [str(number) for number in range(COUNT)]}), path, row_group_size=50)
    return path


def write_lines(name: str, line: Callable[[int], str], start: str = "", end: str = "") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_text(start + "".join(map(line, range(COUNT))) + end)
        return path

    return write


def write_voc(folder: Path) -> Path:
    (folder / "a.png").touch()
    for number in range(COUNT):
        (folder / f"{number:03}.xml").write_text("<annotation><filename>a.png</filename></annotation>")
    return folder


def write_docbin(folder: Path) -> Path:
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

    vocab, path = Vocab(), folder / "a.spacy"
    DocBin(docs=[Doc(vocab, words=[str(number)]) for number in range(COUNT)]).to_disk(path)
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "jsonl": write_lines("a.jsonl", lambda number: f'{{"text": "{number}"}}\n'),
    "json": write_lines("a.json", lambda number: f'{{"text": "{number}"}},', "[", '{"text": "last"}]'),
    "csv": write_lines("a.csv", lambda number: f"{number}\n", "text\n"),
    "txt": write_lines("a.txt", lambda number: f"{number}\n"),
    "parquet": write_parquet,
    "images": write_files("png"),
    "audio": write_files("wav"),
    "video": write_files("mp4"),
    "voc": write_voc,
    "docbin": write_docbin,
    "conll": write_lines("a.conll", lambda number: f"{number} O\n\n"),
    "conllu": write_lines("a.conllu", lambda number: "\t".join(["1", str(number), *"________"]) + "\n\n"),
}


def builtin() -> list[Loader]:
    """The loaders of files that prodflow itself registers."""
    found = [registry.loaders.get(name) for name in registry.loaders]
    return [loader for loader in found if loader.function.__module__.startswith("prodflow.") and loader.extensions]


each_loader = pytest.mark.parametrize("loader", builtin(), ids=lambda loader: loader.name)


@each_loader
def test_can_be_read_again_and_again(loader: Loader, tmp_path: Path) -> None:
    source = loader(WRITERS[loader.name](tmp_path))

    first, second = list(source), list(source)

    assert len(first) >= COUNT
    assert first == second


@each_loader
def test_knows_how_far_it_is(loader: Loader, tmp_path: Path) -> None:
    source = loader(WRITERS[loader.name](tmp_path))

    progress = [source.progress or 0 for _ in source]

    assert progress == sorted(progress)
    assert 0 < progress[0] <= progress[-1] <= 1
    assert source.progress == 1.0
    assert source.position == source.size


@each_loader
def test_declaring_it_opens_nothing_and_closing_it_closes_all(loader: Loader, tmp_path: Path) -> None:
    path = WRITERS[loader.name](tmp_path)
    source = loader(path)
    stream = source.open()
    assert opened(path) == 0

    next(stream)
    stream.close()  # type: ignore[attr-defined]

    gc.collect()
    assert opened(path) == 0


def opened(path: Path) -> int:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("no /proc")
    links = [os.fspath(link.readlink()) for link in folder.iterdir() if link.exists()]
    return links.count(str(path))


@each_loader
def test_what_is_not_there_is_said_when_it_is_declared(loader: Loader, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=f"^{loader.name}: no such file or folder: "):
        loader(tmp_path / "gone")
    with pytest.raises(SettingError, match=f"^{loader.name}: path= is missing"):
        loader()
    with pytest.raises(SettingError, match=f"^{loader.name}: no setting 'paht'"):
        loader(tmp_path, paht=1)


@each_loader
def test_says_what_it_reads_and_what_each_setting_is_for(loader: Loader) -> None:
    assert summary_of(loader.__doc__).endswith(".") or summary_of(loader.__doc__)
    assert loader.parameters.keys() <= arguments_of(loader.__doc__).keys()


def test_no_extension_has_two_loaders() -> None:
    extensions = [extension for loader in builtin() for extension in loader.extensions]

    assert len(extensions) == len(set(extensions))
