"""Every operator as a command: NDJSON in, NDJSON out."""

from typing import Any

import click

from prodflow.cli.ndjson import quiet_on_broken_pipe, write
from prodflow.cli.options import option_of
from prodflow.core.describe import arguments_of, summary_of
from prodflow.core.failures import ON_ERROR
from prodflow.core.operator import Operator

ON_ERROR_OPTION = click.Option(
    ["--on-error"],
    type=click.Choice(ON_ERROR),
    default="raise",
    show_default=True,
    help="What a broken record does: end the run, be skipped, or be skipped and kept in the store's quarantine.",
)


def operator_command(operator: Operator) -> click.Command:
    """Return the command of an operator; its options are the operator's settings."""
    words = arguments_of(operator.__doc__)
    options = [option_of(parameter, words.get(name)) for name, parameter in operator.parameters.items()]
    if operator.can_go_on:
        options.append(ON_ERROR_OPTION)

    def run(**settings: Any) -> None:
        from prodflow.core.pipeline import Pipeline
        from prodflow.loaders import get_stream
        from prodflow.store.quarantine import quarantine

        stage = operator(**settings)
        with quiet_on_broken_pipe(), Pipeline([stage], get_stream("-")).run(quarantine=quarantine()) as running:
            write(running, operator.name)
        count = running.counts[0]
        if count.dropped:
            reason = f" ({count.reason})" if count.reason else ""
            click.echo(
                f"{operator.name}: {count.received:,} in, {count.yielded:,} out, {count.dropped:,} dropped{reason}",
                err=True,
            )

    name = operator.name.replace("_", "-")
    return click.Command(
        name, params=options, callback=run, help=_help_of(operator), short_help=summary_of(operator.__doc__)
    )


def _help_of(operator: Operator) -> str:
    return f"{summary_of(operator.__doc__)}\n\nReads NDJSON on standard input and writes NDJSON on standard output."
