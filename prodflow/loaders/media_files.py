"""Folders of media: which files become tasks, and in which order."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from operator import length_hint
from pathlib import Path
from typing import Any

from prodflow.core.errors import SourceError
from prodflow.core.source import Cursor
from prodflow.core.task import Task
from prodflow.loaders.listing import Listing

log = logging.getLogger("prodflow")


class MediaFiles:
    """The files of one kind under a path, sorted by name; chosen by their extension alone, hidden ones left out.

    Args:
        loader: the loader's name, for messages.
        kind: what one file is, e.g. `"image"`.
        extensions: file name endings, without the dot.
    """

    def __init__(self, loader: str, kind: str, extensions: tuple[str, ...]) -> None:
        """Look at nothing yet."""
        self._loader = loader
        self._kind = kind
        self._extensions = extensions

    def tasks(self, path: Path, recursive: bool, cursor: Cursor, make: Callable[[Path, str], Task]) -> Iterator[Task]:
        """Yield `make(file, its name inside the folder)` for each file.

        Raises:
            SourceError: if the path is a file without one of the extensions, or a folder that cannot be read.
        """
        files = self._listed(path, recursive)
        if not files:
            hint = "" if recursive else "; recursive=True also looks into the folders inside"
            log.warning("%s: no %s in %s (extensions: %s)%s", self._loader, self._kind, path, self._endings, hint)
        left, size = iter(files), len(files)
        next(islice(left, start := cursor.start or 0, start), None)
        listing = Listing(files)
        cursor.track(lambda: size - length_hint(left), size=size, unit="files")
        cursor.mark = lambda: cursor.position
        cursor.trace = lambda: listing.trace(cursor.position)
        for file in left:
            yield make(file, file.relative_to(path).as_posix() if file != path else file.name)

    def is_same(self, settings: dict[str, Any], trace: Any) -> bool:
        """Tell whether the files that were read are still the first ones; there may be more behind them now."""
        try:
            files = self._listed(settings["path"], settings.get("recursive", False))
        except SourceError:
            return False
        return Listing(files).has(trace)

    @property
    def _endings(self) -> str:
        return ", ".join(self._extensions)

    def _listed(self, path: Path, recursive: bool) -> list[Path]:
        if not path.is_dir():
            if not self._is_wanted(path):
                what = f"{str(path)!r} is no {self._kind} file"
                raise SourceError(f"{self._loader}: {what} (extensions: {self._endings})")
            return [path]
        try:
            return sorted(self._found(path, recursive))
        except OSError as error:
            raise SourceError(f"{self._loader}: {str(path)!r} cannot be read: {error.strerror or error}") from error

    def _found(self, folder: Path, recursive: bool) -> Iterator[Path]:
        for item in folder.iterdir():
            if item.name.startswith("."):
                continue
            if self._is_wanted(item) and item.is_file():
                yield item
            elif recursive and item.is_dir() and not item.is_symlink():
                yield from self._found(item, recursive)

    def _is_wanted(self, path: Path) -> bool:
        return path.suffix.lower().removeprefix(".") in self._extensions
