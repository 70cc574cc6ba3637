"""The decorator that makes a function a recipe."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.settings import parameters_of

Style = Literal["positional", "option", "flag"]


class Arg(NamedTuple):
    """How one argument of a recipe is given on the command line."""

    help: str | None = None
    style: Style = "option"
    shortcut: str | None = None
    type: Callable[[str], Any] | None = None


class Recipe:
    """A function that returns components, with its name and its arguments; calling it calls the function."""

    def __init__(self, name: str, function: Callable[..., Any], annotations: dict[str, Any]) -> None:
        """Check that the annotations are of arguments the function has."""
        functools.update_wrapper(self, function)
        self.name = name
        self.function = function
        for argument in annotations:
            if argument not in inspect.signature(function).parameters:
                raise SettingError(f"recipe {name}: its function has no argument {argument!r}")
        self._annotations = annotations

    @functools.cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The arguments, by name."""
        return parameters_of(self.function)

    @functools.cached_property
    def arguments(self) -> dict[str, Arg]:
        """How each argument is given; without an annotation, those without a default are positional."""
        described = _described(self.function.__doc__ or "")
        return {name: self._argument(parameter, described.get(name)) for name, parameter in self.parameters.items()}

    def _argument(self, parameter: inspect.Parameter, words: str | None) -> Arg:
        given = self._annotations.get(parameter.name)
        if given is not None:
            return (
                Arg(given[0] or words, *given[1:]) if isinstance(given, tuple) else Arg(str(given), _style(parameter))
            )
        return Arg(words, _style(parameter))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the recipe's function."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<recipe {self.name}>"


def recipe(name: str, /, **annotations: Any) -> Callable[[Callable[..., Any]], Recipe]:
    """Make a recipe of a function that returns a dict of components, and register its name.

    Args:
        name: the name it is called by, on the command line and in `serve`.
        annotations: for each argument how it is given on the command line, as
            `(help, "positional" | "option" | "flag", shortcut, type)`; what is left out is taken from the signature.

    >>> @recipe("example", source=("Where the texts are", "positional", None, str))
    ... def example(dataset, source, view_id="text"):
    ...     return {"dataset": dataset, "view_id": view_id, "stream": [{"text": source}]}
    >>> example("my_set", "hello")["stream"]
    [{'text': 'hello'}]
    """

    def wrap(function: Callable[..., Any]) -> Recipe:
        made = Recipe(name, function, annotations)
        registry.recipes.register(name, made)
        return made

    return wrap


def _style(parameter: inspect.Parameter) -> Style:
    if parameter.annotation is bool or isinstance(parameter.default, bool):
        return "flag"
    by_name_only = parameter.kind is parameter.KEYWORD_ONLY or parameter.default is not parameter.empty
    return "option" if by_name_only else "positional"


def _described(docstring: str) -> dict[str, str]:
    """The lines under `Args:`, by argument."""
    from prodflow.core.describe import arguments_of

    return arguments_of(docstring)
