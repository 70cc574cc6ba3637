"""Annotate images with a classifier that learns from the answers."""

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from more_itertools import batched

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.failures import OnError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.models import score
from prodflow.recipes.labels import choices, get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader
from prodflow.recipes.recipe import recipe
from prodflow.sorters import choose_from_window
from prodflow.store.quarantine import quarantine

log = logging.getLogger("prodflow")


@recipe("image.teach")
def image_teach(
    dataset: Dataset,
    source: str | Path,
    *,
    label: str,
    loader: Loader = None,
    backbone: str | None = None,
    model: Path | None = None,
    seed: int = 0,
    exclude: Exclude = None,
    on_error: OnError = "raise",
) -> dict[str, Any]:
    """Annotate images while a classifier learns from the answers and asks what it is least sure of.

    With one label it asks whether it applies; with several, which of them does. The answers that the dataset holds
    are learnt before the first question.

    Args:
        source: a folder of images, a file of tasks with an "image", `dataset:name`, or `-`.
        label: the label in question; several with commas, or a file with one a line, are options to choose from.
        backbone: where features come from, e.g. `torchvision:resnet18` or `timm:efficientnet_b0`; a small network of
            its own if not given.
        model: a file the classifier is loaded from, if it is there, and saved to at the end.
        seed: of everything random.
        on_error: what a broken record does: raise, skip or quarantine. A broken image is skipped unless it is raise.
    """
    labels = get_labels(label)
    if not labels:
        raise SettingError(f"image.teach: label={label!r} names no label")
    classifier = _classifier(labels, backbone, model, seed)
    _learn_again(classifier, dataset)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="image")
    stream.apply(ask_about, labels=labels)
    scored = score(model=classifier, skip=on_error != "raise")
    stream.apply(choose_from_window, score=scored, seed=seed)
    return {
        "dataset": dataset,
        "view_id": "classification" if len(labels) == 1 else "choice",
        "stream": stream,
        "update": classifier.update,
        "exclude": exclude,
        "on_exit": _saver(classifier, model),
        "config": {
            "label": labels[0] if len(labels) == 1 else None,
            "labels": labels,
            "choice_auto_accept": True,
        },
    }


def _classifier(labels: list[str], backbone: str | None, file: Path | None, seed: int) -> Any:
    from prodflow.models import ImageClassifier

    if file is not None and file.is_file():
        loaded = ImageClassifier.load(file)
        if list(loaded.labels) != labels:
            raise SettingError(f"image.teach: the model in {str(file)!r} knows {', '.join(map(str, loaded.labels))}")
        return loaded
    return ImageClassifier(labels[0] if len(labels) == 1 else labels, backbone=backbone, seed=seed)


def ask_about(stream: Iterable[Task], *, labels: list[str]) -> Iterator[Task]:
    """Ask whether the label applies, or which of several; what is asked is part of a task's identity."""
    question = {"label": labels[0]} if len(labels) == 1 else {"options": choices(labels)}
    for task in stream:
        plain = {key: value for key, value in task.items() if key != "_task_hash"}
        yield set_hashes({**plain, **question})


def _learn_again(classifier: Any, dataset: str) -> None:
    """Learn what the dataset knows already, so that a restart goes on where it was."""
    with registry.stores.get("default")() as database:
        for answers in batched(database.iter_dataset_examples(dataset) if dataset in database else (), 1000):
            classifier.update(list(answers))


def _saver(classifier: Any, file: Path | None) -> Callable[[Any], None] | None:
    if file is None:
        return None

    def save(controller: Any) -> None:
        classifier.save(file)
        log.warning("saved the classifier to %s", file)

    return save
