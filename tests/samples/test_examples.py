"""The examples: one for every view, each of which fits it."""

import pytest

from prodflow import set_hashes
from prodflow.samples import example, examples
from prodflow.session.schema import SCHEMAS, check_task
from prodflow.session.startup import check_start


def test_every_view_has_one_example():
    assert sorted(one.view_id for one in examples()) == sorted(SCHEMAS)


@pytest.mark.parametrize("view_id", SCHEMAS)
def test_an_example_fits_its_view(view_id, tmp_path):
    made = example(view_id, tmp_path)
    check_start(view_id, made.config)
    check_task(set_hashes(made.task), view_id, made.config)
    assert made.words.endswith((".", "?"))


def test_the_files_are_real(tmp_path):
    """A picture that can be decoded, a sound of six seconds, a film with pictures in it."""
    import wave

    from PIL import Image

    with Image.open(example("image", tmp_path).task["image"]) as picture:
        picture.load()
        size = picture.size
    assert all(max(point) <= max(size) for span in example("image").task["spans"] for point in span["points"])
    with wave.open(example("audio", tmp_path).task["audio"]) as sound:
        assert sound.getnframes() / sound.getframerate() == 6
    film = (tmp_path / "shelf.webm").read_bytes() if example("video", tmp_path) else b""
    assert film.startswith(b"\x1a\x45\xdf\xa3")
    assert film.count(b"\x9d\x01\x2a") >= 40


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert example("image").task["image"] == "shelf.png"
    assert list(tmp_path.iterdir()) == []
