"""Images: a task a file."""

import logging
from collections.abc import Iterator
from operator import length_hint
from pathlib import Path

from prodflow.core.errors import SourceError
from prodflow.core.media import IMAGE_EXTENSIONS
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task

log = logging.getLogger("prodflow")


@loader(extensions=IMAGE_EXTENSIONS)
def images(path: InputPath, *, recursive: bool = False, cursor: HiddenCursor) -> Iterator[Task]:
    """Read the images of a folder, sorted by name, or a single one; no image is opened.

    Files are chosen by their extension alone; hidden ones are left out.

    Args:
        path: the folder or file.
        recursive: also look into the folders inside.

    Yields:
        Task: "image" and "path" are the file's path, `meta.file` its name inside the folder.

    Raises:
        SourceError: if the path is a file without one of the extensions, or a folder that cannot be read.
    """
    files = _listed(path, recursive)
    if not files:
        hint = "" if recursive else "; recursive=True also looks into the folders inside"
        log.warning("images: no image in %s (extensions: %s)%s", path, ", ".join(IMAGE_EXTENSIONS), hint)
    left, size = iter(files), len(files)
    cursor.track(lambda: size - length_hint(left), size=size, unit="files")
    for file in left:
        name = file.relative_to(path).as_posix() if file != path else file.name
        yield {"image": str(file), "path": str(file), "meta": {"file": name}}


def _listed(path: Path, recursive: bool) -> list[Path]:
    if not path.is_dir():
        if not _is_image(path):
            raise SourceError(f"images: {str(path)!r} is no image file (extensions: {', '.join(IMAGE_EXTENSIONS)})")
        return [path]
    try:
        return sorted(_found(path, recursive))
    except OSError as error:
        raise SourceError(f"images: {str(path)!r} cannot be read: {error.strerror or error}") from error


def _found(folder: Path, recursive: bool) -> Iterator[Path]:
    for item in folder.iterdir():
        if item.name.startswith("."):
            continue
        if _is_image(item) and item.is_file():
            yield item
        elif recursive and item.is_dir() and not item.is_symlink():
            yield from _found(item, recursive)


def _is_image(path: Path) -> bool:
    return path.suffix.lower().removeprefix(".") in IMAGE_EXTENSIONS
