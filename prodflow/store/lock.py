"""Locks between processes: a server of a dataset, a sealer. The kernel frees them when a process dies."""

import fcntl
import os
import weakref
from pathlib import Path


class ProcessLock:
    """A lock on a file, held until it is released or the process ends.

    Args:
        path: the file; it says who holds the lock, and stays when the lock is released.
    """

    def __init__(self, path: Path) -> None:
        """Hold nothing yet."""
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, about: bytes | None = None) -> bool:
        """Take the lock if it is free; tell whether it is held now.

        Args:
            about: what the file is to say; the process id if not given.
        """
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode() if about is None else about)
        self._descriptor = descriptor
        _taken.add(self)
        return True

    def release(self) -> None:
        """Free the lock; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def owner(self) -> bytes:
        """What the file says about who holds the lock; nothing where that is not known."""
        try:
            return self._path.read_bytes()
        except OSError:
            return b""


_taken: "weakref.WeakSet[ProcessLock]" = weakref.WeakSet()


def _leave_to_parent() -> None:
    """A forked child has its parent's locks open too: were it to outlive the parent, they would stand for nobody."""
    for lock in list(_taken):
        lock.release()


os.register_at_fork(after_in_child=_leave_to_parent)
