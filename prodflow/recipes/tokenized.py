"""Texts made ready for interfaces in which tokens are marked."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.language import Nlp, load_language
from prodflow.core.task import Task
from prodflow.core.tracking import keeps_order
from prodflow.models.patterns import PatternMatcher
from prodflow.preprocess.spans import spans_of
from prodflow.preprocess.tokens import align, tokens_of


@keeps_order
def with_tokens(stream: Iterable[Task], *, nlp: Nlp = "blank:en", where: str = "mark") -> Iterator[Task]:
    """Give tasks "tokens" where they have none, and their spans the first and last token.

    A task without a text, or with spans that are not made of tokens, passes as it is: its annotator is told. The
    language is loaded at the first task that needs it.

    >>> [task] = with_tokens([{"text": "Hi Ann"}])
    >>> [token["text"] for token in task["tokens"]]
    ['Hi', 'Ann']
    """
    for task in stream:
        text = task.get("text")
        if not isinstance(text, str):
            yield task
            continue
        if task.get("tokens") is None:
            nlp = load_language(where, nlp)
            task = {**task, "tokens": tokens_of(nlp, text)}
        try:
            yield {**task, "spans": align(spans_of(task), task["tokens"], text)} if task.get("spans") else task
        except TaskError:
            yield task


@keeps_order
def with_patterns(stream: Iterable[Task], *, matcher: PatternMatcher) -> Iterator[Task]:
    """Add what patterns match to the spans of tasks; tasks without a text pass as they are."""
    for has_text, tasks in groupby(stream, key=lambda task: isinstance(task.get("text"), str)):
        yield from (task for _, task in matcher(tasks)) if has_text else tasks


def pattern_matcher(nlp: Nlp, patterns: Path | str, labels: list[str] | None) -> PatternMatcher:
    """Return a matcher that shows all that the patterns of a file find, and passes on where they find nothing.

    Raises:
        SettingError: if the file is not there, or none of its patterns has one of the labels.
    """
    matcher = PatternMatcher(nlp, combine_matches=True, all_examples=True, filter_labels=labels).from_disk(patterns)
    if not len(matcher):
        wanted = f" with a label of {', '.join(labels)}" if labels else ""
        raise SettingError(f"patterns: {str(patterns)!r} has no pattern{wanted}")
    return matcher


def labels_of_model(nlp: Any, component: str) -> list[str]:
    """Return the labels that a component of a spaCy pipeline knows; none where it has no such component."""
    return list(nlp.get_pipe(component).labels) if component in nlp.pipe_names else []
