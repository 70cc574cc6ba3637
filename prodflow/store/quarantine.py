"""Where records go that failed: into the journal, for SQL to read."""

import logging
from collections.abc import Callable

from prodflow.core.failures import Quarantined
from prodflow.store.database import connect

log = logging.getLogger("prodflow")


def quarantine(dataset: str | None = None) -> Callable[[Quarantined], None]:
    """Return a function that keeps failed records in the default store.

    Args:
        dataset: the dataset they would have been asked for; None where there is none yet.
    """

    def keep(item: Quarantined) -> None:
        with connect() as database:
            if dataset is not None:
                database.journal.add_dataset(dataset)
            database.journal.quarantine(dataset, item).result()

    return keep
