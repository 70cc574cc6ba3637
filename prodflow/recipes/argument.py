"""How an argument of a recipe is given on the command line."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from prodflow.core.errors import SettingError

Style = Literal["positional", "option", "flag"]
Converter = Callable[[str], Any]

_STYLES: tuple[Style, ...] = ("positional", "option", "flag")


@dataclass(frozen=True)
class Arg:
    """How an argument is given: with an option's name it is an option, or a flag where it is true or false.

    Args:
        option: its name on the command line, e.g. `"--label"`; without one it goes by its place.
        short: a short name, e.g. `"-l"`.
        help: what it is.
        converter: makes the value of the text that was given.
        count: kept for compatibility, not used.

    >>> Arg("--label", "-l", help="The labels").short
    '-l'
    """

    option: str | None = None
    short: str | None = None
    help: str | None = None
    converter: Converter | None = None
    count: bool = False


@dataclass(frozen=True)
class Told:
    """What an argument is, said in its annotation; what a recipe's docstring or its decorator says counts before that.

    Args:
        words: what it is.
        short: a short name, without the dash.
    """

    words: str
    short: str | None = None


def told_of(annotation: Any) -> Told | None:
    """Return what an annotation says of its argument; None where it says nothing.

    >>> from typing import Annotated
    >>> told_of(Annotated[str | None, Told("how to read it", "lo")]).short
    'lo'
    """
    return next((mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Told)), None)


@dataclass(frozen=True)
class Argument:
    """An argument of a recipe, as the command line needs to know it."""

    help: str | None
    style: Style
    option: str | None = None
    shortcut: str | None = None
    type: Converter | None = None
    choices: Sequence[Any] | None = None
    optional: bool = False
    """Described as an option without a default: it may be left out, and is None then (False where it is a flag)."""
    by_place: bool = False
    """Nothing but its default is said of it: it is an option, and may be given by its place as well."""


def argument_of(parameter: inspect.Parameter, given: Any, described: str | None, where: str) -> Argument:
    """Return how an argument is given, from what the recipe says of it.

    Args:
        parameter: the function's.
        given: an `Arg`, a text, a tuple `(help, style, shortcut, type, choices)` of which the end may be missing, or
            None: then the signature says it all.
        described: what the function's docstring says of it.
        where: the recipe, for messages.

    Raises:
        SettingError: if it says something else.
    """
    if isinstance(given, Arg):
        return _from_arg(parameter, given, described)
    if isinstance(given, (tuple, list)):
        return _from_tuple(parameter, tuple(given), described, where)
    if given is not None and not isinstance(given, str):
        raise SettingError(f"{where}: {parameter.name}={given!r:.80} describes no argument; give a tuple or an Arg")
    style = _style(parameter)
    told = told_of(parameter.annotation) or Told("")
    untyped = parameter.annotation in (parameter.empty, Any)
    untold = given is None and untyped and parameter.kind is not parameter.KEYWORD_ONLY
    words = given or described or told.words or None
    return Argument(words, style, shortcut=told.short, by_place=untold and style == "option")


def _from_arg(parameter: inspect.Parameter, given: Arg, described: str | None) -> Argument:
    words = given.help or described
    if given.option is None and given.short is None:
        by_place = _style(parameter) == "positional" or parameter.kind is not parameter.KEYWORD_ONLY
        style: Style = "positional" if by_place and not _is_flag(parameter) else _style(parameter)
        return Argument(words, style, type=given.converter)
    return Argument(
        words,
        "flag" if _is_flag(parameter) else "option",
        option=given.option,
        shortcut=given.short.lstrip("-") if given.short else None,
        type=given.converter,
    )


def _from_tuple(parameter: inspect.Parameter, given: tuple[Any, ...], described: str | None, where: str) -> Argument:
    places = dict(zip(("help", "style", "shortcut", "type", "choices"), given))
    words, style = places.get("help"), places.get("style") or "positional"
    if style not in _STYLES:
        raise SettingError(f"{where}: {parameter.name}: {style!r} is none of {', '.join(_STYLES)}")
    return Argument(
        words or described,
        style,
        shortcut=places.get("shortcut"),
        type=places.get("type"),
        choices=places.get("choices"),
        optional=style != "positional",
    )


def _style(parameter: inspect.Parameter) -> Style:
    if _is_flag(parameter):
        return "flag"
    by_name_only = parameter.kind is parameter.KEYWORD_ONLY or parameter.default is not parameter.empty
    return "option" if by_name_only else "positional"


def _is_flag(parameter: inspect.Parameter) -> bool:
    return parameter.annotation is bool or isinstance(parameter.default, bool)
