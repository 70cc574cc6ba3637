"""JSON lines: every line is a task or an error with its place, whatever the file is packed in."""

import gzip
import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, SourceError, SourceNotFoundError, TooManyErrorsError
from prodflow.core.failures import Quarantined
from prodflow.loaders import jsonl

LONG = "x" * 300


def written(folder: Path, content: bytes, name: str = "tasks.jsonl") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def lines(count: int) -> bytes:
    return b"".join(orjson.dumps({"text": f"{number} {LONG}"}) + b"\n" for number in range(count))


tasks = st.dictionaries(st.text(max_size=5), st.none() | st.integers(0, 9) | st.text(max_size=20), max_size=3)


@given(st.lists(tasks, max_size=20), st.sampled_from([b"\n", b"\r\n", b"\n\n", b" \n"]), st.booleans())
def test_reads_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[dict[str, Any]], line_end: bytes, ends: bool
) -> None:
    content = line_end.join(map(orjson.dumps, wanted)) + (line_end if ends else b"")
    path = written(tmp_path_factory.mktemp("jsonl"), content)

    assert list(jsonl(path)) == wanted


def test_a_large_file_comes_whole_and_in_order(tmp_path: Path) -> None:
    source = jsonl(written(tmp_path, lines(2000)))

    assert [task["text"].split()[0] for task in source] == [str(number) for number in range(2000)]


def test_one_line_may_be_longer_than_a_block(tmp_path: Path) -> None:
    wanted = [{"text": "short"}, {"image": "x" * 500_000}, {"text": "last"}]

    assert list(jsonl(written(tmp_path, b"\n".join(map(orjson.dumps, wanted))))) == wanted


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\n", b"\xef\xbb\xbf"], ids=repr)
def test_an_empty_file_is_an_empty_stream(tmp_path: Path, content: bytes) -> None:
    source = jsonl(written(tmp_path, content))

    assert list(source) == []
    assert source.progress == 1.0


def test_a_byte_order_mark_does_not_hurt(tmp_path: Path) -> None:
    assert list(jsonl(written(tmp_path, b'\xef\xbb\xbf{"text": "a"}\n'))) == [{"text": "a"}]


def test_not_a_number_is_null(tmp_path: Path) -> None:
    content = b'{"a": NaN, "b": -Infinity, "c": "NaN"}\n{"a": 1}\n'

    assert list(jsonl(written(tmp_path, content))) == [{"a": None, "b": None, "c": "NaN"}, {"a": 1}]


BROKEN = [
    (b'{"text": "b"', r"not JSON: unexpected end of data at column 13 \('\{\"text\": \"b\"'\)"),
    (b"no json", r"not JSON: .* at column 1"),
    (b'"text"', "a task is a JSON object, this is a text"),
    (b"[1]", "a task is a JSON object, this is a list; for a file that is one JSON list use the loader 'json'"),
    (b"null", "a task is a JSON object, this is null"),
    (b'{"text": "\xe9"}', "not UTF-8: byte 0xe9 at column 11; save the file as UTF-8"),
    (b'{"a": 1}, {"b": 2}', "not JSON: "),
    (b'{"a": NaN,}', "not JSON: "),
    (b"{", "not JSON: "),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN)
def test_a_broken_line_is_named_after_the_good_ones_came(tmp_path: Path, line: bytes, reason: str) -> None:
    path = written(tmp_path, b'{"text": "a"}\n\n' + line + b'\n{"text": "c"}\n')
    stream = iter(jsonl(path))

    assert next(stream) == {"text": "a"}
    with pytest.raises(SourceError, match=f"^{path}, line 3: {reason}"):
        next(stream)


@pytest.mark.parametrize(("line", "reason"), BROKEN)
def test_goes_on_behind_a_broken_line(tmp_path: Path, line: bytes, reason: str) -> None:
    path = written(tmp_path, b'{"text": "a"}\n' + line + b'\n{"text": "c"}\n')
    kept: list[Quarantined] = []

    assert list(jsonl(path, on_error="skip")) == [{"text": "a"}, {"text": "c"}]
    assert list(jsonl(path, on_error="quarantine").open(kept.append)) == [{"text": "a"}, {"text": "c"}]
    assert [(item.operator, item.position) for item in kept] == [("jsonl", 2)]
    assert kept[0].record.encode().startswith(line[:8].decode(errors="replace").encode())


def test_an_object_over_two_lines_is_not_put_together(tmp_path: Path) -> None:
    """Blocks are parsed as one list with commas for line ends: that may not mend or change what is broken."""
    content = b'{"a": [{"b": 1}\n{"c": 2}]}\n{"text": "two\n{lines"}\n{"d": 3}\n'

    assert list(jsonl(written(tmp_path, content), on_error="skip")) == [{"d": 3}]


def test_lists_over_two_lines_are_not_put_together(tmp_path: Path) -> None:
    content = b'{"a": 1}\n{"points": [[1, 2\n3, 4]]}\n{"b": 2}\n'

    assert list(jsonl(written(tmp_path, content), on_error="skip")) == [{"a": 1}, {"b": 2}]


def test_line_numbers_are_right_behind_many_blocks(tmp_path: Path) -> None:
    path = written(tmp_path, lines(700) + b"\n" + lines(700) + b"broken\n" + lines(5))

    with pytest.raises(SourceError, match=r"tasks.jsonl, line 1402: not JSON"):
        list(jsonl(path))
    assert len(list(jsonl(path, on_error="skip"))) == 1405


def test_a_file_that_is_no_json_lines_at_all_stops_soon(tmp_path: Path) -> None:
    with pytest.raises(TooManyErrorsError, match="jsonl: stopped, more than 10 of the last 100"):
        list(jsonl(written(tmp_path, b"a,b\n" * 1000), on_error="skip"))


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="line 1: the file is UTF-16; save it as UTF-8"):
        list(jsonl(written(tmp_path, '{"text": "a"}'.encode("utf-16"))))


def test_what_is_no_file_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=f"jsonl: no such file or folder: '{tmp_path}/gone.jsonl'"):
        jsonl(tmp_path / "gone.jsonl")
    with pytest.raises(SettingError, match=r"is a folder; name a file in it, or use the loader 'images'"):
        jsonl(tmp_path)
    with pytest.raises(SettingError, match="jsonl: path=5 is not a path"):
        jsonl(5)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@pytest.mark.parametrize("kind", PACKERS)
def test_compressed_files_are_read_as_they_are(tmp_path: Path, kind: str) -> None:
    """Known by their first bytes, in one member or in many, whatever the name says."""
    pack, content = PACKERS[kind], lines(3000)
    half = content.index(b"\n", 300_000) + 1
    paths = [
        written(tmp_path, pack(content), f"a.jsonl.{kind}"),
        written(tmp_path, pack(content[:half]) + pack(content[half:]), "b.jsonl"),
    ]

    for path in paths:
        assert [task["text"].split()[0] for task in jsonl(path)] == [str(number) for number in range(3000)]


@pytest.mark.parametrize("kind", PACKERS)
def test_a_truncated_archive_is_an_error_behind_what_it_holds(tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](os.urandom(50_000).hex().encode().replace(b"7", b'\n{"a": 1}\n'))
    path = written(tmp_path, packed[: len(packed) // 2])

    with pytest.raises(SourceError, match=r"tasks.jsonl: the compressed data ends too early; the file is truncated"):
        jsonl_ignoring_lines(path)


@pytest.mark.parametrize("kind", PACKERS)
def test_a_broken_archive_is_an_error(tmp_path: Path, kind: str) -> None:
    packed = bytearray(PACKERS[kind](os.urandom(50_000).hex().encode()))
    packed[len(packed) // 2 : len(packed) // 2 + 100] = bytes(100)

    with pytest.raises(SourceError, match=r"tasks.jsonl: the compressed data"):
        jsonl_ignoring_lines(written(tmp_path, bytes(packed)))


def jsonl_ignoring_lines(path: Path) -> None:
    from prodflow.core.source import Cursor
    from prodflow.loaders.lines import LineFile

    with LineFile(path, Cursor()) as file:
        for _ in file:
            pass


def test_the_position_is_that_of_the_task_at_hand(tmp_path: Path) -> None:
    content = lines(1000)
    source = jsonl(written(tmp_path, content))

    positions = [source.position for _ in source]

    ends = [end + 1 for end, byte in enumerate(content) if byte == 10]
    assert positions == ends
    assert source.size == len(content)
    assert source.progress == 1.0


def test_the_position_is_right_however_seldom_it_is_asked_for(tmp_path: Path) -> None:
    content = lines(30_000)
    ends = [end + 1 for end, byte in enumerate(content) if byte == 10]
    source = jsonl(written(tmp_path, content))

    asked = [(number, source.position) for number, _ in enumerate(source) if number % 997 == 0 or number % 5000 < 3]

    assert asked == [(number, ends[number]) for number, _ in asked]


def test_the_position_is_exact_among_broken_and_empty_lines(tmp_path: Path) -> None:
    content = b'{"a": 1}\n\nbroken\n{"b": 2}\n{"c": 3}'
    source = jsonl(written(tmp_path, content), on_error="skip")

    assert [source.position for _ in source] == [9, 26, 34]


def test_the_progress_of_an_archive_is_an_estimate(tmp_path: Path) -> None:
    source = jsonl(written(tmp_path, gzip.compress(lines(5000), compresslevel=0)))
    stream = iter(source)

    next(stream)
    assert source.progress is not None and 0 < source.progress < 0.2
    list(stream)
    assert source.progress == 1.0


def test_the_file_is_closed_when_the_stream_is(tmp_path: Path) -> None:
    path = written(tmp_path, lines(1000))
    stream = jsonl(path).open()
    next(stream)
    assert str(path) in open_files()

    stream.close()  # type: ignore[attr-defined]

    assert str(path) not in open_files()


def open_files() -> list[str]:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("no /proc")
    return [str(link.readlink()) for link in folder.iterdir() if link.is_symlink() and link.exists()]


def test_standard_input_is_followed_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task comes out as soon as its line is there: what makes the lines may wait for the answer."""
    reading, writing = os.pipe()
    stdin = io.TextIOWrapper(os.fdopen(reading, "rb"))
    monkeypatch.setattr(sys, "stdin", stdin)
    stream = iter(jsonl("-"))

    with os.fdopen(writing, "wb", buffering=0) as pipe:
        for number in range(3):
            pipe.write(orjson.dumps({"n": number}) + b"\n")
            assert next(stream) == {"n": number}
        threading.Timer(0.05, pipe.write, [b'{"n": 3}\n{"n"']).start()
        assert next(stream) == {"n": 3}
        pipe.write(b": 4}")
    assert list(stream) == [{"n": 4}]
    stdin.close()


def test_an_error_on_standard_input_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}\nbroken\n')))

    with pytest.raises(SourceError, match=r"^standard input, line 2: not JSON"):
        list(jsonl("-"))


def test_the_first_task_of_an_endless_file_comes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.write(lines(100))
        file.truncate(2**33)  # 8 GiB, sparse

    source = jsonl(path)

    assert next(iter(source))["text"].startswith("0 ")
    assert source.size == 2**33
