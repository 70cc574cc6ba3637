"""What somebody sees who is not let in: a page for people, JSON for programs."""

import math
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from prodflow.server.invites import LinkError
from prodflow.server.response import problem

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title} · prodflow</title>
<style>
:root {{ color-scheme: light dark; --paper: light-dark(#f3f2ee, #131419); --card: light-dark(#fff, #1f2129);
  --ink: light-dark(#1c1d24, #edeef3); --soft: light-dark(#5b5e6b, #a6abba); --accent: light-dark(#3a3db0, #9da2ff);
  --on-accent: light-dark(#fff, #15162b); --line: light-dark(#e4e2da, #2c2f3a); }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.25rem;
  background: var(--paper); color: var(--ink);
  font: 400 1rem/1.55 "Inter", "Segoe UI", -apple-system, "Roboto", "Cantarell", "Liberation Sans", sans-serif; }}
main {{ max-width: 27rem; width: 100%; padding: 2rem; border: 1px solid var(--line); border-radius: 16px;
  background: var(--card); }}
svg {{ width: 2.5rem; height: 2.5rem; display: block; margin-bottom: 1.25rem; }}
h1 {{ margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }}
p {{ margin: 0 0 .5rem; text-wrap: pretty; }}
p:last-child {{ margin: 0; }}
.soft {{ color: var(--soft); }}
a {{ display: inline-block; margin: .75rem 0; padding: .6rem 1.1rem; border-radius: 10px; font-weight: 600;
  background: var(--accent); color: var(--on-accent); text-decoration: none; }}
a:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 3px; }}
</style>
</head>
<body>
<main>
<svg viewBox="0 0 26 26" aria-hidden="true"><rect width="26" height="26" rx="7" fill="#3a3db0"/><path
 d="M13 7.5v7M13 18.2v.1" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round"/></svg>
<h1>{title}</h1>
<p>{words}</p>
{more}
</main>
</body>
</html>
"""
_ASK = "Ask the person who invited you for a new link. Answers that were not sent yet are kept in this browser."


def refuse(scope: Scope, headers: Headers, error: LinkError, *, sign_in: str | None = None) -> Response:
    """Return the answer to somebody who could not show who they are.

    Args:
        scope: the request's.
        headers: the request's.
        error: why.
        sign_in: the address where they can sign in, if there is one.
    """
    status = 429 if error.wait_s else 401
    if wants_page(scope, headers):
        response = page(
            status, "This link does not open the door" if _has_link(scope) else "Who are you?", str(error), sign_in
        )
    else:
        response = problem(status, "link needed", str(error))
    if error.wait_s:
        response.headers["retry-after"] = str(math.ceil(error.wait_s))
    else:
        response.headers["www-authenticate"] = "Bearer"
    return response


def page(status: int, title: str, words: str, sign_in: str | None = None) -> Response:
    """Return a page that says one thing."""
    button = f'<a href="{escape(sign_in)}">Sign in</a>' if sign_in else f'<p class="soft">{_ASK}</p>'
    body = _PAGE.format(title=escape(title), words=escape(words), more=button)
    return HTMLResponse(body, status, {"cache-control": "no-store"})


def wants_page(scope: Scope, headers: Headers) -> bool:
    """Tell whether a person looks at the answer, and not a program."""
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "")


def _has_link(scope: Scope) -> bool:
    return b"token=" in scope["query_string"]
