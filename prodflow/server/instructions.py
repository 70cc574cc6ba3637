"""Instructions for annotators: HTML as it is, or a file of HTML, text or simple Markdown."""

import re
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from prodflow.core.errors import ConfigError
from prodflow.core.settings import read_setting_file

_FILES = (".html", ".htm", ".txt", ".md")
_INLINE = [
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])[*_]([^*_]+)[*_](?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)"), r'<img alt="\1" src="\2">'),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
]
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_BULLET = re.compile(r"\s*[-*+]\s+(.+)")
_NUMBER = re.compile(r"\s*\d+[.)]\s+(.+)")


def read_instructions(given: Any) -> str | None:
    """Return instructions as HTML.

    Args:
        given: HTML, or the path of a file that ends in .html, .htm, .txt or .md; None or False for none.

    Raises:
        ConfigError: if it is no text, or the file cannot be read.

    >>> read_instructions("<p>Read slowly</p>")
    '<p>Read slowly</p>'
    """
    if given is None or given is False or given == "":
        return None
    if not isinstance(given, (str, Path)):
        raise ConfigError(f"configuration: instructions is a text or the path of a file, got {given!r:.60}")
    text = str(given)
    if "\n" in text or "<" in text or not text.lower().endswith(_FILES):
        return text
    content = read_setting_file(Path(text).expanduser())
    ending = text.lower().rpartition(".")[2]
    return {"txt": plain, "md": markdown}.get(ending, str)(content)


def plain(text: str) -> str:
    r"""Return plain text as paragraphs.

    >>> plain("One\ntwo\n\nthree & four")
    '<p>One<br>two</p><p>three &amp; four</p>'
    """
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)


def markdown(text: str) -> str:
    r"""Return Markdown as HTML: headings, paragraphs, lists, bold, italic, code, links and pictures; HTML stays.

    >>> markdown("# Rules\n* be **fair**\n* be quick")
    '<h1>Rules</h1><ul><li>be <strong>fair</strong></li><li>be quick</li></ul>'
    """
    return "".join(_block(kind, list(lines)) for kind, lines in groupby(text.splitlines(), _kind) if kind != "empty")


def _kind(line: str) -> str:
    """Which block a line belongs to; lines of one kind in a row are one block, a heading each its own."""
    if not line.strip():
        return "empty"
    if _HEADING.fullmatch(line):
        return "heading"
    if _BULLET.fullmatch(line):
        return "ul"
    if _NUMBER.fullmatch(line):
        return "ol"
    return "html" if line.lstrip().startswith("<") else "paragraph"


def _block(kind: str, lines: list[str]) -> str:
    if kind == "html":
        return "\n".join(lines)
    if kind == "paragraph":
        return f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"
    pattern = {"heading": _HEADING, "ul": _BULLET, "ol": _NUMBER}[kind]
    found = [match for line in lines if (match := pattern.fullmatch(line))]
    if kind == "heading":
        return "".join(f"<h{len(match[1])}>{_inline(match[2])}</h{len(match[1])}>" for match in found)
    return f"<{kind}>" + "".join(f"<li>{_inline(match[1])}</li>" for match in found) + f"</{kind}>"


def _inline(text: str) -> str:
    for pattern, html in _INLINE:
        text = pattern.sub(html, text)
    return text
