"""The components that a recipe returns: which there are, and what each must be."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.operator import is_stream
from prodflow.core.task import Task
from prodflow.store.database import Database
from prodflow.store.place import check_name

log = logging.getLogger("prodflow")

COMPONENTS = (
    "dataset",
    "view_id",
    "stream",
    "update",
    "db",
    "progress",
    "on_load",
    "on_exit",
    "before_db",
    "validate_answer",
    "get_session_id",
    "exclude",
    "config",
    "metrics",
    "task_router",
    "session_factory",
    "event_hooks",
)
_CALLBACKS = (
    *("update", "progress", "on_load", "on_exit", "before_db", "validate_answer", "get_session_id"),
    *("task_router", "session_factory"),
)

BeforeDb = Callable[[list[Task]], Iterable[Task] | None]


def own_session_id(get_session_id: Callable[[], str] | None) -> str | None:
    """Return the id that a recipe gives the unnamed session; None where it gives none.

    Raises:
        SettingError: if what it returned cannot be one.
    """
    if get_session_id is None:
        return None
    session_id = get_session_id()
    if not isinstance(session_id, str):
        raise SettingError(f"get_session_id returned {session_id!r:.60}, which is no text; return the session's id")
    try:
        return check_name("session", session_id)
    except SettingError as error:
        raise SettingError(f"get_session_id: {error}") from error


def check_components(name: str, components: Mapping[str, Any]) -> None:
    """Check what a recipe returned.

    Raises:
        SettingError: if a component is missing, unknown or of the wrong kind.
    """
    if unknown := sorted(set(components) - set(COMPONENTS)):
        raise SettingError(f"recipe {name}: no component {unknown[0]!r} (components: {', '.join(COMPONENTS)})")
    for needed in ("dataset", "view_id", "stream"):
        if components.get(needed) is None:
            raise SettingError(f"recipe {name}: it returns no {needed!r}")
    stream = components["stream"]
    if not is_stream(stream):
        words = "; it is a function: call it" if callable(stream) else ""
        raise SettingError(f"recipe {name}: stream={stream!r:.80} is not a stream of tasks{words}")
    for key in _CALLBACKS:
        if (value := components.get(key)) is not None and not callable(value):
            raise SettingError(f"recipe {name}: {key}={value!r:.80} cannot be called; give a function")
    for key in ("config", "event_hooks"):
        if (value := components.get(key)) is not None and not isinstance(value, Mapping):
            raise SettingError(f"recipe {name}: {key}={value!r:.80} is not a dict")


def names_in(value: str | Iterable[str] | None) -> list[str]:
    """Return names given alone, as a list, or not at all.

    >>> names_in("old"), names_in(("a", "b")), names_in(None)
    (['old'], ['a', 'b'], [])
    """
    return [value] if isinstance(value, str) else list(value or ())


def with_own_storage(db: Any, dataset: str | bool, before_db: BeforeDb | None) -> BeforeDb | None:
    """Return a `before_db` that also gives the answers to a recipe's own storage.

    The store keeps every answer whatever else a recipe does with it. An answer that is sent twice is given twice.

    Args:
        db: a function that is called with the answers, or an object with `add_examples(answers, datasets)`; a
            `Database` is the store itself, and a text names one.
        dataset: the dataset's name.
        before_db: what rewrites the answers before that.
    """
    if db is None or isinstance(db, (bool, Database)):
        return before_db
    if isinstance(db, str):
        if db != "sqlite":
            log.warning("db=%r is left aside: answers go to the store of the configuration", db)
        return before_db
    if not hasattr(db, "add_examples") and not callable(db):
        raise SettingError(f"db={db!r:.80} is no storage: give a function, or an object with add_examples")

    def keep(answers: list[Task]) -> list[Task]:
        kept = rewritten(answers, before_db)
        if hasattr(db, "add_examples"):
            db.add_examples(kept, datasets=names_in(dataset if isinstance(dataset, str) else None))
        else:
            db(kept)
        return kept

    return keep


def rewritten(answers: list[Task], before_db: BeforeDb | None) -> list[Task]:
    """Return what a recipe makes of answers; where it returns nothing, what it changed in them.

    >>> rewritten([{"text": "a"}], lambda answers: (answer | {"ok": 1} for answer in answers))
    [{'text': 'a', 'ok': 1}]
    """
    if before_db is None:
        return answers
    made = before_db(answers)
    return answers if made is None else list(made)
