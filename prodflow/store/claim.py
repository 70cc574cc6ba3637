"""Who serves a dataset: one process at a time. The kernel frees a claim when its process dies, however it dies."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson
from xxhash import xxh3_64_hexdigest

from prodflow.core.errors import StoreError
from prodflow.store.lock import ProcessLock

CLAIMS = "serving"

_held: dict[Path, tuple[ProcessLock, int]] = {}
"""The claims of this process, and how many users each has: within one process controllers may follow each other."""


class Claim:
    """The right to ask and answer in a dataset, held until it is released or the process ends.

    Several processes may write to one store; two that hand out tasks of the same dataset would ask everything twice.

    Args:
        folder: the store.
        dataset: the dataset's name.

    Raises:
        StoreError: if another process has it, naming that process.
    """

    def __init__(self, folder: Path, dataset: str) -> None:
        """Take the claim."""
        self._path: Path | None = _place(folder, dataset)
        lock, users = _held.get(self._path, (None, 0))
        if lock is None:
            lock = ProcessLock(self._path)
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                taken = lock.acquire(_about_this_process(dataset))
            except OSError as error:
                raise StoreError(f"{self._path} cannot be written: {error.strerror}; see who owns it") from error
            if not taken:
                raise StoreError(
                    f"dataset {dataset!r} is served already, by {_words(lock.owner)}; stop it, or take another dataset"
                )
        _held[self._path] = (lock, users + 1)

    def release(self) -> None:
        """Let others have it; releasing twice is fine."""
        if self._path is None:
            return
        lock, users = _held[self._path]
        if users > 1:
            _held[self._path] = (lock, users - 1)
        else:
            del _held[self._path]
            lock.release()
        self._path = None


def serving_process(folder: Path, dataset: str) -> str | None:
    """Return which other process serves a dataset, in words; None where none does."""
    path = _place(folder, dataset)
    if path in _held or not path.exists():
        return None
    lock = ProcessLock(path)
    if lock.acquire(None):
        lock.release()
        return None
    return _words(lock.owner)


@contextmanager
def nobody_serving(folder: Path) -> Iterator[None]:
    """Keep every dataset of a store that was ever served from being served meanwhile.

    Raises:
        StoreError: if one is served, naming the process.
    """
    with ExitStack() as locks:
        for path in sorted((folder / CLAIMS).glob("*.lock")):
            lock = ProcessLock(path)
            if not lock.acquire(_about_this_process("")):
                raise StoreError(f"store {str(folder)!r} is in use by a server, {_words(lock.owner)}; stop it first")
            locks.callback(lock.release)
        yield


def _place(folder: Path, dataset: str) -> Path:
    return folder / CLAIMS / f"{xxh3_64_hexdigest(dataset.encode())}.lock"


def _about_this_process(dataset: str) -> bytes:
    about = {"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time()), "dataset": dataset}
    return orjson.dumps(about)


def _words(owner: bytes) -> str:
    try:
        about = orjson.loads(owner)
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(about["since"]))
        return f"process {about['pid']} on {about['host']} since {since}"
    except (ValueError, KeyError, TypeError):  # it is just about to write who it is
        return "another process"


os.register_at_fork(after_in_child=_held.clear)
