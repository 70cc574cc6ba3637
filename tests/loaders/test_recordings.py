"""Folders of audio and video."""

import logging
from pathlib import Path

import pytest

from prodflow.core.errors import SourceError
from prodflow.loaders import audio, get_loader, get_stream, video


def make_files(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_a_task_names_its_file_four_times(tmp_path: Path) -> None:
    make_files(tmp_path, "b.mp3", "a.long.WAV", ".hidden.wav", "notes.txt", "film.mp4", "d.wav/inside.wav", "wav")

    tasks = list(audio(tmp_path))

    path = str(tmp_path / "a.long.WAV")
    assert tasks[0] == {
        "audio": path,
        "text": "a.long",
        "path": path,
        "meta": {"file": "a.long.WAV", "path": path},
    }
    assert [task["meta"]["file"] for task in tasks] == ["a.long.WAV", "b.mp3"]


def test_videos_are_under_their_own_key(tmp_path: Path) -> None:
    make_files(tmp_path, "b.webm", "a.mp4", "a.wav")

    assert [(Path(task["video"]).name, task["text"]) for task in video(tmp_path)] == [("a.mp4", "a"), ("b.webm", "b")]
    assert "audio" not in next(iter(video(tmp_path)))


def test_files_of_folders_inside_are_found_on_request(tmp_path: Path) -> None:
    make_files(tmp_path, "b.wav", "calls/a.flac", ".git/x.wav")

    assert [task["meta"]["file"] for task in audio(tmp_path)] == ["b.wav"]
    assert [task["meta"]["file"] for task in audio(tmp_path, recursive=True)] == ["b.wav", "calls/a.flac"]


def test_recordings_of_one_name_are_different_inputs(tmp_path: Path) -> None:
    """Two files `call.wav` in two folders: neither is dropped as a duplicate of the other."""
    make_files(tmp_path, "monday/call.wav", "tuesday/call.wav", "tuesday/call.mp3")

    tasks = list(get_stream(tmp_path, "audio", rehash=True, dedup=True, recursive=True))

    assert [task["text"] for task in tasks] == ["call"] * 3
    assert len({task["_input_hash"] for task in tasks}) == 3


@pytest.mark.parametrize(
    ("names", "loader"),
    [
        (["a.wav"], "audio"),
        (["a.OPUS", "readme.txt"], "audio"),
        (["a.mp4"], "video"),
        (["a.wav", "a.mp4"], "audio"),
        (["a.wav", "b.png"], "images"),
        (["readme.txt"], "images"),
        ([], "images"),
    ],
)
def test_a_folder_is_read_by_what_is_in_it(tmp_path: Path, names: list[str], loader: str) -> None:
    assert get_loader(file_path=make_files(tmp_path, *names)).name == loader


@pytest.mark.parametrize(("name", "loader"), [("a.wav", "audio"), ("A.M4A", "audio"), ("a.webm", "video")])
def test_a_file_is_guessed_by_its_extension(tmp_path: Path, name: str, loader: str) -> None:
    make_files(tmp_path, name)

    assert get_loader(file_path=tmp_path / name).name == loader
    assert [task["meta"]["file"] for task in get_stream(tmp_path / name)] == [name]


def test_what_is_no_recording_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_files(tmp_path, "a.txt")

    with pytest.raises(SourceError, match=r"audio: '.*a.txt' is no audio file \(extensions: wav, mp3, "):
        list(audio(tmp_path / "a.txt"))
    with caplog.at_level(logging.WARNING, "prodflow"):
        assert list(video(tmp_path)) == []
    assert caplog.messages[0].startswith(f"video: no video in {tmp_path} (extensions: mp4, ")
