"""Spans of two annotators, matched one to one: how many of them are the same."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from prodflow.quality.coefficients import Estimate, interval

Span = Mapping[str, Any]
Criterion = Literal["exact", "overlap", "iou"]
CRITERIA: tuple[Criterion, ...] = ("exact", "overlap", "iou")
NOTHING = "(none)"


@dataclass
class Matched:
    """How many spans two annotators have, and how many of them match.

    Args:
        ours: of the one.
        theirs: of the other.
        both: pairs that match.
        tasks: how many tasks both have answered.
        alike: how many tasks have these three counts.
    """

    ours: int = 0
    theirs: int = 0
    both: int = 0
    tasks: int = 0
    alike: Counter[tuple[int, int, int]] = field(default_factory=Counter)

    @classmethod
    def of_task(cls, ours: int, theirs: int, both: int) -> Self:
        """Return the counts of one task."""
        return cls(ours, theirs, both, 1, Counter([(ours, theirs, both)]))

    @property
    def precision(self) -> float | None:
        """How many of the one's spans the other has too; None without spans."""
        return self.both / self.ours if self.ours else None

    @property
    def recall(self) -> float | None:
        """How many of the other's spans the one has too; None without spans."""
        return self.both / self.theirs if self.theirs else None

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
        self.alike.update(other.alike)

    def estimate(self, *, resamples: int = 0, seed: int = 0) -> Estimate:
        """Return the F1 score with the 95 % interval of a bootstrap over tasks."""
        import numpy as np

        if self.f1 is None:
            reason = (
                "nobody marked anything" if self.tasks else "no task was answered by two: there is nothing to compare"
            )
            return Estimate(None, None, None, self.tasks, reason)
        if not resamples:
            return Estimate(self.f1, None, None, self.tasks)
        counts, units = np.array([*self.alike]), np.array([*self.alike.values()])
        drawn = np.random.default_rng(seed).multinomial(self.tasks, units / units.sum(), size=resamples)
        ours, theirs, both = (drawn @ counts).T
        with np.errstate(invalid="ignore"):
            return Estimate(self.f1, *interval(2 * both / (ours + theirs)), self.tasks)


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
    pairs = _pairs(ours, theirs, criterion, iou, by_label=True)
    return Matched.of_task(len(ours), len(theirs), len(pairs))


def mixed_labels(
    ours: Sequence[Span], theirs: Sequence[Span], criterion: Criterion = "exact", *, iou: float = 0.5
) -> Counter[tuple[str, str]]:
    """Count the labels of spans that match but for their labels; one without a match has `(none)` for the other.

    The arguments are those of `match`.

    >>> one, other = {"start": 0, "end": 5, "label": "ORG"}, {"start": 0, "end": 5, "label": "PERSON"}
    >>> mixed_labels([one], [other])
    Counter({('ORG', 'PERSON'): 1})
    """
    pairs = _pairs(ours, theirs, criterion, iou, by_label=False)
    counts = Counter((str(ours[one].get("label")), str(theirs[other].get("label"))) for one, other in pairs)
    left = set(range(len(ours))) - {one for one, _ in pairs}
    right = set(range(len(theirs))) - {other for _, other in pairs}
    counts.update((str(ours[place].get("label")), NOTHING) for place in left)
    counts.update((NOTHING, str(theirs[place].get("label"))) for place in right)
    return counts


def _pairs(
    ours: Sequence[Span], theirs: Sequence[Span], criterion: Criterion, iou: float, *, by_label: bool
) -> list[tuple[int, int]]:
    """The places of spans that match, the most alike first."""
    needed = {"exact": 1.0, "overlap": 0.0, "iou": iou}[criterion]
    scored = [
        (score, one.get("label") == other.get("label"), place, other_place)
        for place, one in enumerate(ours)
        for other_place, other in enumerate(theirs)
        if not by_label or one.get("label") == other.get("label")
        if (score := _alike(one, other)) > 0 and score >= needed
    ]
    taken: set[int] = set()
    given: set[int] = set()
    pairs = []
    for _, _, place, other_place in sorted(scored, reverse=True):
        if place not in taken and other_place not in given:
            taken.add(place)
            given.add(other_place)
            pairs.append((place, other_place))
    return pairs


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
