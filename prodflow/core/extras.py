"""Parts that need packages of an extra."""

from collections.abc import Iterator
from contextlib import contextmanager

from prodflow.core.errors import SettingError


@contextmanager
def needs_extra(extra: str, what: str) -> Iterator[None]:
    """Say what to install where an import fails.

    Raises:
        SettingError: in place of the import's own error, if a package of another project is missing.

    >>> with needs_extra("torch", "ImageClassifier"):
    ...     import no_such_package
    Traceback (most recent call last):
    ...
    prodflow.core.errors.SettingError: ImageClassifier needs 'no_such_package': pip install 'prodflow[torch]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("prodflow"):
            raise
        raise SettingError(f"{what} needs {error.name!r}: pip install 'prodflow[{extra}]'") from error
