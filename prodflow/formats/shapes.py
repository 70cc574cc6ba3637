"""Shapes on pictures, between the spans of tasks and the numbers of other tools."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from prodflow.core.task import Task
from prodflow.formats.losses import Losses, name_of

Point = tuple[float, float]


class Shape(NamedTuple):
    """A box, a polygon or a line drawn by hand; `box` is x, y, width and height, that around it where it is none."""

    label: str
    kind: str
    points: list[Point]
    box: tuple[float, float, float, float]


def shapes_of(task: Task, losses: Losses) -> Iterator[Shape]:
    """Yield the shapes of a task; those without a label or a place are reported.

    A span without a label of its own has that of the task.

    >>> task = {"spans": [{"label": "CAT", "x": 1, "y": 2, "width": 3, "height": 4}]}
    >>> next(shapes_of(task, Losses())).box
    (1, 2, 3, 4)
    """
    for span in task.get("spans") or ():
        label = span.get("label") or task.get("label")
        points = [(x, y) for x, y, *_ in span.get("points") or ()]
        box = _sides(span) or (_around(points) if points else None)
        if box is None:
            losses.add("left out, spans that are no shapes", name_of(task))
        elif not label:
            losses.add("left out, shapes without a label", name_of(task))
        else:
            kind = span.get("type") or ("rect" if _is_upright(points) else "polygon")
            yield Shape(str(label), kind, points, box)


def box_span(label: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """Return the span of a box.

    >>> box_span("CAT", 1, 2, 3, 4)["points"]
    [[1, 2], [1, 6], [4, 6], [4, 2]]
    """
    return {
        "label": label,
        "type": "rect",
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "points": [[x, y], [x, y + height], [x + width, y + height], [x + width, y]],
        "center": [x + width / 2, y + height / 2],
    }


def polygon_span(label: str, points: Sequence[Point]) -> dict[str, Any]:
    """Return the span of a polygon."""
    return {"label": label, "type": "polygon", "points": [list(point) for point in points]}


def area_of(points: Sequence[Point]) -> float:
    """Return the area of a polygon.

    >>> area_of([(0, 0), (0, 2), (3, 2), (3, 0)])
    6.0
    """
    following = [*points[1:], points[0]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(points, following, strict=True))) / 2


def check_box(
    box: tuple[float, float, float, float], size: tuple[int, int] | None, where: str, what: str, losses: Losses
) -> None:
    """Report a box that has no area, or reaches beyond its picture; it is kept as it is.

    Args:
        box: x, y, width, height.
        size: the picture's width and height; None where nobody knows.
        where: the place, for the report.
        what: became of it.
        losses: takes the report.
    """
    x, y, width, height = box
    if width <= 0 or height <= 0:
        losses.add(f"{what}, boxes without an area", where)
    elif size is not None and (x < 0 or y < 0 or x + width > size[0] or y + height > size[1]):
        losses.add(f"{what}, boxes that reach beyond their picture", where)


def _sides(span: dict[str, Any]) -> tuple[float, float, float, float] | None:
    x, y, width, height = (span.get(key) for key in ("x", "y", "width", "height"))
    return None if x is None or y is None or width is None or height is None else (x, y, width, height)


def _around(points: Sequence[Point]) -> tuple[float, float, float, float]:
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top


def _is_upright(points: Sequence[Point]) -> bool:
    across, down = {x for x, _ in points}, {y for _, y in points}
    return not points or len(points) == 2 or (len(points) == 4 and len(across) <= 2 and len(down) <= 2)
