"""Who a request comes from: by its link, its cookie or its bearer token."""

import hmac
import secrets
from dataclasses import replace
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from itsdangerous import BadData
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from prodflow.core.clock import latest_s
from prodflow.server.access import Access
from prodflow.server.attempts import Attempts
from prodflow.server.invites import Invites, LinkError
from prodflow.server.refusal import refuse
from prodflow.server.sign_in import SignIn
from prodflow.server.signed_out import SignedOut
from prodflow.server.visitor import ANYBODY, Role, Visitor

LONGEST_COOKIE_S = 30 * 86_400
_NOBODY = "Open the link that you were sent: it tells the server who you are."


class Gate:
    """Tells visitors apart.

    A link is looked at once: what it says moves into a cookie that scripts of the page cannot read. The cookie does not
    hold the link, but what it was for, signed; whether an invite is still good is looked up at every request.

    Args:
        access: the rules.
        invites: the store's invites.
        dataset: what is served.
        signed_out: the cookies that were given back.
        sign_in: whom of a provider's users the server lets in; None where nobody signs in.
    """

    def __init__(
        self, access: Access, invites: Invites, dataset: str, signed_out: SignedOut, sign_in: SignIn | None = None
    ) -> None:
        """Keep the rules; the admin's token comes of the store's key where none is set."""
        self._access = access
        self._invites = invites
        self.dataset = dataset
        self._signed_out = signed_out
        self._sign_in = sign_in
        self.login_key = str(invites.signer("login").dumps(dataset))
        self._signer = invites.signer("cookie")
        self.token = access.token or str(invites.signer("admin").dumps(dataset).rpartition(".")[2])
        self.cookie = f"prodflow_{sha256(dataset.encode()).hexdigest()[:8]}"
        self.attempts = Attempts()

    def admit(self, scope: Scope, headers: Headers) -> Visitor | Response:
        """Return who it is, or what to answer in the visitor's stead: a refusal, or a cookie and the way in."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        link = dict(query).get("token")
        bearer = headers.get("authorization", "")
        try:
            if link is not None and scope["method"] == "GET":
                return self._enter(scope, query, self._read_token(link, scope))
            if bearer.lower().startswith("bearer "):
                return self._visitor(self._read_token(bearer[7:].strip(), scope))
            return replace(self._visitor(self._read_cookie(headers)), signed_in=True)
        except LinkError as error:
            if not self._access.needs_login and link is None:
                return replace(ANYBODY, may_name_sessions=self._access.names_in_url is not False)
            return refuse(scope, headers, error, sign_in=self._login)

    def cookie_for(self, scope: Scope, response: Response, pass_: dict[str, Any], expires: float | None = None) -> None:
        """Let a response set the cookie of a visitor."""
        lasts_s = LONGEST_COOKIE_S if expires is None else min(LONGEST_COOKIE_S, max(1, int(expires - latest_s())))
        mark = {"c": secrets.token_hex(8)}
        response.set_cookie(
            self.cookie,
            str(self._signer.dumps({**pass_, **mark, "d": self.dataset, "u": int(latest_s()) + lasts_s})),
            max_age=lasts_s,
            path=f"{self._access.root_path}/",
            httponly=True,
            samesite="lax",
            secure=scope.get("scheme") == "https",
        )

    def sign_out(self, scope: Scope, headers: Headers, response: Response) -> None:
        """Let a response take the visitor's cookie away, and let nobody in with it any more.

        Raises:
            StoreError: if that cannot be written down; the response takes the cookie away all the same.
        """
        response.delete_cookie(
            self.cookie,
            path=f"{self._access.root_path}/",
            httponly=True,
            samesite="lax",
            secure=scope.get("scheme") == "https",
        )
        try:
            pass_ = self._read_cookie(headers)
        except LinkError:
            return
        if "c" in pass_:
            self._signed_out.add(pass_["c"], pass_["u"])

    def _enter(self, scope: Scope, query: list[tuple[str, str]], pass_: dict[str, Any]) -> Response:
        """The same page without the token in its address, and a cookie."""
        rest = urlencode([(key, value) for key, value in query if key != "token"])
        path = "/" + quote(scope["path"].lstrip("/\\"))  # never //elsewhere
        response = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
        response.headers["cache-control"] = "no-store"
        invite = self._invites.find(pass_["i"]) if "i" in pass_ else None
        self.cookie_for(scope, response, pass_, invite.expires if invite else None)
        return response

    def _read_token(self, given: str, scope: Scope) -> dict[str, Any]:
        client = (scope.get("client") or ("unknown",))[0]
        if (wait_s := self.attempts.wait_s(client)) > 0:
            raise LinkError("Too many wrong links came from your address. Wait a minute and try again.", wait_s=wait_s)
        try:
            if hmac.compare_digest(given.encode(), self.token.encode()):
                return {"t": self._digest}
            return {"i": self._invites.open(given, self.dataset).id}
        except LinkError:
            self.attempts.fail(client)
            raise

    def _read_cookie(self, headers: Headers) -> dict[str, Any]:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            found = None
        if found is None:
            raise LinkError(_NOBODY)
        try:
            pass_: dict[str, Any] = self._signer.loads(found.value)
        except (BadData, ValueError, RecursionError) as error:
            raise LinkError(_NOBODY) from error
        if pass_.get("d") != self.dataset or pass_.get("u", 0) < latest_s():
            raise LinkError("You have been away for long. Open your link once more.")
        if pass_.get("c") in self._signed_out:
            raise LinkError("You have signed out. Open your link once more to go on.")
        return pass_

    def _visitor(self, pass_: dict[str, Any]) -> Visitor:
        if "t" in pass_:
            if not hmac.compare_digest(str(pass_["t"]), self._digest):
                raise LinkError("The admin's token is another one now.")
            return Visitor(role="admin", may_name_sessions=True)
        if "i" in pass_:
            invite = self._invites.find(pass_["i"])
            if invite is None:
                raise LinkError("Your link is not known here any more.")
            invite = self._invites.checked(invite, self.dataset)
            return self._known_as(invite.name, invite.role)
        if self._sign_in is None or not self._sign_in.allows(pass_["e"]):
            raise LinkError("You may not come in any more.")
        return self._known_as(pass_["n"], self._sign_in.role_of(pass_["e"]))

    def _known_as(self, name: str | None, role: Role) -> Visitor:
        return Visitor(name, role, role == "admin" or self._access.names_in_url is True)

    @property
    def _login(self) -> str | None:
        return None if self._sign_in is None else f"{self._access.root_path}/login/"

    @property
    def _digest(self) -> str:
        return sha256(b"prodflow admin " + self.token.encode()).hexdigest()[:32]
