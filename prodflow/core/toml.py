"""Pipelines as TOML, both ways.

[source]
loader = "images"
path = "photos/"

[[stage]]
operator = "prefer_uncertain"
algorithm = "ema"
"""

import inspect
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError, SourceNotFoundError
from prodflow.core.operator import Stage
from prodflow.core.pipeline import Pipeline
from prodflow.core.settings import is_opaque, read_setting_file
from prodflow.core.source import Source

_REFERENCE = re.compile(r"^(?P<place>\S+):[\w.]+$")


def to_toml(pipeline: Pipeline) -> str:
    """Write a pipeline as TOML.

    Raises:
        SettingError: if the source or a setting is a Python object.
    """
    import tomli_w

    document: dict[str, Any] = {}
    if pipeline.source is not None:
        if not isinstance(pipeline.source, Source):
            raise SettingError(f"to_toml: the source is a {type(pipeline.source).__name__}, not a named loader")
        document["source"] = {"loader": pipeline.source.name} | _values(pipeline.source)
    document["stage"] = [{"operator": stage.name} | _values(stage) for stage in pipeline.stages]
    return tomli_w.dumps(document)


def _values(part: Source | Stage) -> dict[str, Any]:
    parameters = part.loader.parameters if isinstance(part, Source) else part.operator.parameters
    said = {key: value for key, value in part.settings.items() if value is not parameters[key].default}
    values = {key: _value(part.name, key, value) for key, value in said.items()}
    return values | ({"on_error": part.on_error} if part.on_error != "raise" else {})


def _value(where: str, key: str, value: Any) -> Any:
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {name: _value(where, key, item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_value(where, key, item) for item in value]
    raise SettingError(f"to_toml: {where}: {key}= is a {type(value).__name__}; give it as 'file.py:name' to save it")


def from_toml(text: str | Path, code: Iterable[str | Path]) -> Pipeline:
    """Read a pipeline from TOML text or a file.

    Raises:
        SettingError: if it is no TOML, names something unknown, or names code that is not among `code`.
    """
    where = str(text) if isinstance(text, Path) else "TOML"
    if isinstance(text, Path):
        if not text.is_file():
            raise SourceNotFoundError(f"from_toml: no such file: {where!r}")
        text = read_setting_file(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{where}: {error}") from error
    if unknown := set(document) - {"source", "stage"}:
        raise SettingError(f"{where}: unknown table {min(unknown)!r} (tables: source, stage)")
    allowed = {str(place) for place in code} | {str(Path(place).resolve()) for place in code}
    source = None
    if "source" in document:
        source = _part(where, document["source"], "loader", registry.loaders, allowed)
    stages = [_part(where, table, "operator", registry.operators, allowed) for table in document.get("stage", [])]
    return Pipeline(stages, source)


def _part(where: str, table: Any, key: str, names: registry.Registry[Any], allowed: set[str]) -> Any:
    if not isinstance(table, dict) or not isinstance(table.get(key), str):
        raise SettingError(f'{where}: a table needs {key} = "name", got {table!r}')
    thing = names.get(table[key])
    settings = {name: value for name, value in table.items() if name != key}
    if "stream" in settings:
        raise SettingError(f"{where}: {table[key]}: the stream is no setting")
    for name, value in settings.items():
        place = _code_in(value, thing.parameters.get(name))
        if place is not None and place not in allowed and str(Path(place).resolve()) not in allowed:
            raise SettingError(f"{where}: {name} = {value!r} runs code; allow it with code=[{place!r}]")
    return thing(**settings)


def _code_in(value: Any, parameter: inspect.Parameter | None) -> str | None:
    """The file or module of a setting such as `"file.py:name"`; only where an object is expected can it be a module."""
    found = _REFERENCE.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    takes_object = parameter is None or is_opaque(parameter.annotation)
    return found["place"] if found["place"].endswith(".py") or takes_object else None
