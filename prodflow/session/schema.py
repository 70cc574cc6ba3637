"""What a task must look like to be shown: a pydantic model for each view."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError, model_validator

from prodflow.core.errors import AnswerError, TaskError, UnknownNameError
from prodflow.core.task import Task
from prodflow.store.event import check_hash, encode_content


class BaseTask(BaseModel):
    """What all tasks have; further keys are kept as they are."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    meta: dict[str, Any] = Field(default_factory=dict)
    input_hash: int = Field(alias="_input_hash")
    task_hash: int = Field(alias="_task_hash")
    view_id: str | None = Field(default=None, alias="_view_id")
    session_id: str | None = Field(default=None, alias="_session_id")


class Span(BaseModel):
    """A shape on an image, in pixels of the original."""

    model_config = ConfigDict(extra="allow")

    label: str | None = None
    points: list[tuple[float, float]] | None = None


class Option(BaseModel):
    """One of the answers to choose from."""

    model_config = ConfigDict(extra="allow")

    id: StrictInt | StrictStr
    text: str | None = None
    image: str | None = None
    html: str | None = None
    style: dict[str, Any] | None = None


class TextTask(BaseTask):
    """A text."""

    text: str


class HtmlTask(BaseTask):
    """HTML, or whatever the recipe's template shows."""

    html: str | None = None


class ImageTask(BaseTask):
    """An image, with shapes."""

    image: str
    label: str | None = None
    spans: list[Span] = Field(default_factory=list)


class _Content(BaseTask):
    text: str | None = None
    image: str | None = None
    html: str | None = None
    label: str | None = None


class ClassificationTask(_Content):
    """A text, an image or HTML, with a label in question."""

    @model_validator(mode="after")
    def _has_content(self) -> "ClassificationTask":
        if self.text is None and self.image is None and self.html is None:
            raise ValueError("it needs a text, an image or html")
        return self


class ChoiceTask(_Content):
    """Options to choose from."""

    options: list[Option] = Field(min_length=1)
    accept: list[StrictInt | StrictStr] = Field(default_factory=list)


SCHEMAS: dict[str, type[BaseTask]] = {
    "text": TextTask,
    "html": HtmlTask,
    "image": ImageTask,
    "classification": ClassificationTask,
    "choice": ChoiceTask,
} | dict.fromkeys(
    [
        "image_manual",
        "ner",
        "ner_manual",
        "spans",
        "spans_manual",
        "pos",
        "pos_manual",
        "relations",
        "dep",
        "audio",
        "audio_manual",
        "video",
        "text_input",
        "blocks",
        "diff",
        "compare",
        "review",
        "pages",
        "llm_io",
    ],
    BaseTask,
)


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
        raise UnknownNameError("view", view_id, SCHEMAS)
    return SCHEMAS[view_id].model_json_schema() if json else SCHEMAS[view_id]


def check_task(task: Task, view_id: str) -> None:
    """Check that a view can show a task.

    Raises:
        TaskError: naming the field that does not fit, and what it holds.
    """
    try:
        get_schema(view_id, json=False).model_validate(task)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "task"
        keys = ", ".join(key for key in task if not key.startswith("_"))
        raise TaskError(
            f"a task does not fit the view {view_id!r}: {place}: {first['msg']} (its keys: {keys})"
        ) from error


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
