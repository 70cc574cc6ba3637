"""Recordings, of sound alone or with a picture: a task a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from prodflow.core.media import AUDIO_EXTENSIONS, VIDEO_EXTENSIONS
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.media_files import MediaFiles

_AUDIO = MediaFiles("audio", "audio", AUDIO_EXTENSIONS)
_VIDEO = MediaFiles("video", "video", VIDEO_EXTENSIONS)


@loader(extensions=AUDIO_EXTENSIONS)
def audio(path: InputPath, *, recursive: bool = False, cursor: HiddenCursor) -> Iterator[Task]:
    """Read the audio files of a folder, sorted by name, or a single one; no file is opened.

    Files are chosen by their extension alone; hidden ones are left out.

    Args:
        path: the folder or file.
        recursive: also look into the folders inside.

    Yields:
        Task: "audio", "path" and `meta.path` are the file's path, "text" its name without the extension, `meta.file`
            its name inside the folder.

    Raises:
        SourceError: if the path is a file without one of the extensions, or a folder that cannot be read.
    """
    yield from _AUDIO.tasks(path, recursive, cursor, _task_of("audio"))


@loader(extensions=VIDEO_EXTENSIONS)
def video(path: InputPath, *, recursive: bool = False, cursor: HiddenCursor) -> Iterator[Task]:
    """Read the videos of a folder, sorted by name, or a single one; no file is opened.

    Files are chosen by their extension alone; hidden ones are left out.

    Args:
        path: the folder or file.
        recursive: also look into the folders inside.

    Yields:
        Task: "video", "path" and `meta.path` are the file's path, "text" its name without the extension, `meta.file`
            its name inside the folder.

    Raises:
        SourceError: if the path is a file without one of the extensions, or a folder that cannot be read.
    """
    yield from _VIDEO.tasks(path, recursive, cursor, _task_of("video"))


def _task_of(key: str) -> Callable[[Path, str], Task]:
    def make(file: Path, name: str) -> Task:
        path = str(file)
        return {key: path, "text": file.stem, "path": path, "meta": {"file": name, "path": path}}

    return make
