"""uvicorn, made to say when it is ready and to end quietly."""

import contextlib
import importlib.util
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette

from prodflow.server.ending import Ending


class Server(uvicorn.Server):
    """A server of one application.

    Args:
        app: the application; its `state.closing` is set when a signal asks the server to stop.
        on_ready: called once requests are taken.
        on_stop: called when a signal asks the server to stop, in the midst of whatever is at work.
        ending: ends the process where it does not end by itself; by default nothing does.
        trusted_proxies: addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` count; by default none.
    """

    def __init__(
        self,
        app: Starlette,
        on_ready: Callable[[], None],
        on_stop: Callable[[], object] = lambda: None,
        *,
        ending: Ending | None = None,
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        """Keep what is to be served; `run(sockets=[…])` serves it."""
        config = uvicorn.Config(
            app,
            http=_protocol(),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_graceful_shutdown=5,
            lifespan="on",
        )
        super().__init__(config)
        self._app = app
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._ending = ending

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal comes, and what is at work then is done."""
        try:
            super().run(sockets)
        finally:
            if self._ending is not None:
                self._ending.over()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the long answers, then the server."""
        if self._ending is not None:
            self._ending.asked(sig)
        self._app.state.closing.set()
        self._on_stop()
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while it runs; uvicorn would raise them again, and the exit status would say it was killed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _protocol() -> Any:
    """The one with limits, where its parser is there: it is not on Windows."""
    if importlib.util.find_spec("httptools") is None:
        return "auto"
    from prodflow.server.limits import LimitedProtocol

    return LimitedProtocol
