"""Every loader as a command: `prodflow load` writes a source as NDJSON."""

from typing import Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe, write
from prodflow.cli.options import option_of
from prodflow.core import registry
from prodflow.core.describe import arguments_of
from prodflow.core.failures import ON_ERROR

_NAMED_BY_SOURCE = ("path", "name")


def _loader_options() -> list[click.Parameter]:
    """The settings of all loaders; one that the loader at work does not have is refused."""
    options: dict[str, click.Parameter] = {}
    for name in registry.loaders.names():
        loader = registry.loaders.get(name)
        words = arguments_of(loader.__doc__)
        for key, parameter in loader.parameters.items():
            if key not in _NAMED_BY_SOURCE and key not in options:
                optional = parameter.replace(default=False if parameter.default is False else None)
                options[key] = option_of(optional, f"{name}: {words.get(key, '')}")
    return list(options.values())


def _load(source: str, limit: int | None, **settings: Any) -> None:
    from itertools import islice

    from prodflow.loaders import get_stream
    from prodflow.store.quarantine import quarantine

    given = {key: value for key, value in settings.items() if value not in (None, False)}
    stream = get_stream(source, **given, quarantine=quarantine())
    with quiet_on_broken_pipe():
        write(islice(stream, limit), "load")


load_command = click.Command(
    "load",
    callback=_load,
    help="Read a file, a folder, dataset:NAME or - and write its tasks as NDJSON.",
    params=[
        click.Argument(["source"], default="-"),
        click.Option(["--loader"], help="How to read the source; guessed from its name if not given."),
        click.Option(["--input-key"], help="Drop tasks that have nothing under this key."),
        click.Option(["--rehash"], is_flag=True, help="Give every task new hashes."),
        click.Option(["--dedup"], is_flag=True, help="Drop tasks that came before."),
        click.Option(["--limit"], type=click.IntRange(min=0), help="Stop after this many tasks."),
        click.Option(
            ["--on-error"],
            type=click.Choice(ON_ERROR),
            default="raise",
            show_default=True,
            help="What a broken record does.",
        ),
        *_loader_options(),
    ],
)
