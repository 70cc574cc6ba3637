"""Images with shapes, in pixels of the original."""

from typing import Annotated, Any, Literal, Self

from annotated_types import Ge, MinLen
from pydantic import Field, model_validator

from prodflow.session.views.base import BaseTask, Id, Number, Part, Point

SIDES = ("x", "y", "width", "height")


class Shape(Part):
    """A box, a polygon or a line drawn by hand: its points, or the four measures of a box."""

    id: Id | None = None
    label: str | None = None
    type: Literal["rect", "polygon", "freehand"] | None = None
    points: Annotated[list[Point], MinLen(1)] | None = None
    x: Number | None = None
    y: Number | None = None
    width: Annotated[Number, Ge(0)] | None = None
    height: Annotated[Number, Ge(0)] | None = None
    center: Point | None = None
    color: str | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.points is None and any(getattr(self, side) is None for side in SIDES):
            raise ValueError("a shape needs points, or x, y, width and height")
        return self


class ImageTask(BaseTask):
    """An image, with shapes."""

    image: str = Field(min_length=1)
    label: str | None = None
    spans: list[Shape] | None = None
    width: Any = None
    height: Any = None


class ImageManualTask(ImageTask):
    """An image in which shapes are drawn."""
