"""Agreement as tables on the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from prodflow.cli.table import echo_table

if TYPE_CHECKING:
    from prodflow.quality.agreement import Agreement
    from prodflow.quality.coefficients import Estimate
    from prodflow.quality.matching import Matched
    from prodflow.quality.span_agreement import SpanAgreement
    from prodflow.quality.weights import Level

_INTERVAL = "95 %"
_NUMBERS = ("value", "tasks", "answers", "agreement", "kappa", "F1", "matched", "spans of the one", "of the other")


@dataclass
class Table:
    """A table with what has to be said about it.

    Args:
        by: what it is by; empty for all together.
        title: a line above all, or none.
        header: the columns' names.
        rows: their cells.
        reasons: why values are not defined.
    """

    by: str
    title: str
    header: Sequence[str]
    rows: list[list[object]]
    reasons: list[str] = field(default_factory=list)


def echo_tables(tables: Iterable[Table]) -> None:
    """Write those that have rows, with an empty line between."""
    first = True
    for table in tables:
        if not table.rows and not table.title:
            continue
        if not first:
            click.echo()
        first = False
        if table.title:
            click.echo(table.title + "\n")
        if table.rows:
            echo_table(table.header, table.rows, [name for name in table.header if name.startswith(_NUMBERS)])
        for reason in table.reasons:
            click.echo(f"undefined: {reason}")


def agreement_tables(found: "Agreement", level: "Level") -> Iterator[Table]:
    """Yield the tables of an agreement about answers."""
    names = {
        "percent": "percent agreement",
        "alpha": "Krippendorff's alpha",
        "fleiss": "Fleiss' kappa",
        "gwet": "Gwet's AC1" if level == "nominal" else "Gwet's AC2",
    }
    title = (
        f"{', '.join(found.datasets)}: {found.tasks} tasks by {len(found.annotators)} annotators, "
        f"{found.compared} of them by two or more"
    )
    yield _estimates("", "all", {names[name]: value for name, value in found.overall.items()}, title)
    yield _estimates("label", "alpha by label", found.labels)
    yield _estimates("day", "alpha by day", found.days)
    yield Table(
        "pair",
        "",
        ("annotator", "and", "tasks", "agreement", "kappa", _INTERVAL),
        [
            [pair.a, pair.b, pair.tasks, f"{pair.agreement:.3f}", _number(pair.kappa), _ends(pair.kappa)]
            for pair in found.pairs
        ],
        _reasons(pair.kappa for pair in found.pairs),
    )
    people = found.people if len(found.annotators) > 1 else []
    yield Table(
        "annotator",
        "",
        ("annotator", "answers", "agreement with others", _INTERVAL, "alpha without"),
        [
            [one.name, one.answers, _number(one.agreement), _ends(one.agreement), _number(one.alpha_without)]
            for one in people
        ],
    )


def _estimates(by: str, name: str, estimates: "Mapping[str, Estimate]", title: str = "") -> Table:
    rows: list[list[object]] = [[key, _number(value), _ends(value), value.units] for key, value in estimates.items()]
    return Table(by, title, (name, "value", _INTERVAL, "tasks"), rows, _reasons(estimates.values()))


def _number(estimate: "Estimate") -> str:
    return "undefined" if estimate.value is None else f"{estimate.value:.3f}"


def _ends(estimate: "Estimate") -> str:
    return "" if estimate.low is None else f"{estimate.low:.3f} to {estimate.high:.3f}"


def _reasons(estimates: "Iterable[Estimate]") -> list[str]:
    return list(dict.fromkeys(value.reason for value in estimates if value.reason is not None))


def span_tables(found: "SpanAgreement", resamples: int) -> Iterator[Table]:
    """Yield the tables of an agreement about spans or shapes."""
    yield _matched("", "all", {"all": found.overall}, found, resamples)
    yield _matched("label", "label", found.labels, found, resamples)
    yield _matched("pair", "annotators", {" and ".join(pair): of for pair, of in found.pairs.items()}, found, resamples)
    yield _estimates("", "labels of tokens", {"Krippendorff's alpha": found.tokens})


def _matched(by: str, name: str, named: "Mapping[str, Matched]", found: "SpanAgreement", resamples: int) -> Table:
    estimates = {key: of.estimate(resamples=resamples) for key, of in named.items()}
    rows: list[list[object]] = [
        [key, _number(estimates[key]), _ends(estimates[key]), of.both, of.ours, of.theirs] for key, of in named.items()
    ]
    header = (name, f"F1, {found.criterion}", _INTERVAL, "matched", "spans of the one", "of the other")
    return Table(by, "", header, rows, _reasons(estimates.values()))
