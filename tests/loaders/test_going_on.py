"""Every loader goes on where it was: after any number of records it yields the rest, and knows what it has read."""

import csv as standard
import gzip
import io
import json
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import loaders
from prodflow.core.source import Source

Write = Callable[[Path, Sequence[str]], Source]

texts = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1).filter(
        str.strip
    ),
    max_size=40,
)


def jsonl_lines(texts: Sequence[str]) -> bytes:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode()


def as_jsonl(folder: Path, texts: Sequence[str]) -> Source:
    (folder / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + jsonl_lines(texts))
    return loaders.jsonl(folder / "a.jsonl")


def as_gzip(folder: Path, texts: Sequence[str]) -> Source:
    (folder / "a.jsonl.gz").write_bytes(b"".join(gzip.compress(jsonl_lines([text]), mtime=0) for text in texts))
    return loaders.jsonl(folder / "a.jsonl.gz")


def as_zstd(folder: Path, texts: Sequence[str]) -> Source:
    (folder / "a.jsonl.zst").write_bytes(b"".join(zstandard.compress(jsonl_lines([text])) for text in texts))
    return loaders.jsonl(folder / "a.jsonl.zst")


def as_txt(folder: Path, texts: Sequence[str]) -> Source:
    (folder / "a.txt").write_bytes("".join(f"{text}\r\n\n" for text in texts).encode())
    return loaders.txt(folder / "a.txt")


def as_csv(folder: Path, texts: Sequence[str]) -> Source:
    file = io.StringIO(newline="")
    rows = [("Text", "n"), *((f'{text}\n"more"', number) for number, text in enumerate(texts))]
    standard.writer(file, delimiter=";").writerows(rows)
    (folder / "a.csv").write_bytes(file.getvalue().encode())
    return loaders.csv(folder / "a.csv")


def as_json(folder: Path, texts: Sequence[str]) -> Source:
    (folder / "a.json").write_text(json.dumps([{"text": text} for text in texts]))
    return loaders.json(folder / "a.json")


def as_parquet(folder: Path, texts: Sequence[str]) -> Source:
    for name, part in ("a", texts[:7]), ("b", texts[7:]):
        table = pyarrow.table({"text": pyarrow.array(part, pyarrow.string())})
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet", row_group_size=5)
    return loaders.parquet(folder)


def as_images(folder: Path, texts: Sequence[str]) -> Source:
    for number in range(len(texts)):
        (folder / f"{number:03}.png").touch()
    return loaders.images(folder)


def as_recordings(folder: Path, texts: Sequence[str]) -> Source:
    for number in range(len(texts)):
        (folder / f"{number // 5}").mkdir(exist_ok=True)
        (folder / f"{number // 5}" / f"{number:03}.wav").touch()
    return loaders.audio(folder, recursive=True)


FORMATS = [as_jsonl, as_gzip, as_zstd, as_txt, as_csv, as_json, as_parquet, as_images, as_recordings]
every_format = pytest.mark.parametrize("write", FORMATS)


def left_after(source: Source, count: int) -> tuple[list[Any], Any, Any]:
    """Read some records; return these, where to go on, and by what the source is known, as a journal keeps them."""
    stream = source.open()
    read = list(islice(stream, count))
    mark = source.cursor.mark() if read and source.cursor.mark is not None else None
    trace = source.cursor.trace() if source.cursor.trace is not None else None
    stream.close()
    return read, json.loads(json.dumps(mark)), json.loads(json.dumps(trace))


@every_format
@settings(max_examples=15)
@given(texts, st.integers(0, 45))
def test_after_any_number_of_records_the_rest_comes(
    tmp_path_factory: pytest.TempPathFactory, write: Write, texts: list[str], count: int
) -> None:
    source = write(tmp_path_factory.mktemp("source"), texts)
    everything = list(source)

    read, mark, trace = left_after(source, count)

    assert len(everything) == len(texts)
    assert read + list(source.open(start=mark)) == everything
    assert trace is None or source.can_go_on(trace)
    assert trace is not None or not read


@every_format
def test_a_source_that_grew_goes_on_and_another_one_of_its_name_is_recognised(tmp_path: Path, write: Write) -> None:
    texts = [f"text {number}" for number in range(12)]
    source = write(tmp_path, texts)
    read, mark, trace = left_after(source, 9)

    (tmp_path / "b.parquet").unlink(missing_ok=True)
    write(tmp_path, [*texts, "one more"])
    if write in (as_json, as_parquet):  # written anew, not added to
        assert not source.can_go_on(trace)
    else:
        assert source.can_go_on(trace)
        assert len(read + list(source.open(start=mark))) == 13

    for file in tmp_path.rglob("*.*"):
        file.rename(file.with_stem(f"0{file.stem}")) if file.suffix in (".png", ".wav") else file.unlink()
    if write not in (as_images, as_recordings):
        write(tmp_path, [f"other {number}" for number in range(13)])
    assert not source.can_go_on(trace)
    assert not source.can_go_on(None)


@pytest.mark.parametrize("write", [as_jsonl, as_txt, as_csv])
def test_a_last_line_that_was_not_whole_yet_is_read_again(tmp_path: Path, write: Write) -> None:
    source = write(tmp_path, ["a", "b"])
    path = source.settings["path"]
    path.write_bytes(path.read_bytes().rstrip())
    _, _, trace = left_after(source, 2)
    assert source.can_go_on(trace)

    with path.open("a") as file:
        file.write(" and more\n")
    assert not source.can_go_on(trace)


@pytest.mark.parametrize("write", [as_jsonl, as_txt, as_csv])
def test_that_it_was_not_whole_is_known_too_after_a_run_that_read_nothing(tmp_path: Path, write: Write) -> None:
    source = write(tmp_path, ["a", "b"])
    path = source.settings["path"]
    path.write_bytes(path.read_bytes().rstrip())
    assert len(list(source.open())) == 2
    mark = source.cursor.mark()  # the end of the file

    assert list(source.open(start=mark)) == []
    trace = source.cursor.trace()
    with path.open("a") as file:
        file.write(" and more\n")
    assert not source.can_go_on(trace)


@pytest.mark.parametrize("write", [as_jsonl, as_txt, as_csv, as_parquet])
def test_what_was_read_before_is_not_read_again(tmp_path: Path, write: Write) -> None:
    source = write(tmp_path, [f"text {number} {Random(number).randbytes(1500).hex()}" for number in range(1000)])
    _, mark, trace = left_after(source, 990)
    for path in [*tmp_path.glob("a.*"), *tmp_path.glob("b.*")][-1:]:
        with path.open("r+b") as file:  # what would be read of this is no text
            file.seek(5000)
            file.write(b"\xff" * (path.stat().st_size // 3))

    assert source.can_go_on(trace)
    assert [task["text"].split()[1] for task in source.open(start=mark)] == [str(number) for number in range(990, 1000)]


def test_a_broken_line_keeps_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 200 + '"x\ny",2\n' + "1,2,3\n")
    source = loaders.csv(path, on_error="quarantine")
    _, mark, _ = left_after(source, 150)
    found: list[Any] = []

    assert len(list(source.open(found.append, mark))) == 51
    assert [one.position for one in found] == [204]


def test_standard_input_cannot_be_known_again() -> None:
    source = loaders.jsonl("-")
    assert source.cursor.trace is None
