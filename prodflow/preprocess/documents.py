"""Run a spaCy language over the texts of tasks, a batch at a time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from more_itertools import batched

from prodflow.core.errors import ModelError, TaskError
from prodflow.core.failures import Failures
from prodflow.core.task import Task

BATCH_SIZE = 32

Numbered: TypeAlias = tuple[int, Task]
"""A task behind its position in the stream."""


def text_of(task: Task, key: str) -> str:
    """Return a task's text.

    Raises:
        TaskError: if it has none.

    >>> text_of({"text": "a"}, "text")
    'a'
    """
    if problem := _missing(task, key):
        raise TaskError(problem)
    text: str = task[key]
    return text


def parse(
    nlp: Any,
    stream: Iterable[Task],
    failures: Failures,
    *,
    text_key: str = "text",
    batch_size: int = BATCH_SIZE,
    longer_than: int = -1,
) -> Iterator[tuple[int, Task, Any]]:
    """Yield the position, the task and the document of each task; a batch is read ahead.

    Args:
        nlp: the spaCy language.
        stream: the tasks.
        failures: takes the tasks without a text, and those whose text is longer than `nlp.max_length`.
        text_key: the key of the text.
        batch_size: how many texts spaCy sees at once.
        longer_than: shorter texts are not parsed, their document is None; in characters.

    Raises:
        TaskError: at the first such task, if `failures` lets none pass.
        ModelError: if a component of `nlp` fails.
    """
    for batch in batched(enumerate(stream), batch_size):
        for problem, group in groupby(batch, key=lambda item: _problem(item[1], text_key, nlp.max_length)):
            if not problem:
                yield from _parsed(nlp, list(group), failures.operator, text_key, longer_than)
                continue
            for position, task in group:
                told = TaskError(f"{failures.operator}: task {position}: {problem}")
                failures.handle(told, position=position, record=task)


def _parsed(
    nlp: Any, tasks: Sequence[Numbered], where: str, text_key: str, longer_than: int
) -> Iterator[tuple[int, Task, Any]]:
    texts = [task[text_key] for _, task in tasks if len(task[text_key]) > longer_than]
    try:
        documents = iter(list(nlp.pipe(texts, batch_size=max(1, len(texts)))))
    except Exception as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ModelError(f"{where}: nlp failed at tasks {tasks[0][0]} to {tasks[-1][0]}: {told}") from error
    for position, task in tasks:
        yield position, task, next(documents) if len(task[text_key]) > longer_than else None


def _problem(task: Task, key: str, max_length: int) -> str:
    if problem := _missing(task, key):
        return problem
    if (length := len(task[key])) > max_length:
        return f"{key!r} has {length:,} characters, more than nlp.max_length ({max_length:,}); split it, or raise that"
    return ""


def _missing(task: Task, key: str) -> str:
    if isinstance(value := task.get(key), str):
        return ""
    keys = ", ".join(map(repr, task))
    return f"{key}={value!r:.80} is not a text" if key in task else f"no {key!r} (keys: {keys})"
