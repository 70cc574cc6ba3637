"""From the arguments of a recipe to those of its command."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from prodflow.cli.options import option_of, type_of
from prodflow.core.settings import ConvertedBy
from prodflow.recipes.argument import Argument
from prodflow.recipes.recipe import Recipe

_PLAIN = (str, int, float, bool)


class Converted(click.ParamType[Any]):
    """What a recipe's own function makes of the text that was given; defaults stay as they are."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        """Keep the function."""
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Call the function."""
        if not isinstance(value, str):
            return value
        try:
            return self.function(value)
        except (ValueError, TypeError) as error:
            self.fail(f"{value!r}: {error}", param, ctx)


def parameter_of(parameter: inspect.Parameter, argument: Argument) -> click.Parameter:
    """Return the command's parameter for an argument of a recipe."""
    names = [argument.option or f"--{parameter.name.replace('_', '-')}", parameter.name]
    shortcut = argument.shortcut or (parameter.name if len(parameter.name) == 1 else None)
    if shortcut:
        names.insert(1, f"-{shortcut}")
    if argument.style == "flag":
        default = parameter.default is True
        if default and not argument.shortcut:
            names[0] += f"/--no-{names[0].removeprefix('--')}"
        return click.Option(names, is_flag=True, default=default, help=argument.help)
    kind = _kind(parameter, argument)
    if kind is None:
        made = option_of(parameter, argument.help, positional=argument.style == "positional")
        if isinstance(made, click.Option):
            made = click.Option(names, type=made.type, required=made.required, default=made.default, help=made.help)
    else:
        made = _made(names, parameter, argument, kind)
    if parameter.default is not parameter.empty or argument.optional:
        made.required = False
    return made


class RecipeCommand(click.Command):
    """A command whose options may be given by their place as well, where nothing is said against it.

    Args:
        recipe: whose arguments these are.
        params: the command's.
        settings: those of `click.Command`.
    """

    def __init__(self, recipe: Recipe, params: list[click.Parameter], **settings: Any) -> None:
        """Add an argument for each such option: recipes written for Prodigy are called so."""
        options = {param.name: param for param in params}
        self._places = [name for name, argument in recipe.arguments.items() if argument.by_place]
        places = [
            click.Argument([_place(name)], type=options[name].type, required=False, metavar=f"[{name.upper()}]")
            for name in self._places
        ]
        super().__init__(recipe.name, params=[*params, *places], **settings)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put what was given by its place under the name of its option.

        Raises:
            click.UsageError: if that was given too.
        """
        rest = super().parse_args(ctx, args)
        for name in self._places:
            value = ctx.params.pop(_place(name))
            if value is None:
                continue
            if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
                raise click.UsageError(f"{name} is given twice: by its place as {value!r}, and as an option", ctx)
            ctx.params[name] = value
        return rest


def _place(name: str) -> str:
    return f"{name}_by_place"


def _made(names: list[str], parameter: inspect.Parameter, argument: Argument, kind: Any) -> click.Parameter:
    default = None if parameter.default is parameter.empty else parameter.default
    needed = parameter.default is parameter.empty and not argument.optional
    if argument.style == "positional":
        return click.Argument([parameter.name], type=kind, default=default, required=needed)
    return click.Option(
        names, type=kind, default=default, required=needed, help=argument.help, show_default=bool(default)
    )


def _kind(parameter: inspect.Parameter, argument: Argument) -> Any:
    """The click type that the recipe asks for; None where the annotation of the function says it."""
    if argument.choices:
        return click.Choice([str(choice) for choice in argument.choices])
    if argument.type is not None:
        return _converter(argument.type)
    for mark in _marks(parameter.annotation):
        if isinstance(mark, ConvertedBy):
            return Converted(mark.function)
    if parameter.annotation is parameter.empty or parameter.annotation is Any:
        known = parameter.default is not parameter.empty and type(parameter.default) in (*_PLAIN, list, tuple)
        return click.types.convert_type(type_of(type(parameter.default)) if known else str)
    return None


def _marks(annotation: Any) -> list[Any]:
    """The marks of an annotation, also where it is one of several alternatives."""
    inner = [mark for part in get_args(annotation) for mark in getattr(part, "__metadata__", ())]
    return [*getattr(annotation, "__metadata__", ()), *inner]


def _converter(kind: Any) -> Any:
    if kind is Path:
        return click.Path(path_type=Path)
    return click.types.convert_type(kind) if kind in _PLAIN else Converted(kind)
