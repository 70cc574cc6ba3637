"""Media in tasks: paths, URLs and data URIs."""

import base64
import mimetypes
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from prodflow.core.errors import MediaError

MAX_BYTES = 64 * 2**20

IMAGE_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "svg")
AUDIO_EXTENSIONS = ("wav", "mp3", "m4a", "flac", "ogg", "oga", "opus", "aac", "weba", "aif", "aiff")
VIDEO_EXTENSIONS = ("mp4", "m4v", "webm", "mov", "mpeg", "mpg", "ogv", "mkv", "avi")

_TYPES_BY_EXTENSION = {
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "weba": "audio/webm",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mkv": "video/x-matroska",
}
"""What not every machine knows."""


def is_data_uri(value: str) -> bool:
    """Tell whether a value is a data URI."""
    return value[:5].lower() == "data:"


def is_url(value: str) -> bool:
    """Tell whether a value is an http or https URL."""
    return value[:8].lower().startswith(("http://", "https://"))


def file_to_b64(file_path: str | Path, mimetype: str | None = None) -> str:
    """Return a file as a base64 data URI; the type is guessed from its name if not given.

    Raises:
        MediaError: if the file cannot be read.
    """
    path = Path(file_path)
    return bytes_to_b64(read_file(path), mimetype or guess_type(path.name))


def bytes_to_b64(data: bytes, mimetype: str) -> str:
    """Return bytes as a base64 data URI.

    >>> bytes_to_b64(b"hi", "text/plain")
    'data:text/plain;base64,aGk='
    """
    return f"data:{mimetype};base64,{base64.b64encode(data).decode('ascii')}"


def b64_to_bytes(data_uri: str) -> bytes:
    """Return the bytes of a data URI.

    Raises:
        MediaError: if it is no data URI, or its base64 is broken.

    >>> b64_to_bytes("data:text/plain;base64,aGk=")
    b'hi'
    """
    head, comma, body = data_uri.partition(",")
    if not is_data_uri(head) or not comma:
        raise MediaError(f"not a data URI: {data_uri[:40]!r}")
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise MediaError(f"broken base64 in a data URI ({data_uri[:40]!r}…): {error}") from error


b64_uri_to_bytes = b64_to_bytes
"""The same, by another name."""


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)
_IN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}


def sniff_type(data: bytes) -> str | None:
    """Return the MIME type of an image or sound by its first bytes, if it is a well-known one.

    >>> sniff_type(b"GIF89a..."), sniff_type(b"hello")
    ('image/gif', None)
    """
    if data[:4] == b"RIFF":
        return _IN_RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "image/bmp"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def guess_type(name: str) -> str:
    """Return the MIME type of a file or URL by its name.

    >>> guess_type("a/b.JPG"), guess_type("https://host/x.png?size=2"), guess_type("what")
    ('image/jpeg', 'image/png', 'application/octet-stream')
    """
    path = (urlsplit(name).path if is_url(name) else name).lower()
    known = _TYPES_BY_EXTENSION.get(path.rpartition(".")[2])
    return known or mimetypes.guess_type(path)[0] or "application/octet-stream"


def read_file(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file.

    Raises:
        MediaError: if it is not there, cannot be read or is larger than `max_bytes`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise MediaError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    if len(data) > max_bytes:
        raise MediaError(f"{str(path)!r} is larger than {max_bytes:,} bytes")
    return data


def read_local(value: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a path or a data URI; URLs are for `fetch_media`.

    Raises:
        MediaError: if it cannot be read, or is a URL.
    """
    if is_data_uri(value):
        return b64_to_bytes(value)
    if is_url(value):
        raise MediaError(f"{value!r} is a URL; put fetch_media before this stage")
    return read_file(Path(value).expanduser(), max_bytes=max_bytes)
