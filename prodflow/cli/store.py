"""The commands about answers: counts, drop, and the care of the store's files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.cli.table import echo_table
from prodflow.core.errors import UnknownNameError
from prodflow.core.task import DECISIONS
from prodflow.store.place import store_folder

if TYPE_CHECKING:
    from prodflow.store.summary import Summary

_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one."
)
_TABLES = ("table", "json")
_NUMBERS = ("answers", "annotators", *DECISIONS)


@click.command("stats")
@click.argument("dataset", required=False)
@click.option("--format", "file_format", type=click.Choice(_TABLES), default="table", show_default=True, help="How.")
@_STORE
def stats_command(dataset: str | None, file_format: str, store: Path | None) -> None:
    """Count the answers of all datasets, or of one by decision, annotator and session."""
    import dataclasses

    import orjson

    from prodflow.store.summary import summarize, summarize_all

    folder = store_folder(store)
    found = [summarize(folder, dataset)] if dataset is not None else summarize_all(folder)
    with quiet_on_broken_pipe():
        if file_format == "json":
            rows = [dataclasses.asdict(summary) for summary in found]
            click.echo(orjson.dumps(rows if dataset is None else rows[0], option=orjson.OPT_INDENT_2).decode())
        elif dataset is not None:
            _echo_one(found[0])
        elif found:
            echo_table(
                ("dataset", "answers", *DECISIONS, "annotators", "last answer"), [_row(one) for one in found], _NUMBERS
            )
        else:
            click.echo(f"no datasets in {folder}", err=True)


def _row(summary: "Summary") -> list[object]:
    decisions = [summary.decisions[decision] for decision in DECISIONS]
    return [summary.dataset, summary.answers, *decisions, len(summary.annotators), _moment(summary.last)]


def _echo_one(summary: "Summary") -> None:
    click.echo(f"dataset      {summary.dataset}")
    click.echo(f"created      {_moment(summary.created)}")
    click.echo(f"last answer  {_moment(summary.last)}")
    click.echo(f"sessions     {len(summary.sessions)}\n")
    rows: list[list[object]] = [
        [name, sum(decisions.values()), *decisions.values()] for name, decisions in summary.annotators.items()
    ]
    rows.append(["all", summary.answers, *summary.decisions.values()])
    echo_table(("annotator", "answers", *DECISIONS), rows, _NUMBERS)
    for line in summary.records:
        click.echo(f"\n{line}")


def _moment(time: Any) -> str:
    return "never" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


@click.command("drop")
@click.argument("dataset")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@_STORE
def drop_command(dataset: str, yes: bool, store: Path | None) -> None:
    """Delete a dataset with all its answers. There is no way back: export it first with db-out."""
    from prodflow.store.database import connect

    with connect(store) as database:
        if dataset not in database:
            raise UnknownNameError("dataset", dataset, database.datasets)
        count = database.count(dataset)
        if not yes:
            click.confirm(f"Delete {dataset} with {count} answers?", abort=True, err=True)
        database.drop_dataset(dataset)
    click.echo(f"{dataset}: deleted {count} answers", err=True)


@click.group("store")
def store_command() -> None:
    """Look after the store's files."""


@store_command.command("check")
@_STORE
def check_command(store: Path | None) -> None:
    """Compare every sealed file with its checksum."""
    from prodflow.store.reader import snapshot_counts, verify

    folder = store_folder(store)
    faults = verify(folder)
    for fault in faults:
        click.echo(fault, err=True)
    counts = snapshot_counts(folder)
    click.echo(f"{counts['files']} files with {counts['sealed']} events, {counts['unsealed']} events not sealed yet")
    sys.exit(1 if faults else 0)


@store_command.command("rebuild")
@_STORE
def rebuild_command(store: Path | None) -> None:
    """Make all sealed files again from the journal."""
    from prodflow.store.journal import Journal

    with Journal.open(store_folder(store)) as journal:
        click.echo(f"made {journal.rebuild()} files from the journal", err=True)
