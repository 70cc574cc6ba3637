"""Sounds and videos, with marked regions in seconds."""

from typing import Annotated, Self

from annotated_types import Ge
from pydantic import Field, model_validator

from prodflow.session.views.base import BaseTask, Id, Number, Part

Seconds = Annotated[Number, Ge(0)]


class Region(Part):
    """A region of the sound."""

    start: Seconds
    end: Seconds
    label: str | None = None
    id: Id | None = None
    color: str | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"a region from {self.start:g} s to {self.end:g} s; it must start before it ends")
        return self


class AudioTask(BaseTask):
    """A sound, or a video with its sound, and regions."""

    audio: str | None = None
    video: str | None = None
    label: str | None = None
    audio_spans: list[Region] | None = None

    @model_validator(mode="after")
    def _has_a_sound(self) -> Self:
        if not self.audio and not self.video:
            raise ValueError("it needs audio or video, a path or a URL")
        return self


class AudioManualTask(AudioTask):
    """A sound or a video in which regions are marked."""


class VideoTask(BaseTask):
    """A video."""

    video: str = Field(min_length=1)
    label: str | None = None
    audio_spans: list[Region] | None = None
