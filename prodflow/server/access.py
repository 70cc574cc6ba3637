"""Who may come in, as the configuration says it."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from prodflow.core.errors import ConfigError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Access:
    """The rules at the door.

    Args:
        needs_login: whether a visitor has to show who they are.
        token: opens the door to an admin; None for the one that the store's key gives.
        names_in_url: whether `?session=` may name a session; None: without a login, and for admins.
        hosts: host names the server answers to; empty for any.
        root_path: the path that a proxy serves the app under, such as `/annotate`.
        trusted_proxies: addresses or networks whose forwarded headers count; empty for none.
        refuses_proxies: whether a request that came through a proxy is turned away: the door is open because everybody
            is taken to be on this machine, and it is not so.
    """

    needs_login: bool = False
    token: str | None = None
    names_in_url: bool | None = None
    hosts: tuple[str, ...] = ()
    root_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    refuses_proxies: bool = False

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Access":
        """Return what a configuration says.

        Raises:
            ConfigError: if one of its values cannot be meant.

        >>> Access.of({"host": "0.0.0.0"}).needs_login, Access.of({"host": "localhost"}).needs_login
        (True, False)
        """
        hosts, proxies = _names(config, "allowed_hosts"), _networks(config)
        root_path = _root_path(config.get("root_path"))
        at_home = is_loopback(config["host"]) and not root_path and not proxies and set(hosts) <= set(LOOPBACK)
        asked = config.get("require_login")
        needs_login = bool(config.get("token") or config.get("oidc")) or not at_home if asked is None else asked
        return cls(
            needs_login=needs_login,
            token=config.get("token") or None,
            names_in_url=config.get("url_sessions"),
            hosts=hosts or (LOOPBACK if at_home else ()),
            root_path=root_path,
            trusted_proxies=proxies,
            refuses_proxies=at_home and asked is None and not needs_login,
        )


def public_url(config: Mapping[str, Any]) -> str:
    """Return the address of the app for a browser, with a slash at its end: `public_url`, else this machine's.

    Raises:
        ConfigError: if `public_url` is no http or https address.

    >>> public_url({"public_url": "https://example.org/annotate"})
    'https://example.org/annotate/'
    >>> public_url({"host": "0.0.0.0", "port": 8080, "root_path": "/a"})
    'http://localhost:8080/a/'
    """
    if given := config.get("public_url"):
        return _checked_url(given)
    host = config["host"]
    shown = "localhost" if is_loopback(host) or host in ("0.0.0.0", "::") else host
    return f"http://{shown}:{config['port']}{_root_path(config.get('root_path'))}/"


def _checked_url(given: Any) -> str:
    try:
        parts = urlsplit(given)
        usable = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except (ValueError, AttributeError):
        usable = False
    if not usable:
        raise ConfigError(
            f"configuration: public_url={given!r:.80} is no address such as https://example.org/annotate/"
        )
    return f"{given.rstrip('/')}/"


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _names(config: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = config.get(key) or ()
    if not isinstance(given, (list, tuple)) or not all(isinstance(name, str) for name in given):
        raise ConfigError(f"configuration: {key} is a list of names, got {given!r:.80}")
    return tuple(name.lower() for name in given)


def _networks(config: Mapping[str, Any]) -> tuple[str, ...]:
    proxies = _names(config, "trusted_proxies")
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            raise ConfigError(
                f"configuration: trusted_proxies: {proxy!r:.60} is no address or network such as 10.1.0.0/16"
            ) from error
    return proxies


def _root_path(given: Any) -> str:
    if given is None or given == "":
        return ""
    if not isinstance(given, str) or "//" in given or not given.isprintable() or set("?#% \\") & set(given):
        raise ConfigError(f"configuration: root_path={given!r:.80} is no path such as /annotate")
    path = given.strip("/")
    return f"/{path}" if path else ""
