"""One label out of many for whole pictures: `prodflow classify-images clothes photos -F FILE`, with this file."""

from collections.abc import Iterable, Iterator
from typing import Any

import prodflow
from prodflow import loaders
from prodflow.core.task import Task
from prodflow.samples.fashion import LABELS

OPTIONS = [{"id": name, "text": name.replace("_", " ").capitalize()} for name in LABELS]


@prodflow.operator(stateless=True)
def with_options(stream: Iterable[Task]) -> Iterator[Task]:
    """Ask which of the labels it is."""
    for task in stream:
        yield {**task, "options": OPTIONS}


@prodflow.recipe("classify-images")
def classify_images(dataset: str, source: str) -> dict[str, Any]:
    """Choose what a picture shows; the next comes as soon as an option is chosen.

    Args:
        dataset: where the answers go.
        source: a folder of pictures.
    """
    return {
        "dataset": dataset,
        "view_id": "choice",
        "stream": loaders.images(source) | with_options(),
        "config": {"choice_style": "single", "choice_auto_accept": True},
    }
