"""Texts as tokens, and the spans on them, for formats that go token by token."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from prodflow.core.task import Task
from prodflow.formats.losses import Losses, name_of

_WORD = re.compile(r"\w+|[^\w\s]")


class Token(NamedTuple):
    """A token, where it begins and ends, and what else its task knows of it."""

    text: str
    start: int
    end: int
    known: dict[str, Any]


class TokenSpan(NamedTuple):
    """A span from its first to its last token."""

    first: int
    last: int
    label: str


def tokens_of(task: Task, losses: Losses) -> list[Token] | None:
    """Return the tokens of a task; None, reported, where it has no text.

    A text that has no tokens yet is cut at spaces and punctuation, which is reported.

    >>> [token.text for token in tokens_of({"text": "Don't!"}, Losses())]
    ['Don', "'", 't', '!']
    """
    text = task.get("text")
    if not isinstance(text, str) or not text.strip():
        losses.add("left out, tasks without a text", name_of(task))
        return None
    given = task.get("tokens")
    if given:
        return [Token(str(text[one["start"] : one["end"]]), one["start"], one["end"], one) for one in given]
    losses.add("texts cut at spaces and punctuation, as they had no tokens", name_of(task))
    return [Token(found[0], found.start(), found.end(), {}) for found in _WORD.finditer(text)]


def without_blanks(tokens: Sequence[Token], task: Task, losses: Losses) -> list[Token]:
    """Return the tokens that are more than spaces, those with spaces inside with `_` in their place; all reported."""
    kept = []
    for token in tokens:
        words = token.text.split()
        if not words:
            losses.add("left out, tokens that are only spaces", name_of(task))
        elif len(words) > 1 or words[0] != token.text:
            losses.add("written with _, spaces in tokens", name_of(task))
            kept.append(token._replace(text="_".join(words)))
        else:
            kept.append(token)
    return kept


def token_spans(task: Task, tokens: Sequence[Token], losses: Losses) -> list[TokenSpan]:
    """Return the spans of a task on its tokens, in order; those off the borders of tokens are reported."""
    starts = {token.start: number for number, token in enumerate(tokens)}
    ends = {token.end: number for number, token in enumerate(tokens)}
    found = []
    for span in task.get("spans") or ():
        if span.get("label") is None or span.get("start") is None:
            losses.add("left out, spans without a label or a place in the text", name_of(task))
            continue
        first, last = starts.get(span["start"]), ends.get(span["end"])
        if first is None or last is None or last < first:
            losses.add("left out, spans that do not begin and end with a token", name_of(task))
        else:
            found.append(TokenSpan(first, last, str(span["label"])))
    return sorted(found)


def overlap(spans: Iterable[TokenSpan]) -> bool:
    """Tell whether two spans have a token in common."""
    end = -1
    for span in sorted(spans):
        if span.first <= end:
            return True
        end = max(end, span.last)
    return False


def without_overlaps(spans: Sequence[TokenSpan], task: Task, losses: Losses) -> list[TokenSpan]:
    """Return spans of which none has a token of another: the longest stay, the others are reported."""
    taken: set[int] = set()
    kept = []
    for span in sorted(spans, key=lambda one: (one.first - one.last, one.first)):
        places = range(span.first, span.last + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
        else:
            losses.add("left out, spans that overlap a longer one", name_of(task))
    return sorted(kept)


def tags_of(spans: Iterable[TokenSpan], count: int) -> list[str]:
    """Return a tag for each token: B- where a span begins, I- inside, O outside.

    >>> tags_of([TokenSpan(1, 2, "ORG")], 4)
    ['O', 'B-ORG', 'I-ORG', 'O']
    """
    tags = ["O"] * count
    for span in spans:
        tags[span.first] = f"B-{span.label}"
        tags[span.first + 1 : span.last + 1] = [f"I-{span.label}"] * (span.last - span.first)
    return tags


def text_task(words: Sequence[str], spaces: Sequence[bool], spans: Iterable[TokenSpan]) -> Task:
    """Return the task of a tokenized text.

    Args:
        words: the tokens.
        spaces: whether a space follows each.
        spans: on the tokens.

    >>> text_task(["Hi", "!"], [False, False], [TokenSpan(0, 0, "X")])["text"]
    'Hi!'
    """
    tokens: list[dict[str, Any]] = []
    place = 0
    for number, (word, space) in enumerate(zip(words, spaces, strict=True)):
        tokens.append({"text": word, "start": place, "end": place + len(word), "id": number, "ws": space})
        place += len(word) + space
    text = "".join(word + " " * space for word, space in zip(words, spaces, strict=True))
    return {"text": text, "tokens": tokens, "spans": [as_span(span, tokens) for span in spans]}


def as_span(span: TokenSpan, tokens: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the span as tasks have it."""
    return {
        "start": tokens[span.first]["start"],
        "end": tokens[span.last]["end"],
        "token_start": span.first,
        "token_end": span.last,
        "label": span.label,
    }
