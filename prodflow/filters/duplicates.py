"""Drop tasks that came before."""

from collections.abc import Iterable, Iterator

from prodflow.core.errors import TaskError
from prodflow.core.failures import HiddenFailures
from prodflow.core.hashing import set_hashes
from prodflow.core.hashset import HashSet
from prodflow.core.operator import operator
from prodflow.core.task import Task


@operator(drops="duplicate", ordered=True)
def filter_duplicates(
    stream: Iterable[Task], by_input: bool = False, by_task: bool = True, *, failures: HiddenFailures
) -> Iterator[Task]:
    """Drop tasks that repeat an earlier one; about ten bytes are kept for each.

    Args:
        stream: the tasks; where one has no hashes they are computed, and not added to it.
        by_input: drop a task whose input (text, image, …) came before.
        by_task: drop a task whose input and question (label, spans, …) came before.

    Raises:
        TaskError: at a task that is not JSON-like and has no hashes.

    >>> stream = [{"text": "foo", "label": "bar"}, {"text": "foo", "label": "bar"}, {"text": "foo"}]
    >>> list(filter_duplicates(stream))
    [{'text': 'foo', 'label': 'bar'}, {'text': 'foo'}]
    >>> list(filter_duplicates(stream, by_input=True))
    [{'text': 'foo', 'label': 'bar'}]
    """
    inputs, tasks = HashSet(), HashSet()
    for position, task in enumerate(stream):
        try:
            hashed = set_hashes(task)
        except TaskError as error:
            told = TaskError(f"filter_duplicates: task {position}: {error}")
            failures.handle(told, position=position, record=task)
            continue
        new_input = not by_input or inputs.add(hashed["_input_hash"])
        new_task = not by_task or tasks.add(hashed["_task_hash"])
        if new_input and new_task:
            yield task
