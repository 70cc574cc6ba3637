"""Texts with tokens and marked spans: named entities, overlapping spans, parts of speech, relations.

Offsets count code points, as in Python's texts.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NotRequired, Self

from pydantic import ConfigDict, ValidationInfo, model_validator
from typing_extensions import TypedDict

from prodflow.session.views.base import BaseTask, Count, Flag, Number, Part, around

CHARACTERS = "ner_manual_highlight_chars"
"""The setting with which annotators mark characters, not tokens."""

NO_TOKENS = f"tokens: none; apply add_tokens to the stream, or set {CHARACTERS} to mark characters"


_OPEN = ConfigDict(extra="allow")


class Token(TypedDict):
    """A token of the text; a dict, as a text has many: they are checked in a third of a model's time."""

    __pydantic_config__ = _OPEN  # type: ignore[misc]

    text: str
    start: Count
    end: Count
    id: Count
    ws: NotRequired[Flag]
    disabled: NotRequired[Flag]
    style: NotRequired[dict[str, Any] | None]


class Span(TypedDict):
    """A part of the text, from `start` up to and without `end`; `token_end` is its last token."""

    __pydantic_config__ = _OPEN  # type: ignore[misc]

    start: Count
    end: Count
    label: NotRequired[str | None]
    token_start: NotRequired[Count | None]
    token_end: NotRequired[Count | None]


class NerTask(BaseTask):
    """A text with spans that are shown."""

    text: str
    tokens: list[Token] | None = None
    spans: list[Span] | None = None
    label: str | None = None

    @model_validator(mode="after")
    def _spans_are_in_the_text(self) -> Self:
        length = len(self.text)
        for number, span in enumerate(self.spans or ()):
            if not span["start"] < span["end"] <= length:
                raise ValueError(f"spans.{number}: {_named(self.text, span)} {_outside(span, length)}")
        for number, token in enumerate(self.tokens or ()):
            if not token["start"] <= token["end"] <= length:
                words = f"token {token['text']!r:.40} ({token['start']} to {token['end']})"
                raise ValueError(f"tokens.{number}: {words} {_outside(token, length)}")
        return self


class SpansTask(NerTask):
    """A text with spans that may overlap."""


class PosTask(NerTask):
    """A text with parts of speech."""


class ManualTask(NerTask):
    """A text in which spans are marked; they begin and end with a token."""

    @model_validator(mode="after")
    def _spans_are_tokens(self, info: ValidationInfo) -> Self:
        if around(info).settings(self).get(CHARACTERS):
            return self
        if self.tokens is None:
            raise ValueError(NO_TOKENS)
        if self.spans:
            _check_borders(self.text, self.tokens, self.spans)
        return self


class NerManualTask(ManualTask):
    """A text in which entities are marked."""


class SpansManualTask(ManualTask):
    """A text in which spans are marked that may overlap."""


class PosManualTask(ManualTask):
    """A text in which each token gets a part of speech."""


class Relation(Part):
    """From one token to another; both are places in `tokens`."""

    head: Count
    child: Count
    label: str | None = None
    head_span: Span | None = None
    child_span: Span | None = None
    color: str | None = None


class RelationsTask(NerTask):
    """A text in which tokens and spans are joined."""

    tokens: list[Token]
    relations: list[Relation] | None = None

    @model_validator(mode="after")
    def _relations_are_between_tokens(self) -> Self:
        _check_borders(self.text, self.tokens, self.spans or ())
        _check_relations("relations", self.relations or (), len(self.tokens))
        return self


class Arc(Part):
    """A dependency between two tokens, places in `tokens`."""

    head: Count
    child: Count
    label: str | None = None
    score: Number | None = None


class DepTask(NerTask):
    """A text with one dependency in question, or with several that are shown."""

    tokens: list[Token]
    arc: Arc | None = None
    arcs: list[Arc] | None = None
    relations: list[Relation] | None = None

    @model_validator(mode="after")
    def _arcs_are_between_tokens(self) -> Self:
        count = len(self.tokens)
        if self.arc is not None:
            _check_relations("arc", [self.arc], count)
        _check_relations("arcs", self.arcs or (), count)
        _check_relations("relations", self.relations or (), count)
        return self


def _check_borders(text: str, tokens: Sequence[Token], spans: Iterable[Span]) -> None:
    starts = {token["start"] for token in tokens}
    ends = {token["end"] for token in tokens}
    for number, span in enumerate(spans):
        if span["start"] not in starts or span["end"] not in ends:
            raise ValueError(f"spans.{number}: {_named(text, span)} does not begin and end with a token")
        if max(span.get("token_start") or 0, span.get("token_end") or 0) >= len(tokens):
            came = f"token_start={span.get('token_start')}, token_end={span.get('token_end')}"
            raise ValueError(f"spans.{number}: {came} is outside the {len(tokens)} tokens")


def _check_relations(key: str, relations: Iterable[Relation | Arc], count: int) -> None:
    for number, relation in enumerate(relations):
        for name, end in (("head", relation.head), ("child", relation.child)):
            if end >= count:
                place = key if key == "arc" else f"{key}.{number}"
                raise ValueError(f"{place}.{name}: {end} is outside the {count} tokens")


def _outside(part: Span | Token, length: int) -> str:
    if part["end"] <= length:
        return "ends before it starts"
    return f"is outside the text of {length} characters"


def _named(text: str, span: Span) -> str:
    start, end = span["start"], span["end"]
    label = f", {span['label']}" if span.get("label") else ""
    return f"span {text[start:end]!r:.80} ({start} to {end}{label})"
