"""Show whatever comes, with or without a label, in an interface of choice."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prodflow.core.failures import OnError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.recipes.labels import choices, get_labels
from prodflow.recipes.recipe import recipe
from prodflow.store.quarantine import quarantine


@recipe("mark")
def mark(
    dataset: str,
    source: str | Path,
    *,
    view_id: str = "classification",
    label: str | None = None,
    loader: str | None = None,
    exclude: list[str] | None = None,
    on_error: OnError = "raise",
) -> dict[str, Any]:
    """Annotate a stream as it is: accept, reject or ignore what is shown, or choose among labels.

    Args:
        dataset: the dataset that answers go to.
        source: a file, a folder of images, `dataset:name`, or `-` for NDJSON on standard input.
        view_id: the interface: text, image, html, classification or choice.
        label: the label in question; several with commas, or a file with one a line, are options to choose from.
        loader: how to read the source; guessed if not given.
        exclude: datasets whose tasks are not asked again.
        on_error: what a broken record does: raise, skip or quarantine.
    """
    labels = get_labels(label)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    if labels:
        stream.apply(_labelled, labels=labels, as_options=view_id == "choice")
    config = {"labels": labels, "label": labels[0] if len(labels) == 1 else None}
    return {"dataset": dataset, "view_id": view_id, "stream": stream, "exclude": exclude, "config": config}


def _labelled(stream: Iterable[Task], *, labels: list[str], as_options: bool) -> Iterator[Task]:
    """Ask each task about the label, or each of several; what is asked is part of a task's identity."""
    questions: list[dict[str, Any]] = (
        [{"options": choices(labels)}] if as_options else [{"label": name} for name in labels]
    )
    for task in stream:
        plain = {key: value for key, value in task.items() if key != "_task_hash"}
        for question in questions:
            yield set_hashes({**plain, **question})
