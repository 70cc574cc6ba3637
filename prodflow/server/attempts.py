"""Wrong tokens, counted: who guesses is made to wait."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

ATTEMPTS = 10
WINDOW_S = 60.0
_CLIENTS = 10_000


class Attempts:
    """How often each client was wrong lately.

    Args:
        limit: so many wrong tokens in the window are borne.
        window_s: how long one counts, in seconds.
        clock: tells the time in seconds.
    """

    def __init__(
        self, limit: int = ATTEMPTS, window_s: float = WINDOW_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Know nobody."""
        self._limit = limit
        self._window_s = window_s
        self._clock = clock
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def fail(self, client: str) -> None:
        """Count a wrong token."""
        key = _network(client)
        self._failed[key] = [*self._recent(key), self._clock()][-self._limit :]
        self._failed.move_to_end(key)
        while len(self._failed) > _CLIENTS:
            self._failed.popitem(last=False)

    def wait_s(self, client: str) -> float:
        """Return for how many seconds a client has to wait; 0 if it need not."""
        recent = self._recent(_network(client))
        return max(0.0, recent[0] + self._window_s - self._clock()) if len(recent) >= self._limit else 0.0

    def _recent(self, key: str) -> list[float]:
        since = self._clock() - self._window_s
        return [moment for moment in self._failed.get(key, ()) if moment > since]


def _network(client: str) -> str:
    """The address, or of IPv6 the network: one machine has billions of addresses there."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
