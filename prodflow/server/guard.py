"""What stands before the routes: who may come in, from which page, and with how much."""

import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prodflow.server.policy import content_policy
from prodflow.server.response import problem

COOKIE = "prodflow_token"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


class Guard:
    """ASGI middleware: host names, same origin for writes, the token, and headers on every response.

    Args:
        app: what is guarded.
        hosts: host names the server answers to; empty for any. A page of another name that resolves to this
            machine cannot read what is here.
        token: what a visitor must bring, as `?token=` once, then in a cookie, or as a bearer; None for nobody asks.
        policy: the Content-Security-Policy of every reply; by default that of a page without a recipe's own scripts.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str] = (), token: str | None = None, policy: str | None = None
    ) -> None:
        """Keep the rules."""
        self.app = app
        self.hosts = frozenset(hosts)
        self.token = token
        self.headers = {**_HEADERS, "content-security-policy": policy or content_policy()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    out.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        host = headers.get("host", "")
        if self.hosts and _name(host) not in self.hosts:
            return problem(421, "wrong host", f"this server does not answer to the host name {_name(host)!r:.80}")
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            origin = headers.get("origin")
            if origin is not None and _place(origin) != host:
                return problem(403, "wrong origin", f"a page of {origin!r:.80} may not write here")
        if self.token is None or scope["path"].removeprefix(scope.get("root_path", "")) == "/health":
            return None
        return self._ask_token(scope, headers)

    def _ask_token(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        query = parse_qsl(scope["query_string"].decode("latin-1"))
        given = dict(query).get("token")
        if given is not None and scope["method"] == "GET" and self._is_token(given):
            rest = urlencode([(key, value) for key, value in query if key != "token"])
            response = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), status_code=303)
            secure = scope.get("scheme") == "https"
            response.set_cookie(COOKIE, given, httponly=True, samesite="lax", secure=secure, max_age=30 * 86_400)
            return response
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self._is_token(_cookie(headers)) or self._is_token(bearer):
            return None
        return problem(401, "token needed", "open the link with ?token= that the server printed when it started")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self.token or "").encode())


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _place(origin: str) -> str:
    """The host and port of an Origin header."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
