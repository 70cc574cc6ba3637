"""The command that writes how a project went: the dashboard's numbers as one file."""

from pathlib import Path

import click

from prodflow.core.errors import SettingError


@click.command("report")
@click.argument("dataset")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The HTML file.  [DATASET.html]")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one.")
def report_command(dataset: str, output: Path | None, force: bool, store: Path | None) -> None:
    """Write a report of a dataset as one HTML file: what the dashboard shows, to send or to print.

    It needs no server and no script: pictures are inside.
    """
    from prodflow.dashboard.numbers import read_numbers
    from prodflow.dashboard.page import report
    from prodflow.dashboard.pictures import embedded
    from prodflow.store.export import write_aside
    from prodflow.store.reader import connect

    path = output or Path(f"{dataset}.html")
    if path.exists() and not force:
        raise SettingError(
            f"report: {str(path)!r} is there already; give --force to write over it, or another --output"
        )
    page = report(dataset, read_numbers(connect(store), dataset), embedded)
    write_aside(path, lambda file: file.write(page.encode()))
    click.echo(f"{dataset}: wrote the report to {path}", err=True)
