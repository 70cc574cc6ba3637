"""The bundled sample of Fashion-MNIST."""

from collections import Counter
from pathlib import Path

from PIL import Image

from prodflow.samples import fashion_images, fashion_labels
from prodflow.samples.fashion import LABELS


def test_every_image_has_a_label_and_every_label_an_image(tmp_path: Path) -> None:
    fashion_images(tmp_path, "train")
    fashion_images(tmp_path, "test")

    assert {path.name for path in tmp_path.iterdir()} == set(fashion_labels())
    assert set(fashion_labels().values()) == set(LABELS)
    assert Counter(fashion_labels("test").values())["SANDAL"] == 87


def test_images_are_gray_pngs_of_28_by_28_pixels(tmp_path: Path) -> None:
    for path in fashion_images(tmp_path, limit=5).iterdir():
        with Image.open(path) as image:
            assert (image.format, image.size, image.mode) == ("PNG", (28, 28), "L")


def test_limit_takes_the_first_ones(tmp_path: Path) -> None:
    names = sorted(path.name for path in fashion_images(tmp_path, "test", limit=3).iterdir())

    assert names == sorted(fashion_labels("test"))[:3]


def test_a_second_call_writes_nothing_and_repairs_a_cut_file(tmp_path: Path) -> None:
    fashion_images(tmp_path, limit=3)
    whole, cut = tmp_path / "train-00000.png", tmp_path / "train-00001.png"
    data, written_at_ns = cut.read_bytes(), whole.stat().st_mtime_ns
    cut.write_bytes(data[:100])

    fashion_images(tmp_path, limit=3)

    assert whole.stat().st_mtime_ns == written_at_ns
    assert cut.read_bytes() == data
    assert len(list(tmp_path.iterdir())) == 3


def test_file_names_do_not_tell_the_label() -> None:
    assert not any(label.lower() in name for name, label in fashion_labels().items())
