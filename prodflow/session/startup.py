"""What is wrong with a recipe's configuration, found before the server starts."""

from collections.abc import Iterable, Mapping
from typing import Any

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.task import Task
from prodflow.session.schema import SCHEMAS
from prodflow.session.views.base import LABEL_SETS, first_repeated
from prodflow.session.views.composite import block_problem

_LABEL_SETTINGS = ("labels", "relations_span_labels")
_TEXTS = ("html_template", "javascript", "global_css", "instructions", "label")
_OBJECTS = ("custom_theme", "keymap", "keymap_by_label")
_CHOICE_STYLES = ("single", "multiple")


def check_start(view_id: str, config: Mapping[str, Any], first_tasks: Iterable[Task] = ()) -> None:
    """Check that a view can work with a configuration.

    Args:
        view_id: the annotation interface.
        config: the whole configuration.
        first_tasks: the first batch: a task may bring labels of its own in its `config`.

    Raises:
        SettingError: naming the setting, what it holds, and what to do.

    >>> check_start("ner_manual", {"labels": ["PERSON", "ORG"]})
    >>> check_start("ner_manual", {})
    Traceback (most recent call last):
    prodflow.core.errors.SettingError: the view 'ner_manual' needs labels; give --label A,B, or labels in the config
    """
    if view_id not in SCHEMAS:
        raise UnknownNameError("view", view_id, SCHEMAS)
    _check_types(config)
    for setting in _LABEL_SETTINGS:
        _check_labels(setting, config.get(setting))
    _check_keys(config.get("keymap_by_label") or {})
    if view_id in LABEL_SETS and not _has_labels(view_id, config, first_tasks):
        raise SettingError(f"the view {view_id!r} needs labels; give --label A,B, or labels in the config")
    if view_id == "blocks":
        _check_blocks(config, list(first_tasks))


def _check_types(config: Mapping[str, Any]) -> None:
    for settings, kind, words in ((_TEXTS, str, "a text"), (_OBJECTS, Mapping, "an object")):
        for setting in settings:
            value = config.get(setting)
            if value not in (None, False) and not isinstance(value, kind):
                raise SettingError(f"config: {setting}={value!r:.80} is not {words}")
    style = config.get("choice_style")
    if style is not None and style not in _CHOICE_STYLES:
        raise SettingError(f"config: choice_style={style!r:.80} is none of {', '.join(_CHOICE_STYLES)}")


def _check_labels(setting: str, labels: Any) -> None:
    if labels is None:
        return
    if not isinstance(labels, (list, tuple, Mapping)):
        raise SettingError(f"config: {setting}={labels!r:.80} is not a list of labels")
    for label in labels:
        if not isinstance(label, str) or not label.strip():
            raise SettingError(f"config: {setting} has an empty label or one that is no text: {label!r:.60}")
    if (repeated := first_repeated(labels)) is not None:
        raise SettingError(f"config: {setting} has {repeated!r:.60} twice; each label is listed once")


def _check_keys(keys: Mapping[Any, Any]) -> None:
    owners: dict[str, Any] = {}
    for label, key in keys.items():
        if not isinstance(key, str) or not key:
            raise SettingError(f"config: keymap_by_label gives {label!r:.60} the key {key!r:.40}, which is no text")
        if (other := owners.setdefault(key.lower(), label)) != label:
            raise SettingError(
                f"config: keymap_by_label gives the key {key!r} to both {other!r} and {label!r}; change one of them"
            )


def _has_labels(view_id: str, config: Mapping[str, Any], first_tasks: Iterable[Task]) -> bool:
    settings = _LABEL_SETTINGS if view_id == "relations" else ("labels",)
    own = [task["config"] for task in first_tasks if isinstance(task.get("config"), dict)]
    return any(place.get(setting) for place in (config, *own) for setting in settings)


def _check_blocks(config: Mapping[str, Any], first_tasks: list[Task]) -> None:
    if config.get("blocks") is None and any("blocks" in (task.get("config") or {}) for task in first_tasks):
        return
    blocks = config.get("blocks")
    if (problem := block_problem(blocks)) is not None:
        raise SettingError(f"config: {problem}")
    for number, block in enumerate(blocks or ()):
        own = block["config"] if isinstance(block.get("config"), dict) else {}
        try:
            check_start(block["view_id"], {**config, **block, **own}, first_tasks)
        except SettingError as error:
            raise SettingError(f"config: blocks.{number}: {error}") from error
