"""From a path or a data URI to pixels."""

from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy
from numpy.typing import NDArray

from prodflow.core.errors import MediaError
from prodflow.core.media import is_data_uri, read_local

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels: TypeAlias = NDArray[numpy.uint8]

MAX_PIXELS = 89_478_485
"""Pillow warns of larger images: 0.25 GiB in memory, and a file of a few kilobytes may claim them."""


def decode_image(value: str, *, size: int, max_pixels: int = MAX_PIXELS) -> Pixels:
    """Return an image as uint8 RGB pixels [size, size, 3], turned upright, the whole of it squeezed into a square.

    Args:
        value: a path or a data URI.
        size: pixels of a side.
        max_pixels: of the original; more is refused.

    Raises:
        MediaError: if it cannot be read, is no image, is cut short or too large, naming it.
    """
    from PIL import Image, ImageOps

    data = read_local(value)
    try:
        with Image.open(BytesIO(data)) as image:
            _check_pixels(image, max_pixels)
            image.draft("RGB", (size, size))  # a JPEG is decoded at a smaller scale, at a fraction of the time
            upright = ImageOps.exif_transpose(image)
            small = _plain(upright).resize((size, size), Image.Resampling.BILINEAR)
    except Exception as error:  # whatever a decoder raises says that it cannot read this file
        raise MediaError(f"cannot decode {_shown(value)}: {error}") from error
    return numpy.asarray(small, dtype=numpy.uint8)


def _check_pixels(image: "Image", max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise ValueError(f"{width}x{height} pixels are more than {max_pixels:,}")


def _plain(image: "Image") -> "Image":
    """RGB with 8 bits a channel; what is transparent becomes white, as in a browser with a white page."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values: NDArray[Any] = numpy.asarray(image, dtype=numpy.float64)
        brightest = 255.0 if values.size and values.max() <= 255 else 65535.0
        return Image.fromarray((values / brightest * 255).clip(0, 255).astype(numpy.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _shown(value: str) -> str:
    return f"{value[:40]!r}…" if is_data_uri(value) else repr(value)
