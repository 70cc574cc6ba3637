"""Tasks that were routed, until the journal knows who has them."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future

from prodflow.session.broker import Broker
from prodflow.session.record import Asked, Recorder
from prodflow.store.accounts import Account


class Routed:
    """Gathers what is routed, and tells it to the journal in the same order.

    Args:
        lock: that of whoever routes: what is routed and noted under it is told before any lease of it.
        recorder: the store's side.
        broker: knows what is not written yet.
    """

    def __init__(self, lock: threading.RLock, recorder: Recorder, broker: Broker) -> None:
        """Start with nothing."""
        self._lock = lock
        self._recorder = recorder
        self._broker = broker
        self._untold: list[Asked] = []

    def note(self, asked: Asked) -> None:
        """Take note of a task that was routed."""
        with self._lock:
            self._untold.append(asked)

    def tell(self, source: tuple[str, str], account: Account | None = None) -> None:
        """Write down with the next commit what was noted, and how far the source was read, if that is known."""
        with self._lock:
            asked, self._untold = self._untold, []
            if asked or account is not None:
                given = [(one.task["_task_hash"], name) for one in asked for name in one.waiting]
                told = self._recorder.route(asked, source, account)
                told.add_done_callback(lambda told: self.written(told, given))

    def written(self, told: "Future[None]", given: Iterable[tuple[int, str]]) -> None:
        """Take note that the journal knows who has tasks, unless it could not be told."""
        if told.exception() is None:
            with self._lock:
                self._broker.unwritten.difference_update(given)
