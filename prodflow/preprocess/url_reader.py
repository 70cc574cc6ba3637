"""Read URLs with limits on size, time and redirects."""

import asyncio
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from prodflow.core.errors import MediaError
from prodflow.preprocess.addresses import AllowedAddresses

MAX_REDIRECTS = 5
USER_AGENT = "prodflow (+https://github.com/prodflow/prodflow)"


class UrlReader:
    """Reads URLs for many threads; one event loop holds the connections, so that a deadline is kept to the end.

    Args:
        max_bytes: a body may have so many, unpacked.
        timeout_s: for everything together: the connection, redirects and the body.
        private_networks: networks that are not of the open internet and may be reached all the same.

    Raises:
        SettingError: if one of them is no network.
    """

    def __init__(self, *, max_bytes: int, timeout_s: float, private_networks: Iterable[str] = ()) -> None:
        """Open nothing yet: the first URL does."""
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._allowed = AllowedAddresses(private_networks)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: Any = None
        self._closed = False
        self._reading: set[asyncio.Task[Any] | None] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, url: str) -> tuple[bytes, str]:
        """Return the body and its content type.

        Raises:
            MediaError: if it cannot be had within the limits.
        """
        with self._lock:
            if self._closed:
                raise MediaError("not read: the stream was closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="prodflow-urls", daemon=True)
                self._thread.start()
            reading = asyncio.run_coroutine_threadsafe(self._read(url), self._loop)
        return reading.result()

    async def _read(self, url: str) -> tuple[bytes, str]:
        import httpx2

        client = self._made_client()
        self._reading.add(asyncio.current_task())
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._read_body(client, url)
        except TimeoutError as error:
            raise MediaError(f"no answer within {self._timeout_s:g} s") from error
        except httpx2.TooManyRedirects as error:
            raise MediaError(f"more than {MAX_REDIRECTS} redirects") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise MediaError(str(error) or type(error).__name__) from error
        finally:
            self._reading.discard(asyncio.current_task())

    async def _read_body(self, client: Any, url: str) -> tuple[bytes, str]:
        async with client.stream("GET", url) as response:
            if response.status_code != 200:
                raise MediaError(f"the server answered {response.status_code} {response.reason_phrase}".rstrip())
            parts: list[bytes] = []
            size = 0
            async for part in response.aiter_bytes():
                parts.append(part)
                size += len(part)
                if size > self._max_bytes:
                    raise MediaError(f"larger than {self._max_bytes:,} bytes")
            return b"".join(parts), response.headers.get("content-type", "").partition(";")[0].strip().lower()

    def _made_client(self) -> Any:
        """Make the client once; that takes a while and does not count as the server's time."""
        from prodflow.preprocess.pinned import make_client

        if self._client is None:
            self._client = make_client(
                self._allowed,
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                timeout=self._timeout_s,
                headers={"User-Agent": USER_AGENT},
            )
        return self._client

    def close(self) -> None:
        """Give up what is being read, and close all connections."""
        with self._lock:
            loop, thread, self._closed = self._loop, self._thread, True
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._shut_down(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def _shut_down(self) -> None:
        reading = [task for task in self._reading if task is not None]
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
