"""A shell for SQL: lines with history and completion of tables, columns and names."""

import re
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.query_words import notes_on, words_of
from prodflow.core.config import get_home
from prodflow.core.errors import ProdflowError

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.output import Output

    from prodflow.store.reader import Reader

_WORDS = """select|from|where|group by|order by|limit|having|count(*)|distinct|join|left join|using|on|with|as|and|or
not|in|is null|between|like|case when|then|else|end|union all|desc|sum|avg|min|max|median|mode|list|unnest|filter|over
partition by|explain|describe|summarize""".replace("\n", "|").split("|")
_MACROS = ("agreement('", "alpha('", "as_of('", "gold('", "gold_answers('")
_HELP = """\
End a query with ; or with Enter where it is whole. Tab completes, arrows go through what was asked before.
.tables        the tables, with their columns        .datasets   the names of datasets
.format NAME   table, csv, json or ndjson            .quit       or Ctrl-D: leave"""
_FORMATS = ("table", "csv", "json", "ndjson")
_HISTORY = "sql_history"


class Shell:
    """Asks for queries and answers them until the end of input.

    Args:
        reader: the store.
        input: where keys come from; the terminal if not given.
        output: where the line that is written is shown; the terminal if not given.
    """

    def __init__(self, reader: "Reader", *, input: "Input | None" = None, output: "Output | None" = None) -> None:
        """Look what there is to complete."""
        self.reader = reader
        self.format = "table"
        self._input, self._output = input, output
        self.columns = self._read_columns()

    def _read_columns(self) -> dict[str, list[str]]:
        query = """select table_name, list(column_name order by column_index) from duckdb_columns()
            where schema_name = 'main' and not internal group by all order by all"""
        return dict(self.reader.sql(query).fetchall())

    def run(self) -> None:
        """Ask until Ctrl-D or `.quit`."""
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory

        get_home().mkdir(parents=True, exist_ok=True)
        session: PromptSession[str] = PromptSession(
            "prodflow> ",
            history=FileHistory(str(get_home() / _HISTORY)),
            completer=self.completer(),
            complete_while_typing=False,
            multiline=True,
            prompt_continuation="     ...> ",
            key_bindings=_keys(),
            input=self._input,
            output=self._output,
        )
        click.echo(f"SQL over {self.reader.folder}: it is read, never changed. .help says what else there is.")
        while True:
            try:
                text = session.prompt().strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            if text.rstrip(";") in (".quit", ".exit", "quit", "exit"):
                return
            if text:
                self.answer(text)

    def answer(self, text: str) -> None:
        """Answer a query, or do what a word with a dot says; what is wrong is said, and the shell goes on."""
        import duckdb

        from prodflow.cli.results import write_result

        if text.startswith("."):
            self._do(*text.split())
            return
        try:
            write_result(self.reader, text, self.format, sys.stdout.buffer)
            sys.stdout.flush()
            for note in notes_on(text, self.reader):
                click.echo(note, err=True)
        except (duckdb.Error, ProdflowError) as error:
            click.echo(words_of(error), err=True)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)

    def _do(self, name: str, *arguments: str) -> None:
        if name == ".tables":
            for table, columns in self.columns.items():
                click.echo(f"{table:14} {', '.join(columns)}")
        elif name == ".datasets":
            self.answer("select dataset from datasets")
        elif name == ".format" and arguments and arguments[0] in _FORMATS:
            self.format = arguments[0]
        elif name == ".format":
            click.echo(f"the formats are {', '.join(_FORMATS)}; prodflow sql QUERY -o FILE writes others", err=True)
        else:
            click.echo(_HELP)

    def completer(self) -> "Completer":
        """Return what completes a word: tables after `from`, else columns, words and all the rest."""
        return _completer(self.columns, self._names)

    def _names(self) -> list[str]:
        names = (
            "select dataset from datasets union select annotator from sessions where annotator is not null order by 1"
        )
        return [name for (name,) in self.reader.sql(names).fetchall()]


def _completer(columns: dict[str, list[str]], names: Callable[[], list[str]]) -> "Completer":
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

    class SqlCompleter(Completer):
        def get_completions(self, document: Document, complete_event: Any) -> Iterable[Completion]:
            before = document.text_before_cursor
            if before.count("'") % 2:
                start = before.rpartition("'")[2]
                words: Iterable[str] = names()
            else:
                found = re.search(r"[\w.]*$", before)
                start = found[0] if found else ""
                if re.search(r"\b(from|join)\s+[\w.]*$", before, re.IGNORECASE):
                    words = [*columns, *_MACROS]
                else:
                    words = [*dict.fromkeys(name for of in columns.values() for name in of), *columns, *_WORDS]
            for word in words:
                if word.lower().startswith(start.lower()):
                    yield Completion(word, start_position=-len(start))

    return SqlCompleter()


def _keys() -> "KeyBindings":
    """Enter asks where the query is whole, else it begins a new line."""
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        if is_whole(event.current_buffer.text):
            event.current_buffer.validate_and_handle()
        else:
            event.current_buffer.insert_text("\n")

    return bindings


def is_whole(text: str) -> bool:
    """Tell whether a query can be asked as it is: `;` or an empty line ends it, or nothing is wrong at its last word.

    >>> is_whole("select annotator,"), is_whole("from answers"), is_whole("form answers"), is_whole(".tables")
    (False, True, True, True)
    """
    import duckdb

    blank = text.endswith("\n")
    text = text.strip()
    if blank or not text or text.startswith(".") or text.endswith(";"):
        return True
    try:
        duckdb.extract_statements(text)
    except duckdb.Error as error:
        wrong = re.search(r'at or near "(.*)"', str(error))
        return wrong is not None and not text.endswith(wrong[1])
    return not text.endswith(",")
