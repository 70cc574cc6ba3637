"""Split texts into tokens, and say which tokens a span covers."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prodflow.core.errors import TaskError
from prodflow.core.failures import HiddenFailures
from prodflow.core.language import Nlp, check_language, load_language
from prodflow.core.operator import operator
from prodflow.core.task import Task
from prodflow.preprocess.documents import text_of
from prodflow.preprocess.spans import offsets_of, spans_of

log = logging.getLogger("prodflow")


@operator(
    stateless=True,
    drops="spans that are not whole tokens",
    check=lambda settings: check_language("add_tokens", settings["nlp"]),
)
def add_tokens(
    nlp: Nlp,
    stream: Iterable[Task],
    skip: bool = False,
    overwrite: bool = False,
    use_chars: bool = False,
    *,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Add "tokens" to tasks, and "token_start" and "token_end" (the last token, inclusive) to their spans.

    Offsets are characters (code points), as in Python's texts: an emoji counts one, a combining accent counts one.

    Args:
        nlp: a spaCy language, or the name of one (`"en_core_web_sm"`, `"blank:en"`); only its tokenizer is used.
        stream: the tasks.
        skip: drop tasks whose spans do not start and end with a token, with a line in the log; if False, raise.
        overwrite: make new tokens where a task has some already; else these are kept and only the spans looked at.
        use_chars: make each character a token.

    Raises:
        SettingError: at once, if the language cannot be had.
        TaskError: at the first task with such a span, or without a text, naming its position, if `skip` is False.

    >>> [task] = add_tokens("blank:en", [{"text": "Hi Ann", "spans": [{"start": 3, "end": 6, "label": "PERSON"}]}])
    >>> task["tokens"][1]
    {'text': 'Ann', 'start': 3, 'end': 6, 'id': 1, 'ws': False}
    >>> task["spans"]
    [{'start': 3, 'end': 6, 'label': 'PERSON', 'token_start': 1, 'token_end': 1}]
    """
    language = load_language("add_tokens", nlp)
    for position, task in enumerate(stream):
        try:
            tokenized = _with_tokens(language, task, overwrite, use_chars)
        except TaskError as error:
            told = TaskError(f"add_tokens: task {position}: {error}")
            if skip:
                log.warning("%s (skipped)", told)
            else:
                failures.handle(told, position=position, record=task)
        else:
            yield tokenized


def _with_tokens(nlp: Any, task: Task, overwrite: bool, use_chars: bool) -> Task:
    text = text_of(task, "text")
    if overwrite or task.get("tokens") is None:
        task = {**task, "tokens": characters(text) if use_chars else tokens_of(nlp, text)}
    if "spans" not in task:
        return task
    return {**task, "spans": align(spans_of(task), task["tokens"], text)}


def tokens_of(nlp: Any, text: str) -> list[dict[str, Any]]:
    """Return the tokens that the language's tokenizer makes of a text; "ws" tells whether a space follows.

    Raises:
        TaskError: if spaCy refuses the text.
    """
    try:
        document = nlp.make_doc(text)
    except ValueError as error:
        raise TaskError(" ".join(str(error).split())) from error
    return [
        {
            "text": token.text,
            "start": token.idx,
            "end": token.idx + len(token.text),
            "id": token.i,
            "ws": bool(token.whitespace_),
        }
        for token in document
    ]


def characters(text: str) -> list[dict[str, Any]]:
    """Return a token for each character of a text, spaces too.

    >>> characters("é!")[1]
    {'text': '!', 'start': 1, 'end': 2, 'id': 1, 'ws': False}
    """
    return [
        {"text": character, "start": place, "end": place + 1, "id": place, "ws": False}
        for place, character in enumerate(text)
    ]


def align(spans: Sequence[Mapping[str, Any]], tokens: Sequence[Any], text: str) -> list[dict[str, Any]]:
    """Return the spans with the ids of their first and last token.

    Raises:
        TaskError: if a span does not start and end with a token, naming it and the nearest places.
    """
    starts, ends = {}, {}
    for number, token in enumerate(tokens):
        if not isinstance(token, Mapping):
            raise TaskError(f"token {token!r:.80} is not a dict")
        start, end = offsets_of(token, text, "token")
        starts[start] = ends[end] = token.get("id", number)
    aligned = []
    for span in spans:
        start, end = offsets_of(span, text)
        first, last = starts.get(start), ends.get(end)
        if first is None or last is None or start == end:
            raise TaskError(_mismatch(span, start, end, text, starts, ends))
        aligned.append({**span, "token_start": first, "token_end": last})
    return aligned


def _mismatch(
    span: Mapping[str, Any], start: int, end: int, text: str, starts: Iterable[int], ends: Iterable[int]
) -> str:
    outer_start = max((place for place in starts if place <= start), default=0)
    outer_end = min((place for place in ends if place >= end), default=len(text))
    label = f", {span['label']}" if "label" in span else ""
    return (
        f"span {text[start:end]!r:.80} ({start} to {end}{label}) is not made of whole tokens; "
        f"the tokens around it go from {outer_start} to {outer_end}: change its offsets, set skip=True to drop such "
        "tasks, or use_chars=True"
    )
