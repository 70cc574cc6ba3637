"""The commands about answers: SQL, counts, import, export, drop, and the care of the store's files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.cli.table import echo_table
from prodflow.core.errors import AnswerError, SourceError, UnknownNameError
from prodflow.core.task import DECISIONS, Decision
from prodflow.store.place import store_folder

if TYPE_CHECKING:
    from prodflow.store.summary import Summary

_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one."
)
_TABLES = ("table", "json")
_NUMBERS = ("answers", "annotators", *DECISIONS)
_PROGRESS_EVERY = 50_000


@click.command("sql")
@click.argument("query", required=False)
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Read the query from a file."
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("table", "csv", "json", "ndjson", "parquet", "arrow")),
    default="table",
    show_default=True,
    help="How to write the result.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write to a file instead of standard output.")
@_STORE
def sql_command(
    query: str | None, file: Path | None, file_format: str, output: Path | None, store: Path | None
) -> None:
    """Query answers with SQL (DuckDB's), also while a server writes.

    The query is the argument, a file, or what comes on standard input. Tables: events, answers, choices, spans, tasks,
    datasets, sessions, quarantine, ledger; agreement('NAME') and alpha('NAME') compare the annotators of a dataset.
    """
    import duckdb

    from prodflow.cli.results import write_result
    from prodflow.store.export import write_aside
    from prodflow.store.reader import connect

    text = _query(query, file)
    if output is None and file_format in ("parquet", "arrow") and sys.stdout.isatty():
        raise click.UsageError(f"{file_format} is binary: redirect it, or give --output FILE")
    try:
        reader = connect(store)
        if output is not None:
            write_aside(output, lambda out: write_result(reader, text, file_format, out))
            return
        with quiet_on_broken_pipe():
            write_result(reader, text, file_format, sys.stdout.buffer)
    except duckdb.Error as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _query(query: str | None, file: Path | None) -> str:
    if query is not None and file is not None:
        raise click.UsageError("give the query as an argument or with --file, not both")
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise click.UsageError(f"{file} is no UTF-8 text: {error}") from error
    if query is not None and query != "-":
        return query
    if query is None and sys.stdin.isatty():
        raise click.UsageError("a query is missing, e.g. 'from answers limit 10'")
    return sys.stdin.read()


@click.command("db-in")
@click.argument("dataset")
@click.argument("source", default="-")
@click.option("--loader", help="How to read the source; guessed from its name if not given.")
@click.option(
    "--answer", type=click.Choice(DECISIONS), default="accept", show_default=True, help="For tasks without an answer."
)
@click.option(
    "--on-error",
    type=click.Choice(("raise", "skip")),
    default="raise",
    show_default=True,
    help="What a broken line does: end the import, or be skipped.",
)
@_STORE
def db_in_command(
    dataset: str, source: str, loader: str | None, answer: Decision, on_error: str, store: Path | None
) -> None:
    """Import annotated tasks into a dataset.

    Hashes that tasks have are kept. The same task with the same content is stored once, so an import that was
    interrupted can be run again; another answer of the same session to the same task takes the place of the first.
    """
    from prodflow.loaders import get_stream
    from prodflow.store.imports import import_tasks
    from prodflow.store.journal import Journal

    stream = get_stream(source, loader=loader, on_error=on_error)
    with Journal.open(store_folder(store)) as journal:
        try:
            done = import_tasks(journal, dataset, stream, answer=answer, progress=_tell)
        except AnswerError as error:
            raise SourceError(f"{source}, {error}; the batches before it are stored") from error
    click.echo(
        f"{dataset}: read {done.total} tasks: {done.new} new, {done.changed} changed an earlier answer, "
        f"{done.known} known",
        err=True,
    )


def _tell(count: int) -> None:
    if count % _PROGRESS_EVERY == 0:
        click.echo(f"stored {count} tasks", err=True)


@click.command("db-out")
@click.argument("dataset")
@click.argument("output", default="-")
@click.option("--answer", type=click.Choice(DECISIONS), help="Only tasks answered so.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("jsonl", "csv", "parquet")),
    help="By default what the file's name says, else jsonl.",
)
@_STORE
def db_out_command(dataset: str, output: str, answer: Decision | None, file_format: Any, store: Path | None) -> None:
    """Export the answers of a dataset, oldest first, to a file or standard output."""
    from prodflow.store.export import FORMATS, export_dataset, write_aside

    named = output.rpartition(".")[2]
    chosen = file_format or (named if named in FORMATS else "jsonl")
    folder = store_folder(store)
    if output != "-":
        count = write_aside(
            Path(output), lambda out: export_dataset(folder, dataset, out, file_format=chosen, answer=answer)
        )
        click.echo(f"{dataset}: wrote {count} tasks to {output}", err=True)
        return
    if chosen == "parquet" and sys.stdout.isatty():
        raise click.UsageError("parquet is binary: redirect it, or name a file")
    with quiet_on_broken_pipe():
        export_dataset(folder, dataset, sys.stdout.buffer, file_format=chosen, answer=answer)


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
