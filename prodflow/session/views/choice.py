"""Plain content, a label to judge, options to choose from, a text to write."""

from typing import Annotated, Any, Self

from annotated_types import Ge
from pydantic import Field, ValidationInfo, model_validator

from prodflow.session.views.base import BaseTask, Content, Flag, Id, Part, around, first_repeated


class TextTask(BaseTask):
    """A text."""

    text: str
    label: str | None = None


class HtmlTask(BaseTask):
    """HTML, or whatever the recipe's template shows."""

    html: str | None = None
    label: str | None = None

    @model_validator(mode="after")
    def _shows_something(self, info: ValidationInfo) -> Self:
        surroundings = around(info)
        known = surroundings.check_inside is not None
        if known and self.html is None and not surroundings.settings(self).get("html_template"):
            raise ValueError("html: none, and the configuration has no html_template")
        return self


class ClassificationTask(Content):
    """A text, an image or HTML, with a label in question."""

    spans: list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _has_content(self, info: ValidationInfo) -> Self:
        if not self.shows_something and not around(info).settings(self).get("html_template"):
            raise ValueError("it needs a text, an image or html")
        return self


class Option(Part):
    """One of the answers to choose from."""

    id: Id
    text: str | None = None
    image: str | None = None
    html: str | None = None
    style: dict[str, Any] | None = None


class ChoiceTask(Content):
    """Options to choose from."""

    options: list[Option] = Field(min_length=1)
    accept: list[Id] | None = None

    @model_validator(mode="after")
    def _ids_are_different(self) -> Self:
        if (repeated := first_repeated(option.id for option in self.options)) is not None:
            raise ValueError(f"options: two have the id {repeated!r:.60}; each needs its own")
        return self


class TextInputTask(Content):
    """A text to write; the settings of the field may be the task's, the block's or the recipe's."""

    field_id: str | None = None
    field_label: str | None = None
    field_placeholder: str | None = None
    field_rows: Annotated[int, Ge(1)] | None = None
    field_autofocus: Flag = None
    field_suggestions: list[str] | None = None
