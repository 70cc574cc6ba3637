"""The command `sql`: one query, the same again and again, or a shell."""

import sys
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.cli.query_words import notes_on, words_of
from prodflow.core.errors import ProdflowError

if TYPE_CHECKING:
    from prodflow.store.reader import Reader

_FORMATS = {
    "table": "txt",
    "csv": "csv",
    "json": "json",
    "ndjson": "ndjson jsonl",
    "parquet": "parquet",
    "arrow": "arrow arrows",
}
_BINARY = ("parquet", "arrow")
_CLEAR = "\x1b[H\x1b[2J"


@click.command("sql")
@click.argument("query", required=False)
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Read the query from a file."
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(tuple(_FORMATS)),
    help="How to write the result; by default what the output's name says, else table.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file; it is there when it is whole.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--watch", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Ask again and again until Ctrl-C.")
@click.option("--as-of", metavar="MOMENT", help="The store as it was: a day, a time (UTC), or the seq of an event.")
@click.option("--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one.")
def sql_command(
    query: str | None,
    file: Path | None,
    file_format: str | None,
    output: Path | None,
    force: bool,
    watch: float | None,
    as_of: str | None,
    store: Path | None,
) -> None:
    """Query answers with SQL (DuckDB's), also while a server writes.

    The query is the argument, a file, or what comes on standard input; on a terminal without any, a shell opens.
    Tables: events, answers, choices, spans, tasks, datasets, sessions, quarantine, ledger, duplicates, majority,
    annotators, posteriors, confusion, label_errors; agreement('NAME'), alpha('NAME') and gold('NAME', 'GOLD') are about
    a dataset. A query reads the store: it changes nothing, and opens no other file.
    """
    from prodflow.store.reader import connect

    reader = connect(store, as_of=as_of)
    text = _query(query, file)
    if text is None:
        from prodflow.cli.shell import Shell

        Shell(reader).run()
        return
    chosen = file_format or _format_of(output)
    if output is None and chosen in _BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{chosen} is binary: redirect it, or give --output FILE")
    if watch is not None:
        if output is not None:
            raise click.UsageError("--watch writes to standard output, not to a file")
        _watch(reader, text, chosen, watch)
    elif output is not None and output.exists() and not force:
        raise click.UsageError(f"{str(output)!r} is there already: name another file, or write over it with --force")
    else:
        _answer(reader, text, chosen, output)


def _answer(reader: "Reader", text: str, file_format: str, output: Path | None) -> None:
    """Write the answer to a file, or to standard output; end with 1 where the query is wrong."""
    import duckdb

    from prodflow.cli.results import write_result
    from prodflow.store.export import write_aside

    try:
        if output is not None:
            write_aside(output, lambda out: write_result(reader, text, file_format, out))
        else:
            with quiet_on_broken_pipe():
                write_result(reader, text, file_format, sys.stdout.buffer)
    except duckdb.Error as error:
        click.echo(words_of(error), err=True)
        sys.exit(1)
    for note in notes_on(text, reader):
        click.echo(note, err=True)


def _watch(reader: "Reader", text: str, file_format: str, every_s: float) -> None:
    """Ask again and again; a terminal shows the newest answer alone, a pipe gets each that differs from the last."""
    import duckdb

    from prodflow.cli.results import write_result

    on_terminal, last = sys.stdout.isatty(), None
    with quiet_on_broken_pipe():
        while True:
            answer = BytesIO()
            try:
                write_result(reader, text, file_format, answer)
            except (duckdb.Error, ProdflowError) as error:
                if last is None:
                    click.echo(words_of(error), err=True)
                    sys.exit(1)
                answer = BytesIO(f"{words_of(error)}\n".encode())
            if on_terminal:
                head = f"every {every_s:g} s, {time.strftime('%H:%M:%S')}, Ctrl-C ends\n\n"
                sys.stdout.write(_CLEAR + head + answer.getvalue().decode(errors="replace"))
            elif answer.getvalue() != last:
                sys.stdout.buffer.write(answer.getvalue())
            sys.stdout.flush()
            last = answer.getvalue()
            time.sleep(every_s)


def _query(query: str | None, file: Path | None) -> str | None:
    """The query's text; None where there is none and somebody sits at the terminal."""
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
        return None
    return sys.stdin.read()


def _format_of(output: Path | None) -> str:
    ending = "" if output is None else output.suffix.lstrip(".").lower()
    return next((name for name, endings in _FORMATS.items() if ending in endings.split()), "table")
