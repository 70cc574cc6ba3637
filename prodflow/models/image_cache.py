"""Features of the images of tasks, kept so that an update does not decode again."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy
import torch
from more_itertools import batched
from torch import Tensor, nn

from prodflow.core.errors import MediaError, TaskError
from prodflow.core.hashing import get_hash
from prodflow.core.task import Task
from prodflow.models.image_decode import decode_image

log = logging.getLogger("prodflow")


class FeatureCache:
    """Computes features of images, a batch at a time, and keeps those used last.

    Args:
        network: from float [images, 3, size, size] in [0, 1] to [images, features].
        device: where it runs.
        size: pixels of a side.
        batch_size: how many images go through the network at once.
        cache_size: of how many images the features are kept.
        max_pixels: larger images are refused.
    """

    def __init__(
        self, network: nn.Module, device: torch.device, *, size: int, batch_size: int, cache_size: int, max_pixels: int
    ) -> None:
        self.network = network.to(device)
        self.device = device
        self.size = size
        self.batch_size = batch_size
        self.cache_size = cache_size
        self.max_pixels = max_pixels
        self._rows: OrderedDict[int, Tensor] = OrderedDict()

    def features(self, tasks: Sequence[Task]) -> Tensor:
        """Return float [tasks, features]; only images that are not in the cache are decoded.

        Raises:
            TaskError: if a task has no "image".
            MediaError: if an image cannot be read, naming it.
        """
        values = [_image_of(task) for task in tasks]
        keys = [get_hash(value) for value in values]
        missing = {key: value for key, value in zip(keys, values, strict=True) if key not in self._rows}
        found = dict(zip(missing, self._computed(list(missing.values())), strict=True))
        rows = torch.stack([found[key] if key in found else self._rows[key] for key in keys])
        self._rows.update(found)
        for key in keys:
            self._rows.move_to_end(key)
        while len(self._rows) > self.cache_size:
            self._rows.popitem(last=False)
        return rows

    def readable(self, tasks: Sequence[Task]) -> list[Tensor | None]:
        """Return the features of each task, None for those whose image cannot be read, with a line in the log.

        Raises:
            MediaError: if none can be read.
        """
        rows: list[Tensor | None] = []
        for batch in batched(tasks, self.batch_size):
            try:
                rows.extend(self.features(batch))
            except MediaError:  # one of the batch: find which
                rows.extend(self._or_none(task) for task in batch)
        if tasks and all(row is None for row in rows):
            self.features(tasks[:1])
        return rows

    def _or_none(self, task: Task) -> Tensor | None:
        try:
            return self.features([task])[0]
        except MediaError as error:
            log.warning("ImageClassifier: an answer is left out: %s", error)
            return None

    def _computed(self, values: Sequence[str]) -> Iterator[Tensor]:
        for batch in batched(values, self.batch_size):
            pixels = [decode_image(value, size=self.size, max_pixels=self.max_pixels) for value in batch]
            images = torch.from_numpy(numpy.stack(pixels)).to(self.device).permute(0, 3, 1, 2).float() / 255
            with torch.no_grad():
                yield from self.network(images)


def _image_of(task: Task) -> str:
    value = task.get("image")
    if not isinstance(value, str) or not value:
        keys = ", ".join(map(repr, task)) or "none"
        raise TaskError(f"ImageClassifier: a task has no 'image' (keys: {keys})")
    return value
