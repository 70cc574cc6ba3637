"""What the tasks of all interfaces have in common, and what a check knows besides the task."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from pydantic import AllowInfNan, BaseModel, ConfigDict, Field, Strict, StrictBool, StrictInt, StrictStr, ValidationInfo

ViewId = Literal[
    "audio",
    "audio_manual",
    "blocks",
    "choice",
    "classification",
    "compare",
    "dep",
    "diff",
    "html",
    "image",
    "image_manual",
    "llm_io",
    "ner",
    "ner_manual",
    "pages",
    "pos",
    "pos_manual",
    "relations",
    "review",
    "spans",
    "spans_manual",
    "text",
    "text_input",
    "video",
]

LABEL_SETS = ("audio_manual", "image_manual", "ner_manual", "pos_manual", "relations", "spans_manual")
"""The views in which annotators pick from a set of labels, `labels` of the configuration."""

TAKES_LABELS = (*LABEL_SETS, "blocks", "pages", "review")
"""These, and the views that may have one of them inside."""

Count = Annotated[int, Strict(), Ge(0)]
"""A whole number, such as an offset: neither a text nor true."""

Number = Annotated[float, Strict(), AllowInfNan(False)]
Point = Annotated[list[Number], Len(2, 2)]
Id = StrictInt | StrictStr
Flag = StrictBool | None

MEDIA_CONTENT = ("text", "image", "html", "audio", "video")

CheckInside = Callable[[str, Mapping[str, Any], "Around"], None]


class Part(BaseModel):
    """A part of a task: keys that are not named here are kept as they are."""

    model_config = ConfigDict(extra="allow")


class BaseTask(BaseModel):
    """What all tasks have; further keys are kept as they are."""

    model_config = ConfigDict(extra="allow")

    meta: dict[str, Any] = Field(default_factory=dict)
    config: dict[str, Any] | None = None
    input_hash: int = Field(alias="_input_hash")
    task_hash: int = Field(alias="_task_hash")
    view_id: ViewId | None = Field(default=None, alias="_view_id")
    session_id: str | None = Field(default=None, alias="_session_id")


class Content(BaseTask):
    """A task that shows a text, an image, HTML, a sound or a video."""

    text: str | None = None
    image: str | None = None
    html: str | None = None
    audio: str | None = None
    video: str | None = None
    label: str | None = None

    @property
    def shows_something(self) -> bool:
        """Whether there is content."""
        return any(getattr(self, key) is not None for key in MEDIA_CONTENT)


@dataclass(frozen=True)
class Around:
    """The recipe's configuration, and how a task inside a task is checked."""

    config: Mapping[str, Any] = field(default_factory=dict)
    check_inside: CheckInside | None = None

    def settings(self, task: BaseTask) -> Mapping[str, Any]:
        """Return the configuration with that of the task on top."""
        return {**self.config, **task.config} if task.config else self.config

    def inside(self, place: str, view_id: str, task: Mapping[str, Any], config: Mapping[str, Any]) -> None:
        """Check a task inside a task.

        Raises:
            ValueError: naming the field with the place in front.
        """
        if self.check_inside is None:
            return
        try:
            self.check_inside(view_id, task, Around(config, self.check_inside))
        except ValueError as error:
            raise ValueError(f"{place}.{error}" if place else str(error)) from error


NOTHING_AROUND = Around()


def around(info: ValidationInfo) -> Around:
    """Return what a check knows besides the task; nothing where a model is used on its own."""
    return info.context if isinstance(info.context, Around) else NOTHING_AROUND


def first_repeated(values: Iterable[Any]) -> Any:
    """Return the first value that came before; None if all are different.

    >>> first_repeated(["A", "B", "A"])
    'A'
    """
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
