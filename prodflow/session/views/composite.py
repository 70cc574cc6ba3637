"""Tasks made of other tasks, and those that compare: blocks, pages, review, A/B, diff, a language model's answer."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, StrictBool, ValidationInfo, model_validator

from prodflow.session.views.base import MEDIA_CONTENT, BaseTask, Part, ViewId, around

Side = str | dict[str, Any]
"""What is compared: a text, or a part of a task with a text, an image or HTML."""

_NOT_CONTENT = ("view_id", "config", "_input_hash", "_task_hash")


class BlocksTask(BaseTask):
    """Whatever the blocks of the configuration show; those of the task come before those of the recipe."""

    @model_validator(mode="after")
    def _fits_each_block(self, info: ValidationInfo) -> Self:
        surroundings = around(info)
        if surroundings.check_inside is None:
            return self
        settings = surroundings.settings(self)
        problem = block_problem(settings.get("blocks"))
        if problem is not None:
            raise ValueError(problem)
        task = self.model_dump(by_alias=True, exclude_unset=True)
        for number, block in enumerate(settings["blocks"]):
            own = block["config"] if isinstance(block.get("config"), dict) else {}
            surroundings.inside(f"blocks.{number}", block["view_id"], merged(task, block), {**settings, **block, **own})
        return self


class PagesTask(BaseTask):
    """Several tasks in one, each with its own `view_id`."""

    pages: list[dict[str, Any]] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_each_page(self, info: ValidationInfo) -> Self:
        surroundings = around(info)
        settings = surroundings.settings(self)
        for number, page in enumerate(self.pages):
            view_id = page.get("view_id")
            if not isinstance(view_id, str):
                raise ValueError(f"pages.{number}.view_id: {view_id!r:.60}; each page names its view")
            own = page["config"] if isinstance(page.get("config"), dict) else {}
            surroundings.inside(f"pages.{number}", view_id, page, {**settings, **own})
        return self


class Version(Part):
    """What one or more annotators made of a task."""

    answer: str | None = None
    sessions: list[str] = Field(default_factory=list)
    default: StrictBool | None = None


class ReviewTask(BaseTask):
    """The versions of a task that annotators made, for somebody who decides."""

    view: ViewId = Field(alias="view_id")
    versions: list[Version] = Field(min_length=1)

    @model_validator(mode="after")
    def _versions_fit_their_view(self, info: ValidationInfo) -> Self:
        if self.view in ("review", "pages"):
            raise ValueError(f"view_id: {self.view!r} cannot be reviewed; name the view of the versions")
        surroundings = around(info)
        settings = surroundings.settings(self)
        task = self.model_dump(by_alias=True, exclude_unset=True, exclude={"versions", "view"})
        for number, version in enumerate(self.versions):
            shown = {**task, **version.model_dump(exclude_unset=True)}
            surroundings.inside(f"versions.{number}", self.view, shown, settings)
        return self


class CompareTask(BaseTask):
    """Two versions side by side, of the same input if there is one."""

    id: Any = None
    input: Side | None = None
    accept: Side
    reject: Side
    mapping: dict[str, str] | None = None

    @model_validator(mode="after")
    def _sides_show_something(self) -> Self:
        for key in ("input", "accept", "reject"):
            side = getattr(self, key)
            if isinstance(side, dict) and not any(side.get(content) for content in MEDIA_CONTENT):
                raise ValueError(f"{key}: it needs a text, an image or html, got {side!r:.80}")
        if self.mapping is not None and sorted(self.mapping.values()) != ["accept", "reject"]:
            raise ValueError(f"mapping: {self.mapping!r:.80} does not give one side 'accept' and the other 'reject'")
        return self


class DiffTask(BaseTask):
    """A text before and after a change: `added` and `removed`, or `accept` and `reject`."""

    accept: Side | None = None
    reject: Side | None = None
    added: str | None = None
    removed: str | None = None

    @model_validator(mode="after")
    def _has_two_texts(self) -> Self:
        if (self.added is None or self.removed is None) and (self.accept is None or self.reject is None):
            raise ValueError("it needs added and removed, or accept and reject")
        for key in ("accept", "reject"):
            side = getattr(self, key)
            if isinstance(side, dict) and not isinstance(side.get("text"), str):
                raise ValueError(f"{key}: it needs a text, got {side!r:.80}")
        return self


class Exchange(Part):
    """What a language model was asked, and what it said."""

    prompt: str | None = None
    response: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.prompt is None and self.response is None:
            raise ValueError("it needs a prompt or a response")
        return self


class LlmIoTask(BaseTask):
    """A prompt and a language model's response."""

    llm: Exchange


def merged(task: Mapping[str, Any], block: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task with a block's own content on top; a key that the block sets to None is hidden.

    >>> merged({"text": "a", "html": "<b>a</b>"}, {"view_id": "html", "text": None})
    {'html': '<b>a</b>'}
    """
    both = {**task, **{key: value for key, value in block.items() if key not in _NOT_CONTENT}}
    return {key: value for key, value in both.items() if not (value is None and key in block)}


def block_problem(blocks: Any) -> str | None:
    """Say what is wrong with the blocks of a configuration, if anything is.

    >>> block_problem([{"view_id": "text"}, {"html_template": "x"}])
    'blocks.1.view_id: None; each block names its view'
    """
    if not isinstance(blocks, list) or not blocks:
        return f"blocks: {blocks!r:.60}; the view 'blocks' needs a list of blocks, each with a view_id"
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            return f"blocks.{number}: {block!r:.60} is no object with a view_id"
        if not isinstance(block.get("view_id"), str):
            return f"blocks.{number}.view_id: {block.get('view_id')!r:.60}; each block names its view"
        if block["view_id"] in ("blocks", "pages", "review"):
            return f"blocks.{number}.view_id: {block['view_id']!r} cannot be a block"
    return None
