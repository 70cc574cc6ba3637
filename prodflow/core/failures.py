"""What happens to a record that fails: the run stops, or it goes on and keeps account."""

import logging
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from prodflow.core.errors import SettingError, SourceError, TooManyErrorsError
from prodflow.core.settings import Hidden

OnError: TypeAlias = Literal["raise", "skip", "quarantine"]
ON_ERROR: tuple[OnError, ...] = ("raise", "skip", "quarantine")

WINDOW = 100
MAX_FAILURES_IN_WINDOW = 10

log = logging.getLogger("prodflow")


@dataclass(frozen=True)
class Quarantined:
    """A record that failed, with all that is needed to look at it and to queue it again."""

    operator: str
    position: int
    error: str
    traceback: str
    record: Any


class Failures:
    """Keeps account of the records that failed in one stage of one run.

    Args:
        operator: the stage's name.
        on_error: `"raise"`, `"skip"` (say so in the log) or `"quarantine"` (also hand the record to `sink`; without
            one it is skipped).
        sink: receives what is quarantined.

    A run stops once more than 10 of the last 100 records failed: by then it is the source that is broken.
    """

    def __init__(
        self, operator: str, on_error: OnError = "raise", sink: Callable[[Quarantined], None] | None = None
    ) -> None:
        """Check what `on_error` asks for."""
        if on_error not in ON_ERROR:
            raise SettingError(f"{operator}: on_error={on_error!r} is none of {', '.join(ON_ERROR)}")
        self.operator = operator
        self.on_error = on_error
        self.count = 0
        self._sink = sink
        self._recent: deque[int] = deque(maxlen=MAX_FAILURES_IN_WINDOW + 1)

    def handle(self, error: Exception, *, position: int, record: Any = None) -> None:
        """Raise the error, or write it down and return so that the run goes on.

        Raises:
            Exception: the error itself, if `on_error` is `"raise"`.
            TooManyErrorsError: if too many records failed of late.
        """
        if self.on_error == "raise":
            raise error
        self.count += 1
        self._recent.append(position)
        kept = self.on_error == "quarantine" and self._sink is not None
        log.warning("%s (%s)", error, "quarantined" if kept else "skipped")
        if self._sink is not None and kept:
            trace = "".join(traceback.format_exception(error))
            self._sink(Quarantined(self.operator, position, str(error), trace, record))
        if len(self._recent) > MAX_FAILURES_IN_WINDOW and position - self._recent[0] < WINDOW:
            raise TooManyErrorsError(
                f"{self.operator}: stopped, more than {MAX_FAILURES_IN_WINDOW} of the last {WINDOW} records failed; "
                f"the last: {error}"
            ) from error


HiddenFailures: TypeAlias = Annotated[Failures, Hidden()]
"""Annotates the parameter `failures` of a loader or an operator that handles its own failed records."""


def broken(where: str, line: int, reason: object) -> SourceError:
    """Make the error for a broken line of a file."""
    return SourceError(f"{where}, line {line}: {reason}")
