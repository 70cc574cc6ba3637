"""The thread that seals in the background."""

import contextlib
import logging
import threading
from collections.abc import Iterator

from prodflow.store.segments import MAX_ROWS, Segments

log = logging.getLogger("prodflow")

SEAL_ROWS = 2_000
SEAL_SECONDS = 30.0
_CLOSING_PATIENCE_S = 30.0


class Sealer:
    """Seals once 2,000 events are unsealed, or 30 seconds after the first of them.

    Args:
        segments: what it seals.
        rows: how many unsealed events are enough.
        seconds: how long an event waits at most.
    """

    def __init__(self, segments: Segments, *, rows: int = SEAL_ROWS, seconds: float = SEAL_SECONDS) -> None:
        """Start the thread; what an earlier process left unsealed has its turn after `seconds`."""
        self._segments = segments
        self._rows = rows
        self._seconds = seconds
        self._unsealed = 0
        self._closing = False
        self._stirred = threading.Event()
        self._full = threading.Event()
        self._stirred.set()
        self._thread = threading.Thread(target=self._run, name="prodflow-sealer", daemon=True)
        self._thread.start()

    def stored(self, rows: int) -> None:
        """Hear of events that were stored."""
        self._unsealed += rows
        self._stirred.set()
        if self._unsealed >= self._rows:
            self._full.set()

    @contextlib.contextmanager
    def many(self) -> Iterator[None]:
        """Wait for more events for a while: small files would only have to be merged."""
        usual, self._rows = self._rows, max(self._rows, MAX_ROWS)
        try:
            yield
        finally:
            self._rows = usual
            self.stored(0)

    def seal_now(self) -> None:
        """Seal as soon as the thread gets to it."""
        self.stored(self._rows)

    def close(self) -> None:
        """Finish the file in work; seal what is left where that is much."""
        self._closing = True
        self._stirred.set()
        self._full.set()
        self._thread.join()
        if self._unsealed >= self._rows:
            self._seal(wait_s=_CLOSING_PATIENCE_S)

    def _run(self) -> None:
        while self._stirred.wait() and not self._closing:
            self._full.wait(self._seconds)
            self._turn()

    def _turn(self) -> None:
        if not self._closing:
            self._stirred.clear()
            self._full.clear()
            self._unsealed = 0
            self._seal(wait_s=0.0)

    def _seal(self, *, wait_s: float) -> None:
        """Seal; where it fails nothing is lost, the events stay in the journal and the next turn tries again."""
        try:
            self._segments.seal(wait_s=wait_s)
        except Exception as error:
            log.warning("sealing failed and is tried again later: %s", error)
            self._stirred.set()
