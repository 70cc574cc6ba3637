"""Training the image classifier on the answers of datasets."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from more_itertools import batched

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.extras import needs_extra
from prodflow.core.task import Task
from prodflow.store.database import Database
from prodflow.training.annotations import EVAL_PREFIX

_BATCH = 256


@dataclass(frozen=True)
class TrainedImages:
    """A trained image classifier.

    Args:
        model: the `ImageClassifier`.
        accuracy: on images it has not learnt from, in [0, 1].
        train: how many answers it learnt from.
        dev: how many it was measured on.
    """

    model: Any
    accuracy: float
    train: int
    dev: int


def train_images(
    datasets: Sequence[str],
    *,
    db: Database,
    output: Path | None = None,
    backbone: str | None = None,
    eval_split: float = 0.2,
    seed: int = 0,
) -> TrainedImages:
    """Train an image classifier on answers to a label, or on choices.

    Args:
        datasets: their names; `eval:name` is one to measure on.
        db: the store.
        output: the file to save the classifier in; nowhere if not given.
        backbone: where features come from, see `ImageClassifier`.
        eval_split: the share of answers set aside to measure on, where no `eval:` dataset is given.
        seed: of what is set aside.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if there is too little to learn from, torch is missing, or a setting is wrong.
    """
    with needs_extra("torch", "training on images"):
        from prodflow.models import ImageClassifier
    train, dev = _read(db, datasets, eval_split, seed)
    labels = _labels([*train, *dev])
    if not labels:
        raise SettingError("train: the answers say nothing about images: they have neither a label nor options")
    model = ImageClassifier(
        labels[0] if len(labels) == 1 else labels, backbone=backbone, replay_size=max(len(train), 1)
    )
    for batch in batched(train, _BATCH):
        model.update(batch)
    accuracy = model.accuracy(dev)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        model.save(output)
    return TrainedImages(model, accuracy, len(train), len(dev))


def _read(db: Database, datasets: Sequence[str], eval_split: float, seed: int) -> tuple[list[Task], list[Task]]:
    train: list[Task] = []
    dev: list[Task] = []
    for name in datasets:
        known = name.removeprefix(EVAL_PREFIX)
        if known not in db:
            raise UnknownNameError("dataset", known, db.datasets)
        answers = (task for task in db.iter_dataset_examples(known) if task.get("answer") != "ignore")
        (dev if name.startswith(EVAL_PREFIX) else train).extend(task for task in answers if task.get("image"))
    if dev:
        measured = {task["_input_hash"] for task in dev}
        train = [task for task in train if task["_input_hash"] not in measured]
    else:
        random.Random(seed).shuffle(train)
        count = round(len(train) * eval_split)
        train, dev = train[count:], train[:count]
    if not train or not dev:
        raise SettingError("train: too few answers about images to learn from some and to measure on others")
    return train, dev


def _labels(answers: Sequence[Task]) -> list[Any]:
    options = {option["id"]: None for task in answers for option in task.get("options") or ()}
    return list(options or {task["label"]: None for task in answers if task.get("label")})
