"""uvicorn, made to say when it is ready and to end quietly."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from starlette.applications import Starlette


class Server(uvicorn.Server):
    """A server of one application.

    Args:
        app: the application; its `state.closing` is set when a signal asks the server to stop.
        on_ready: called once requests are taken.
        on_stop: called when a signal asks the server to stop, in the midst of whatever is at work.
    """

    def __init__(
        self, app: Starlette, on_ready: Callable[[], None], on_stop: Callable[[], None] = lambda: None
    ) -> None:
        """Keep what is to be served; `run(sockets=[…])` serves it."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            lifespan="on",
        )
        super().__init__(config)
        self._app = app
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the long answers, then the server."""
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
