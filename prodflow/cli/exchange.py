"""The commands that bring answers in and out, in any format."""

import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.core import registry
from prodflow.core.errors import AnswerError, SettingError, SourceError
from prodflow.core.task import DECISIONS, Decision
from prodflow.store.place import store_folder

if TYPE_CHECKING:
    from prodflow.formats.export import Exported
    from prodflow.formats.selection import Choice
    from prodflow.loaders.stream import Stream

_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one."
)
_PROGRESS_EVERY = 50_000
_METHODS = ("majority", "dawid-skene", "one-coin")


@click.command("db-in")
@click.argument("dataset")
@click.argument("source", default="-")
@click.option("--loader", "--format", "loader", help="How to read the source; guessed from its name if not given.")
@click.option(
    "--answer", type=click.Choice(DECISIONS), default="accept", show_default=True, help="For tasks without an answer."
)
@click.option(
    "--on-error",
    type=click.Choice(("raise", "skip")),
    default="raise",
    show_default=True,
    help="What a broken record does: end the import, or be skipped.",
)
@click.option("--images", type=click.Path(path_type=Path), help="coco, yolo, voc: the folder of the images.")
@click.option("--scheme", type=click.Choice(("any", "iob1", "iob2", "bioes")), help="conll: how spans are tagged.")
@_STORE
def db_in_command(
    dataset: str, source: str, loader: str | None, answer: Decision, on_error: str, store: Path | None, **more: Any
) -> None:
    """Import annotated tasks into a dataset.

    Hashes that tasks have are kept. The same task with the same content is stored once, so an import that was
    interrupted can be run again; another answer of the same session to the same task takes the place of the first.
    Formats of other tools are read once before anything is stored: a broken file leaves nothing half imported.
    """
    from prodflow.loaders.guess import get_source
    from prodflow.loaders.stream import Stream
    from prodflow.store.imports import import_tasks
    from prodflow.store.journal import Journal

    settings = {key: value for key, value in more.items() if value is not None}

    def stream() -> "Stream":
        # Without the hashes that get_stream gives: the import gives them.
        return Stream(get_source(source, loader, on_error if _goes_on(loader, source) else "raise", settings))

    if _is_foreign(loader, source):
        deque(stream(), maxlen=0)
    with Journal.open(store_folder(store)) as journal:
        try:
            done = import_tasks(journal, dataset, stream(), answer=answer, progress=_tell)
        except AnswerError as error:
            raise SourceError(f"{source}, {error}; the batches before it are stored") from error
    click.echo(
        f"{dataset}: read {done.total} tasks: {done.new} new, {done.changed} changed an earlier answer, "
        f"{done.known} known",
        err=True,
    )


def _is_foreign(loader: str | None, source: str) -> bool:
    """Tell whether it is another tool's format, of a file that can be read twice."""
    from prodflow.loaders import get_loader

    found = get_loader(loader, source)
    return source != "-" and found.function.__module__.startswith("prodflow.formats.")


def _goes_on(loader: str | None, source: str) -> bool:
    from prodflow.loaders import get_loader

    return "failures" in get_loader(loader, source).signature.parameters or source == "-"


def _tell(count: int) -> None:
    if count % _PROGRESS_EVERY == 0:
        click.echo(f"stored {count} tasks", err=True)


@click.command("db-out")
@click.argument("dataset")
@click.argument("output", default="-")
@click.option(
    "--answer", type=click.Choice(DECISIONS), help="Only tasks answered so; by default what the format holds."
)
@click.option("--annotator", "annotators", multiple=True, help="Only answers of this person; may be given repeatedly.")
@click.option(
    "--consensus",
    type=click.Choice(_METHODS),
    help="One answer a task: the latest that says what the annotators said together; with the votes behind it.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(registry.formats.names()),
    help="By default what the file's name says, else jsonl.",
)
@click.option(
    "--split",
    type=float,
    help="The share of a first file, NAME.train; the rest goes into NAME.test. The same input is always in the same.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@_STORE
def db_out_command(
    dataset: str,
    output: str,
    answer: Decision | None,
    annotators: tuple[str, ...],
    consensus: Any,
    format_name: str | None,
    split: float | None,
    force: bool,
    store: Path | None,
) -> None:
    """Export the current answers of a dataset, oldest first, to a file, a folder or standard output.

    The id of a session, such as news-alex, in place of the dataset's name exports what was answered in it.

    What the format cannot hold is told on standard error, and in the manifest beside the file.
    """
    from prodflow.formats.export import export, export_to, get_format

    folder = store_folder(store)
    format = get_format(format_name, output)
    dataset, session = _dataset_and_session(folder, dataset)
    choice = _choice(folder, dataset, answer, annotators, consensus, session)
    if output != "-":
        for done in export(folder, dataset, Path(output), format, choice=choice, split=split, force=force):
            _report(dataset, format.name, done)
        return
    if split is not None:
        raise click.UsageError("--split makes two files: name the output")
    if format.name in ("parquet", "huggingface", "docbin") and sys.stdout.isatty():
        raise click.UsageError(f"{format.name} is binary: redirect it, or name a file")
    with quiet_on_broken_pipe():
        done = export_to(folder, dataset, sys.stdout.buffer, format, choice=choice)
        sys.stdout.flush()
        _report_losses(format.name, done)


def _dataset_and_session(folder: Path, name: str) -> tuple[str, str | None]:
    """Return the dataset of a name; where it is only that of a session, the session's dataset and the session."""
    from prodflow.store.reads import dataset_names, rows_of

    if name in dataset_names(folder):
        return name, None
    query = "select d.name from sessions s join datasets d on d.id = s.dataset_id where s.name = ? order by d.id"
    having = [dataset for (dataset,) in rows_of(folder, query, (name,))]
    if len(having) > 1:
        raise SettingError(f"session {name!r} is in several datasets ({', '.join(having)}); export one of them")
    return (having[0], name) if having else (name, None)


def _choice(
    folder: Path,
    dataset: str,
    answer: Decision | None,
    annotators: tuple[str, ...],
    consensus: Any,
    session: str | None,
) -> "Choice":
    from prodflow.formats.selection import Choice

    if consensus is None:
        return Choice(answer, annotators, session=session)
    from prodflow.quality.consensus import find_agreeing
    from prodflow.store.reader import connect

    return Choice(answer, annotators, find_agreeing(dataset, method=consensus, reader=connect(folder)), session)


def _report(dataset: str, name: str, done: "Exported") -> None:
    counts = ", ".join(f"{count} {what}" for what, count in done.counts.items())
    click.echo(f"{dataset}: wrote {counts} to {done.path}", err=True)
    _report_losses(name, done)


def _report_losses(name: str, done: "Exported") -> None:
    for line in done.losses.lines():
        click.echo(f"{name}: {line}", err=True)
