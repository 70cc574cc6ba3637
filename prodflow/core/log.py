"""prodflow's log: quiet by default, a line for each step with `PRODFLOW_LOGGING=basic`, details with `verbose`."""

import logging

_log = logging.getLogger("prodflow")


def log(message: str, details: object = None) -> None:
    """Add an entry to the log.

    Args:
        message: shown with `PRODFLOW_LOGGING=basic` or `verbose`, e.g. `"RECIPE: Starting recipe my-recipe"`.
        details: shown below it with `verbose` only, e.g. `locals()`.

    >>> log("RECIPE: Starting recipe my-recipe", {"label": "A"})
    """
    _log.info("%s", message)
    if details is not None and _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s", details)
