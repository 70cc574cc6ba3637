"""Questions about whole images: which of these labels, or which of these images."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from more_itertools import chunked

from prodflow.core.errors import SettingError
from prodflow.core.hashing import get_hash, set_hashes
from prodflow.core.task import Task
from prodflow.core.tracking import keeps_order
from prodflow.loaders import get_stream
from prodflow.recipes.labels import choices, get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader
from prodflow.recipes.recipe import recipe
from prodflow.store.quarantine import quarantine


@recipe("classify-images")
def classify_images(
    dataset: Dataset,
    source: str | Path,
    *,
    label: str,
    multiple: bool = False,
    loader: Loader = None,
    exclude: Exclude = None,
) -> dict[str, Any]:
    """Choose one or several labels of images.

    Args:
        source: a folder of images, or a file of tasks with an "image".
        label: the labels to choose from, with commas, or a file with one a line.
        multiple: several labels may apply; else the first pick is the answer.
    """
    labels = get_labels(label)
    if len(labels) < 2:
        raise SettingError(f"classify-images: label={label!r} is nothing to choose from; give two labels or more")
    stream = get_stream(source, loader=loader, quarantine=quarantine(dataset), input_key="image")
    stream.apply(_with_options, options=choices(labels))
    return {
        "dataset": dataset,
        "view_id": "choice",
        "stream": stream,
        "exclude": exclude,
        "config": {"choice_style": "multiple" if multiple else "single", "choice_auto_accept": not multiple},
    }


@keeps_order
def _with_options(stream: Iterable[Task], *, options: list[dict[str, Any]]) -> Iterator[Task]:
    for task in stream:
        yield set_hashes({**{key: task[key] for key in task if key != "_task_hash"}, "options": options})


@recipe("captcha")
def captcha(
    dataset: Dataset,
    source: str | Path,
    *,
    label: str,
    size: int = 9,
    seed: int = 0,
    loader: Loader = None,
    exclude: Exclude = None,
) -> dict[str, Any]:
    """Select, among several images at once, those that a label applies to.

    Args:
        source: a folder of images, or a file of tasks with an "image".
        label: the label in question.
        size: how many images are shown together.
        seed: of the order of images within 50 times the size.
    """
    if size < 2:
        raise SettingError(f"captcha: size={size!r} must be 2 or more")
    stream = get_stream(source, loader=loader, quarantine=quarantine(dataset), input_key="image")
    stream.apply(_together, label=label, size=size, seed=seed)
    return {
        "dataset": dataset,
        "view_id": "choice",
        "stream": stream,
        "exclude": exclude,
        "config": {"choice_style": "multiple", "label": label},
    }


def _together(stream: Iterable[Task], *, label: str, size: int, seed: int) -> Iterator[Task]:
    """The ids of the options are the hashes of the images: they say which one was meant wherever it is shown."""
    chance = random.Random(seed)
    for window in chunked(stream, 50 * size):
        chance.shuffle(window)
        for group in chunked(window, size):
            options = [
                {"id": task.get("_input_hash") or get_hash(task["image"]), "image": task["image"]} for task in group
            ]
            yield set_hashes({"label": label, "options": options})
