"""Files of sentences: a token a line, an empty line after each sentence."""

from collections.abc import Iterator
from pathlib import Path

from prodflow.core.failures import Failures
from prodflow.core.source import Cursor
from prodflow.formats.losses import Losses
from prodflow.loaders.lines import LineFile

Line = tuple[int, str]


def sentences_of(loader: str, path: Path, cursor: Cursor, losses: Losses) -> Iterator[list[Line]]:
    """Yield the lines of each sentence with their numbers.

    A line with nothing but spaces or tabs ends a sentence too, and is reported.

    Args:
        loader: the loader's name.
        path: the file; `-` for standard input.
        cursor: told how far it is read.
        losses: takes the report.

    Raises:
        SourceError: if the file cannot be read, or is not UTF-8.
    """
    lines: list[Line] = []
    with LineFile(path, cursor) as file:
        for number, line in _numbered(file, Failures(loader)):
            if line.strip():
                lines.append((number, line))
                continue
            if line:
                losses.add("taken as empty, lines of spaces or tabs", f"line {number}")
            if lines:
                yield lines
                lines = []
    if lines:
        yield lines


def _numbered(file: LineFile, failures: Failures) -> Iterator[Line]:
    number = 0
    for text in file.texts(failures):
        for line in text.removesuffix("\n").split("\n"):
            number += 1
            yield number, line.removesuffix("\r")
