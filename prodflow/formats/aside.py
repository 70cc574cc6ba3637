"""Files and folders are written aside and renamed when they are whole: nobody ever sees half an export."""

import os
import shutil
from pathlib import Path

from prodflow.core.errors import SettingError

MANIFEST = ".manifest.json"


def manifest_path(path: Path) -> Path:
    """Return where the manifest of an export lies.

    >>> manifest_path(Path("out/news.jsonl")).name
    'news.jsonl.manifest.json'
    """
    return path.with_name(path.name + MANIFEST)


class Aside:
    """A file or folder in the making.

    Args:
        path: what it will be.
        is_folder: make a folder.
        force: take the place of what is there.

    Raises:
        SettingError: if something is there that may not be replaced, or nothing can be written there.
    """

    def __init__(self, path: Path, *, is_folder: bool = False, force: bool = False) -> None:
        """Look whether the place is free; a leftover of an export that was killed is removed."""
        self.path = path
        self.aside = path.with_name(f".{path.name}.tmp")
        self._is_folder = is_folder
        self._check(force)
        self.discard()

    def _check(self, force: bool) -> None:
        if not os.path.lexists(self.path):
            return
        if not force:
            raise SettingError(f"{str(self.path)!r} is there already; give --force to replace it, or another name")
        if self.path.is_dir() and not (self._is_folder and manifest_path(self.path).is_file()):
            raise SettingError(f"{str(self.path)!r} is a folder that no export made; give another name")

    def open(self) -> Path:
        """Make the folder, where it is one; return where to write."""
        if self._is_folder:
            self.aside.mkdir()
        return self.aside

    def commit(self) -> None:
        """Put it in its place; what was there before goes only now."""
        for file in sorted(self.aside.rglob("*")) if self._is_folder else [self.aside]:
            _sync(file)
        old = self.path.with_name(f".{self.path.name}.old")
        if self._is_folder and self.path.is_dir():
            shutil.rmtree(old, ignore_errors=True)
            self.path.replace(old)
        self.aside.replace(self.path)
        shutil.rmtree(old, ignore_errors=True)
        _sync(self.path.parent)

    def discard(self) -> None:
        """Remove what was written."""
        if self.aside.is_dir() and not self.aside.is_symlink():
            shutil.rmtree(self.aside)
        else:
            self.aside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
