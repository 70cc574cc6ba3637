"""Images: a task a file."""

from collections.abc import Iterator
from pathlib import Path

from prodflow.core.media import IMAGE_EXTENSIONS
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.media_files import MediaFiles

_FILES = MediaFiles("images", "image", IMAGE_EXTENSIONS)


@loader(extensions=IMAGE_EXTENSIONS, resumes=_FILES.is_same)
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
    yield from _FILES.tasks(path, recursive, cursor, _task)


def _task(file: Path, name: str) -> Task:
    return {"image": str(file), "path": str(file), "meta": {"file": name}}
