"""Find out whether bytes are an image that can be shown, before an annotator does."""

import io

from prodflow.core.errors import MediaError

_DRAFT_PIXELS = 64


def check_image(data: bytes, max_pixels: int) -> str:
    """Return the MIME type of an image after decoding it; SVG is only recognised.

    Raises:
        MediaError: if it is no image, is truncated or broken, or has too many pixels.

    >>> check_image(b'<svg xmlns="http://www.w3.org/2000/svg"/>', 100)
    'image/svg+xml'
    """
    if is_svg(data):
        return "image/svg+xml"
    from PIL import Image, UnidentifiedImageError

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            if width * height > max_pixels:
                raise MediaError(f"{width} x {height} are more than {max_pixels:,} pixels")
            image.draft(None, (_DRAFT_PIXELS, _DRAFT_PIXELS))
            image.load()
            return Image.MIME.get(image.format or "", "application/octet-stream")
    except bombs as error:
        raise MediaError(f"more than {max_pixels:,} pixels") from error
    except UnidentifiedImageError as error:
        raise MediaError(f"not an image (starts with {data[:16]!r})" if data else "empty") from error
    except MediaError:
        raise
    except Exception as error:
        raise MediaError(f"a broken image: {error}") from error


def is_svg(data: bytes) -> bool:
    """Tell whether bytes are an SVG drawing."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<svg" in head
