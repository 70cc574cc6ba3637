"""NDJSON on standard output: data there, words on standard error."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from prodflow.core.errors import TaskError
from prodflow.core.task import plain_tasks


@contextmanager
def quiet_on_broken_pipe() -> Iterator[None]:
    """End without a word when the reader of the output has gone (as `head` does)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def write(tasks: Iterable[Any], words: str) -> int:
    """Write tasks one a line, each at once, so that the next command in a pipe can begin; return how many.

    On a terminal a counter runs on standard error.
    """
    out = sys.stdout.buffer
    count = 0
    for task in plain_tasks(_counted(tasks, words)):
        try:
            line = orjson.dumps(task, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
        except TypeError as error:
            raise TaskError(f"{words}: task {count} cannot be written as JSON: {error}") from error
        out.write(line)
        out.flush()
        count += 1
    return count


def _counted(tasks: Iterable[Any], words: str) -> Iterable[Any]:
    if not sys.stderr.isatty():
        return tasks
    from tqdm import tqdm

    counted: Iterable[Any] = tqdm(tasks, desc=words, unit=" tasks", file=sys.stderr, mininterval=0.5, leave=False)
    return counted
