"""Rows as a table on the terminal."""

from collections.abc import Collection, Sequence

import click


def echo_table(header: Sequence[str], rows: Sequence[Sequence[object]], numbers: Collection[str] = ()) -> None:
    """Write rows under a header, columns aligned.

    Args:
        header: the columns' names.
        rows: their cells.
        numbers: columns that are aligned to the right, with their header.
    """
    lines = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = [
            cell.rjust(width) if cell.isdigit() or header[at] in numbers else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
