"""The picture behind a task: what it is called, how large it is, and where it lies."""

from pathlib import Path, PurePosixPath

from prodflow.core.errors import MediaError, SourceError
from prodflow.core.media import b64_to_bytes, guess_type, is_data_uri, is_url
from prodflow.core.task import Task
from prodflow.formats.losses import Losses, name_of

Size = tuple[int, int]

_SIDEWAYS = (5, 6, 7, 8)
_ORIENTATION = 274


def picture_name(task: Task, losses: Losses) -> str | None:
    """Return the path or URL of a task's picture; None, reported, where it has none.

    >>> picture_name({"image": "cats/1.jpg"}, Losses())
    'cats/1.jpg'
    """
    image, path = task.get("image"), task.get("path")
    if not isinstance(image, str) or not image:
        losses.add("left out, tasks without an image", name_of(task))
        return None
    if not is_data_uri(image):
        return image
    if isinstance(path, str) and path:
        return path
    losses.add("pictures that are inside of their tasks, named by their hash and not written", name_of(task))
    return f"{task.get('_input_hash', 0)}.{guess_ending(image)}"


def guess_ending(uri: str) -> str:
    """Return the usual ending of a data URI's type.

    >>> guess_ending("data:image/png;base64,AAAA")
    'png'
    """
    kind = uri[5:].partition(";")[0].partition("/")[2]
    return {"jpeg": "jpg", "svg+xml": "svg"}.get(kind, kind or "bin")


def picture_size(task: Task) -> Size | None:
    """Return width and height in pixels, as the task or the picture itself says; None where neither does."""
    width, height = task.get("width"), task.get("height")
    if _is_size(width) and _is_size(height):
        return int(width), int(height)  # type: ignore[arg-type]
    image = task.get("image")
    if not isinstance(image, str) or is_url(image):
        return None
    try:
        if is_data_uri(image):
            return _measured(b64_to_bytes(image))
        return file_size(Path(image).expanduser())
    except (MediaError, OSError):
        return None


def file_size(path: Path) -> Size:
    """Return width and height of a file, turned upright as its camera says; only its head is read.

    Raises:
        OSError: if it cannot be read, or is no picture.
    """
    from PIL import Image

    with Image.open(path) as image:
        return _upright(image)


def find_picture(name: str, folders: list[Path], where: str) -> str:
    """Return the path of a picture that a file of another tool names; a URL stays what it is.

    Args:
        name: as the file has it.
        folders: where to look, in order.
        where: the place in the file, for the message.

    Raises:
        SourceError: if it is nowhere.
    """
    if is_url(name) or Path(name).is_file():
        return name
    for folder in folders:
        for tried in (folder / name, folder / PurePosixPath(name.replace("\\", "/")).name):
            if tried.is_file():
                return str(tried)
    looked = ", ".join(repr(str(folder)) for folder in folders)
    raise SourceError(f"{where}: no image {name!r} in {looked}; name its folder with images=, --images on a command")


def is_picture(path: Path) -> bool:
    """Tell by its name whether a file is a picture."""
    return guess_type(path.name).startswith("image/")


def _is_size(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def _measured(data: bytes) -> Size:
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        return _upright(image)


def _upright(image: object) -> Size:
    width, height = image.size  # type: ignore[attr-defined]
    sideways = image.getexif().get(_ORIENTATION) in _SIDEWAYS  # type: ignore[attr-defined]
    return (height, width) if sideways else (width, height)
