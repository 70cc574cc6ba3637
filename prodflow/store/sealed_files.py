"""The sealed files as DuckDB sees them when users ask: to be read, never to be written.

What DuckDB may open it may also write, and it has no setting that tells the two apart. So it is not told where the
files are: it gets names such as `sealed://1-2000.parquet`, and this file system, which opens them for reading only.
"""

import os
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem

PROTOCOL = "sealed"


class SealedFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A file system of some files, by their names; for `DuckDBPyConnection.register_filesystem`.

    Args:
        paths: the files; no two have the same name.
    """

    protocol = PROTOCOL
    cachable = False

    def __init__(self, paths: Iterable[Path]) -> None:
        """Open nothing yet."""
        super().__init__()
        self._paths = {path.name: path for path in paths}

    @property
    def names(self) -> list[str]:
        """What DuckDB calls the files."""
        return [f"{PROTOCOL}://{name}" for name in self._paths]

    def open(self, path: str, mode: str = "rb", **settings: Any) -> "SealedFile":
        """Open a file for reading.

        Raises:
            PermissionError: if it is to be written.
            FileNotFoundError: if there is no such file.
        """
        if mode != "rb":
            raise PermissionError(f"{path!r} is sealed: it is read and never written")
        return SealedFile(self._path(path))

    def exists(self, path: str, **settings: Any) -> bool:
        """Tell whether there is such a file."""
        return self._strip_protocol(path) in self._paths

    def glob(self, path: str, **settings: Any) -> list[str]:
        """Return the name itself: names are no patterns."""
        return [path] if self.exists(path) else []

    def info(self, path: str, **settings: Any) -> dict[str, Any]:
        """Return name, kind and size of a file."""
        return {"name": path, "type": "file", "size": self._path(path).stat().st_size}

    def modified(self, path: str) -> datetime:
        """Return when a file was sealed."""
        return datetime.fromtimestamp(self._path(path).stat().st_mtime, UTC)

    def _path(self, path: str) -> Path:
        name = self._strip_protocol(path)
        if name not in self._paths:
            raise FileNotFoundError(f"no sealed file {path!r}")
        return self._paths[name]


class SealedFile:
    """A file open for reading; every thread of DuckDB has its own place in it.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        """Open it."""
        self._at = threading.local()
        self._descriptor = os.open(path, os.O_RDONLY)
        self.closed = False

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, from the start or the end."""
        start = os.fstat(self._descriptor).st_size if whence == os.SEEK_END else 0
        start = self.tell() if whence == os.SEEK_CUR else start
        self._at.place = start + offset
        return start + offset

    def tell(self) -> int:
        """Return the place where this thread is."""
        return getattr(self._at, "place", 0)

    def read(self, length: int = -1) -> bytes:
        """Return so many bytes from where this thread is; fewer at the end of the file."""
        left = os.fstat(self._descriptor).st_size - self.tell() if length < 0 else length
        parts = []
        while left > 0 and (part := os.pread(self._descriptor, left, self.tell())):
            parts.append(part)
            self._at.place = self.tell() + len(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        if not self.closed:
            self.closed = True
            os.close(self._descriptor)

    def __del__(self) -> None:
        """Let go of it: DuckDB forgets what it read without a word."""
        if hasattr(self, "closed"):
            self.close()
