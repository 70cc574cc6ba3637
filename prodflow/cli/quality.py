"""The commands about the quality of answers: how far annotators agree, and what is most likely true."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.quality.matching import CRITERIA
from prodflow.quality.weights import LEVELS

if TYPE_CHECKING:
    from prodflow.quality.consensus import Method
    from prodflow.quality.matching import Criterion
    from prodflow.quality.weights import Level

_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one."
)
_FORMAT = click.option(
    "--format", "file_format", type=click.Choice(("table", "json")), default="table", show_default=True, help="How."
)
_BY = ("label", "pair", "day", "annotator")


@click.command("agreement")
@click.argument("datasets", nargs=-1, required=True)
@click.option(
    "--by", "parts", type=click.Choice(_BY), multiple=True, help="Show this part alone; may be given several times."
)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="nominal",
    show_default=True,
    help="What differences of values mean; other than nominal, near values agree in part.",
)
@click.option("--spans", type=click.Choice(CRITERIA), help="Compare spans or shapes, which match by this criterion.")
@click.option("--iou", default=0.5, show_default=True, help="The least intersection over union, for --spans iou.")
@click.option("--annotator", "annotators", multiple=True, help="Compare only this one with others so named.")
@click.option("--resamples", default=1000, show_default=True, help="Of the bootstrap for 95 % intervals; 0 for none.")
@_FORMAT
@_STORE
def agreement_command(
    datasets: tuple[str, ...],
    parts: tuple[str, ...],
    level: "Level",
    spans: "Criterion | None",
    iou: float,
    annotators: tuple[str, ...],
    resamples: int,
    file_format: str,
    store: Path | None,
) -> None:
    """Measure how far the annotators of a dataset agree, over all, by label, by pair, by day and by annotator."""
    import orjson

    from prodflow.cli.agreement_tables import agreement_tables, echo_tables, span_tables
    from prodflow.quality.agreement import measure_agreement
    from prodflow.quality.plain import to_plain
    from prodflow.quality.span_agreement import measure_span_agreement
    from prodflow.store.reader import connect

    reader, among = connect(store), annotators or None
    if spans is not None:
        by_spans = measure_span_agreement(*datasets, criterion=spans, iou=iou, annotators=among, reader=reader)
        found: Any = by_spans
        tables, warnings = span_tables(by_spans, resamples), by_spans.warnings
    else:
        found = measure_agreement(*datasets, level=level, resamples=resamples, annotators=among, reader=reader)
        tables, warnings = agreement_tables(found, level), found.warnings
    with quiet_on_broken_pipe():
        if file_format == "json":
            click.echo(orjson.dumps(to_plain(found), option=orjson.OPT_INDENT_2).decode())
        else:
            echo_tables([table for table in tables if not parts or table.by in parts])
    for warning in warnings:
        click.echo(f"note: {warning}", err=True)


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
