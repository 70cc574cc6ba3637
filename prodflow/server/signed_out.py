"""Cookies that were given back before their end: who has a copy of one gets nowhere with it."""

import errno
import os
from pathlib import Path

import orjson

from prodflow.core.clock import latest_s
from prodflow.core.errors import StoreError

FILE = "signed_out.jsonl"


class SignedOut:
    """The ids of the cookies that visitors signed out with, in a file of the store; they say nothing about anybody.

    Args:
        folder: the store's folder.
    """

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self._file = folder / FILE
        self._seen: tuple[int, int] | None = None
        self._ids: frozenset[str] = frozenset()

    def add(self, cookie_id: str, ends: int) -> None:
        """Write an id down until the cookie would have ended anyway.

        Raises:
            StoreError: if the store cannot be written.
        """
        try:
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # On a line of its own, also where a full disk or a power cut left half of one at the end.
                line = b"\n%b\n" % orjson.dumps([cookie_id, ends])
                if os.write(descriptor, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StoreError(
                f"the cookie is gone from this browser, but a copy of it could still be used: {error.strerror}"
            ) from error

    def __contains__(self, cookie_id: object) -> bool:
        """Tell whether a cookie was given back, to this server or another one of the store."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return False
        seen = (found.st_size, found.st_mtime_ns)
        if seen != self._seen:
            now = latest_s()
            rows = map(_parsed, self._file.read_bytes().split(b"\n"))
            self._ids, self._seen = frozenset(row[0] for row in rows if row is not None and row[1] > now), seen
        return cookie_id in self._ids


def _parsed(line: bytes) -> tuple[str, int] | None:
    """Return the id of a line and when its cookie ends; None for half a line, which nobody was told is written."""
    try:
        cookie_id, ends = orjson.loads(line)
    except ValueError:
        return None
    return cookie_id, ends
