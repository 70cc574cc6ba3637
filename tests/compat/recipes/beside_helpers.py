"""A file that imports another beside it, with annotations that are texts, a data class, and a decorator of its own."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import prodigy
from helpers_of_recipes import LABELS, clean
from prodigy.types import RecipeSettingsType, TaskType


@dataclass
class Item:
    text: str
    labels: list[str] = field(default_factory=lambda: list(LABELS))


def timed(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@prodigy.recipe(
    "beside-helpers",
    dataset="Dataset name",
    source=("Texts", "positional"),
    mode=("Mode", "option", "m", str, ["x", "y"], "MODE"),
)
@timed
def beside_helpers(
    dataset: str,
    source: str = "-",
    mode: Literal["x", "y"] = "x",
    *,
    extra: list[str] | None = None,
    conf: Any = None,
    **kwargs: Any,
) -> RecipeSettingsType:
    def items() -> Iterator[TaskType]:
        with Path(source).open() as file:
            for line in file:
                yield asdict(Item(clean(line)))

    config = {"labels": LABELS, "mode": mode, "extra": extra}
    return {"dataset": dataset, "stream": items(), "view_id": "text", "config": config}
