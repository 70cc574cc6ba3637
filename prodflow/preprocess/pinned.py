"""Connections to the very address that was checked: a name that changes between check and use leads nowhere else."""

import asyncio
import socket
import ssl
import urllib.request
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore2
import httpx2

from prodflow.core.errors import MediaError
from prodflow.preprocess.addresses import AllowedAddresses

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as this machine finds them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves a name once, checks every address of it, and connects to one of these.

    Args:
        allowed: which addresses are.
        resolve: finds the addresses of a host.
    """

    def __init__(self, allowed: AllowedAddresses, resolve: Resolve = resolve) -> None:
        """Keep the rules."""
        self._allowed = allowed
        self._resolve = resolve
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect; the name goes on to be what the certificate has to be for."""
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host}: {error.strerror or error}") from error
        for address in addresses:
            self._allowed.check(host, address)
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: no URL of data leads to a socket of this machine."""
        raise MediaError("data may not lead to a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class PinnedTransport(httpx2.AsyncHTTPTransport):
    """An HTTP transport over such connections.

    Args:
        backend: makes them.
        verify: what certificates are checked with.
    """

    def __init__(self, backend: PinnedBackend, verify: ssl.SSLContext) -> None:
        """Take the backend in place of the library's own, for which its constructor has no argument."""
        super().__init__(verify=verify)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=verify, max_connections=100, max_keepalive_connections=20, network_backend=backend
        )


def make_client(allowed: AllowedAddresses, *, resolve: Resolve = resolve, **settings: Any) -> httpx2.AsyncClient:
    """Return a client that reaches allowed addresses only, also after a redirect.

    Where the environment names a proxy, that resolves the names: the proxy's rules count, and of ours only that no
    address may be named that is not allowed.

    Args:
        allowed: which addresses are.
        resolve: finds the addresses of a host.
        **settings: of the client.
    """
    verify = httpx2.create_ssl_context()
    pinned = PinnedTransport(PinnedBackend(allowed, resolve), verify)

    async def check(request: httpx2.Request) -> None:
        host = request.url.host
        if ":" in host or host.replace(".", "").isdigit():
            allowed.check(host, host)

    hooks = {"request": [check]}
    mounts = _proxies(pinned)
    return httpx2.AsyncClient(transport=pinned, mounts=mounts, event_hooks=hooks, trust_env=False, **settings)


def _proxies(direct: httpx2.AsyncHTTPTransport) -> dict[str, httpx2.AsyncHTTPTransport]:
    """The proxies that the environment names, and the hosts that it says are reached without."""
    named = urllib.request.getproxies()
    mounts = {
        f"{scheme}://": httpx2.AsyncHTTPTransport(proxy=address if "://" in address else f"http://{address}")
        for scheme in ("http", "https")
        if (address := named.get(scheme))
    }
    without = [name.strip().lstrip(".") for name in named.get("no", "").split(",") if name.strip() and mounts]
    if "*" in without:
        return {}
    hosts = (pattern for name in without for pattern in (name, f"*.{name}"))
    return {**mounts, **{f"all://{host}": direct for host in hosts if "/" not in host}}
