"""The thread that reads the stream and lets the model learn: one thing after the other, in order."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class Worker:
    """One thread; unlike an executor's it does not keep the process from ending while it waits for others."""

    def __init__(self, name: str) -> None:
        """Start it."""
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None]
        self._jobs = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[..., Any], *args: Any) -> "Future[Any]":
        """Queue a piece of work; after the end it is cancelled at once."""
        future: Future[Any] = Future()
        if self._closed:
            future.cancel()
        else:
            self._jobs.put((future, work, args))
        return future

    def close(self, is_stuck: Callable[[], bool], patience_s: float = 1.0) -> bool:
        """Finish what is at work, and drop what waits.

        Args:
            is_stuck: tells whether it waits for somebody else, who may never come.
            patience_s: how long that is borne.

        Returns:
            bool: whether the thread has ended.
        """
        self._closed = True
        self._jobs.put(None)
        borne = 0.0
        while self._thread.is_alive() and borne < patience_s:
            self._thread.join(0.05)
            borne = borne + 0.05 if is_stuck() else 0.0
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, work, args = job
            if self._closed:
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work(*args)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
