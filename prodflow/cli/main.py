"""The `prodflow` command. What a command needs is imported when it is called."""

import importlib
import logging
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from prodflow import __version__
from prodflow.core import registry
from prodflow.core.config import get_variable
from prodflow.core.errors import ProdflowError, UnknownNameError

COMMANDS = {
    "load": ("prodflow.cli.load:load_command", "Read a source and write its tasks as NDJSON."),
    "demo": ("prodflow.cli.demo:demo_command", "Annotate bundled images with a model that learns."),
    "preview": ("prodflow.cli.preview:preview_command", "Look at tasks in any interface; nothing is stored."),
    "invite": ("prodflow.cli.invite:invite_command", "Make, list and take back annotators' links."),
    "sql": ("prodflow.cli.sql:sql_command", "Query answers with SQL, also while a server writes."),
    "agreement": ("prodflow.cli.quality:agreement_command", "Measure how far annotators agree."),
    "consensus": ("prodflow.cli.quality:consensus_command", "Write what is most likely true of each task."),
    "report": ("prodflow.cli.report:report_command", "Write how a project went as one HTML file."),
    "train": ("prodflow.cli.train:train_command", "Train a model on answers."),
    "train-curve": ("prodflow.cli.train:train_curve_command", "See whether more answers would help."),
    "data-to-spacy": ("prodflow.cli.train:data_to_spacy_command", "Write answers as spaCy's training data."),
    "stats": ("prodflow.cli.store:stats_command", "Count the answers of the store or of a dataset."),
    "db-in": ("prodflow.cli.exchange:db_in_command", "Import annotated tasks into a dataset."),
    "db-out": ("prodflow.cli.exchange:db_out_command", "Export the answers of a dataset."),
    "doctor": ("prodflow.cli.doctor:doctor_command", "Look whether everything is as it should be."),
    "store": ("prodflow.cli.store:store_command", "Check the store's files, or make them again."),
    "erase": ("prodflow.cli.erase:erase_command", "Erase a person's answers, or a task, from every file of the store."),
    "drop": ("prodflow.cli.store:drop_command", "Delete a dataset with all its answers."),
}

SECTIONS = ("Annotate", "Streams", "Answers")
_ANSWERS = (
    "sql",
    "stats",
    "agreement",
    "consensus",
    "report",
    "train",
    "train-curve",
    "data-to-spacy",
    "db-in",
    "db-out",
    "doctor",
    "store",
    "erase",
    "drop",
)


class Commands(click.Group):
    """Commands by name: prodflow's own, recipes, and one for each operator."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names."""
        return sorted({*COMMANDS, *registry.recipes.names(), *(_dashed(name) for name in registry.operators.names())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if (place := COMMANDS.get(_dashed(cmd_name))) is not None:
            module, _, attribute = place[0].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        if cmd_name in registry.recipes:
            from prodflow.cli.recipes import recipe_command

            return recipe_command(registry.recipes.get(cmd_name))
        if cmd_name in registry.operators:
            from prodflow.cli.streams import operator_command

            return operator_command(registry.operators.get(cmd_name))
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Name what comes close where a command is unknown."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(str(UnknownNameError("command", args[0], self.list_commands(ctx))))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for."""
        rows: dict[str, list[tuple[str, str]]] = {section: [] for section in SECTIONS}
        for name in self.list_commands(ctx):
            rows[self._section(name)].append((name, self._short_help(ctx, name)))
        for section, listed in rows.items():
            with formatter.section(section):
                formatter.write_dl(listed)

    def _section(self, name: str) -> str:
        if name in _ANSWERS:
            return "Answers"
        return "Annotate" if name in ("demo", "preview", "invite") or name in registry.recipes else "Streams"

    def _short_help(self, ctx: click.Context, name: str) -> str:
        if name in COMMANDS:
            return COMMANDS[name][1]
        kind = registry.recipes if name in registry.recipes else registry.operators
        return kind.summary(name)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _load_files(ctx: click.Context, param: click.Parameter, files: tuple[Path, ...]) -> tuple[Path, ...]:
    """Run the users' files while the options are read: the command that follows may come from one of them."""
    load_files(files)
    return files


def load_files(files: Iterable[Path]) -> None:
    """Run Python files for the recipes and operators they define; `import prodigy` works in them.

    Raises:
        SettingError: if one is not there, or fails.
    """
    from prodflow.compat import install
    from prodflow.core.settings import load_file

    install()
    for file in files:
        several = [Path(name) for name in str(file).split(",") if name] if not file.is_file() else [file]
        for one in several:
            load_file(one, "-F")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "--version", prog_name="prodflow")
@click.option(
    "-F",
    "--file",
    multiple=True,
    type=click.Path(path_type=Path),
    callback=_load_files,
    expose_value=False,
    is_eager=True,
    help="A Python file with recipes or operators.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
def cli(verbose: bool) -> None:
    """Annotate data with a model in the loop."""
    _set_up_logging(verbose)


def _set_up_logging(verbose: bool) -> None:
    """Warnings on standard error; more with `-v`, or as `PRODFLOW_LOGGING` says."""
    asked = {"basic": logging.INFO, "verbose": logging.DEBUG}.get(get_variable("LOGGING") or "", logging.WARNING)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.basicConfig(level=min(asked, logging.INFO) if verbose else asked, handlers=[handler])


def main(arguments: list[str] | None = None) -> None:
    """Run the command; end with 0, with 1 where data is bad, with 2 where a setting is wrong."""
    given = files_first(sys.argv[1:] if arguments is None else arguments)
    try:
        cli.main(given, prog_name="prodflow", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ProdflowError as error:
        print(f"prodflow: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # The work is done: a Ctrl-C that comes while libraries tidy up would only show their insides.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def files_first(arguments: list[str]) -> list[str]:
    """Allow `-F file.py` behind a command too, where people write it."""
    files = [word for at, word in enumerate(arguments) if "-F" in arguments[max(0, at - 1) : at + 1]]
    rest = [word for at, word in enumerate(arguments) if "-F" not in arguments[max(0, at - 1) : at + 1]]
    return files + rest
