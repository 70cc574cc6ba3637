"""Configuration: files, environment and overrides, the later over the earlier.

1. `DEFAULTS` and `APP_DEFAULTS`
2. `prodflow.toml` or `prodflow.json` in the home folder (`PRODFLOW_HOME`, else `~/.prodflow`)
3. the same in the current folder
4. the file that `PRODFLOW_CONFIG` names
5. the recipe's own `config`
6. `PRODFLOW_CONFIG_OVERRIDES` (JSON)
7. `PRODFLOW_<KEY>` for every key of `DEFAULTS`
8. overrides given in Python or on the command line

Where a folder has neither file its `prodigy.json` is read, in the home folder's stead also that of `~/.prodigy`; where
a variable is not set, the one that begins with `PRODIGY_` counts.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import ConfigError
from prodflow.core.settings import read_setting_file

DEFAULTS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 8080,
    "batch_size": 10,
    "feed_overlap": False,
    "annotations_per_task": None,
    "allowed_hosts": None,
    "allowed_sessions": None,
    "exclude_by": "task",
    "auto_exclude_current": True,
    "total_examples_target": 0,
    "lease_s": 1800.0,
    "work_stealing": True,
    "max_waiting": 1000,
    "fresh_sessions": False,
    "drop_open_tasks": False,
    "keep_base64": False,
    "validate": True,
    "show_stats": True,
    "instructions": None,
    "store": None,
    "logging": None,
    "log_format": "text",
    "exit_patience_s": 60.0,
    "token": None,
    "require_login": None,
    "url_sessions": None,
    "root_path": "",
    "trusted_proxies": None,
    "oidc": None,
    "public_url": None,
    "private_networks": None,
    "media_roots": None,
}
"""Every key prodflow reads, with its default; other keys go through to the web app."""

APP_DEFAULTS: dict[str, Any] = {"theme": "basic"}
"""Keys that only the web app and recipes read, and that recipes expect to be there."""

_LISTS = ("allowed_hosts", "allowed_sessions", "trusted_proxies", "private_networks", "media_roots")
_KINDS: dict[str, type] = {"annotations_per_task": float, "require_login": bool, "url_sessions": bool}
"""Where the default does not tell."""

_A: dict[Any, str] = {int: "a whole number", float: "a number", bool: "true or false"}
_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_FILES = ("prodflow.toml", "prodflow.json", "prodigy.json")


def get_variable(name: str) -> str | None:
    """Return `PRODFLOW_<name>` of the environment, or `PRODIGY_<name>`; None where neither says anything."""
    return os.environ.get(f"PRODFLOW_{name}") or os.environ.get(f"PRODIGY_{name}") or None


def get_home() -> Path:
    """Return the folder of the configuration and the store; it may not exist yet."""
    return Path(get_variable("HOME") or "~/.prodflow").expanduser()


def get_config(
    overrides: Mapping[str, Any] | None = None, *, recipe: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the whole configuration as a dict.

    Args:
        overrides: what counts over everything else.
        recipe: the recipe's own configuration, over the files and below the environment.

    Raises:
        ConfigError: if a file, a variable or a value cannot be read, naming it.

    >>> get_config({"batch_size": "5"})["batch_size"]
    5
    """
    config = {**APP_DEFAULTS, **DEFAULTS}
    for folder in dict.fromkeys((get_home(), Path.cwd())):
        config |= _said(_read_folder(folder))
    if path := get_variable("CONFIG"):
        config |= _said(_read_file(Path(path).expanduser()))
    config |= _said(recipe or {})
    if text := get_variable("CONFIG_OVERRIDES"):
        config |= _said(_read_json("PRODFLOW_CONFIG_OVERRIDES", text))
    for key in DEFAULTS:
        if value := get_variable(key.upper()):
            config[key] = value
    config |= _said(overrides or {})
    return {key: _converted(key, value) for key, value in config.items()}


def _said(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a configuration says: None, for a key that has a default, is what a recipe passes on that was not given."""
    return {key: value for key, value in config.items() if value is not None or DEFAULTS.get(key) is None}


def _read_folder(folder: Path) -> dict[str, Any]:
    places = [folder / name for name in _FILES]
    if folder == get_home() and get_variable("HOME") is None:
        places.append(Path("~/.prodigy/prodigy.json").expanduser())
    for path in places:
        if path.is_file():
            return _read_file(path)
    return {}


def _read_file(path: Path) -> dict[str, Any]:
    text = read_setting_file(path)
    return _read_toml(path, text) if path.suffix == ".toml" else _read_json(str(path), text)


def _read_toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error


def _read_json(where: str, text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{where}: {error}") from error
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: an object is expected, got {value!r}")
    return value


def _converted(key: str, value: Any) -> Any:
    """Environment and JSON often give texts: convert to the type of the default."""
    if key in _LISTS and isinstance(value, str):
        return [name.strip() for name in value.split(",") if name.strip()]
    kind = _KINDS.get(key) or type(DEFAULTS.get(key))
    if value is None or kind not in (bool, int, float) or type(value) is kind:
        return value
    try:
        return _WORDS[str(value).lower()] if kind is bool else kind(str(value))
    except (ValueError, KeyError) as error:
        raise ConfigError(f"configuration: {key}={value!r} is not {_A[kind]}") from error
