"""How far annotators agree about spans of text and shapes on images, by matching them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from prodflow.quality.coefficients import Estimate, measure
from prodflow.quality.matching import Criterion, Matched, Span, match, mixed_labels
from prodflow.quality.near_names import near_names
from prodflow.quality.patterns import make_patterns
from prodflow.quality.ratings import Ratings
from prodflow.store.reader import Reader, connect


@dataclass(frozen=True)
class SpanAgreement:
    """How far annotators agree about spans of text or shapes on images.

    Args:
        criterion: what made two of them match.
        overall: all labels together.
        labels: by label.
        pairs: by pair of annotators.
        tokens: alpha of the labels of tokens, where texts have tokens.
        annotators: who accepted tasks.
        tasks: how many tasks were accepted.
        confusion: how often spans that match but for their labels have which two; one without a match has `(none)`.
        warnings: what looks like a mistake in the data.
    """

    criterion: Criterion
    overall: Matched
    labels: dict[str, Matched]
    pairs: dict[tuple[str, str], Matched]
    tokens: Estimate
    annotators: list[str]
    tasks: int
    confusion: dict[tuple[str, str], int]
    warnings: list[str] = field(default_factory=list)


def measure_span_agreement(
    *datasets: str,
    criterion: Criterion = "exact",
    iou: float = 0.5,
    labels: Collection[str] | None = None,
    annotators: Collection[str] | None = None,
    reader: Reader | None = None,
) -> SpanAgreement:
    """Compare the spans or shapes that annotators made on the same tasks.

    Args:
        datasets: their names.
        criterion: when two match, see `prodflow.quality.matching.match`.
        iou: the least intersection over union, for `criterion="iou"`.
        labels: compare only spans with these.
        annotators: compare only these.
        reader: the store; the configured one if not given.

    Raises:
        UnknownNameError: if there is no such dataset or annotator.
    """
    overall, by_label, pairs = Matched(), dict[str, Matched](), dict[tuple[str, str], Matched]()
    tokens: Counter[tuple[tuple[str, int], ...]] = Counter()
    mixed: Counter[tuple[str, str]] = Counter()
    names: set[str] = set()
    people: set[str] = set()
    tasks = 0
    for spans, token_count in Ratings(reader or connect(), *datasets, annotators=annotators).spans():
        tasks += 1
        people.update(spans)
        names |= _labels_of(*spans.values())
        if labels is not None:
            spans = {name: [span for span in of if str(span.get("label")) in labels] for name, of in spans.items()}
        tokens.update(_token_patterns(spans, token_count))
        for one, other in combinations(sorted(spans), 2):
            found = match(spans[one], spans[other], criterion, iou=iou)
            overall.add(found)
            mixed.update(mixed_labels(spans[one], spans[other], criterion, iou=iou))
            pairs.setdefault((one, other), Matched()).add(found)
            for label in _labels_of(spans[one], spans[other]):
                ours, theirs = (_labelled(spans[name], label) for name in (one, other))
                by_label.setdefault(label, Matched()).add(match(ours, theirs, criterion, iou=iou))
    by_token = measure(make_patterns((dict(pattern), units) for pattern, units in tokens.items()), "alpha")
    return SpanAgreement(
        criterion,
        overall,
        dict(sorted(by_label.items())),
        dict(sorted(pairs.items())),
        by_token,
        sorted(people),
        tasks,
        dict(sorted(mixed.items())),
        near_names(sorted(names)),
    )


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
