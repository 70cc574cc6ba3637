"""Load the tasks of a dataset of the store."""

from collections.abc import Iterator
from pathlib import Path

from prodflow.core import registry
from prodflow.core.errors import UnknownNameError
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Decision, Task


@loader()
def dataset(
    name: str, *, answer: Decision | None = None, store: Path | None = None, cursor: HiddenCursor
) -> Iterator[Task]:
    """Load the tasks of a dataset as they were answered, oldest first; in constant memory.

    Args:
        name: the dataset's.
        answer: only tasks answered so.
        store: the store's folder; by default the configured one.
        cursor: told how far the dataset has been read.

    Yields:
        Task: the tasks with their hashes, `answer` and the rest.

    Raises:
        UnknownNameError: if there is no such dataset.

    >>> dataset("news", answer="accept")
    dataset(name='news', answer='accept')
    """
    with registry.stores.get("default")(store) as database:
        if name not in database:
            raise UnknownNameError("dataset", name, database.datasets)
        read = 0
        cursor.track(lambda: read, size=database.count(name, answer=answer), unit="tasks")
        for task in database.iter_dataset_examples(name, answer=answer):
            read += 1
            yield task
        cursor.finish()
