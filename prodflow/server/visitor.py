"""Who sends a request, and what they may do."""

from dataclasses import dataclass
from typing import Literal, get_args

from starlette.requests import Request

from prodflow.core.errors import AnswerError

Role = Literal["annotator", "admin", "metrics"]
ROLES: tuple[Role, ...] = get_args(Role)

SCOPE_KEY = "prodflow.visitor"


@dataclass(frozen=True)
class Visitor:
    """One who was let in.

    Args:
        name: the annotator; None where nobody said, or the address of the page does.
        role: `"admin"` may do all, `"annotator"` annotates, `"metrics"` reads the numbers at `/metrics`.
        may_name_sessions: whether `?session=` and `session_id` may name any session, not only the visitor's own.
        signed_in: whether a cookie says who they are, so that they can sign out.
    """

    name: str | None = None
    role: Role = "annotator"
    may_name_sessions: bool = False
    signed_in: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether all is open to them: the dashboard, the journal, the metrics, every session."""
        return self.role == "admin"


ANYBODY = Visitor(role="admin", may_name_sessions=True)
"""Who comes where nobody has to show anything: on this machine itself."""


def visitor_of(request: Request) -> Visitor:
    """Return who sends a request, as the guard found out; somebody without any rights where no guard stands."""
    visitor: Visitor = request.scope.get(SCOPE_KEY, Visitor())
    return visitor


def require_role(request: Request, *roles: Role) -> Visitor:
    """Return the visitor if they are an admin or of one of the roles.

    Raises:
        AnswerError: status 403 if they are not.
    """
    visitor = visitor_of(request)
    if visitor.is_admin or visitor.role in roles:
        return visitor
    needed = " or ".join(("admin", *roles))
    raise AnswerError(f"this is for the role {needed}; your link is one of role {visitor.role}", status=403)


def require_admin(request: Request) -> Visitor:
    """Return the visitor if they are an admin.

    Raises:
        AnswerError: status 403 if they are not.
    """
    return require_role(request)


def own_session(visitor: Visitor, dataset: str, given: str | None) -> str | None:
    """Return the session id that a request is about: the one given, or the visitor's own.

    Args:
        visitor: who asks.
        dataset: the dataset of the server.
        given: a session id of the request; None for none.

    Raises:
        AnswerError: status 403 if it is another's session, and the visitor may not name sessions.

    >>> own_session(Visitor("alex"), "news", None)
    'news-alex'
    """
    own = f"{dataset}-{visitor.name}" if visitor.name else None
    if given is None or given == own or visitor.may_name_sessions:
        return own if given is None else given
    words = (
        f"this link is that of {visitor.name!r:.60}" if visitor.name else "sessions are not named in the address here"
    )
    raise AnswerError(f"{words}: session {given!r:.80} is another's", path="$.session_id", status=403)
