"""Pictures inside a page that is one file: small copies, as data URIs."""

import io
from pathlib import Path

from prodflow.core.errors import MediaError
from prodflow.core.media import bytes_to_b64, file_to_b64, is_data_uri, is_url

_LARGEST_SIDE = 480
_SMALL_BYTES = 40_000
_LONGEST_URI = 200_000


def embedded(place: str) -> str | None:
    """Return a picture as a data URI, made smaller where it is large; None where it cannot be had without a network.

    >>> embedded("https://example.org/cat.png") is None, embedded("missing.png") is None
    (True, True)
    """
    if is_url(place):
        return None
    if is_data_uri(place):
        return place if len(place) <= _LONGEST_URI else None
    path = Path(place).expanduser()
    try:
        if path.stat().st_size <= _SMALL_BYTES:
            return file_to_b64(path)
        return _smaller(path)
    except (OSError, MediaError, ValueError):
        return None


def _smaller(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as opened:
        opened.draft("RGB", (_LARGEST_SIDE, _LARGEST_SIDE))
        picture = opened.convert("RGB")
    picture.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return bytes_to_b64(out.getvalue(), "image/jpeg")
