"""Spans of two annotators, matched one to one: how many of them are the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Span = Mapping[str, Any]
Criterion = Literal["exact", "overlap", "iou"]
CRITERIA: tuple[Criterion, ...] = ("exact", "overlap", "iou")


@dataclass
class Matched:
    """How many spans two annotators have, and how many of them match.

    Args:
        ours: of the one.
        theirs: of the other.
        both: pairs that match.
        tasks: how many tasks both have answered.
    """

    ours: int = 0
    theirs: int = 0
    both: int = 0
    tasks: int = 0

    @property
    def f1(self) -> float | None:
        """The F1 score of the one against the other, which is the same the other way round; None without spans."""
        total = self.ours + self.theirs
        return 2 * self.both / total if total else None

    def add(self, other: "Matched") -> None:
        """Add the counts of other tasks."""
        self.ours += other.ours
        self.theirs += other.theirs
        self.both += other.both
        self.tasks += other.tasks


def match(ours: Sequence[Span], theirs: Sequence[Span], criterion: Criterion = "exact", *, iou: float = 0.5) -> Matched:
    """Match spans of the same label one to one, the most alike first.

    Args:
        ours: spans of text (`start`, `end`) or shapes on an image (`x`, `y`, `width`, `height`), each with `label`.
        theirs: those of somebody else on the same task.
        criterion: exact, the same borders; overlap, one character or pixel in common; iou, intersection over union of
            at least `iou`. Polygons are compared by the boxes around them.
        iou: the least intersection over union.

    >>> match([{"start": 0, "end": 5, "label": "ORG"}], [{"start": 0, "end": 9, "label": "ORG"}], "overlap").f1
    1.0
    """
    needed = {"exact": 1.0, "overlap": 0.0, "iou": iou}[criterion]
    scored = [
        (score, place, other_place)
        for place, one in enumerate(ours)
        for other_place, other in enumerate(theirs)
        if one.get("label") == other.get("label") and (score := _alike(one, other)) > 0 and score >= needed
    ]
    taken: set[int] = set()
    given: set[int] = set()
    for _, place, other_place in sorted(scored, reverse=True):
        if place not in taken and other_place not in given:
            taken.add(place)
            given.add(other_place)
    return Matched(len(ours), len(theirs), len(taken), 1)


def _alike(one: Span, other: Span) -> float:
    """Intersection over union."""
    sides = _sides_of_text if one.get("start") is not None else _sides_of_box
    first, second = sides(one), sides(other)
    if first is None or second is None or len(first) != len(second):
        return 0.0
    common = _product(
        max(0.0, min(high, other_high) - max(low, other_low))
        for (low, high), (other_low, other_high) in zip(first, second, strict=True)
    )
    union = sum(_product(high - low for low, high in side) for side in (first, second)) - common
    return common / union if union > 0 else 0.0


def _product(factors: Iterable[float]) -> float:
    result = 1.0
    for factor in factors:
        result *= factor
    return result


def _sides_of_text(span: Span) -> list[tuple[float, float]] | None:
    start, end = span.get("start"), span.get("end")
    return None if start is None or end is None else [(start, end)]


def _sides_of_box(span: Span) -> list[tuple[float, float]] | None:
    x, y, width, height = (span.get(key) for key in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None:
        return None
    return [(x, x + width), (y, y + height)]
