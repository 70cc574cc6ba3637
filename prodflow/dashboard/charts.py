"""Charts: HTML and SVG, read by eyes, by screen readers and on paper; nothing needs a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from prodflow.dashboard.markup import Child, Markup, element, number

SERIES = 8
"""How many colours there are; what comes after is grey."""


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart.

    Args:
        name: what is counted.
        parts: the counts, each with the name of its colour.
        words: what is written behind it; the total if not given.
        note: more, smaller.
    """

    name: str
    parts: Sequence[tuple[str, float]]
    words: Child = None
    note: Child = None

    @property
    def total(self) -> float:
        """All parts together."""
        return sum(value for _, value in self.parts)


def bars(rows: Sequence[Bar], *, most: float | None = None) -> Markup:
    """Draw horizontal bars, each with its name and number."""
    longest = most or max((row.total for row in rows), default=0) or 1
    return element("ul", [_bar(row, longest) for row in rows], class_="bars")


def _bar(row: Bar, longest: float) -> Markup:
    parts = [
        element("i", style=f"width:{100 * value / longest:.2f}%", class_=colour) for colour, value in row.parts if value
    ]
    return element(
        "li",
        element("span", row.name or "(none)", class_="bar-name", title=row.name),
        element("span", row.words if row.words is not None else number(row.total), class_="bar-number"),
        element("span", parts, class_="bar-line"),
        element("span", row.note, class_="bar-note") if row.note else None,
    )


@dataclass(frozen=True)
class Column:
    """A column of a chart over time: a label below, what to say about it, and its parts from below."""

    label: str
    words: str
    parts: Sequence[tuple[str, float]]


def columns(given: Sequence[Column], words: str) -> Markup:
    """Draw stacked columns side by side.

    Args:
        given: in order.
        words: what the chart shows, for who does not see it.
    """
    highest = max((sum(value for _, value in column.parts) for column in given), default=0) or 1
    step = max(1, -(-len(given) // 6))
    drawn = [
        element(
            "li",
            element(
                "span",
                [
                    element("i", class_=colour, style=f"height:{100 * value / highest:.2f}%")
                    for colour, value in column.parts
                ],
                class_="column",
                title=column.words,
            ),
            element("span", column.label if place % step == 0 else "", class_="column-label"),
            element("span", column.words, class_="unseen"),
        )
        for place, column in enumerate(given)
    ]
    scale = element("p", number(highest), class_="scale", aria_hidden="true")
    return element("figure", scale, element("ol", drawn, class_="columns"), aria_label=words, class_="chart")


def legend(names: Sequence[tuple[str, str]]) -> Markup | None:
    """Say which colour is whose; nothing where there is only one."""
    if len(names) < 2:
        return None
    return element("ul", [element("li", element("i", class_=colour), name) for colour, name in names], class_="legend")


def line(points: Sequence[tuple[float, float]], words: str, *, low: float, high: float, written: str) -> Markup:
    """Draw a line from left to right.

    Args:
        points: x and y, in order of x.
        words: what the chart shows, for who does not see it.
        low: y of the lower edge.
        high: y of the upper edge.
        written: what is written at its last point.
    """
    first, last = points[0][0], points[-1][0]
    scaled = [
        (1000 * (x - first) / ((last - first) or 1), 100 - 100 * (y - low) / ((high - low) or 1)) for x, y in points
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in scaled)
    area = f"0,100 {path} {scaled[-1][0]:.1f},100"
    svg = element(
        "svg",
        [element("line", x1=0, x2=1000, y1=y, y2=y, class_="grid") for y in (0, 50, 100)],
        element("polygon", points=area, class_="area"),
        element("polyline", points=path, class_="curve"),
        viewBox="0 0 1000 100",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    scale = element(
        "p", element("span", number(high)), element("span", number(low)), class_="y-scale", aria_hidden="true"
    )
    ends = element("p", element("span", number(first)), element("span", f"{number(last)} answers"), class_="x-scale")
    return element(
        "figure",
        element("p", element("b", written), class_="last-value"),
        scale,
        svg,
        ends,
        class_="chart line-chart",
        aria_label=words,
        role="img",
    )


def heat(value: float | None) -> str:
    """Return the style of a cell whose ground is as deep as its value in [0, 1] is large.

    >>> heat(0.5), heat(None)
    ('--heat:50%', '--heat:0%')
    """
    return f"--heat:{100 * min(1.0, max(0.0, value or 0.0)):.0f}%"
