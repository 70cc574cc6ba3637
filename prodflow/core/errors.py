"""The errors prodflow raises on purpose.

    ProdflowError
    ├── SettingError            a wrong argument, option or configuration value (also a ValueError)
    │   ├── ConfigError         a configuration file or variable that cannot be read
    │   ├── SourceNotFoundError a file or folder that is not there (also a FileNotFoundError)
    │   └── UnknownNameError    no loader, operator, model, recipe or dataset of that name (also a LookupError)
    ├── SourceError             a source that is there but broken: a JSON line, a truncated archive (also a ValueError)
    ├── TaskError               a task without what an operator needs (also a ValueError)
    │   └── MediaError          an image, sound or URL that cannot be fetched or decoded
    ├── TooManyErrorsError      a run that goes on after errors, stopped because too many records failed
    ├── ModelError              a model that raised while scoring or learning
    ├── AnswerError             an answer that cannot be stored: carries its place in the body and an HTTP status
    ├── QueryError              SQL that wants to write, or to open other files than the store's (also a ValueError)
    └── StoreError              the store cannot be opened, read or written
        └── StoreVersionError   the store was made by a newer version of prodflow

Every message is one line: where, what came, what to do.
"""

import difflib
from collections.abc import Iterable


class ProdflowError(Exception):
    """Base of all errors that prodflow raises on purpose; `exit_code` is what a command ends with."""

    exit_code = 1


class SettingError(ProdflowError, ValueError):
    """A wrong argument, option or configuration value."""

    exit_code = 2


class ConfigError(SettingError):
    """A configuration file or variable that cannot be read."""


class SourceNotFoundError(SettingError, FileNotFoundError):
    """A file or folder that is not there."""


class UnknownNameError(SettingError, LookupError):
    """No loader, operator, model, recipe or dataset of that name."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Say what was asked for, what comes close and what exists."""
        known = sorted(known)
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        listed = ", ".join(known) if known else "none"
        super().__init__(f"no {kind} named {name!r}{hint} (known: {listed})")


class SourceError(ProdflowError, ValueError):
    """A source that is there but broken."""


class TaskError(ProdflowError, ValueError):
    """A task without what an operator needs."""


class MediaError(TaskError):
    """An image, sound or URL that cannot be fetched or decoded."""


class TooManyErrorsError(ProdflowError):
    """A run that goes on after errors, stopped because too many records failed."""


class ModelError(ProdflowError, RuntimeError):
    """A model that raised while scoring or learning."""


class AnswerError(ProdflowError, ValueError):
    """An answer that cannot be stored.

    `path` is its place in the body (`$.answers[2].answer`), `status` the HTTP status that says so.
    """

    def __init__(self, message: str, *, path: str = "$", status: int = 400) -> None:
        """Keep the place and the status beside the message."""
        super().__init__(message)
        self.path = path
        self.status = status


class QueryError(ProdflowError, ValueError):
    """SQL that wants to write, or to open other files than the store's."""


class StoreError(ProdflowError):
    """The store cannot be opened, read or written."""


class StoreVersionError(StoreError):
    """The store was made by a newer version of prodflow."""
