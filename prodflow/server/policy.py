"""The page's Content-Security-Policy: its own scripts, and exactly what a recipe names."""

import base64
import hashlib
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urlsplit

from prodflow.core.errors import ConfigError

_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")


def content_policy(
    *, script_urls: Iterable[str] = (), style_urls: Iterable[str] = (), templates: Iterable[str] = ()
) -> str:
    """Return the policy of every reply.

    Args:
        script_urls: scripts that a recipe loads from elsewhere; their origins are let in.
        style_urls: style sheets likewise, with their fonts.
        templates: HTML templates of the recipe; handlers written in them (`onclick="..."`) may run, by their hash.

    Raises:
        ConfigError: if an address is no http or https URL.

    >>> "script-src 'self' https://cdn.example;" in content_policy(script_urls=["https://cdn.example/d3.js"])
    True
    """
    scripts = ["'self'", *_origins("javascript_urls", script_urls), *_handler_hashes(templates)]
    styles = _origins("global_css_urls", style_urls)
    directives = {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", "https:", "http:"],
        "media-src": ["'self'", "data:", "blob:", "https:", "http:"],
        "style-src": ["'self'", "'unsafe-inline'", *styles],
        "font-src": ["'self'", "data:", *styles],
        "script-src": scripts,
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def _origins(key: str, urls: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_origin(key, url) for url in urls))


def _origin(key: str, url: str) -> str:
    """Scheme, host and port; nothing else of the address may get into the policy."""
    try:
        parts = urlsplit(url)
        host, port = parts.netloc.rpartition("@")[2], parts.port
    except ValueError as error:
        raise ConfigError(f"configuration: {key}: {url!r:.120} is no address: {error}") from error
    name = host.removesuffix(f":{port}") if port is not None else host
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(name):
        raise ConfigError(f"configuration: {key}: {url!r:.120} is no http or https address of a host")
    return f"{parts.scheme}://{host}"


def _handler_hashes(templates: Iterable[str]) -> list[str]:
    handlers = list(dict.fromkeys(handler for template in templates for handler in handlers_of(template)))
    return ["'unsafe-hashes'", *map(_hash, handlers)] if handlers else []


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode('ascii')}'"


def handlers_of(template: str) -> list[str]:
    """Return the handlers in a template, as a browser reads them; none with a Mustache tag, whose text is a task's.

    >>> handlers_of('<button onclick="pick(&quot;a&quot;)">A</button><b onclick="{{code}}">no</b>')
    ['pick("a")']
    """
    finder = _Handlers()
    finder.feed(template.replace("\r\n", "\n").replace("\r", "\n"))
    finder.close()
    return finder.found


class _Handlers(HTMLParser):
    """Collects the values of all attributes that are handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") and value and "{{" not in value:
                self.found.append(value)
