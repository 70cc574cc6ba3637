"""Start the server."""

import errno
import ipaddress
import secrets
import socket
import sys
from collections.abc import Callable

from prodflow.core.errors import ProdflowError, SettingError, SourceError
from prodflow.session.controller import Controller
from prodflow.session.startup import check_start


def run_server(controller: Controller, *, announce: Callable[[str], None] | None = None) -> None:
    """Serve a controller until SIGINT or SIGTERM; answers that are out are stored, then it is closed.

    Args:
        controller: what is asked and answered.
        announce: receives the app's address once it can be opened; printed to stderr if not given.

    Raises:
        SettingError: if the port is taken or the host is not this machine's.
        SourceError: if the stream is empty.
        ConfigError: if a file of the recipe's scripts, styles or instructions cannot be read.
    """
    from prodflow.server.app import create_app
    from prodflow.server.guard import LOOPBACK
    from prodflow.server.process import Server

    host, port = controller.config["host"], controller.config["port"]
    try:
        listening = listen(host, port)
        controller.load()
        _first_batch(controller)
        open_to_others = not _is_loopback(host)
        token = controller.config["token"] or (secrets.token_urlsafe(24) if open_to_others else None)
        hosts = tuple(controller.config["allowed_hosts"] or (() if open_to_others else LOOPBACK))
        app = create_app(controller, hosts=hosts, token=token)
    except ProdflowError:
        controller.save()
        raise
    shown = "localhost" if _is_loopback(host) or host in ("0.0.0.0", "::") else host
    address = f"http://{shown}:{listening.getsockname()[1]}/" + (f"?token={token}" if token else "")
    server = Server(app, lambda: (announce or _announce)(address), controller.stop_reading)
    server.run(sockets=[listening])


def _announce(address: str) -> None:
    print(f"Annotate at {address} (Ctrl-C stops)", file=sys.stderr, flush=True)


def _first_batch(controller: Controller) -> None:
    """Read the first tasks before anybody is let in: what is wrong with them or the settings shows at once."""
    first_tasks = controller.peek()
    if controller.config["validate"]:
        check_start(controller.view_id, controller.config, first_tasks)
    if (error := controller.stream_error) is not None:
        raise (error if isinstance(error, ProdflowError) else SourceError(f"the stream failed: {error!r}")) from error
    if controller.is_empty:
        raise SourceError(f"{controller.name or 'stream'}: the source is empty: no task came from it")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; connections wait there until the server takes them.

    Raises:
        SettingError: if the port is taken or the host is not this machine's.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(2048)
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise SettingError(f"port {port} on {host} {reason}; choose another with --port or PRODFLOW_PORT") from error
    except OverflowError as error:
        raise SettingError(f"port {port} is not a port: use 0 to 65535") from error
    return listening


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
