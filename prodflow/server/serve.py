"""Start the server."""

import errno
import logging
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from prodflow.core.errors import ProdflowError, SettingError, SourceError
from prodflow.session.controller import Controller
from prodflow.session.startup import check_start

log = logging.getLogger("prodflow")


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
    from prodflow.server.access import Access
    from prodflow.server.app import create_app
    from prodflow.server.ending import Ending
    from prodflow.server.log_lines import set_up_log
    from prodflow.server.process import Server

    host, port = controller.config["host"], controller.config["port"]
    try:
        set_up_log(controller.config["log_format"])
        access = Access.of(controller.config)
        listening = listen(host, port)
        controller.load()
        _first_batch(controller)
        app = create_app(controller, access=access)
    except Exception:
        try:
            controller.save(started=False)
        except Exception:  # a recipe's own on_exit; what is wrong is why there was no start
            log.exception("on_exit raised")
        raise
    address = _public_address(controller.config, listening)
    tell = announce or (_log_start if controller.config["log_format"] == "json" else _announce)
    if access.needs_login and tell is not _log_start:  # what is logged is kept: no secret goes there
        address += f"?token={app.state.gate.token}"

    def stop_asking() -> None:
        if (service := getattr(app.state, "service", None)) is not None:  # it is not there before the start is over
            service.stop_asking()

    def waits_for() -> str | None:
        service = getattr(app.state, "service", None)
        return None if service is None else service.waits_for

    ending = Ending(controller.config["exit_patience_s"], waits_for)
    server = Server(app, lambda: tell(address), stop_asking, ending=ending, trusted_proxies=access.trusted_proxies)
    server.run(sockets=[listening])


def _announce(address: str) -> None:
    print(f"Annotate at {address} (Ctrl-C stops)", file=sys.stderr, flush=True)


def _log_start(address: str) -> None:
    log.info("serving at %s (links are made with `prodflow invite`)", address)


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


def _public_address(config: Mapping[str, Any], listening: socket.socket) -> str:
    """Where a browser finds the server; the port is known only now where a free one was asked for."""
    from prodflow.server.access import public_url

    return public_url({**config, "port": listening.getsockname()[1]})
