"""The way in through an OpenID Connect provider: to the provider, and back from it."""

import hmac
import logging
import time
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from prodflow.core.extras import needs_extra
from prodflow.server.gate import Gate
from prodflow.server.invites import LinkError
from prodflow.server.refusal import page
from prodflow.server.sign_in import SignIn

log = logging.getLogger("prodflow")

_TIME_FOR_SIGNING_IN_S = 900
_FAILED = "That did not work"


class OpenId:
    """The routes below `/login`.

    Args:
        sign_in: the provider, and whom of its users the server lets in.
        gate: gives them a cookie.
        public_url: where browsers find the app, with a slash at its end; None to go by the request.
        root_path: the path that the app is served under.
    """

    def __init__(self, sign_in: SignIn, gate: Gate, *, public_url: str | None, root_path: str) -> None:
        """Make the client; the provider is asked for its addresses when the first visitor signs in."""
        with needs_extra("oidc", "signing in with OpenID Connect"):
            from authlib.integrations.base_client import OAuthError
            from authlib.integrations.starlette_client import OAuth
            from joserfc.errors import JoseError
        self._failures = (OAuthError, JoseError)
        self._sign_in = sign_in
        self._gate = gate
        self._public_url = public_url
        self._root_path = root_path
        self._provider: Any = OAuth().register(
            "provider",
            client_id=sign_in.client_id,
            client_secret=sign_in.client_secret,
            server_metadata_url=f"{sign_in.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 20},
        )

    def routes(self) -> Mount:
        """Return the routes; a cookie of their own keeps what the provider has to give back."""
        session = Middleware(
            SessionMiddleware,
            secret_key=self._gate.login_key,
            session_cookie=f"{self._gate.cookie}_login",
            max_age=_TIME_FOR_SIGNING_IN_S,
            path=f"{self._root_path}/login",
            same_site="lax",
            https_only=(self._public_url or "").startswith("https://"),
        )
        return Mount("/login", routes=[Route("/", self._begin), Route("/callback", self._finish)], middleware=[session])

    async def _begin(self, request: Request) -> Response:
        """To the provider."""
        try:
            metadata = await self._provider.load_server_metadata()
            if not hmac.compare_digest(str(metadata.get("issuer", "")).rstrip("/"), self._sign_in.issuer):
                raise ValueError(f"it calls itself {metadata.get('issuer')!r:.80}")
            redirect: Response = await self._provider.authorize_redirect(request, self._callback(request))
        except Exception as error:
            log.error("oidc: %s cannot be used: %s", self._sign_in.issuer, _plain(error))
            return page(502, _FAILED, "The place where you sign in does not answer. Try again in a while.")
        return redirect

    async def _finish(self, request: Request) -> Response:
        """Back from the provider: with a code, which it gives the user's claims for."""
        try:
            token = await self._provider.authorize_access_token(request)
            claims = token.get("userinfo")
            if not claims:
                raise LinkError("The place where you signed in did not say who you are.")
            pass_ = self._sign_in.admit(claims)
        except LinkError as error:
            request.session.clear()
            return page(403, "You cannot come in", str(error))
        except self._failures as error:
            log.warning("oidc: refused: %s", _plain(error))
            request.session.clear()
            return page(400, _FAILED, "Signing in was not finished, or took too long.", f"{self._root_path}/login/")
        except Exception as error:
            log.error("oidc: %s failed: %s", self._sign_in.issuer, _plain(error))
            return page(502, _FAILED, "The place where you sign in does not answer. Try again in a while.")
        request.session.clear()
        response = RedirectResponse(f"{self._root_path}/", status_code=303)
        ends = time.time() + 3600 * self._sign_in.session_hours
        self._gate.cookie_for(request.scope, response, pass_, ends)
        return response

    def _callback(self, request: Request) -> str:
        base = self._public_url or f"{request.url.scheme}://{request.url.netloc}{self._root_path}/"
        return f"{base}login/callback"


def _plain(error: Exception) -> str:
    """What failed, in one short line: the kind of error, and its words without what came with it."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
