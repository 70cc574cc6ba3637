"""Make one task of each sentence."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Annotated, Any, TypeAlias

from annotated_types import Gt

from prodflow.core.config import get_config
from prodflow.core.errors import ConfigError, SettingError, TaskError
from prodflow.core.failures import HiddenFailures
from prodflow.core.hashing import is_provisional, set_hashes
from prodflow.core.language import Nlp, check_language, load_language
from prodflow.core.operator import operator
from prodflow.core.task import Task
from prodflow.preprocess.documents import BATCH_SIZE, parse
from prodflow.preprocess.spans import offsets_of, spans_of

Piece: TypeAlias = tuple[int, int]
"""Where a sentence starts and ends, in characters."""

_THRESHOLD = "split_sents_threshold"
_HINT = "add a component that does: nlp.add_pipe('sentencizer')"


def _check(settings: Mapping[str, Any]) -> None:
    nlp = settings["nlp"]
    check_language("split_sentences", nlp)
    if getattr(nlp, "pipe_names", None) == []:
        raise SettingError(f"split_sentences: nlp has no components, so nothing finds sentences; {_HINT}")


@operator(stateless=True, check=_check)
def split_sentences(
    nlp: Nlp,
    stream: Iterable[Task],
    text_key: str = "text",
    batch_size: Annotated[int, Gt(0)] = BATCH_SIZE,
    min_length: int | bool | None = False,
    *,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Make one task of each sentence, with its spans and tokens moved accordingly; a batch is read ahead.

    Where a span or a token goes over the end of a sentence, the sentences stay together, so that nothing marked is
    cut. Spaces around a sentence are left out. A text of one sentence passes as it is. Hashes are made anew.

    Args:
        nlp: a spaCy language that finds sentences, or the name of one; `"blank:en"` splits at punctuation.
        stream: the tasks.
        text_key: the key of the text.
        batch_size: how many texts spaCy sees at once.
        min_length: only longer texts are split, in characters; False for all, None for `split_sents_threshold` of the
            configuration.

    Raises:
        SettingError: at once, if the language cannot be had; at the first text in which it finds no sentences.
        TaskError: at the first task without a text, or with a span outside of it, naming its position.

    >>> stream = [{"text": "Hi there. I am Ann.", "spans": [{"start": 15, "end": 18, "label": "PERSON"}]}]
    >>> for task in split_sentences("blank:en", stream):
    ...     print(task)
    {'text': 'Hi there.', 'spans': []}
    {'text': 'I am Ann.', 'spans': [{'start': 5, 'end': 8, 'label': 'PERSON'}]}
    """
    language = load_language("split_sentences", nlp)
    if not language.pipe_names:
        language.add_pipe("sentencizer")
    documents = parse(
        language, stream, failures, text_key=text_key, batch_size=batch_size, longer_than=_threshold(min_length)
    )
    for position, task, document in documents:
        try:
            sentences = [task] if document is None else _split(task, document, text_key)
        except TaskError as error:
            told = TaskError(f"split_sentences: task {position}: {error}")
            failures.handle(told, position=position, record=task)
        else:
            yield from sentences


def _threshold(min_length: int | bool | None) -> int:
    if min_length is not None:
        return int(min_length)
    value = get_config().get(_THRESHOLD)
    try:
        return int(value or 0)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"configuration: {_THRESHOLD}={value!r} is not a whole number") from error


def _split(task: Task, document: Any, text_key: str) -> list[Task]:
    text, spans, tokens = task[text_key], spans_of(task), list(task.get("tokens") or ())
    marks = [offsets_of(span, text) for span in spans] + [offsets_of(token, text, "token") for token in tokens]
    pieces = _pieces(text, _starts(document), marks)
    if len(pieces) < 2:
        return [task]
    return [_part(task, text_key, piece, spans, tokens) for piece in pieces]


def _starts(document: Any) -> list[int]:
    if not document.has_annotation("SENT_START"):
        raise SettingError(f"split_sentences: nlp finds no sentences; {_HINT}")
    return [sentence.start_char for sentence in document.sents]


def _pieces(text: str, starts: Sequence[int], marks: Sequence[Piece]) -> list[Piece]:
    """Where the sentences lie, those that a mark joins as one; without spaces around them, unless these are marked."""
    ordered = sorted(marks)
    beginnings = [start for start, _ in ordered]
    reach = list(accumulate((end for _, end in ordered), max, initial=0))
    whole = [start for start in starts if start > 0 and reach[bisect_left(beginnings, start)] <= start]
    pieces = []
    for start, end in pairwise([0, *whole, len(text)]):
        inside = ordered[bisect_left(beginnings, start) : bisect_left(beginnings, end)]
        bare = text[start:end].strip()
        if bare or inside:
            first = start + len(text[start:end]) - len(text[start:end].lstrip()) if bare else end
            last = first + len(bare)
            pieces.append((min([first, *(mark[0] for mark in inside)]), max([last, *(mark[1] for mark in inside)])))
    return pieces


def _part(task: Task, text_key: str, piece: Piece, spans: Sequence[Task], tokens: Sequence[Task]) -> Task:
    start, end = piece
    part = {**task, text_key: task[text_key][start:end]}
    numbers = [number for number, token in enumerate(tokens) if start <= token["start"] and token["end"] <= end]
    if "tokens" in task:
        part["tokens"] = [{**_moved(tokens[number], start), "id": new} for new, number in enumerate(numbers)]
        if numbers and tokens[numbers[-1]]["end"] == end and "ws" in part["tokens"][-1]:
            part["tokens"][-1]["ws"] = False
    if "spans" in task:
        base = tokens[numbers[0]].get("id", numbers[0]) if numbers else None
        inside = [span for span in spans if start <= span["start"] and span["end"] <= end]
        part["spans"] = [_renumbered(_moved(span, start), base) for span in inside]
    if part.get("_input_hash") is None and part.get("_task_hash") is None:
        return part
    return set_hashes(part, overwrite=not is_provisional(part))


def _moved(mark: Mapping[str, Any], by: int) -> dict[str, Any]:
    return {**mark, "start": mark["start"] - by, "end": mark["end"] - by}


def _renumbered(span: dict[str, Any], base: int | None) -> dict[str, Any]:
    """Count tokens from the first of the sentence; without tokens the numbers mean nothing, and go."""
    numbers = {key: span.pop(key) for key in ("token_start", "token_end") if key in span}
    return span if base is None else {**span, **{key: number - base for key, number in numbers.items()}}
