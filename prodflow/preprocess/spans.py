"""Spans: parts of a text or an image that a task marks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prodflow.core.errors import TaskError
from prodflow.core.failures import HiddenFailures
from prodflow.core.operator import operator
from prodflow.core.settings import NamesOrAll
from prodflow.core.task import Task
from prodflow.preprocess.question import asked_anew


@operator(stateless=True, drops="no span of these labels")
def split_spans(stream: Iterable[Task], labels: NamesOrAll = None, *, failures: HiddenFailures) -> Iterator[Task]:
    """Make one task of each span; all else of the task is kept.

    Args:
        stream: the tasks; those without spans are dropped, as there is nothing to ask of them.
        labels: only spans with these labels; None (or no label) for all.

    Raises:
        TaskError: at a task whose "spans" are no list of dicts.

    >>> spans = [{"start": 0, "end": 5, "label": "ORG"}, {"start": 10, "end": 16, "label": "GPE"}]
    >>> for task in split_spans([{"text": "Apple in France", "spans": spans}]):
    ...     print(task["spans"])
    [{'start': 0, 'end': 5, 'label': 'ORG'}]
    [{'start': 10, 'end': 16, 'label': 'GPE'}]
    """
    wanted = set(labels or ())
    for position, task in enumerate(stream):
        try:
            spans = spans_of(task)
        except TaskError as error:
            told = TaskError(f"split_spans: task {position}: {error}")
            failures.handle(told, position=position, record=task)
            continue
        for span in spans:
            if not wanted or span.get("label") in wanted:
                yield asked_anew(task, spans=[dict(span)])


def spans_of(task: Task) -> list[dict[str, Any]]:
    """Return a task's spans.

    Raises:
        TaskError: if they are no list of dicts.

    >>> spans_of({"text": "a", "spans": None})
    []
    """
    spans = task.get("spans") or []
    if not isinstance(spans, (list, tuple)) or not all(isinstance(span, Mapping) for span in spans):
        raise TaskError(f"spans={spans!r:.80} is not a list of spans")
    return list(spans)


def offsets_of(mark: Mapping[str, Any], text: str, kind: str = "span") -> tuple[int, int]:
    """Return where a span or a token starts and ends, in characters (code points).

    Raises:
        TaskError: if it does not say so, or that is outside the text.

    >>> offsets_of({"start": 0, "end": 5, "label": "ORG"}, "Apple in France")
    (0, 5)
    """
    start, end = mark.get("start"), mark.get("end")
    if type(start) is not int or type(end) is not int:
        raise TaskError(f"{kind} {dict(mark)!r:.120} has no whole numbers 'start' and 'end'")
    if not 0 <= start <= end <= len(text):
        raise TaskError(f"{kind} {start} to {end} is outside the text of {len(text)} characters")
    return start, end
