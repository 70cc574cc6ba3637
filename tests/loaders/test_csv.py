"""CSV: all values are texts, rows with too many of them are errors with their place."""

import csv as standard
import gzip
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, SourceError
from prodflow.core.failures import Quarantined
from prodflow.loaders import csv


def written(folder: Path, content: str | bytes, name: str = "tasks.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(cells, cells), max_size=20), st.sampled_from(["\n", "\r\n"]))
def test_reads_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], line_end: str
) -> None:
    text = io.StringIO(newline="")
    standard.writer(text, lineterminator=line_end, quoting=standard.QUOTE_ALL).writerows([("a", "b"), *rows])
    path = written(tmp_path_factory.mktemp("csv"), text.getvalue())

    assert list(csv(path)) == [{"a": a, "b": b} for a, b in rows]


def test_a_large_file_comes_whole_and_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, "text,n\n" + "".join(f'"some, {"x" * 100}\nmore",{n}\n' for n in range(3000)))

    tasks = list(csv(path))

    assert [task["n"] for task in tasks] == [str(n) for n in range(3000)]
    assert tasks[0]["text"].endswith("x\nmore")


def test_well_known_headers_are_taken_in_lower_case(tmp_path: Path) -> None:
    path = written(tmp_path, 'Text,Label,Meta,Other Name\na,X,page 3,o\nb,Y,"{""page"": 4}",o\nc\n')

    assert list(csv(path)) == [
        {"text": "a", "label": "X", "meta": {"meta": "page 3"}, "Other Name": "o"},
        {"text": "b", "label": "Y", "meta": {"page": 4}, "Other Name": "o"},
        {"text": "c"},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_from_the_header(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, f'text{delimiter}"a,;|b, c"{delimiter}n\nhello{delimiter}1{delimiter}2\n')

    assert list(csv(path)) == [{"text": "hello", "a,;|b, c": "1", "n": "2"}]


def test_the_delimiter_can_be_set(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b:c\n1,2:3\n")

    assert list(csv(path, delimiter=":")) == [{"a,b": "1,2", "c": "3"}]
    with pytest.raises(SettingError, match="delimiter='::' is wrong"):
        csv(path, delimiter="::")


@pytest.mark.parametrize("content", ["", "text,label\n", "\n\n", "\ufeff"], ids=repr)
def test_an_empty_file_is_an_empty_stream(tmp_path: Path, content: str) -> None:
    assert list(csv(written(tmp_path, content))) == []


def test_empty_lines_and_a_byte_order_mark_do_not_hurt(tmp_path: Path) -> None:
    assert list(csv(written(tmp_path, "\ufeff\ntext\n\na\n\n"))) == [{"text": "a"}]


def test_a_row_with_too_many_values_is_named_after_the_good_ones_came(tmp_path: Path) -> None:
    path = written(tmp_path, 'text,n\n"two\nlines",1\n\na,2,3\nb,4\n')
    stream = iter(csv(path))

    assert next(stream) == {"text": "two\nlines", "n": "1"}
    with pytest.raises(SourceError, match=f"^{path}, line 5: 3 values for 2 headers; put quotes"):
        next(stream)


def test_goes_on_behind_a_broken_row(tmp_path: Path) -> None:
    path = written(tmp_path, b"text,n\na,1\nb,2,3\n\xe9,4\nc,5\n")
    kept: list[Quarantined] = []

    assert list(csv(path, on_error="quarantine").open(kept.append)) == [
        {"text": "a", "n": "1"},
        {"text": "c", "n": "5"},
    ]
    assert [(item.position, item.record) for item in kept if isinstance(item.record, list)] == [(3, ["b", "2", "3"])]
    assert [item.error for item in kept if isinstance(item.record, str)] == [
        f"{path}, line 4: not UTF-8: byte 0xe9 at column 1; save the file as UTF-8"
    ]


def test_good_rows_come_before_the_line_that_is_not_utf_8(tmp_path: Path) -> None:
    stream = iter(csv(written(tmp_path, b"text\na\nb\n\xe9\n")))

    assert [next(stream)["text"], next(stream)["text"]] == ["a", "b"]
    with pytest.raises(SourceError, match="line 4: not UTF-8"):
        next(stream)


def test_a_header_with_a_name_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="line 1: the header names 'text' twice"):
        list(csv(written(tmp_path, "Text,text\na,b\n")))


def test_a_text_may_be_long(tmp_path: Path) -> None:
    """Python's own limit is 128 KiB."""
    assert len(next(iter(csv(written(tmp_path, f"text\n{'x' * 1_000_000}\n"))))["text"]) == 1_000_000


def test_reads_compressed_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"text\na\nb\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert list(csv(written(tmp_path, gzip.compress(content)))) == list(csv("-")) == [{"text": "a"}, {"text": "b"}]


def test_progress_is_estimated_from_bytes(tmp_path: Path) -> None:
    source = csv(written(tmp_path, "text\n" + "hello world\n" * 20_000))
    stream = iter(source)

    next(stream)
    assert source.progress is not None and 0 < source.progress < 0.5
    list(stream)
    assert source.progress == 1.0
