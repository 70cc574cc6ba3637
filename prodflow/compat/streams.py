"""Functions whose older forms differ from prodflow's own in their arguments."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from prodflow.compat.loaders import served_as_files, with_media
from prodflow.core import hashing, registry
from prodflow.core.errors import SettingError
from prodflow.core.hashing import IGNORE, INPUT_KEYS, TASK_KEYS
from prodflow.core.task import Task
from prodflow.filters import filter_duplicates, filter_empty
from prodflow.loaders.guess import get_source
from prodflow.loaders.stream import Stream
from prodflow.store import database

F = TypeVar("F", bound=Callable[..., Any])

log = logging.getLogger("prodflow")


def get_stream(
    source: Any = "-",
    loader: str | Callable[..., Any] | None = None,
    rehash: bool = False,
    dedup: bool = False,
    input_key: str | None = None,
    skip_invalid: bool = True,
    is_binary: bool = False,
    **settings: Any,
) -> Stream:
    """`prodflow.get_stream`, as those recipes expect it.

    Images, sounds and videos of a folder come as data URIs.
    """
    if (api := settings.pop("api", None)) is not None:
        raise SettingError(f"get_stream: api={api!r} is not supported; write a loader, or give an iterable of tasks")
    name = served_as_files(loader)
    stream = source if isinstance(source, Stream) else Stream(get_source(source, name or loader, "raise", settings))
    if input_key:
        stream.apply(filter_empty(key=input_key, skip=skip_invalid))
    stream.apply(registry.operators.get("rehash")(overwrite=rehash, lasting=False))
    if dedup:
        stream.apply(filter_duplicates(by_input=True))
    return stream if name or stream is source else with_media(stream)


def get_stream_older(
    source: Any = "-",
    api: str | None = None,
    loader: str | Callable[..., Any] | None = None,
    rehash: bool = False,
    dedup: bool = False,
    input_key: str | None = None,
    skip_invalid: bool = True,
    **settings: Any,
) -> Stream:
    """The same with the places its arguments had before version 1.12."""
    return get_stream(source, loader, rehash, dedup, input_key, skip_invalid, api=api, **settings)


def set_hashes(
    task: Task,
    input_keys: Iterable[str] | str = INPUT_KEYS,
    task_keys: Iterable[str] | str = TASK_KEYS,
    ignore: Iterable[str] | str = IGNORE,
    overwrite: bool = False,
) -> Task:
    """`prodflow.set_hashes`, which also writes them into the task it is given, and returns that.

    >>> task = {"text": "a"}
    >>> set_hashes(task) is task, "_task_hash" in task
    (True, True)
    """
    task.update(hashing.set_hashes(task, input_keys, task_keys, ignore, overwrite))
    return task


def connect(db_id: Any = None, db_settings: Mapping[str, Any] | None = None) -> database.Database:
    """Open the store; which kind of database Prodigy used before does not matter here.

    Args:
        db_id: what kind of database it was; other than SQLite is said in the log.
        db_settings: not used; the store is that of the configuration.
    """
    if isinstance(db_id, Path):
        return database.connect(db_id)
    if db_id not in (None, "sqlite") or db_settings:
        log.warning("connect(%r, …): prodflow's own store is opened, that of the configuration", db_id)
    return database.connect()


def support_both_streams(*args: Any, **_: Any) -> Any:
    """A decorator that changes nothing: a `Stream` is an iterator, and works wherever a generator does.

    >>> @support_both_streams(stream_arg="stream")
    ... def first(stream):
    ...     return next(stream)
    >>> first(iter([1]))
    1
    """
    if len(args) == 1 and callable(args[0]):
        return args[0]

    def unchanged(function: F) -> F:
        return function

    return unchanged
