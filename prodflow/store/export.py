"""A file is written aside and renamed when it is whole."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from prodflow.core.errors import SettingError

T = TypeVar("T")


def write_aside(path: Path, write: Callable[[IO[bytes]], T]) -> T:
    """Write a file under another name and rename it when it is whole; return what `write` returns.

    Raises:
        SettingError: if it cannot be written.
    """
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("wb") as file:
            done = write(file)
        aside.replace(path)
    except OSError as error:
        raise SettingError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return done
