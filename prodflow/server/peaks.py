"""Waveforms, each computed once beside the event loop and kept: the latest in memory, more on disk."""

import asyncio
import hashlib
import os
import threading
from array import array
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from struct import Struct

from prodflow.server.waveform import Waveform, read_waveform

PATIENCE_S = 2.0
"""How long a request waits for a waveform; then the client is asked to come again."""
MAX_WAITING = 64
_KEPT_IN_MEMORY = 8
_KEPT_ON_DISK_BYTES = 256 * 2**20
_HEAD = Struct("<dI")


class Busy(Exception):
    """The waveform is still being made."""


class Peaks:
    """The waveforms of files.

    Args:
        folder: where they are kept on disk; made when the first is written.
    """

    def __init__(self, folder: Path) -> None:
        """Compute nothing yet."""
        self._folder = folder
        self._known: OrderedDict[str, Future[Waveform]] = OrderedDict()
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="prodflow-peaks")
        self._closing = threading.Event()

    async def get(self, path: Path) -> Waveform:
        """Return the waveform of a file.

        Raises:
            Busy: if it is not there within a moment.
            WaveformError: if there will be none.
            OSError: if the file cannot be read.
        """
        future = self._start(await asyncio.to_thread(_key, path), path)
        coming = asyncio.wrap_future(future)
        coming.add_done_callback(lambda done: done.cancelled() or done.exception())  # looked at, whoever waits
        await asyncio.wait({coming}, timeout=PATIENCE_S)
        if not future.done():
            raise Busy
        return future.result()

    def close(self) -> None:
        """Let go of what is being made."""
        self._closing.set()
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _start(self, key: str, path: Path) -> "Future[Waveform]":
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        done = [name for name, future in self._known.items() if future.done()]
        if len(self._known) - len(done) >= MAX_WAITING:
            raise Busy
        for name in done[: max(0, len(done) - _KEPT_IN_MEMORY + 1)]:
            del self._known[name]
        self._known[key] = self._workers.submit(self._make, self._folder / f"{key}.peaks", path)
        return self._known[key]

    def _make(self, kept: Path, path: Path) -> Waveform:
        found = _read(kept)
        if found is None:
            found = read_waveform(path, is_wanted=lambda: not self._closing.is_set())
            self._keep(found, kept)
        return found

    def _keep(self, waveform: Waveform, kept: Path) -> None:
        """A full or read-only disk is no reason to show no waveform."""
        data = _HEAD.pack(waveform.seconds, len(waveform.lows)) + waveform.lows.tobytes() + waveform.highs.tobytes()
        aside = kept.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
        try:
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            aside.write_bytes(data)
            aside.replace(kept)
            _drop_oldest(kept.parent)
        except OSError:
            aside.unlink(missing_ok=True)


def _key(path: Path) -> str:
    """Another for a file that was changed."""
    status = path.stat()
    what = f"{path.resolve()}\0{status.st_mtime_ns}\0{status.st_size}"
    return hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(kept: Path) -> Waveform | None:
    try:
        data = kept.read_bytes()
        os.utime(kept)
    except OSError:
        return None
    if len(data) < _HEAD.size:
        return None
    seconds, columns = _HEAD.unpack_from(data)
    if len(data) != _HEAD.size + 4 * columns:
        return None
    middle = _HEAD.size + 2 * columns
    return Waveform(seconds, array("h", data[_HEAD.size : middle]), array("h", data[middle:]))


def _drop_oldest(folder: Path) -> None:
    files = sorted(((file.stat().st_mtime, file.stat().st_size, file) for file in folder.glob("*.peaks")), reverse=True)
    total = 0
    for _, size, file in files:
        total += size
        if total > _KEPT_ON_DISK_BYTES:
            file.unlink(missing_ok=True)
