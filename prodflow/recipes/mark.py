"""Show whatever comes, with or without a label, in an interface of choice."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.core.tracking import keeps_order
from prodflow.loaders import get_stream
from prodflow.preprocess.options import add_label_options
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.tokenized import with_tokens
from prodflow.store.quarantine import quarantine

OFFERS_LABELS = (
    "audio_manual",
    "blocks",
    "image_manual",
    "ner_manual",
    "pages",
    "pos_manual",
    "relations",
    "review",
    "spans_manual",
)
"""The views in which labels are what annotators pick from; in others they are asked about one by one."""

TOKENIZED = ("ner_manual", "pos_manual", "relations", "spans_manual")


@recipe("mark", **shortcuts(view_id="v", label="l"))
def mark(
    dataset: Dataset,
    source: str | Path,
    *,
    view_id: str = "classification",
    label: str | None = None,
    loader: Loader = None,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Annotate a stream as it is, in any interface: accept, reject or ignore what is shown, choose, mark, draw, write.

    Args:
        source: a file, a folder of images, `dataset:name`, or `-` for NDJSON on standard input.
        view_id: the interface, such as text, image, html, classification, choice, ner_manual or image_manual.
        label: the label in question; several with commas, or a file with one a line, are asked one by one, are
            options to choose from (choice), or what can be marked (ner_manual, image_manual, …).
    """
    labels = get_labels(label)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    config: dict[str, Any] = {"labels": labels} if labels else {}
    if view_id in TOKENIZED:
        stream.apply(with_tokens)
    if view_id == "choice" and labels:
        stream.apply(add_label_options, labels=labels)
    elif view_id not in OFFERS_LABELS and labels:
        stream.apply(labelled, labels=labels)
        config["label"] = labels[0] if len(labels) == 1 else None
    return {"dataset": dataset, "view_id": view_id, "stream": stream, "exclude": exclude, "config": config}


@recipe("choice", **shortcuts(label="l", multiple="M"))
def choice(
    dataset: Dataset,
    source: str | Path,
    *,
    label: str | None = None,
    multiple: bool = False,
    loader: Loader = None,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Choose one or several options for whatever comes: texts, images, recordings, HTML.

    Args:
        source: a file, a folder of images, `dataset:name`, or `-` for NDJSON on standard input.
        label: the options, with commas, or a file with one a line; by default each task has "options" of its own.
        multiple: several options may be picked; else the first pick is the answer.
    """
    components: dict[str, Any] = mark(
        dataset, source, view_id="choice", label=label, loader=loader, exclude=exclude, on_error=on_error
    )
    style = {"choice_style": "multiple" if multiple else "single", "choice_auto_accept": not multiple}
    return {**components, "config": {**components["config"], **style}}


@keeps_order
def labelled(stream: Iterable[Task], *, labels: list[str]) -> Iterator[Task]:
    """Ask each task about the label, or about each of several; what is asked is part of a task's identity."""
    for task in stream:
        plain = {key: value for key, value in task.items() if key != "_task_hash"}
        for name in labels:
            yield set_hashes({**plain, "label": name})
