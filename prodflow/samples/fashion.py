"""Fashion-MNIST, a sample: 4,000 train and 1,000 test images of clothes, 28x28 pixels, with their labels.

Copyright 2017 Zalando SE, MIT License; the notice stands beside the data.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

Split: TypeAlias = Literal["train", "test"]

DATA = Path(__file__).with_name("fashion-mnist-sample.parquet")

LABELS = (
    "T_SHIRT",
    "TROUSER",
    "PULLOVER",
    "DRESS",
    "COAT",
    "SANDAL",
    "SHIRT",
    "SNEAKER",
    "BAG",
    "ANKLE_BOOT",
)

_SPECIAL_NAMES = {"T-shirt/top": "T_SHIRT"}


def fashion_images(folder: str | Path, split: Split = "train", limit: int | None = None) -> Path:
    """Unpack images of the sample as PNG files into a folder; files that are there already stay.

    Files are named by split and place (`train-00042.png`), so that a name tells nothing of its image. Each is
    written aside and renamed: a run that was stopped leaves no half file under a good name.

    Args:
        folder: where to put them; made if it is not there.
        split: the 4,000 images to learn from, or the 1,000 to test with.
        limit: the first so many only.

    Returns:
        Path: the folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     sorted(path.name for path in fashion_images(folder, limit=2).iterdir())
    ['train-00000.png', 'train-00001.png']
    """
    target = Path(folder).expanduser()
    target.mkdir(parents=True, exist_ok=True)
    sizes = {entry.name: entry.stat().st_size for entry in os.scandir(target)}
    for number, (name, data) in enumerate(_column(split, "image")):
        if limit is not None and number >= limit:
            break
        if sizes.get(name) != len(data):
            aside = target / f".{name}.{os.getpid()}"
            aside.write_bytes(data)
            aside.replace(target / name)
    return target


def fashion_labels(split: Split | None = None) -> dict[str, str]:
    """Return the true label of each image by its file name, for one split or for both.

    >>> labels = fashion_labels()
    >>> len(labels), labels["train-00000.png"]
    (5000, 'ANKLE_BOOT')
    """
    splits: tuple[Split, ...] = ("train", "test") if split is None else (split,)
    return {name: _label_name(label) for part in splits for name, label in _column(part, "label")}


def fashion_rows(split: Split, limit: int) -> Iterator[tuple[str, bytes]]:
    """Yield the true label and the PNG data of the first images of a split.

    >>> [label for label, _ in fashion_rows("train", 2)]
    ['ANKLE_BOOT', 'T_SHIRT']
    """
    from itertools import islice

    rows = zip(_column(split, "label"), _column(split, "image"), strict=True)
    for (_, label), (_, data) in islice(rows, limit):
        yield _label_name(label), data


def _column(split: Split, column: str) -> Iterator[tuple[str, Any]]:
    """Yield file names and values of one column, in the order of the data."""
    from pyarrow import parquet

    table = parquet.read_table(DATA, columns=["split", "index", column], filters=[("split", "=", split)])
    for index, value in zip(table["index"].to_pylist(), table[column].to_pylist(), strict=True):
        yield f"{split}-{index:05d}.png", value


def _label_name(label: str) -> str:
    """Turn the data's words into a label as annotators see it.

    >>> _label_name("Ankle boot")
    'ANKLE_BOOT'
    """
    return _SPECIAL_NAMES.get(label, label.upper().replace(" ", "_"))
