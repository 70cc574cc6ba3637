"""The thread that reads the stream and lets the model learn: one thing after the other."""

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

_Job = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Worker:
    """One thread; unlike an executor's it does not keep the process from ending while it waits for others."""

    def __init__(self, name: str) -> None:
        """Start it."""
        self._jobs: deque[_Job] = deque()
        self._later: deque[_Job] = deque()
        self._calls: queue.SimpleQueue[None] = queue.SimpleQueue()
        """One for each job, and one for the end."""
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[..., Any], *args: Any) -> "Future[Any]":
        """Queue a piece of work; after the end it is cancelled at once."""
        return self._queue(self._jobs, work, args)

    def submit_later(self, work: Callable[..., Any], *args: Any) -> "Future[Any]":
        """Queue a piece of work that nobody waits for: all that is submitted otherwise goes first."""
        return self._queue(self._later, work, args)

    def _queue(self, jobs: "deque[_Job]", work: Callable[..., Any], args: tuple[Any, ...]) -> "Future[Any]":
        future: Future[Any] = Future()
        if self._closed:
            future.cancel()
        else:
            jobs.append((future, work, args))
            self._calls.put(None)
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
        self._calls.put(None)
        borne = 0.0
        while self._thread.is_alive() and borne < patience_s:
            self._thread.join(0.05)
            borne = borne + 0.05 if is_stuck() else 0.0
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            self._calls.get()
            if not (self._jobs or self._later):
                return
            future, work, args = (self._jobs or self._later).popleft()
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
