"""Cookies that were given back before their end: who has a copy of one gets nowhere with it."""

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
                os.write(descriptor, orjson.dumps([cookie_id, ends]) + b"\n")
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
            lines = self._file.read_bytes().split(b"\n")[:-1]  # what follows the last line's end is being written
            rows = [orjson.loads(line) for line in lines]
            self._ids, self._seen = frozenset(one for one, ends in rows if ends > latest_s()), seen
        return cookie_id in self._ids
