"""From what a user names as a model to the model."""

import inspect
from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.settings import load_reference


def resolve_model(model: Any, where: str = "score") -> Any:
    """Return the model that an object, a class, a factory, a registered name or `"file.py:name"` stands for.

    Args:
        model: a class or a function without arguments is called; an object is returned as it is.
        where: the operator's name, for messages.

    Raises:
        SettingError: if it is not there, cannot be made without arguments or is no model.

    >>> from prodflow.models.resolve import resolve_model
    >>> resolve_model(lambda stream: ((0.5, task) for task in stream))  # doctest: +ELLIPSIS
    <function <lambda> at ...>
    """
    found = _named(model, where) if isinstance(model, str) else model
    if isinstance(found, type) or (inspect.isfunction(found) and not inspect.signature(found).parameters):
        found = _make(found, model, where)
    if not callable(found):
        raise SettingError(f"{where}: model={model!r} is no model: it cannot be called with a stream")
    return found


def _named(name: str, where: str) -> Any:
    return load_reference(name, where) if ":" in name else registry.models.get(name)


def _make(factory: Any, model: Any, where: str) -> Any:
    try:
        inspect.signature(factory).bind()
    except TypeError as error:
        raise SettingError(
            f"{where}: model={model!r} cannot be made without arguments ({error}); "
            "give the object, or name one in a file as 'file.py:model'"
        ) from error
    except ValueError:
        pass  # a class written in C without a signature: try it
    return factory()
