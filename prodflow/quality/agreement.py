"""How far annotators agree: over all, by label, by pair and by day; for spans and shapes by matching them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.quality.coefficients import COEFFICIENTS, Estimate, Level, cohen, measure
from prodflow.quality.matching import Criterion, Matched, Span, match
from prodflow.quality.patterns import Patterns, make_patterns
from prodflow.quality.ratings import Ratings
from prodflow.store.reader import Reader, connect


@dataclass(frozen=True)
class Pair:
    """Two annotators.

    Args:
        a: the one.
        b: the other.
        tasks: how many tasks both answered.
        agreement: share of these where they said the same.
        kappa: Cohen's.
    """

    a: str
    b: str
    tasks: int
    agreement: float
    kappa: Estimate


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree about the answers of datasets.

    Args:
        datasets: their names.
        annotators: who answered.
        tasks: how many tasks were answered.
        compared: how many of them by two or more.
        overall: each coefficient.
        labels: Krippendorff's alpha of one distinction each: this label, or another.
        pairs: each two annotators with a task in common.
        days: alpha of the tasks finished on each day.
        warnings: what looks like a mistake in the data.
    """

    datasets: list[str]
    annotators: list[str]
    tasks: int
    compared: int
    overall: dict[str, Estimate]
    labels: dict[str, Estimate]
    pairs: list[Pair]
    days: dict[str, Estimate]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SpanAgreement:
    """How far annotators agree about spans of text or shapes on images.

    Args:
        criterion: what made two of them match.
        overall: all labels together.
        labels: by label.
        pairs: by pair of annotators.
        tokens: alpha of the labels of tokens, where texts have tokens.
    """

    criterion: Criterion
    overall: Matched
    labels: dict[str, Matched]
    pairs: dict[tuple[str, str], Matched]
    tokens: Estimate


def measure_agreement(
    *datasets: str, level: Level = "nominal", resamples: int = 1000, seed: int = 0, reader: Reader | None = None
) -> Agreement:
    """Compare the annotators of a dataset, or of several that have tasks in common.

    A value is what an annotator said: accept or reject; for choices the options picked. Ignored tasks say nothing.

    Args:
        datasets: their names.
        level: what differences of values mean, see `prodflow.quality.coefficients.measure`.
        resamples: of the bootstrap for the 95 % intervals; 0 for none.
        seed: of the bootstrap.
        reader: the store; the configured one if not given.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if the level does not fit the values.
    """
    if not datasets:
        raise SettingError("name the dataset whose annotators shall be compared")
    ratings = Ratings(reader or connect(), *datasets)
    patterns = ratings.patterns()
    options = {"level": level, "resamples": resamples, "seed": seed}
    return Agreement(
        datasets=list(datasets),
        annotators=sorted({annotator for _, annotator, _ in ratings.answers()}),
        tasks=int(patterns.units.sum()),
        compared=patterns.pairable,
        overall={name: measure(patterns, name, **options) for name in COEFFICIENTS},  # type: ignore[arg-type]
        labels=_by_label(ratings, patterns, resamples, seed),
        pairs=[_pair(*names, confusion) for names, confusion in ratings.confusions().items()],
        days={day: measure(found, "alpha", level=level) for day, found in ratings.patterns_by_day().items()},
        warnings=_near_names(patterns.values),
    )


def _by_label(ratings: Ratings, patterns: Patterns, resamples: int, seed: int) -> dict[str, Estimate]:
    found = ratings.patterns_by_choice()
    if not found and len(patterns.values) > 2:
        found = {value: patterns.about(value) for value in patterns.values}
    return {label: measure(about, "alpha", resamples=resamples, seed=seed) for label, about in found.items()}


def _pair(a: str, b: str, confusion: Mapping[tuple[str, str], int]) -> Pair:
    values = sorted({value for pair in confusion for value in pair})
    tasks = sum(confusion.values())
    same = sum(count for (one, other), count in confusion.items() if one == other)
    table = [[confusion.get((row, column), 0) for column in values] for row in values]
    return Pair(a, b, tasks, same / tasks, cohen(table))


def _near_names(values: Iterable[str]) -> list[str]:
    """Values that differ in case or spaces only are most likely meant to be one."""
    alike: dict[str, list[str]] = {}
    for value in values:
        alike.setdefault(" ".join(value.casefold().split()), []).append(value)
    return [
        f"{', '.join(map(repr, names))} differ in case or spaces only and count as different"
        for names in alike.values()
        if len(names) > 1
    ]


def measure_span_agreement(
    *datasets: str, criterion: Criterion = "exact", iou: float = 0.5, reader: Reader | None = None
) -> SpanAgreement:
    """Compare the spans or shapes that annotators made on the same tasks.

    Args:
        datasets: their names.
        criterion: when two match, see `prodflow.quality.matching.match`.
        iou: the least intersection over union, for `criterion="iou"`.
        reader: the store; the configured one if not given.

    Raises:
        UnknownNameError: if there is no such dataset.
    """
    overall, labels, pairs = Matched(), dict[str, Matched](), dict[tuple[str, str], Matched]()
    tokens: Counter[tuple[tuple[str, int], ...]] = Counter()
    for spans, token_count in Ratings(reader or connect(), *datasets).spans():
        tokens.update(_token_patterns(spans, token_count))
        for one, other in combinations(sorted(spans), 2):
            found = match(spans[one], spans[other], criterion, iou=iou)
            overall.add(found)
            pairs.setdefault((one, other), Matched()).add(found)
            for label in _labels_of(spans[one], spans[other]):
                ours, theirs = (_labelled(spans[name], label) for name in (one, other))
                labels.setdefault(label, Matched()).add(match(ours, theirs, criterion, iou=iou))
    by_token = measure(make_patterns((dict(pattern), units) for pattern, units in tokens.items()), "alpha")
    return SpanAgreement(criterion, overall, dict(sorted(labels.items())), pairs, by_token)


def _labels_of(*spans: Sequence[Span]) -> set[str]:
    return {str(span.get("label")) for of_one in spans for span in of_one}


def _labelled(spans: Sequence[Span], label: str) -> list[Span]:
    return [span for span in spans if str(span.get("label")) == label]


_OUTSIDE = "O"


def _token_patterns(spans: Mapping[str, Sequence[Span]], tokens: int) -> list[tuple[tuple[str, int], ...]]:
    """What annotators say about each token: its labels, or that it is outside of all spans."""
    if len(spans) < 2 or not tokens:
        return []
    said: list[Counter[str]] = [Counter() for _ in range(tokens)]
    for of_one in spans.values():
        labels: list[set[str]] = [set() for _ in range(tokens)]
        for span in of_one:
            first, last = span.get("token_start"), span.get("token_end")
            if first is not None and last is not None:
                for place in range(max(0, first), min(tokens, last + 1)):
                    labels[place].add(str(span.get("label")))
        for place, found in enumerate(labels):
            said[place][", ".join(sorted(found)) or _OUTSIDE] += 1
    return [tuple(sorted(counts.items())) for counts in said]


def to_plain(value: Any) -> Any:
    """Return dataclasses, keys of pairs and counts as plain values, for JSON."""
    if isinstance(value, Matched):
        return {"ours": value.ours, "theirs": value.theirs, "both": value.both, "tasks": value.tasks, "f1": value.f1}
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {" / ".join(key) if isinstance(key, tuple) else key: to_plain(item) for key, item in value.items()}
    return [to_plain(item) for item in value] if isinstance(value, list) else value
