"""Secret keys: made once, kept in the store's folder for its owner alone."""

import contextlib
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from prodflow.core.errors import StoreError

log = logging.getLogger("prodflow")

_BYTES = 32


def read_or_make_key(file: Path) -> bytes:
    """Return the key in a file; the first who asks makes it, with mode 0600.

    Where others could read the file the mode is set right, with a line in the log.

    Raises:
        StoreError: if that is not possible.
    """
    try:
        return _read_or_make(file)
    except OSError as error:
        raise StoreError(f"{file} cannot be read or made: {error.strerror or error}") from error


def _read_or_make(file: Path) -> bytes:
    try:
        key = file.read_bytes()
    except FileNotFoundError:
        _make(file, _link)
        return file.read_bytes()
    if len(key) < _BYTES:  # half of one, from a machine that lost its power
        _make(file, Path.replace)
        return file.read_bytes()
    if file.stat().st_mode & 0o077:
        log.warning("%s could be read by other users of this machine; only its owner can now", file)
        file.chmod(0o600)
    return key


def _make(file: Path, give_name: Callable[[Path, Path], object]) -> None:
    aside = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(_BYTES))
            out.flush()
            os.fsync(out.fileno())
        give_name(aside, file)
    finally:
        with contextlib.suppress(OSError):  # what went wrong before says more
            aside.unlink(missing_ok=True)


def _link(aside: Path, file: Path) -> None:
    """Give the key its name, unless another process was first: then theirs counts."""
    try:
        os.link(aside, file)
    except FileExistsError:
        return
    except OSError:  # a disk without hard links
        aside.replace(file)
