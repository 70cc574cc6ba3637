"""What flows through a pipeline: tasks, and scores beside them."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias

Task: TypeAlias = dict[str, Any]
"""A JSON-like dict: `{"text": …}`, `{"image": …}`, with `_input_hash`, `_task_hash`, `meta`."""

Scored: TypeAlias = tuple[float, Task]
"""A task with a model's score in [0, 1], as it travels between a scorer and a sorter."""

Decision: TypeAlias = Literal["accept", "reject", "ignore"]
"""What an annotator said of a task."""

DECISIONS: tuple[Decision, ...] = ("accept", "reject", "ignore")

INPUT_HASH_ATTR, TASK_HASH_ATTR = "_input_hash", "_task_hash"
SESSION_ID_ATTR, ANNOTATOR_ID_ATTR = "_session_id", "_annotator_id"
VIEW_ID_ATTR, TIMESTAMP_ATTR = "_view_id", "_timestamp"
"""The keys of what prodflow itself writes into tasks."""

MEDIA_KEYS = ("image", "audio", "video")
"""Task keys whose value is a path, a URL or a data URI of a file."""


def with_score(scored: Scored) -> Task:
    """Return a copy of the task that carries its score.

    >>> with_score((0.5, {"text": "a"}))
    {'text': 'a', 'score': 0.5}
    """
    score, task = scored
    return {**task, "score": score}


def plain_tasks(stream: Iterable[Task | Scored]) -> Iterator[Task]:
    """Yield tasks, whether they came alone or as `(score, task)` pairs.

    >>> list(plain_tasks([(0.5, {"text": "a"}), {"text": "b"}]))
    [{'text': 'a', 'score': 0.5}, {'text': 'b'}]
    """
    for item in stream:
        yield item if isinstance(item, dict) else with_score(item)
