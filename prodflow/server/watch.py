"""What is known of every request: a number that the log and the reply share, how long it took, and how it ended."""

import contextvars
import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prodflow.server.metrics import Metrics
from prodflow.server.visitor import SCOPE_KEY

log = logging.getLogger("prodflow.requests")

REQUEST_ID: contextvars.ContextVar[str | None] = contextvars.ContextVar("prodflow_request_id", default=None)
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Watch:
    """ASGI middleware around all others: counts, times and logs requests.

    No query gets into the log: it may hold a token.

    Args:
        app: what is watched.
        metrics: where it counts.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        """Keep both."""
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through and look at how it ends."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _USABLE_ID.fullmatch(given) else secrets.token_hex(8)
        before = REQUEST_ID.set(request_id)
        began, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - began
            self.metrics.count(scope["method"], route_of(scope), status, seconds)
            _tell(scope, status, seconds)
            REQUEST_ID.reset(before)


def route_of(scope: Scope) -> str:
    """The name of the route that answered, never the address: there are few routes, and endless addresses."""
    endpoint = scope.get("endpoint")
    name = getattr(endpoint, "__name__", None)
    return str(name) if name is not None else "none" if endpoint is None else "assets"


def _tell(scope: Scope, status: int, seconds: float) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    visitor = scope.get(SCOPE_KEY)
    facts = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "ms": round(1000 * seconds, 1),
        "client": (scope.get("client") or ("unknown",))[0],
        "annotator": visitor.name if visitor is not None else None,
    }
    log.info("%s %r %d in %.1f ms", facts["method"], facts["path"], status, facts["ms"], extra={"facts": facts})
