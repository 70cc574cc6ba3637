"""What a task must look like to be shown: a pydantic model for each view."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from prodflow.core.errors import AnswerError, TaskError, UnknownNameError
from prodflow.core.task import Task
from prodflow.session.views import audio, choice, composite, image, spans
from prodflow.session.views.base import Around, BaseTask
from prodflow.store.event import check_hash, encode_content

SCHEMAS: dict[str, type[BaseTask]] = {
    "text": choice.TextTask,
    "html": choice.HtmlTask,
    "image": image.ImageTask,
    "image_manual": image.ImageManualTask,
    "classification": choice.ClassificationTask,
    "choice": choice.ChoiceTask,
    "text_input": choice.TextInputTask,
    "blocks": composite.BlocksTask,
    "diff": composite.DiffTask,
    "compare": composite.CompareTask,
    "review": composite.ReviewTask,
    "pages": composite.PagesTask,
    "llm_io": composite.LlmIoTask,
    "ner": spans.NerTask,
    "ner_manual": spans.NerManualTask,
    "spans": spans.SpansTask,
    "spans_manual": spans.SpansManualTask,
    "pos": spans.PosTask,
    "pos_manual": spans.PosManualTask,
    "relations": spans.RelationsTask,
    "dep": spans.DepTask,
    "audio": audio.AudioTask,
    "audio_manual": audio.AudioManualTask,
    "video": audio.VideoTask,
}


def get_schema(view_id: str, json: bool = True) -> Any:
    """Return what a task of a view must look like.

    Args:
        view_id: the annotation interface.
        json: as JSON schema; the pydantic model if False.

    Raises:
        UnknownNameError: if there is no such view.

    >>> get_schema("text")["required"]
    ['_input_hash', '_task_hash', 'text']
    """
    if view_id not in SCHEMAS:
        raise UnknownNameError("view", str(view_id), SCHEMAS)
    return SCHEMAS[view_id].model_json_schema() if json else SCHEMAS[view_id]


def check_task(task: Task, view_id: str, config: Mapping[str, Any] | None = None) -> None:
    """Check that a view can show a task.

    Args:
        task: the task, with its hashes.
        view_id: the annotation interface.
        config: the recipe's configuration: some views show what it says, e.g. `blocks`.

    Raises:
        TaskError: naming the field that does not fit, and what it holds.

    >>> check_task({"text": "a", "_input_hash": 1, "_task_hash": 2}, "text")
    """
    try:
        _check(view_id, task, Around(config or {}, _check_inside))
    except ValueError as error:
        keys = ", ".join(str(key) for key in task if not str(key).startswith("_"))
        raise TaskError(f"a task does not fit the view {view_id!r}: {error} (its keys: {keys})") from error


def _check_inside(view_id: str, task: Mapping[str, Any], around: Around) -> None:
    """Tasks inside tasks have no hashes of their own."""
    _check(view_id, {"_input_hash": 0, "_task_hash": 0, **task}, around)


def _check(view_id: str, task: Mapping[str, Any], around: Around) -> None:
    schema = SCHEMAS.get(view_id)
    if schema is None:
        raise ValueError(f"view_id: {UnknownNameError('view', str(view_id), SCHEMAS)}")
    try:
        schema.__pydantic_validator__.validate_python(task, context=around)
    except ValidationError as error:
        raise ValueError(_first_problem(error)) from error


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part not in _KINDS)
    if first["type"] == "value_error":
        words = str(first["ctx"]["error"])
    elif first["type"] == "missing":
        words = first["msg"]
    else:
        words = f"{first['msg']}, got {first['input']!r:.60}"
    return f"{place}: {words}" if place else words


_KINDS = ("str", "int", "dict[str,any]")
"""What pydantic adds to a place to say which of several types it tried."""


def check_storable(task: Task) -> None:
    """Check that the journal takes a task: its hashes are integers of 53 bits, and all of it is JSON.

    Raises:
        TaskError: naming what is not.
    """
    try:
        check_hash(task["_input_hash"], "_input_hash")
        check_hash(task["_task_hash"], "_task_hash")
        encode_content(task, "task")
    except AnswerError as error:
        raise TaskError(f"a task cannot be stored: {error}") from error
