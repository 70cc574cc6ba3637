"""Give tasks their hashes."""

from collections.abc import Iterable, Iterator

from prodflow.core.errors import TaskError
from prodflow.core.failures import HiddenFailures
from prodflow.core.hashing import INPUT_KEYS, TASK_KEYS, provisionally, set_hashes
from prodflow.core.operator import operator
from prodflow.core.plain import as_json
from prodflow.core.settings import Names
from prodflow.core.task import Task


@operator(stateless=True, drops="cannot be hashed")
def rehash(
    stream: Iterable[Task],
    *,
    input_keys: Names = INPUT_KEYS,
    task_keys: Names = TASK_KEYS,
    overwrite: bool = True,
    lasting: bool = True,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Give tasks their `_input_hash` and `_task_hash`.

    Numbers of numpy, paths and dates in a task that has no hash because of them become those of JSON.

    Args:
        stream: the tasks.
        input_keys: keys of the input hash.
        task_keys: keys that make it another task over the same input.
        overwrite: compute hashes anew where a task has them already.
        lasting: keep them, whatever is changed in the task later; if False those that are computed here are computed
            anew when the task is asked, so that a recipe may make several questions of it.

    Raises:
        TaskError: at a task that is not JSON-like.

    >>> [task] = rehash([{"text": "a", "_input_hash": 1, "_task_hash": 1}])
    >>> sorted(task), task["_input_hash"] == 1
    (['_input_hash', '_task_hash', 'text'], False)
    """
    for position, task in enumerate(stream):
        try:
            hashed = _hashed(task, input_keys, task_keys, overwrite)
        except TaskError as error:
            failures.handle(TaskError(f"rehash: task {position}: {error}"), position=position, record=task)
        else:
            yield hashed if lasting else provisionally(hashed, {} if overwrite else task)


def _hashed(task: Task, input_keys: tuple[str, ...], task_keys: tuple[str, ...], overwrite: bool) -> Task:
    try:
        return set_hashes(task, input_keys, task_keys, overwrite=overwrite)
    except TaskError:
        return set_hashes(as_json(task), input_keys, task_keys, overwrite=overwrite)
