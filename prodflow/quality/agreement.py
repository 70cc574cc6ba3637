"""How far annotators agree about answers: over all, by label, by pair, by day and by annotator."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.quality.coefficients import COEFFICIENTS, Estimate, measure, share_of
from prodflow.quality.cohen import cohen
from prodflow.quality.near_names import near_names
from prodflow.quality.patterns import Patterns, in_order
from prodflow.quality.ratings import Ratings
from prodflow.quality.weights import Level
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
class Person:
    """An annotator among the others.

    Args:
        name: who.
        answers: how many.
        agreement: share of the others' answers to the same tasks that are the same.
        alpha_without: Krippendorff's alpha of the others alone; higher than that of all where this one is apart.
    """

    name: str
    answers: int
    agreement: Estimate
    alpha_without: Estimate


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree about the answers of datasets.

    Args:
        datasets: their names.
        annotators: who answered.
        tasks: how many tasks were answered.
        compared: how many of them by two or more.
        answers: how many answers there are.
        values: what was said.
        overall: each coefficient.
        labels: Krippendorff's alpha of one distinction each: this label, or another.
        pairs: each two annotators with a task in common.
        days: alpha of the tasks finished on each day.
        people: each annotator among the others.
        warnings: what looks like a mistake in the data.
    """

    datasets: list[str]
    annotators: list[str]
    tasks: int
    compared: int
    answers: int
    values: list[str]
    overall: dict[str, Estimate]
    labels: dict[str, Estimate]
    pairs: list[Pair]
    days: dict[str, Estimate]
    people: list[Person]
    warnings: list[str] = field(default_factory=list)


def measure_agreement(
    *datasets: str,
    level: Level = "nominal",
    resamples: int = 1000,
    seed: int = 0,
    annotators: Collection[str] | None = None,
    reader: Reader | None = None,
) -> Agreement:
    """Compare the annotators of a dataset, or of several that have tasks in common.

    A value is what an annotator said: accept or reject; for choices the options picked. Ignored tasks say nothing.

    Args:
        datasets: their names.
        level: what differences of values mean, see `prodflow.quality.coefficients.measure`.
        resamples: of the bootstrap for the 95 % intervals; 0 for none.
        seed: of the bootstrap.
        annotators: compare only these.
        reader: the store; the configured one if not given.

    Raises:
        UnknownNameError: if there is no such dataset or annotator.
        SettingError: if the level does not fit the values.
    """
    if not datasets:
        raise SettingError("name the dataset whose annotators shall be compared")
    ratings = Ratings(reader or connect(), *datasets, annotators=annotators)
    return agreement_of(ratings, level=level, resamples=resamples, seed=seed)


def agreement_of(ratings: Ratings, *, level: Level = "nominal", resamples: int = 1000, seed: int = 0) -> Agreement:
    """Compare the annotators of ratings; see `measure_agreement`."""
    patterns = ratings.patterns()
    options: dict[str, Any] = {"level": level, "resamples": resamples, "seed": seed}
    overall: dict[str, Estimate] = {name: measure(patterns, name, **options) for name in COEFFICIENTS}
    if not patterns.pairable:
        overall = {name: replace(found, reason=_why_nothing(ratings)) for name, found in overall.items()}
    return Agreement(
        datasets=ratings.datasets,
        annotators=list(ratings.annotators),
        tasks=int(patterns.units.sum()),
        compared=patterns.pairable,
        answers=sum(ratings.votes.answers.values()),
        values=list(patterns.values),
        overall=overall,
        labels=_by_label(ratings, patterns, resamples, seed) if patterns.pairable else {},
        pairs=[_pair(*names, confusion, options) for names, confusion in ratings.confusions().items()],
        days=_by_day(ratings, options) if patterns.pairable else {},
        people=_people(ratings, options),
        warnings=near_names(sorted({*patterns.values, *(name for of in ratings.votes.picked.values() for name in of)})),
    )


def _why_nothing(ratings: Ratings) -> str:
    names = ratings.annotators
    if not names:
        return "nobody has answered yet (ignored tasks do not count): there is nothing to compare"
    if len(names) == 1:
        return f"only one annotator has answered ({names[0]}): there is nothing to compare"
    return f"no task was answered by two of the {len(names)} annotators: there is nothing to compare"


def _by_day(ratings: Ratings, options: dict[str, Any]) -> dict[str, Estimate]:
    return {day: measure(found, "alpha", **options) for day, found in ratings.patterns_by_day().items()}


def _by_label(ratings: Ratings, patterns: Patterns, resamples: int, seed: int) -> dict[str, Estimate]:
    found = ratings.patterns_by_choice()
    if not found and len(patterns.values) > 2:
        found = {value: patterns.about(value) for value in patterns.values}
    return {label: measure(about, "alpha", resamples=resamples, seed=seed) for label, about in found.items()}


def _pair(a: str, b: str, confusion: Mapping[tuple[str, str], int], options: dict[str, Any]) -> Pair:
    values = sorted({value for pair in confusion for value in pair}, key=in_order)
    tasks = sum(confusion.values())
    same = sum(count for (one, other), count in confusion.items() if one == other)
    table = [[confusion.get((row, column), 0) for column in values] for row in values]
    return Pair(a, b, tasks, same / tasks, cohen(table, values=values, **options))


def _people(ratings: Ratings, options: dict[str, Any]) -> list[Person]:
    compared: dict[str, Counter[tuple[int, int]]] = {name: Counter() for name in ratings.annotators}
    for pattern in ratings.votes.patterns:
        said = Counter(value for _, value in pattern.said)
        for name, value in pattern.said:
            compared[name][said[value] - 1, len(pattern.said) - 1] += pattern.tasks
    answers = Counter[str]()
    for (name, _), count in ratings.votes.answers.items():
        answers[name] += count
    resamples, seed = options["resamples"], options["seed"]
    return [
        Person(
            name,
            answers[name],
            share_of(found, resamples=resamples, seed=seed),
            measure(ratings.patterns(without=name), "alpha", **options),
        )
        for name, found in compared.items()
    ]
