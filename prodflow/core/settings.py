"""Settings of operators and loaders: one signature gives the check, the TOML schema, the CLI options and the docs."""

import inspect
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from prodflow.core.errors import ConfigError, ProdflowError, SettingError, SourceNotFoundError

M = TypeVar("M")


class Hidden:
    """Marks a parameter that the framework fills in: no user sets it."""


class ExistingPath:
    """Marks a path that must be there when the source is declared.

    Args:
        file_only: no folder will do; `-` stands for standard input.
    """

    def __init__(self, *, file_only: bool = False) -> None:
        """Keep what kind of path it is."""
        self.file_only = file_only


class ConvertedBy:
    """Marks a value that a function makes of the text given on a command line.

    Args:
        function: the function, e.g. `get_labels`.
    """

    def __init__(self, function: Callable[[str], Any]) -> None:
        """Keep the function."""
        self.function = function


class NameList:
    """Marks a setting that is one name or several, in a list, a tuple or a set."""


InputPath = Annotated[Path, ExistingPath()]
InputFile = Annotated[Path, ExistingPath(file_only=True)]
Names = Annotated[tuple[str, ...], NameList()]
NamesOrAll = Annotated[tuple[str, ...] | None, NameList()]


def parameters_of(function: Callable[..., Any], *, skip: tuple[str, ...] = ()) -> dict[str, inspect.Parameter]:
    """Return the settings of a function, in order, with their annotations resolved.

    >>> def keep(stream, *, key: str = "text"): ...
    >>> parameters_of(keep, skip=("stream",))
    {'key': <Parameter "key: str = 'text'">}
    """
    hints = typing.get_type_hints(function, include_extras=True)
    return {
        name: parameter.replace(annotation=hints.get(name, Any))
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in skip and _mark(hints.get(name), Hidden) is None
    }


def refuse_open_parameters(where: str, signature: inspect.Signature) -> None:
    """Refuse `*args`, `**kwargs` and `/`: what cannot be given by name cannot be checked.

    Raises:
        SettingError: if the signature has any.
    """
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise SettingError(f"{where}: {parameter} cannot be given by name; settings need one")


def bind_arguments(
    where: str, signature: inspect.Signature, args: tuple[Any, ...], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Give each positional argument its name; nothing is checked yet.

    Raises:
        SettingError: if there are too many, or one comes twice.
    """
    try:
        named = signature.bind_partial(*args).arguments
    except TypeError as error:
        raise SettingError(f"{where}: {error}") from error
    if twice := named.keys() & settings.keys():
        raise SettingError(f"{where}: {min(twice)}= came twice")
    return {**named, **settings}


def check_settings(
    where: str, parameters: Mapping[str, inspect.Parameter], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the settings converted to their annotations.

    Raises:
        SettingError: at the first setting that is unknown, missing or wrong, naming it and what came.
    """
    for name in settings:
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise SettingError(f"{where}: no setting {name!r} (settings: {known})")
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in settings:
            raise SettingError(f"{where}: {name}= is missing")
    return {name: _check(where, parameters[name], value) for name, value in settings.items()}


def _check(where: str, parameter: inspect.Parameter, value: Any) -> Any:
    annotation = parameter.annotation
    if value is parameter.default:
        return value
    if (mark := _mark(annotation, ExistingPath)) is not None:
        return _existing(where, parameter.name, value, mark)
    if _mark(annotation, NameList) is not None:
        return _names(where, parameter.name, value)
    if is_opaque(annotation):
        return value
    from pydantic import ValidationError

    try:
        return _adapter(annotation).validate_python(value)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise SettingError(f"{where}: {parameter.name}={value!r} is wrong: {reason}") from error


def _existing(where: str, name: str, value: Any, mark: ExistingPath) -> Path:
    if not isinstance(value, (str, Path)):
        raise SettingError(f"{where}: {name}={value!r} is not a path")
    path = Path(value).expanduser()
    if mark.file_only and path == Path("-"):
        return path
    if not path.exists():
        raise SourceNotFoundError(f"{where}: no such file or folder: {str(path)!r}")
    if mark.file_only and path.is_dir():
        raise SettingError(f"{where}: {str(path)!r} is a folder; name a file in it, or use the loader 'images'")
    return path


def _names(where: str, name: str, value: Any) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, (list, tuple, set, frozenset)) or not all(isinstance(item, str) for item in names):
        raise SettingError(f"{where}: {name}={value!r} is neither a name nor a list of names")
    return tuple(sorted(names)) if isinstance(names, (set, frozenset)) else tuple(names)


def _mark(annotation: Any, mark: type[M]) -> M | None:
    return next((item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, mark)), None)


def is_opaque(annotation: Any) -> bool:
    """Tell whether values are checked by use: looking inside a stream or an object would consume or copy it."""
    if annotation is Any:
        return True
    origin = typing.get_origin(annotation) or annotation
    if origin in (typing.Union, type(int | str)):
        return any(is_opaque(item) for item in typing.get_args(annotation))
    if getattr(origin, "_is_protocol", False):
        return True
    return isinstance(origin, type) and origin.__module__ == "collections.abc"


@lru_cache(maxsize=256)
def _adapter(annotation: Any) -> Any:
    from pydantic import ConfigDict, TypeAdapter
    from pydantic.errors import PydanticUserError

    try:
        return TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError:
        return TypeAdapter(annotation)


def load_reference(reference: str, where: str) -> Any:
    """Return the object that `path/to/file.py:name` or `package.module:name` names.

    Raises:
        SettingError: if the file, the module or the name is not there, or the code fails.
    """
    place, _, name = reference.rpartition(":")
    if not place:
        raise SettingError(f"{where}: {reference!r} is not of the form 'file.py:name' or 'package.module:name'")
    module = load_file(Path(place), where) if place.endswith(".py") else _import(place, where)
    if not hasattr(module, name):
        raise SettingError(f"{where}: {place} defines no {name!r}")
    return getattr(module, name)


def load_file(path: Path, where: str) -> Any:
    """Run a Python file as a module and return it; the same file is run once.

    Raises:
        SettingError: if it is not there or raises, naming the line.
    """
    import importlib.util
    import sys

    from xxhash import xxh3_64_hexdigest

    path = path.expanduser().resolve()
    if not path.is_file():
        raise SourceNotFoundError(f"{where}: no such file: {str(path)!r}")
    name = f"prodflow_user_{path.stem}_{xxh3_64_hexdigest(str(path).encode())}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SettingError(f"{where}: {str(path)!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # modules beside it can be imported, as from a script
    try:
        spec.loader.exec_module(module)
    except ProdflowError:
        del sys.modules[name]
        raise
    except Exception as error:
        del sys.modules[name]
        raise SettingError(f"{where}: {path.name} failed: {_last_line(error, path)}") from error
    return module


def _import(name: str, where: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingError(f"{where}: cannot import {name!r}: {error}") from error


def _last_line(error: Exception, path: Path) -> str:
    import traceback

    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    place = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{place}"


def read_setting_file(path: Path) -> str:
    """Return the text of a configuration file.

    Raises:
        ConfigError: if it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8; save the file as UTF-8") from error
