"""Drop tasks that came before."""

from collections.abc import Iterable, Iterator

from prodflow.core.hashing import set_hashes
from prodflow.core.hashset import HashSet
from prodflow.core.operator import operator
from prodflow.core.task import Task


@operator(drops="duplicate")
def filter_duplicates(stream: Iterable[Task], *, by_input: bool = False, by_task: bool = True) -> Iterator[Task]:
    """Drop tasks that repeat an earlier one; 20 bytes or less are kept for each.

    Args:
        stream: the tasks; where one has no hashes they are computed, and not added to it.
        by_input: drop a task whose input (text, image, …) came before.
        by_task: drop a task whose input and question (label, spans, …) came before.

    >>> stream = [{"text": "foo", "label": "bar"}, {"text": "foo", "label": "bar"}, {"text": "foo"}]
    >>> list(filter_duplicates(stream))
    [{'text': 'foo', 'label': 'bar'}, {'text': 'foo'}]
    >>> list(filter_duplicates(stream, by_input=True))
    [{'text': 'foo', 'label': 'bar'}]
    """
    inputs, tasks = HashSet(), HashSet()
    for task in stream:
        hashed = set_hashes(task)
        new_input = not by_input or inputs.add(hashed["_input_hash"])
        new_task = not by_task or tasks.add(hashed["_task_hash"])
        if new_input and new_task:
            yield task
