"""Limits on the head of a request, which the library does not set: its size, and the time until it is there."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 2**10
MAX_HEAD_S = 30.0


class TooLargeError(Exception):
    """A head that is larger than any browser sends."""


class LimitedProtocol(HttpToolsProtocol):
    """A connection; one whose request has no end to its headers, or never gets there, is closed."""

    _head_bytes = 0
    _fed_bytes = 0
    _in_head = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; refuse what is still no head after so many."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._fed_bytes += len(data)
            if self._fed_bytes > 2 * MAX_HEAD_BYTES:
                self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._expect_head()

    def on_url(self, url: bytes) -> None:
        """Count an address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Go on to the body."""
        self._head_came()
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES:
            raise TooLargeError(f"more than {MAX_HEAD_BYTES:,} bytes")

    def _expect_head(self) -> None:
        self._head_came()
        self._in_head, self._head_bytes, self._fed_bytes = True, 0, 0
        self._timer = self.loop.call_later(MAX_HEAD_S, self.transport.close)

    def _head_came(self) -> None:
        self._in_head = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
