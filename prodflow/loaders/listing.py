"""Files that are read one after the other, and how to know those again that were read."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from xxhash import xxh3_64


class Listing:
    """Files in their order; more may come behind those that were read, and none before or between.

    Args:
        files: the files.
        known_by: what one is known by; its name alone if not given.
    """

    def __init__(self, files: Sequence[str], known_by: Callable[[str], bytes] = os.fsencode) -> None:
        """Look at none yet."""
        self._files = files
        self._known_by = known_by
        self._digest = xxh3_64()
        self._count = 0

    def trace(self, count: int) -> dict[str, Any] | None:
        """Return what the first so many are known by; the count never falls from call to call.

        >>> files = ["a.png", "b.png", "c.png"]
        >>> trace = Listing(files[:2]).trace(2)
        >>> Listing(files).has(trace), Listing(["a.png", "aa.png", "b.png"]).has(trace)
        (True, False)
        """
        try:
            for file in self._files[self._count : count]:
                self._digest.update(self._known_by(file) + b"\0")
                self._count += 1
        except OSError:  # it went away
            return None
        return {"files": self._count, "known_by": self._digest.hexdigest()}

    def has(self, trace: Any) -> bool:
        """Tell whether the first files are those of a trace."""
        try:
            return bool(self.trace(trace["files"]) == trace)
        except (TypeError, KeyError):
            return False
