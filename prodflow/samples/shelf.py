"""A picture of a shelf: clothes of the Fashion-MNIST sample side by side, so that there is something to draw around."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from prodflow.samples.fashion import fashion_rows

COLUMNS, CELL, GAP = 5, 140, 30
ITEMS = (
    ("SANDAL", 0),
    ("BAG", 0),
    ("T_SHIRT", 0),
    ("SNEAKER", 0),
    ("DRESS", 0),
    ("ANKLE_BOOT", 0),
    ("TROUSER", 0),
    ("BAG", 1),
    ("PULLOVER", 1),
    ("SNEAKER", 1),
)
"""What lies on it, from left to right: a label, and which of the test images that have it."""

SIZE = (COLUMNS * (CELL + GAP) + GAP, len(ITEMS) // COLUMNS * (CELL + GAP) + GAP)
_GROUND, _CARD, _INK = (231, 226, 216), (250, 249, 246), (38, 44, 56)
_SOURCE_PX, _DARK = 28, 40


def shelf_picture(file: Path, shift: int = 0, kind: str = "PNG") -> Path:
    """Write the picture.

    Args:
        file: where to.
        shift: pixels that all of it is moved to the left; what leaves comes in again on the right.
        kind: the format, as Pillow names it.
    """
    file.write_bytes(shelf_bytes(shift, kind))
    return file


def shelf_bytes(shift: int = 0, kind: str = "PNG") -> bytes:
    """Return the picture as the bytes of a file."""
    from PIL import ImageChops

    out = BytesIO()
    ImageChops.offset(_shelf(), -shift, 0).save(out, kind, quality=80)
    return out.getvalue()


@cache
def shelf_boxes() -> tuple[dict[str, Any], ...]:
    """Return a box around each item, as image tasks have it, in pixels.

    >>> sandal, bag, *_ = shelf_boxes()
    >>> sandal["label"], bag["label"], bag["points"][0] == [bag["x"], bag["y"]]
    ('SANDAL', 'BAG', True)
    """
    return tuple(_box(number, label, item) for number, (label, item) in enumerate(_items()))


def _box(number: int, label: str, item: Any) -> dict[str, Any]:
    left, top, right, bottom = item.point(lambda value: 255 * (value > _DARK)).getbbox()
    scale = CELL // _SOURCE_PX
    x, y = _corner(number)[0] + left * scale, _corner(number)[1] + top * scale
    width, height = (right - left) * scale, (bottom - top) * scale
    points = [[x, y], [x, y + height], [x + width, y + height], [x + width, y]]
    sides = {"x": x, "y": y, "width": width, "height": height, "center": [x + width / 2, y + height / 2]}
    return {"id": f"box-{number}", "label": label, "type": "rect", "points": points, **sides}


def _corner(number: int) -> tuple[int, int]:
    return GAP + number % COLUMNS * (CELL + GAP), GAP + number // COLUMNS * (CELL + GAP)


@cache
def _items() -> tuple[tuple[str, Any], ...]:
    from PIL import Image

    found: dict[str, list[bytes]] = {}
    for label, data in fashion_rows("test", 60):
        found.setdefault(label, []).append(data)
    return tuple((label, Image.open(BytesIO(found[label][place])).convert("L")) for label, place in ITEMS)


@cache
def _shelf() -> Any:
    from PIL import Image, ImageOps

    shelf = Image.new("RGB", SIZE, _GROUND)
    for number, (_, item) in enumerate(_items()):
        large = item.resize((CELL, CELL), Image.Resampling.BICUBIC)
        shelf.paste(ImageOps.colorize(large, _CARD, _INK), _corner(number))
    return shelf
