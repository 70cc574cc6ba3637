"""Who may sign in with an OpenID Connect provider, and as whom: the `oidc` table of the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from prodflow.core.config import get_variable
from prodflow.core.errors import ConfigError, SettingError
from prodflow.server.access import is_loopback
from prodflow.server.invites import LinkError
from prodflow.server.visitor import Role
from prodflow.store.place import check_name

_KEYS = {"issuer", "client_id", "client_secret", "allowed_emails", "admins", "name_claim", "session_hours"}


@dataclass(frozen=True)
class SignIn:
    """The provider, and whom of its users the server lets in.

    Args:
        issuer: the provider's address.
        client_id: what the provider knows this server as.
        client_secret: the secret it shares with it, if it does.
        allowed_emails: addresses, and domains such as `@example.org`; `*` for everybody the provider knows.
        admins: the addresses of admins.
        name_claim: the claim that is the annotator's name.
        session_hours: after how long they sign in again.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    allowed_emails: frozenset[str]
    admins: frozenset[str]
    name_claim: str = "email"
    session_hours: float = 12.0

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "SignIn | None":
        """Return what a configuration says; None where nobody signs in.

        Raises:
            ConfigError: if a value is missing or cannot be meant.
        """
        given = config.get("oidc")
        if not given:
            return None
        table = _table(given)
        if unknown := table.keys() - _KEYS:
            raise ConfigError(f"configuration: oidc has no {min(unknown)!r} (known: {', '.join(sorted(_KEYS))})")
        hours = table.get("session_hours", 12)
        if isinstance(hours, bool) or not isinstance(hours, (int, float)) or not 0 < hours <= 720:
            raise ConfigError(f"configuration: oidc.session_hours={hours!r:.40} is no number from 0 to 720")
        return cls(
            issuer=_issuer(_text(table, "issuer")),
            client_id=_text(table, "client_id"),
            client_secret=table.get("client_secret") or get_variable("OIDC_CLIENT_SECRET"),
            allowed_emails=_emails(table, "allowed_emails", needed=True),
            admins=_emails(table, "admins"),
            name_claim=_text(table, "name_claim", "email"),
            session_hours=float(hours),
        )

    def allows(self, email: str) -> bool:
        """Tell whether the user of an address may come in.

        >>> sign_in = SignIn("https://id.example", "prodflow", None, frozenset({"@example.org"}), frozenset())
        >>> [sign_in.allows(email) for email in ("a@example.org", "a@evil-example.org", "@example.org", "")]
        [True, False, False, False]
        """
        local, at, domain = email.lower().rpartition("@")
        if not local or not at:
            return False
        return bool({"*", email.lower(), f"@{domain}"} & (self.allowed_emails | self.admins))

    def admit(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a cookie says of a user of the provider: name, role and address.

        Raises:
            LinkError: if they may not come in, with why.
        """
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") not in (True, None):
            raise LinkError("The place where you signed in does not vouch for your e-mail address.")
        if not self.allows(email):
            raise LinkError(f"{email} is not among those who may come in here.")
        try:
            name = check_name("annotator", claims.get(self.name_claim))
        except SettingError as error:
            raise LinkError(f"The place where you signed in gives you no usable name ({self.name_claim}).") from error
        return {"n": name, "r": self.role_of(email), "e": email.lower()}

    def role_of(self, email: str) -> Role:
        """Return the role of the user of an address."""
        return "admin" if email.lower() in self.admins else "annotator"


def _table(given: Any) -> Mapping[str, Any]:
    try:
        table = orjson.loads(given) if isinstance(given, str) else given
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"configuration: oidc: {error}") from error
    if not isinstance(table, Mapping):
        raise ConfigError(f"configuration: oidc is a table, got {type(table).__name__}")
    return table


def _text(table: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise ConfigError(
            f"configuration: oidc.{key} is missing" if value is None else f"configuration: oidc.{key} is no text"
        )
    return value


def _issuer(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"configuration: oidc.issuer={url!r:.80} is no https address")
    return url.rstrip("/")


def _emails(table: Mapping[str, Any], key: str, *, needed: bool = False) -> frozenset[str]:
    given = table.get(key, [])
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, str) for one in given):
        raise ConfigError(f"configuration: oidc.{key} is a list of e-mail addresses, got {given!r:.80}")
    if wrong := next((one for one in given if "@" not in one and (one != "*" or not needed)), None):
        raise ConfigError(f"configuration: oidc.{key}: {wrong!r:.60} is no e-mail address, nor @domain")
    if needed and not given:
        raise ConfigError(f"configuration: oidc.{key} is missing: name addresses, @domains, or * for everybody")
    return frozenset(one.lower() for one in given)
