"""Locks between processes: a server of a dataset, a sealer. The kernel frees them when a process dies."""

import fcntl
import os
import threading
import weakref
from pathlib import Path


class ProcessLock:
    """A lock on a file, held by one thread of one process until it is released or the process ends.

    Args:
        path: the file; it says who holds the lock, and stays when the lock is released.
    """

    def __init__(self, path: Path) -> None:
        """Hold nothing yet."""
        self._path = path
        self._descriptor: int | None = None
        self._mine = threading.Lock()
        _known.add(self)

    def acquire(self, about: bytes | None = None) -> bool:
        """Take the lock if it is free; tell whether that was done.

        To the kernel all threads of a process are one: among themselves they are told apart here.

        Args:
            about: what the file is to say; the process id if not given.
        """
        if not self._mine.acquire(blocking=False):
            return False
        try:
            self._descriptor = _locked(self._path, str(os.getpid()).encode() if about is None else about)
        finally:
            if self._descriptor is None:
                self._mine.release()
        return self._descriptor is not None

    def release(self) -> None:
        """Free the lock; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._mine.release()

    def leave_to_parent(self) -> None:
        """Let go of it in a forked child, whichever thread of the parent was at it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._mine = threading.Lock()

    @property
    def owner(self) -> bytes:
        """What the file says about who holds the lock; nothing where that is not known."""
        try:
            return self._path.read_bytes()
        except OSError:
            return b""


def _locked(path: Path, about: bytes) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, about)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


_known: "weakref.WeakSet[ProcessLock]" = weakref.WeakSet()


def _leave_to_parent() -> None:
    """A forked child has its parent's locks open too: were it to outlive the parent, they would stand for nobody."""
    for lock in list(_known):
        lock.leave_to_parent()


os.register_at_fork(after_in_child=_leave_to_parent)
