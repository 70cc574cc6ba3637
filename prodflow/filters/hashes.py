"""Drop tasks by the hashes of others: answered before, or in another stream."""

from collections.abc import Container, Iterable, Iterator
from typing import Any, Literal

from prodflow.core.errors import TaskError
from prodflow.core.failures import Failures, HiddenFailures
from prodflow.core.hashing import set_hashes
from prodflow.core.hashset import HashSet
from prodflow.core.operator import operator
from prodflow.core.task import Task


@operator(stateless=True, drops="input seen before")
def filter_inputs(stream: Iterable[Task], input_ids: Iterable[int], *, failures: HiddenFailures) -> Iterator[Task]:
    """Drop tasks by input hash, e.g. those of a dataset: `db.get_input_hashes("my_set")`.

    Args:
        stream: the tasks.
        input_ids: the input hashes to drop.

    >>> list(filter_inputs([{"_input_hash": 5, "text": "foo"}, {"_input_hash": 9, "text": "bar"}], [1, 5]))
    [{'_input_hash': 9, 'text': 'bar'}]
    """
    return _without(stream, input_ids, "_input_hash", failures)


@operator(stateless=True, drops="task seen before")
def filter_tasks(stream: Iterable[Task], task_ids: Iterable[int], *, failures: HiddenFailures) -> Iterator[Task]:
    """Drop tasks by task hash, e.g. those of a dataset: `db.get_task_hashes("my_set")`.

    Args:
        stream: the tasks.
        task_ids: the task hashes to drop.

    >>> list(filter_tasks([{"_task_hash": 5, "text": "foo"}, {"_task_hash": 9, "text": "bar"}], [1, 5]))
    [{'_task_hash': 9, 'text': 'bar'}]
    """
    return _without(stream, task_ids, "_task_hash", failures)


@operator(stateless=True, drops="seen in the other stream")
def filter_seen_before(
    stream: Iterable[Task],
    stream_cache: Iterable[Task],
    exclude_by: Literal["input", "task"] = "input",
    *,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Drop tasks that are in another, finite stream.

    Args:
        stream: the tasks.
        stream_cache: the tasks seen before; read once, at the first task.
        exclude_by: compare input hashes or task hashes.

    >>> a = [{"_input_hash": 5, "_task_hash": 5, "text": "foo"}, {"_input_hash": 9, "_task_hash": 9, "text": "bar"}]
    >>> b = [{"_input_hash": 5, "_task_hash": 5, "text": "foo"}]
    >>> list(filter_seen_before(a, b, exclude_by="task"))
    [{'_input_hash': 9, '_task_hash': 9, 'text': 'bar'}]
    """
    key = f"_{exclude_by}_hash"
    return _without(stream, (_hash(task, key) for task in stream_cache), key, failures)


def _without(stream: Iterable[Task], ids: Iterable[Any], key: str, failures: Failures) -> Iterator[Task]:
    seen: Container[Any] = ids if isinstance(ids, (set, frozenset, HashSet)) else HashSet(ids)
    for position, task in enumerate(stream):
        try:
            new = _hash(task, key) not in seen
        except TaskError as error:
            told = TaskError(f"{failures.operator}: task {position}: {error}")
            failures.handle(told, position=position, record=task)
        else:
            if new:
                yield task


def _hash(task: Task, key: str) -> Any:
    return task[key] if type(task.get(key)) is int else set_hashes(task)[key]
