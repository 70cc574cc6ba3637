"""What the web app is told about a project."""

from typing import Any

from prodflow import __version__
from prodflow.core.config import DEFAULTS
from prodflow.session.controller import Controller

BUTTONS = ["accept", "reject", "ignore", "undo"]


def app_settings(controller: Controller, session_id: str, annotator: str | None) -> dict[str, Any]:
    """Return the project's settings for one session; keys nobody knows go through under `config`."""
    config = controller.config
    label = config.get("label")
    return {
        "dataset": controller.dataset,
        "view_id": controller.view_id,
        "session_id": session_id if annotator else None,
        "annotator": annotator,
        "recipe": controller.name,
        "version": __version__,
        "label": label,
        "labels": config.get("labels") or [],
        "batch_size": controller.batch_size,
        "lang": config.get("lang", "en"),
        "instructions": config["instructions"],
        "show_stats": config["show_stats"],
        "buttons": config.get("buttons", BUTTONS),
        "keymap": config.get("keymap", {}),
        "choice_style": config.get("choice_style", "single"),
        "choice_auto_accept": bool(config.get("choice_auto_accept", False)),
        "html_template": config.get("html_template"),
        "custom_theme": config.get("custom_theme", {}),
        "total_examples_target": config["total_examples_target"],
        "config": {key: value for key, value in config.items() if key not in DEFAULTS},
    }
