"""The thread that seals in the background."""

import contextlib
import logging
import threading
from collections.abc import Iterator

from prodflow.store.segments import AT_ONCE_BYTES, MAX_BYTES, MAX_ROWS, Segments, first_line

log = logging.getLogger("prodflow")

SEAL_ROWS = 2_000
SEAL_BYTES = AT_ONCE_BYTES
SEAL_SECONDS = 30.0
_CLOSING_PATIENCE_S = 30.0


class Sealer:
    """Seals once 2,000 events or 16 MiB are unsealed, or 30 seconds after the first of them.

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
        self._enough_bytes = SEAL_BYTES
        self._unsealed = self._unsealed_bytes = 0
        self._failed = False
        self._closing = False
        self._stirred = threading.Event()
        self._full = threading.Event()
        self._stirred.set()
        self._thread = threading.Thread(target=self._run, name="prodflow-sealer", daemon=True)
        self._thread.start()

    def stored(self, rows: int, size_bytes: int = 0) -> None:
        """Hear of events that were stored, and of how much JSON they have."""
        self._unsealed += rows
        self._unsealed_bytes += size_bytes
        self._stirred.set()
        if self._is_much():
            self._full.set()

    def _is_much(self) -> bool:
        return self._unsealed >= self._rows or self._unsealed_bytes >= self._enough_bytes

    @contextlib.contextmanager
    def many(self) -> Iterator[None]:
        """Wait for more events for a while: small files would only have to be merged."""
        usual, self._rows = self._rows, max(self._rows, MAX_ROWS)
        self._enough_bytes = MAX_BYTES
        try:
            yield
        finally:
            self._rows, self._enough_bytes = usual, SEAL_BYTES
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
        if self._is_much():
            self._seal(wait_s=_CLOSING_PATIENCE_S)

    def _run(self) -> None:
        while self._stirred.wait() and not self._closing:
            self._full.wait(self._seconds)
            self._turn()

    def _turn(self) -> None:
        if not self._closing:
            self._stirred.clear()
            self._full.clear()
            self._unsealed = self._unsealed_bytes = 0
            self._seal(wait_s=0.0)

    def _seal(self, *, wait_s: float) -> None:
        """Seal; where it fails nothing is lost, the events stay in the journal and the next turn tries again."""
        try:
            self._segments.seal(wait_s=wait_s)
        except Exception as error:
            self._stirred.set()
            if not self._failed:
                self._failed = True
                self._segments.note_failure(error)
                log.warning(
                    "sealing failed: %s; no answer is lost, SQL and the dashboard are slower; it is tried again "
                    "every %g s, and this is not said again",
                    *(first_line(error), self._seconds),
                )
            return
        if self._failed:
            self._failed = False
            log.warning("sealing works again")
