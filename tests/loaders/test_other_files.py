"""Lists of JSON, plain text and folders of images."""

import io
import logging
import sys
from pathlib import Path

import pytest

from prodflow.core.errors import SourceError, SourceNotFoundError
from prodflow.loaders import images, json, txt


def test_json_is_a_list_of_tasks(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text('\ufeff[{"text": "a"},\n {"text": "b"}]')
    source = json(path)
    stream = iter(source)

    assert next(stream) == {"text": "a"}
    assert (source.position, source.size, source.progress) == (1, 2, 0.5)
    assert list(stream) == [{"text": "b"}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"text": "a"}', "tasks.json: a JSON list of tasks is expected, this is an object; .* loader 'jsonl'"),
        (
            b'{"text": "a"}\n{"text": "b"}',
            "tasks.json, line 2: not JSON: .*; for one object a line use the loader 'jsonl'",
        ),
        (b'[{"text": "a"},\n{"text" "b"}]', r"tasks.json, line 2: not JSON: .* at column \d+$"),
        (b'["a"]', "tasks.json, item 1: a task is a JSON object, this is a text"),
        (b'["\xe9"]', "tasks.json, line 1: not UTF-8: byte 0xe9 at column 3"),
        (b'"a"', "a JSON list of tasks is expected, this is a text"),
    ],
)
def test_json_that_is_something_else_says_so(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "tasks.json"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=says):
        list(json(path))


def test_json_goes_on_behind_an_item_that_is_no_task(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text('[{"text": "a"}, 5, {"text": "b"}]')

    assert list(json(path, on_error="skip")) == [{"text": "a"}, {"text": "b"}]


def test_json_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    for content in ("", " \n", "[]"):
        path.write_text(content)
        assert list(json(path)) == []


def test_text_is_a_task_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "\ufeffone\r\n\n \t\n  two \u2028 lines \x0b?\nthree".encode()
    path = tmp_path / "tasks.txt"
    path.write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert (
        list(txt(path))
        == list(txt("-"))
        == [
            {"text": "one"},
            {"text": "  two \u2028 lines \x0b?"},
            {"text": "three"},
        ]
    )


def test_text_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "tasks.txt"
    path.write_bytes("plain\nGrüße\nplain\n".encode("latin-1"))

    with pytest.raises(SourceError, match=r"tasks.txt, line 2: not UTF-8: byte 0xfc at column 3"):
        list(txt(path))
    assert list(txt(path, on_error="skip")) == [{"text": "plain"}, {"text": "plain"}]
    path.write_bytes(b"plain\n" * 50_000 + "Grüße".encode("latin-1"))
    with pytest.raises(SourceError, match="line 50001: not UTF-8"):
        list(txt(path))


def make_files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_images_are_chosen_by_extension_and_sorted(tmp_path: Path) -> None:
    make_files(tmp_path, "b.png", "a.JPG", "c.webp", ".hidden.png", "notes.txt", "d.png/inside.png", "jpg")

    tasks = list(images(tmp_path))

    assert [task["meta"]["file"] for task in tasks] == ["a.JPG", "b.png", "c.webp"]
    path = str(tmp_path / "a.JPG")
    assert tasks[0] == {"image": path, "path": path, "meta": {"file": "a.JPG"}}


def test_images_of_folders_inside_are_found_on_request(tmp_path: Path) -> None:
    make_files(tmp_path, "b.png", "cats/a.png", ".git/x.png", "cats/.thumb/y.png")

    assert [task["meta"]["file"] for task in images(tmp_path, recursive=True)] == ["b.png", "cats/a.png"]


def test_a_single_image_is_a_source_too(tmp_path: Path) -> None:
    make_files(tmp_path, "a.png", "a.txt")

    assert [task["meta"]["file"] for task in images(tmp_path / "a.png")] == ["a.png"]
    with pytest.raises(SourceError, match=r"a.txt' is no image file \(extensions: jpg, "):
        list(images(tmp_path / "a.txt"))
    with pytest.raises(SourceNotFoundError, match="no such file or folder"):
        images(tmp_path / "gone")


def test_a_folder_without_images_is_empty_with_a_word_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_files(tmp_path, "notes.txt", "cats/a.png")

    with caplog.at_level(logging.WARNING, "prodflow"):
        assert list(images(tmp_path)) == []

    assert caplog.messages[0].startswith(f"images: no image in {tmp_path} (extensions: jpg, jpeg, png,")
    assert "recursive=True" in caplog.messages[0]


def test_images_are_counted(tmp_path: Path) -> None:
    make_files(tmp_path, "a.png", "b.png")
    source = images(tmp_path)
    stream = iter(source)

    assert source.progress is None
    next(stream)
    assert (source.position, source.size, source.progress) == (1, 2, 0.5)
