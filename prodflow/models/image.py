"""A classifier of images that learns while it is annotated."""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Self, TypeAlias

import torch
from more_itertools import batched
from torch import Tensor, nn

from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Scored, Task
from prodflow.models.image_answers import ACCEPTED, Allowed, Label, allowed_classes
from prodflow.models.image_cache import FeatureCache
from prodflow.models.image_decode import MAX_PIXELS
from prodflow.models.image_features import make_features
from prodflow.models.image_file import read_state, write_state
from prodflow.models.image_head import Head, Replay, few_threads

SIZE = 32
BACKBONE_SIZE = 224
OWN_MODULE = "<module>"
"""Stands in a saved file for a backbone given as a module: it has to be given again."""

Told: TypeAlias = list[tuple[int, Task, Allowed]]
"""Answers that say something: the task's hash, the answer, the classes it allows."""


class ImageClassifier:
    """Scores images and learns from answers, from the first one on.

    Features come from a small fixed network (or a backbone); a linear head is fit to all answers so far, up to
    `replay_size` of them, at each update. An answer to a task it has learnt already takes the place of the earlier
    one; "ignore" makes it forget.

    With one label, a task's score is the probability of the label. With several it is the probability of the task's
    "label" if it has one, else `0.5 + margin / 2`, where the margin lies between the two likeliest labels: 0.5 is the
    least decided, so `prefer_uncertain` serves it first. What the model thinks is not written into the task, so
    that annotators are not led by it; `predict` tells it.

    The same answers in the same order give the same scores on a CPU. Scoring and updating may happen in two threads.

    Args:
        labels: the label, or all of them: those of the tasks' "label", or the ids of their "options".
        backbone: None for the small network, `"torchvision:resnet18"`, `"timm:name"`, or a module from float
            [images, 3, size, size], normalised as for ImageNet, to [images, features].
        size: images are squeezed into a square with this side in pixels; 32, or 224 with a backbone.
        device: e.g. `"cpu"` or `"cuda:1"`; a GPU if there is one.
        seed: of what the replay forgets once it is full.
        batch_size: how many images go through the network at once.
        replay_size: how many answers are kept to learn from.
        cache_size: of how many images the features are kept.
        max_pixels: larger images are refused.
        threads: CPU threads for this model; one with the small network, torch's own number with a backbone.

    Raises:
        SettingError: if a setting is wrong, or the backbone is not to be had.

    >>> model = ImageClassifier("SANDAL")
    >>> model.labels, model.version
    (('SANDAL',), 0)
    """

    name = "ImageClassifier"

    def __init__(
        self,
        labels: Label | Sequence[Label],
        *,
        backbone: str | nn.Module | None = None,
        size: int | None = None,
        device: str | None = None,
        seed: int = 0,
        batch_size: int = 32,
        replay_size: int = 2000,
        cache_size: int = 4000,
        max_pixels: int = MAX_PIXELS,
        threads: int | None = None,
    ) -> None:
        """Check the settings and make the network; nothing is learnt yet."""
        numbers = {"batch_size": batch_size, "replay_size": replay_size, "cache_size": cache_size}
        numbers["max_pixels"] = max_pixels
        if size is not None:
            numbers["size"] = size
        _check_positive(numbers)
        self.labels = _checked_labels(labels)
        self.size = size or (SIZE if backbone is None else BACKBONE_SIZE)
        self.version = 0
        self.device = _checked_device(device)
        self._settings = {**numbers, "labels": self.labels, "size": self.size, "seed": seed}
        self._settings["backbone"] = OWN_MODULE if isinstance(backbone, nn.Module) else backbone
        self._batch_size = batch_size
        self._threads = threads or (1 if backbone is None else None)
        self._seen = FeatureCache(
            make_features(backbone),
            self.device,
            size=self.size,
            batch_size=batch_size,
            cache_size=cache_size,
            max_pixels=max_pixels,
        )
        self._head = Head(max(2, len(self.labels)))
        self._replay = Replay(replay_size, seed)
        self._lock = RLock()

    def __call__(self, stream: Iterable[Task]) -> Iterator[Scored]:
        """Yield `(score, task)` for each task, in order; a batch is read ahead.

        Raises:
            TaskError: at a batch with a task without an "image".
            MediaError: at a batch with an image that cannot be read, naming it.
        """
        for batch in batched(stream, self._batch_size):
            rows = self._probabilities(batch).tolist()
            yield from ((self._score(row, task), task) for row, task in zip(rows, batch, strict=True))

    def update(self, answers: Iterable[Task]) -> float | None:
        """Learn from answers.

        Args:
            answers: tasks as they were asked, each with its "answer" (see `allowed_classes` for what counts).

        Returns:
            float | None: the mean loss of the new answers before they were learnt (a fair test of the model); None if
                none of them says anything.

        Raises:
            MediaError: if no image of the answers can be read; single ones are left out, with a line in the log.
        """
        with self._lock, few_threads(self._threads):
            told: Told = []
            forgotten = 0
            for answer in answers:
                allowed = allowed_classes(answer, self.labels)
                if allowed is None:
                    forgotten += self._replay.forget(_task_hash(answer))
                else:
                    told.append((_task_hash(answer), answer, allowed))
            loss = self._learn(told)
            if loss is not None or forgotten:
                self._fit()
            return loss

    def predict(self, stream: Iterable[Task]) -> Iterator[dict[Label, float]]:
        """Yield for each task the probability of each label; with one label, of that one."""
        for batch in batched(stream, self._batch_size):
            for row in self._probabilities(batch).tolist():
                if len(self.labels) == 1:
                    yield {self.labels[0]: row[ACCEPTED]}
                else:
                    yield dict(zip(self.labels, row, strict=True))

    def accuracy(self, answers: Iterable[Task]) -> float:
        """Return the part of the answers that the model would have given; those that say nothing do not count.

        Raises:
            SettingError: if none of them says anything.
        """
        right = total = 0
        told = ((answer, allowed) for answer in answers if (allowed := allowed_classes(answer, self.labels)))
        for batch in batched(told, self._batch_size):
            guesses = self._probabilities([answer for answer, _ in batch]).argmax(1).tolist()
            right += sum(allowed[guess] for guess, (_, allowed) in zip(guesses, batch, strict=True))
            total += len(batch)
        if not total:
            raise SettingError("accuracy: none of the answers accepts or rejects one of the labels")
        return right / total

    def progress(self, loss: float | None) -> float:
        """Return how far the model is by the loss of an update: 0 as good as guessing, 1 certain and right."""
        chance = math.log(self._head.classes)
        return 0.0 if loss is None else min(1.0, max(0.0, 1 - loss / chance))

    def save(self, path: str | Path) -> None:
        """Write all it has learnt into a file, aside first and then renamed."""
        with self._lock:
            state = {"version": self.version, "head": self._head.state(), "replay": self._replay.state()}
            write_state(Path(path), self._settings, state)

    @classmethod
    def load(cls, path: str | Path, *, backbone: nn.Module | None = None, device: str | None = None) -> Self:
        """Return the classifier of a file that `save` wrote; no code of the file is run.

        Args:
            path: the file.
            backbone: the module it was made with, if that was one.
            device: where to run it.

        Raises:
            SourceNotFoundError: if it is not there.
            SourceError: if it is no such file.
            SettingError: if a module is missing, or given where there was none.
        """
        settings, state = read_state(Path(path))
        if (settings["backbone"] == OWN_MODULE) != (backbone is not None):
            made = "a module of its own: give it as backbone=" if backbone is None else "none: leave out backbone="
            raise SettingError(f"ImageClassifier: {str(path)!r} was made with {made}")
        settings["backbone"] = backbone or settings["backbone"]
        model = cls(settings.pop("labels"), device=device, **settings)
        model.version = state["version"]
        model._head.restore(state["head"], model.device)
        model._replay.restore(state["replay"], model.device)
        return model

    def _learn(self, told: Told) -> float | None:
        """Put answers into the replay; return their mean loss so far."""
        rows = self._seen.readable([answer for _, answer, _ in told])
        known = [(one, row) for one, row in zip(told, rows, strict=True) if row is not None]
        if not known:
            return None
        masks = torch.tensor([allowed for (_, _, allowed), _ in known], device=self.device)
        chances = self._head.probabilities(torch.stack([row for _, row in known])) * masks
        for ((task_hash, _, _), row), mask in zip(known, masks, strict=True):
            self._replay.put(task_hash, row, mask)
        return float(-chances.sum(1).clamp(min=1e-6).log().mean())

    def _fit(self) -> None:
        if len(self._replay):
            self._head.fit(*self._replay.tensors())
        else:
            self._head = Head(self._head.classes)
        self.version += 1

    def _score(self, row: Sequence[float], task: Task) -> float:
        if len(self.labels) == 1:
            return row[ACCEPTED]
        if task.get("label") in self.labels:
            return row[self.labels.index(task["label"])]
        first, second, *_ = sorted(row, reverse=True)
        return 0.5 + (first - second) / 2

    def _probabilities(self, tasks: Sequence[Task]) -> Tensor:
        with self._lock, few_threads(self._threads), torch.no_grad():
            return self._head.probabilities(self._seen.features(tasks)).cpu()


def _task_hash(task: Task) -> int:
    return int(task["_task_hash"] if "_task_hash" in task else set_hashes(task)["_task_hash"])


def _checked_labels(labels: Label | Sequence[Label]) -> tuple[Label, ...]:
    checked = (labels,) if isinstance(labels, (str, int)) else tuple(labels)
    if not checked or len(set(checked)) < len(checked) or not all(isinstance(one, (str, int)) for one in checked):
        raise SettingError(f"ImageClassifier: labels={labels!r} must be one label or several different ones")
    return checked


def _checked_device(device: str | None) -> torch.device:
    try:
        found = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise SettingError(f"ImageClassifier: device={device!r} cannot be used: {reason}") from error
    return found


def _check_positive(numbers: dict[str, Any]) -> None:
    for name, value in numbers.items():
        if not isinstance(value, int) or value < 1:
            raise SettingError(f"ImageClassifier: {name}={value!r} must be a whole number of 1 or more")
