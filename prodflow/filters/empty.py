"""Drop tasks that have nothing to annotate."""

from collections.abc import Iterable, Iterator

from prodflow.core.errors import TaskError
from prodflow.core.failures import HiddenFailures
from prodflow.core.operator import operator
from prodflow.core.task import Task


@operator(stateless=True, drops="empty")
def filter_empty(stream: Iterable[Task], key: str, skip: bool = True, *, failures: HiddenFailures) -> Iterator[Task]:
    """Drop tasks whose value under a key is missing, empty or otherwise falsy.

    Args:
        stream: the tasks.
        key: the key that must have a value, e.g. `"text"`.
        skip: drop such tasks; if False, raise at the first.

    Raises:
        TaskError: at the first such task, if `skip` is False.

    >>> list(filter_empty([{"text": "test"}, {"image": "test.jpg"}, {"text": ""}], key="text"))
    [{'text': 'test'}]
    """
    for position, task in enumerate(stream):
        if task.get(key):
            yield task
        elif not skip:
            keys = ", ".join(map(repr, task))
            error = TaskError(
                f"filter_empty: task {position} has no {key!r} (keys: {keys}); "
                "set key= to one of them, or skip=True to drop such tasks"
            )
            failures.handle(error, position=position, record=task)
