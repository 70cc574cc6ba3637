"""What stands before the routes: who may come in, from which page, and what every reply says to the browser."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prodflow.server.access import Access
from prodflow.server.gate import Gate
from prodflow.server.page import mistaken_page
from prodflow.server.policy import content_policy
from prodflow.server.response import problem
from prodflow.server.visitor import SCOPE_KEY

OPEN_TO_ALL = ("/health", "/health/live", "/health/ready", "/login/", "/login/callback", "/logout")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Guard:
    """ASGI middleware: host names, same origin for writes, who it is, and headers on every response.

    Args:
        app: what is guarded.
        access: the rules.
        gate: tells visitors apart.
        policy: the Content-Security-Policy of every reply; by default that of a page without a recipe's own scripts.
    """

    def __init__(self, app: ASGIApp, *, access: Access, gate: Gate, policy: str | None = None) -> None:
        """Keep the rules."""
        self.app = app
        self.access = access
        self.gate = gate
        self.hosts = frozenset(access.hosts)
        self.headers = {**_HEADERS, "content-security-policy": policy or content_policy()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _put_below(scope, self.access.root_path)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    out.setdefault(name, value)
            await send(message)

        app = self._refusal(scope, Headers(scope=scope)) or self.app
        await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """What to answer in the app's stead; None where the app is to answer, which then finds the visitor in scope."""
        host = headers.get("host", "")
        if self.hosts and _name(host) not in self.hosts:
            return problem(421, "wrong host", f"this server does not answer to the host name {_name(host)!r:.80}")
        if self.access.refuses_proxies and any(name in headers for name in _FORWARDED):
            return problem(
                403, "behind a proxy", "set trusted_proxies, so that visitors show who they are; see the docs"
            )
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and (refusal := _cross_site(scope, headers, host)):
            return refusal
        if scope["path"] == scope["root_path"] != "":
            return RedirectResponse(f"{scope['root_path']}/{_query(scope)}", status_code=307)
        if (path := scope["path"].removeprefix(scope["root_path"])) in OPEN_TO_ALL:
            return None
        found = self.gate.admit(scope, headers)
        if isinstance(found, Response):
            return found
        if found.role == "metrics" and path != "/metrics":
            return problem(403, "metrics only", "this link is for a program that reads /metrics")
        if refusal := mistaken_page(headers, found, self.gate.dataset):
            return refusal
        scope[SCOPE_KEY] = found
        return None


def _put_below(scope: Scope, root_path: str) -> None:
    """Show the app the request as one below the root path, whether the proxy took that away or not."""
    path = scope["path"]
    scope["root_path"] = root_path
    if path != root_path and not path.startswith(f"{root_path}/"):
        scope["path"] = root_path + path


def _cross_site(scope: Scope, headers: Headers, host: str) -> Response | None:
    """Refuse what a page of another place sends; a program that is no browser says nothing of where it comes from."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
    if origin is not None and not _same_origin(scope, origin, host):
        return problem(403, "wrong origin", f"a page of {origin!r:.80} may not write here")
    if site not in ("same-origin", "none"):
        return problem(403, "wrong origin", f"a page of another site may not write here (sec-fetch-site: {site!r:.40})")
    return None


def _same_origin(scope: Scope, origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.netloc.lower() != host.lower():
        return False
    return parts.scheme == "https" or scope.get("scheme") != "https"


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _query(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return f"?{query.decode('latin-1')}" if query else ""
