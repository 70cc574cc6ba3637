"""What a page was opened for: tabs share one cookie, and an address may serve another dataset later."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response

from prodflow.server.response import problem
from prodflow.server.visitor import Visitor

HEADER = "prodflow-page"
"""Sent by the app with every request but the first: `dataset=news&annotator=alex`, the annotator empty for nobody."""


def mistaken_page(headers: Headers, visitor: Visitor, dataset: str) -> Response | None:
    """Return the refusal for a page that was opened for another annotator or dataset; None where it is the right one.

    What was answered there must not be stored as that of who came in since; the app keeps it until it is their turn.

    Args:
        headers: the request's. Programs send no such header, and are nobody's page.
        visitor: who sends the request now.
        dataset: the dataset of the server.

    >>> page = Headers({"prodflow-page": "dataset=news&annotator=alex"})
    >>> mistaken_page(page, Visitor("jo"), "news").status_code
    409
    >>> mistaken_page(page, Visitor("alex"), "news")
    """
    if HEADER not in headers:
        return None
    opened = {key: values[0] for key, values in parse_qs(headers[HEADER], keep_blank_values=True).items()}
    if (named := opened.get("dataset")) != dataset:
        return problem(409, "another dataset", f"this page is of {named!r:.60}, and {dataset!r:.60} is served here now")
    name = opened.get("annotator") or None
    if name == visitor.name or (name is not None and visitor.may_name_sessions):
        return None
    return problem(409, "another annotator", f"this page is of {_who(name)}, and {_who(visitor.name)} is signed in now")


def _who(name: str | None) -> str:
    return "nobody by name" if name is None else repr(name)[:60]
