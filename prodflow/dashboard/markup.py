"""HTML that is safe by the way it is made: whatever is not markup already is escaped."""

from collections.abc import Iterable
from html import escape


class Markup(str):
    """A text that is HTML."""

    __slots__ = ()


Child = Markup | str | int | None | Iterable["Child"]

_EMPTY = ("br", "img", "path", "line", "meta", "polyline", "polygon", "rect")


def element(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """Return an element; an attribute that is None or False is left out.

    Args:
        name: of the element.
        children: elements, texts to be escaped, or lists of these; None is nothing.
        attributes: by name; one that is a word of Python ends with an underscore, another one inside becomes a hyphen.

    >>> element("p", "1 < 2 ", element("b", "yes"), class_="note", data_n=3)
    '<p class="note" data-n="3">1 &lt; 2 <b>yes</b></p>'
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in given.items()
        if value is not None and value is not False
    )
    inner = joined(children)
    return Markup(f"<{name}{written} />" if name in _EMPTY else f"<{name}{written}>{inner}</{name}>")


def joined(children: Child) -> Markup:
    """Return children as one piece of HTML."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, (str, int)):
        return Markup(escape(str(children)))
    return Markup("".join(joined(child) for child in children))


def number(value: float) -> str:
    """Write a count.

    >>> number(12345.0), number(0.123), number(4.5)
    ('12,345', '0.12', '4.5')
    """
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2f}"


def share(value: float) -> str:
    """Write a part of one in percent; what is nearly all, or nearly nothing, is not rounded to it.

    >>> share(0.5), share(0.9999), share(0.0001)
    ('50 %', '>99 %', '<1 %')
    """
    if 0 < value < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 <= value < 1 else f"{value:.0%}".replace("%", " %")


def plural(count: float, one: str, many: str | None = None) -> str:
    """Write a count with its noun.

    >>> plural(1, "task"), plural(2, "person", "people")
    ('1 task', '2 people')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def panel(key: str, title: str, *children: Child, note: Child = None, wide: bool = False) -> Markup:
    """Return a section of the page, with its heading."""
    head = element("header", element("h2", title), element("p", note, class_="note") if note else None)
    return element("section", head, *children, class_="panel wide" if wide else "panel", id=f"panel-{key}")


def nothing(words: str) -> Markup:
    """Say why there is nothing to show."""
    return element("p", words, class_="nothing")
