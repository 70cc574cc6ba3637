"""The decorator that makes a function a recipe, and the names that recipes have."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prodflow.core import registry
from prodflow.core.describe import arguments_of, with_arguments
from prodflow.core.errors import SettingError
from prodflow.core.settings import load_file, parameters_of
from prodflow.recipes.argument import Arg as Arg
from prodflow.recipes.argument import Argument, argument_of, told_of


class Recipe:
    """A function that returns components, with its name and its arguments; calling it calls the function."""

    def __init__(self, name: str, function: Callable[..., Any], annotations: dict[str, Any]) -> None:
        """Check that the annotations are of arguments the function has."""
        functools.update_wrapper(self, function)
        told = {key: mark.words for key, kind in function.__annotations__.items() if (mark := told_of(kind))}
        if told:
            self.__doc__ = with_arguments(function.__doc__, told, inspect.signature(function).parameters)
        self.name = name
        self.function = function
        for argument in annotations:
            if argument not in inspect.signature(function).parameters:
                raise SettingError(f"recipe {name}: its function has no argument {argument!r}")
        self._annotations = annotations

    @functools.cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The arguments, by name."""
        try:
            found = parameters_of(self.function)
        except NameError:  # an annotation that only a type checker can read
            found = {
                name: parameter.replace(annotation=Any) if isinstance(parameter.annotation, str) else parameter
                for name, parameter in inspect.signature(self.function).parameters.items()
            }
        open_kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        return {name: parameter for name, parameter in found.items() if parameter.kind not in open_kinds}

    @functools.cached_property
    def arguments(self) -> dict[str, Argument]:
        """How each argument is given; without an annotation, those without a default are positional."""
        described = arguments_of(self.__doc__ or "")
        return {
            name: argument_of(parameter, self._annotations.get(name), described.get(name), f"recipe {self.name}")
            for name, parameter in self.parameters.items()
        }

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the recipe's function."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<recipe {self.name}>"


def recipe(name: str, /, **annotations: Any) -> Callable[[Callable[..., Any]], Recipe]:
    """Make a recipe of a function that returns components, and register its name.

    The function returns a dict of components or a `Controller`, which is served, or None where there is nothing to
    serve. It stays a function: call it from Python as before.

    Args:
        name: the name it is called by, on the command line and in `serve`.
        annotations: for each argument how it is given on the command line, as an `Arg` or as a tuple
            `(help, "positional" | "option" | "flag", shortcut, type)`; what is left out is taken from the signature.

    >>> @recipe("example", source=("Where the texts are", "positional", None, str))
    ... def example(dataset, source, view_id="text"):
    ...     return {"dataset": dataset, "view_id": view_id, "stream": [{"text": source}]}
    >>> example("my_set", "hello")["stream"]
    [{'text': 'hello'}]
    """

    def wrap(function: Callable[..., Any]) -> Recipe:
        function = function.function if isinstance(function, Recipe) else function
        made = Recipe(name, function, annotations)
        registry.recipes.register(name, made)
        return made

    return wrap


def get_recipe(name: str, path: str | Path | None = None) -> Recipe:
    """Return the recipe of a name; `-` and `_` in names are the same.

    Args:
        name: the name.
        path: a Python file that defines it.

    Raises:
        UnknownNameError: if there is none, with the names that exist.
        SettingError: if the file is not there, or fails.

    >>> get_recipe("mark")
    <recipe mark>
    """
    if path is not None:
        load_file(Path(path), "get_recipe")
    found: Recipe = registry.recipes.get(name)
    return found


def set_recipe(name: str, func: Callable[..., Any]) -> Recipe:
    """Register a function under a name, as the decorator `recipe` does.

    >>> made = set_recipe("my_own", lambda dataset: {"dataset": dataset, "view_id": "text", "stream": []})
    >>> get_recipe("my-own")("news")["dataset"]
    'news'
    """
    made = func if isinstance(func, Recipe) and func.name == name else recipe(name)(func)
    registry.recipes.register(name, made)
    return made
