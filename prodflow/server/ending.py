"""The end of a server that is asked to stop: what hangs in a recipe is waited for, but not for ever."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

log = logging.getLogger("prodflow")

_LOOK_EVERY_S = 0.1
_AT_ONCE_S = 0.5
_SAME_KEY_S = 0.3
_HANGS = 1
_INTERRUPTED = 130


class Ending:
    """Ends the process where it does not end by itself; every answer that was acknowledged is on the disk by then.

    Args:
        patience_s: how long after the first signal it is waited for.
        waits_for: tells what of the recipe is at work, such as `on_exit`; None where nothing is known to be.
    """

    def __init__(self, patience_s: float, waits_for: Callable[[], str | None]) -> None:
        """Nothing happens before `asked`."""
        self._patience_s = patience_s
        self._waits_for = waits_for
        self._asked_s: float | None = None
        self._over = threading.Event()

    def asked(self, number: int) -> None:
        """Take note of a signal; a second Ctrl-C ends the process at once.

        Args:
            number: of the signal.
        """
        now_s = time.monotonic()
        if self._asked_s is None:
            self._asked_s = now_s
            threading.Thread(target=self._watch, name="prodflow-ending", daemon=True).start()
        elif number == signal.SIGINT and now_s - self._asked_s > _SAME_KEY_S:  # who starts us may pass on the first one
            # The log may be locked by who was interrupted.
            os.write(2, b"ended at once; all acknowledged answers are stored\n")
            os._exit(_INTERRUPTED)

    def over(self) -> None:
        """Leave the process alone: the server has ended."""
        self._over.set()

    def _watch(self) -> None:
        began_s, said = time.monotonic(), None
        while not self._over.wait(_LOOK_EVERY_S):
            waited_s, what = time.monotonic() - began_s, self._waits_for()
            if what != said and what is not None and waited_s > _AT_ONCE_S:
                said = what
                log.warning(
                    "stopping: waiting for %s, for %.0f s at most (exit_patience_s in the recipe's config); "
                    "Ctrl-C again ends at once",
                    *(what, max(self._patience_s - waited_s, 0)),
                )
            if waited_s >= self._patience_s:
                log.error(
                    "ended after %g s without waiting any longer for %s; all acknowledged answers are stored",
                    *(self._patience_s, what or "what is at work"),
                )
                sys.stderr.flush()
                os._exit(_HANGS)
