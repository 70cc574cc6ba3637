"""Recordings, of sound alone or with a picture: a task a file."""

from collections.abc import Iterator
from pathlib import Path

from prodflow.core.media import AUDIO_EXTENSIONS, VIDEO_EXTENSIONS
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, Loader, loader
from prodflow.core.task import Task
from prodflow.loaders.media_files import MediaFiles

_WORDS = """Read the {files} of a folder, sorted by name, or a single one; no file is opened.

    Files are chosen by their extension alone; hidden ones are left out.

    Args:
        path: the folder or file.
        recursive: also look into the folders inside.

    Yields:
        Task: "{key}", "path" and `meta.path` are the file's path, "text" its name without the extension, `meta.file`
            its name inside the folder.

    Raises:
        SourceError: if the path is a file without one of the extensions, or a folder that cannot be read.
    """


def _loader_of(key: str, files: str, extensions: tuple[str, ...]) -> Loader:
    """Return the loader of files with some extensions, which puts their paths under a key; it is its name too."""
    found = MediaFiles(key, key, extensions)

    def task_of(file: Path, name: str) -> Task:
        path = str(file)
        return {key: path, "text": file.stem, "path": path, "meta": {"file": name, "path": path}}

    def read(path: InputPath, *, recursive: bool = False, cursor: HiddenCursor) -> Iterator[Task]:
        yield from found.tasks(path, recursive, cursor, task_of)

    read.__name__ = read.__qualname__ = key
    read.__doc__ = _WORDS.format(key=key, files=files)
    return loader(extensions=extensions, resumes=found.is_same)(read)


audio = _loader_of("audio", "audio files", AUDIO_EXTENSIONS)
video = _loader_of("video", "videos", VIDEO_EXTENSIONS)
