"""Locks between processes: one server for a store, one sealer at a time. The kernel frees them when a process dies."""

import fcntl
import os
from pathlib import Path


class ProcessLock:
    """A lock on a file, held until it is released or the process ends.

    Args:
        path: the file; it holds the process id of the owner, and stays when the lock is released.
    """

    def __init__(self, path: Path) -> None:
        """Hold nothing yet."""
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; tell whether it is held now."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Free the lock; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def owner(self) -> str:
        """The process id of who holds the lock, as far as it is known."""
        try:
            return self._path.read_text(encoding="utf-8").strip() or "unknown"
        except FileNotFoundError:
            return "unknown"
