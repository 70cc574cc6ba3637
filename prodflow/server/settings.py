"""What the web app is told about a project."""

from collections.abc import Mapping
from typing import Any

from prodflow import __version__
from prodflow.core.config import DEFAULTS
from prodflow.core.errors import ConfigError, UnknownNameError
from prodflow.server.recipe_files import RecipeFiles
from prodflow.session.controller import Controller

BUTTONS = ["accept", "reject", "ignore", "undo"]
KNOWN_BUTTONS = (*BUTTONS, "flag")
_READ_HERE = ("javascript", "javascript_dir", "javascript_urls", "global_css", "global_css_dir", "global_css_urls")
_PRIVATE = ("db", "db_settings", "basic_auth", "api_keys")
"""Keys that are not the page's business: what stays on the server, and what may hold secrets."""


def app_settings(controller: Controller, session_id: str, annotator: str | None, files: RecipeFiles) -> dict[str, Any]:
    """Return the project's settings for one session; keys nobody knows go through under `config`."""
    config = controller.config
    hidden = {*DEFAULTS, *_READ_HERE, *_PRIVATE}
    return {
        "dataset": controller.dataset,
        "view_id": controller.view_id,
        "session_id": session_id if annotator else None,
        "annotator": annotator,
        "recipe": controller.name,
        "version": __version__,
        "label": config.get("label"),
        "labels": config.get("labels") or [],
        "batch_size": controller.batch_size,
        "lang": config.get("lang", "en"),
        "ui_lang": config.get("ui_lang") or config.get("lang") or "en",
        "instructions": files.instructions,
        "scripts": files.scripts,
        "styles": files.styles,
        "validates": controller.validate_answer is not None,
        "show_stats": config["show_stats"],
        "buttons": config.get("buttons", BUTTONS),
        "keymap": config.get("keymap", {}),
        "choice_style": config.get("choice_style", "single"),
        "choice_auto_accept": bool(config.get("choice_auto_accept", False)),
        "html_template": config.get("html_template"),
        "custom_theme": config.get("custom_theme", {}),
        "total_examples_target": config["total_examples_target"],
        "config": {key: value for key, value in config.items() if key not in hidden},
    }


def check_app_settings(config: Mapping[str, Any]) -> None:
    """Refuse settings of the app that cannot be meant.

    Raises:
        ConfigError: if a value is of the wrong kind.
        UnknownNameError: if there is no such button.

    >>> check_app_settings({"buttons": ["accept", "undo"], "keymap": {"accept": ["enter"]}})
    """
    buttons = config.get("buttons", BUTTONS)
    if not isinstance(buttons, list):
        raise ConfigError(f"configuration: buttons is a list of {', '.join(KNOWN_BUTTONS)}, got {buttons!r:.60}")
    for name in buttons:
        if name not in KNOWN_BUTTONS:
            raise UnknownNameError("button", str(name), KNOWN_BUTTONS)
    keymap = config.get("keymap") or {}
    if not isinstance(keymap, Mapping):
        raise ConfigError(f"configuration: keymap is an object of keys by command, got {keymap!r:.60}")
    for command, keys in keymap.items():
        if not isinstance(keys, str) and not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
            raise ConfigError(f"configuration: keymap.{command} is a list of keys, got {keys!r:.60}")
    theme = config.get("custom_theme") or {}
    if not isinstance(theme, Mapping):
        raise ConfigError(f"configuration: custom_theme is an object, got {theme!r:.60}")
    for key in ("history_size", "history_length"):
        size = config.get(key, 1)
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= 1000:
            raise ConfigError(f"configuration: {key}={size!r:.40} is no number from 1 to 1,000")
