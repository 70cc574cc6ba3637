"""From a function's settings to options of a command."""

import inspect
import typing
from collections import abc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

import click

from prodflow.core.settings import ExistingPath


class Commas(click.ParamType[Any]):
    """A comma-separated list of one type."""

    name = "list"

    def __init__(self, item: Any) -> None:
        """Keep the type of an item."""
        self.item = click.types.convert_type(item)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split at commas and convert each part."""
        if not isinstance(value, str):
            return value
        return [self.item.convert(part.strip(), param, ctx) for part in value.split(",") if part.strip()]


class Tasks(click.ParamType[Any]):
    """A source of tasks: a file, a folder or `dataset:name`."""

    name = "source"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Open the source as a stream."""
        from prodflow.loaders import get_stream

        return get_stream(value)


def option_of(parameter: inspect.Parameter, words: str | None, *, positional: bool = False) -> click.Parameter:
    """Return the option, or the argument, that sets a parameter."""
    kind = type_of(parameter.annotation)
    words = words and words[0].upper() + words[1:]
    given: dict[str, Any] = {"type": kind, "required": True}
    if parameter.default is not parameter.empty:
        given = {"type": kind, "default": _default(parameter)}
    if positional:
        return click.Argument([parameter.name], **given)
    flag = "--" + parameter.name.replace("_", "-")
    if kind is bool:
        return click.Option([f"{flag}/--no-{flag[2:]}"], default=parameter.default, help=words, show_default=True)
    return click.Option([flag], **given, help=words, show_default="default" in given)


def _default(parameter: inspect.Parameter) -> Any:
    default = parameter.default
    return ",".join(map(str, default)) if isinstance(default, (list, tuple)) else default


def type_of(annotation: Any) -> Any:
    """Return the click type of an annotation."""
    bare, marks = _unwrapped(annotation)
    if ExistingPath in marks or any(isinstance(mark, ExistingPath) for mark in marks):
        return click.Path(path_type=Path)
    origin, arguments = get_origin(bare), get_args(bare)
    if bare in (bool, int, float):
        return bare
    if bare is Path:
        return click.Path(path_type=Path)
    if origin is Literal:
        return click.Choice([str(value) for value in arguments])
    if origin in (list, tuple, set, abc.Iterable, abc.Sequence):
        inner = _unwrapped(arguments[0])[0] if arguments else str
        if inner is dict or get_origin(inner) is dict:
            return Tasks()
        return Commas(inner if inner in (int, float) else str)
    return str


def _unwrapped(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The annotation without marks, None and alternatives that a command line cannot give."""
    marks: tuple[Any, ...] = ()
    while True:
        if get_origin(annotation) is typing.Annotated:
            annotation, *found = get_args(annotation)
            marks += tuple(found)
        elif get_origin(annotation) in (typing.Union, UnionType):
            options = [option for option in get_args(annotation) if option is not NoneType]
            annotation = _simplest(options)
        else:
            return annotation, marks


def _simplest(options: list[Any]) -> Any:
    for wanted in (Literal, list, tuple):
        for option in options:
            if get_origin(option) is wanted:
                return option
    return str if str in options else options[0]
