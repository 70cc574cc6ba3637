"""Select all pictures that a label applies to: `prodflow captcha sandals photos SANDAL -F examples/captcha.py`."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

import prodflow
from prodflow import loaders
from prodflow.core.task import Task


def groups_of(stream: Iterable[Task], label: str, size: int, seed: int) -> Iterator[Task]:
    """Yield tasks of `size` pictures each, in random order."""
    pictures = list(stream)
    Random(seed).shuffle(pictures)
    for start in range(0, len(pictures) - size + 1, size):
        group = pictures[start : start + size]
        options = [{"id": number, "image": task["image"]} for number, task in enumerate(group)]
        yield {"label": label, "options": options}


@prodflow.recipe("captcha")
def captcha(dataset: str, source: str, label: str, *, size: int = 4, seed: int = 0) -> dict[str, Any]:
    """Select all pictures that a label applies to.

    Args:
        dataset: where the answers go.
        source: a folder of pictures.
        label: what to look for.
        size: how many pictures are shown at once.
        seed: of their order.
    """
    return {
        "dataset": dataset,
        "view_id": "choice",
        "stream": groups_of(loaders.images(source), label, size, seed),
        "config": {"choice_style": "multiple"},
    }
