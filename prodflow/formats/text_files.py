"""Small text files of other tools, with errors that name file and line."""

from collections.abc import Iterator
from pathlib import Path

from prodflow.core.errors import SourceError
from prodflow.core.failures import broken


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file, without their ends.

    Raises:
        SourceError: if it cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        reason = f"not UTF-8: byte 0x{data[error.start]:02x}; save the file as UTF-8"
        raise broken(str(path), line, reason) from error


def unused(names: dict[str, int], name: str) -> str:
    """Return the name, or the name with a number where it was given before.

    >>> names = {}
    >>> unused(names, "a"), unused(names, "b"), unused(names, "a")
    ('a', 'b', 'a-2')
    """
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else unused(names, f"{name}-{names[name]}")


def numbered(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty with their numbers, from 1."""
    return ((number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip())
