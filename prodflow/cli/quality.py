"""The commands about the quality of answers: how far annotators agree, and what is most likely true."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.cli.table import echo_table
from prodflow.quality.matching import CRITERIA
from prodflow.quality.weights import LEVELS

if TYPE_CHECKING:
    from prodflow.quality.agreement import Agreement
    from prodflow.quality.coefficients import Estimate
    from prodflow.quality.consensus import Method
    from prodflow.quality.matching import Criterion, Matched
    from prodflow.quality.span_agreement import SpanAgreement
    from prodflow.quality.weights import Level

_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one."
)
_FORMAT = click.option(
    "--format", "file_format", type=click.Choice(("table", "json")), default="table", show_default=True, help="How."
)
_NAMES = {
    "percent": "percent agreement",
    "alpha": "Krippendorff's alpha",
    "fleiss": "Fleiss' kappa",
    "gwet": "Gwet's AC1",
}


@click.command("agreement")
@click.argument("datasets", nargs=-1, required=True)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="nominal",
    show_default=True,
    help="What differences of values mean; other than nominal, near values agree in part.",
)
@click.option("--spans", type=click.Choice(CRITERIA), help="Compare spans or shapes, which match by this criterion.")
@click.option("--iou", default=0.5, show_default=True, help="The least intersection over union, for --spans iou.")
@click.option("--resamples", default=1000, show_default=True, help="Of the bootstrap for 95 % intervals; 0 for none.")
@_FORMAT
@_STORE
def agreement_command(
    datasets: tuple[str, ...],
    level: "Level",
    spans: "Criterion | None",
    iou: float,
    resamples: int,
    file_format: str,
    store: Path | None,
) -> None:
    """Measure how far the annotators of a dataset agree, over all, by label, by pair and by day."""
    import orjson

    from prodflow.quality.agreement import measure_agreement
    from prodflow.quality.plain import to_plain
    from prodflow.quality.span_agreement import measure_span_agreement
    from prodflow.store.reader import connect

    reader = connect(store)
    if spans is not None:
        found: Any = measure_span_agreement(*datasets, criterion=spans, iou=iou, reader=reader)
    else:
        found = measure_agreement(*datasets, level=level, resamples=resamples, reader=reader)
    with quiet_on_broken_pipe():
        if file_format == "json":
            click.echo(orjson.dumps(to_plain(found), option=orjson.OPT_INDENT_2).decode())
        elif spans is not None:
            _echo_spans(found)
        else:
            _echo_agreement(found)


def _echo_agreement(found: "Agreement") -> None:
    click.echo(
        f"{', '.join(found.datasets)}: {found.tasks} tasks by {len(found.annotators)} annotators, "
        f"{found.compared} of them by two or more\n"
    )
    _echo_estimates("all", {_NAMES[name]: value for name, value in found.overall.items()})
    _echo_estimates("alpha by label", found.labels)
    _echo_estimates("alpha by day", found.days)
    if found.pairs:
        rows = [[pair.a, pair.b, pair.tasks, f"{pair.agreement:.3f}", _number(pair.kappa)] for pair in found.pairs]
        echo_table(("annotator", "and", "tasks", "agreement", "kappa"), rows, ("tasks", "agreement", "kappa"))
    for warning in found.warnings:
        click.echo(f"note: {warning}", err=True)


def _echo_estimates(title: str, estimates: Mapping[str, "Estimate"]) -> None:
    rows = [
        [name, _number(value), "" if value.low is None else f"{value.low:.3f} to {value.high:.3f}", value.units]
        for name, value in estimates.items()
    ]
    if rows:
        echo_table((title, "value", "95 %", "tasks"), rows, ("value", "tasks"))
        for reason in dict.fromkeys(value.reason for value in estimates.values() if value.reason is not None):
            click.echo(f"undefined: {reason}")
        click.echo()


def _number(estimate: "Estimate") -> str:
    return "undefined" if estimate.value is None else f"{estimate.value:.3f}"


def _echo_spans(found: "SpanAgreement") -> None:
    def rows(named: Iterable[tuple[str, "Matched"]]) -> list[list[object]]:
        return [
            [name, "undefined" if of.f1 is None else f"{of.f1:.3f}", of.both, of.ours, of.theirs] for name, of in named
        ]

    columns = (f"F1, {found.criterion}", "matched", "spans of the one", "of the other")
    for title, named in (
        ("all", [("all", found.overall)]),
        ("label", found.labels.items()),
        ("annotators", [(" and ".join(names), of) for names, of in found.pairs.items()]),
    ):
        echo_table((title, *columns), rows(named), columns)
        click.echo()
    _echo_estimates("labels of tokens", {"Krippendorff's alpha": found.tokens})


@click.command("consensus")
@click.argument("datasets", nargs=-1, required=True)
@click.option(
    "--method",
    type=click.Choice(("dawid-skene", "one-coin", "majority")),
    default="dawid-skene",
    show_default=True,
    help="How answers are put together; one-coin needs fewer answers, majority believes all the same.",
)
@_STORE
def consensus_command(datasets: tuple[str, ...], method: "Method", store: Path | None) -> None:
    """Write what is most likely true of each task, as NDJSON; whom to believe goes to standard error.

    Each line has the task's hashes, the likeliest value, its probability, and how many said what.
    """
    import orjson

    from prodflow.quality.consensus import find_consensus
    from prodflow.store.reader import connect

    found = find_consensus(*datasets, method=method, reader=connect(store))
    with quiet_on_broken_pipe():
        for row in found.tasks:
            sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()
    for name, accuracy, answers in found.annotators:
        click.echo(f"{name}: {accuracy:.1%} of {answers} answers likely right", err=True)
