"""Which addresses a URL that comes from data may lead to: the open internet, and what the user allows beside it."""

import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

from prodflow.core.errors import MediaError, SettingError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

EVERYWHERE = ("0.0.0.0/0", "::/0")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AllowedAddresses:
    """The addresses that may be connected to.

    Args:
        networks: private networks that are allowed too, such as `["10.1.0.0/16"]`; `"all"` for everything.

    Raises:
        SettingError: if one is no network.

    >>> allowed = AllowedAddresses(["10.1.0.0/16"])
    >>> [allowed.is_allowed(address) for address in ("93.184.215.14", "10.1.2.3", "10.2.0.1", "127.0.0.1", "::1")]
    [True, True, False, False, False]
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Read the networks."""
        named = [part for name in networks for part in (EVERYWHERE if name == "all" else (name,))]
        self._networks = [_network(name) for name in named]

    def is_allowed(self, address: str) -> bool:
        """Tell whether an address, as text, may be connected to; what is no address may not."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return all(_is_open(one) or any(one in network for network in self._networks) for one in _meant(found))

    def check(self, host: str, address: str) -> None:
        """Check an address that a host name stands for.

        Raises:
            MediaError: if it may not be connected to.
        """
        if not self.is_allowed(address):
            shown = host if host == address else f"{host} ({address})"
            raise MediaError(
                f"{shown} is an address of this machine or of a private network, and data may not lead there; "
                "allow it with private_networks"
            )


def _network(name: str) -> Network:
    try:
        return ipaddress.ip_network(name)
    except ValueError as error:
        raise SettingError(
            f"private_networks: {name!r:.60} is no address or network such as 10.1.0.0/16, nor 'all'"
        ) from error


def _is_open(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _meant(address: Address) -> list[Address]:
    """The address, and an older one that it stands for: a gateway may lead from the one to the other."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    inner = [address.sixtofour, *(address.teredo or ())]
    return [address, *(one for one in inner if one is not None)]
