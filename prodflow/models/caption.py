"""A captioner of images that learns from corrected captions: convolutional features, and an LSTM that writes."""

import os
import pickle
import random
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Self

import orjson
import torch
from more_itertools import batched
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from prodflow.core.errors import SourceError, SourceNotFoundError
from prodflow.core.hashing import get_hash
from prodflow.core.task import Task
from prodflow.models.image_cache import FeatureCache
from prodflow.models.image_decode import MAX_PIXELS
from prodflow.models.image_features import make_features
from prodflow.models.image_head import few_threads

FORMAT = "prodflow captioner 1"
_PAD, _START, _END, _UNKNOWN = 0, 1, 2, 3
_SPECIAL = 4
_OWN_SIZE = 32
_BACKBONE_SIZE = 224
_STEPS = 60
_LEARNT = 0.02
_LEARNING_RATE = 3e-3


class _Writer(nn.Module):
    """Writes a caption word by word: the picture is the first thing the LSTM sees.

    Args:
        features: numbers an image is described by.
        words: size of the vocabulary.
        width: of embeddings and of the LSTM.
    """

    def __init__(self, features: int, words: int, width: int) -> None:
        super().__init__()
        self.picture = nn.Linear(features, width)
        self.embed = nn.Embedding(words, width, padding_idx=_PAD)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.word = nn.Linear(width, words)

    def forward(self, features: Tensor, words: Tensor) -> Tensor:
        """Return the logits of each next word: [images, words, vocabulary]."""
        seen = torch.cat([self.look(features), self.embed(words)], dim=1)
        found: Tensor = self.word(self.lstm(seen)[0][:, 1:])
        return found

    def look(self, features: Tensor) -> Tensor:
        """Return the picture as the first word: [images, 1, width]."""
        # Features may have length 1 as a whole: as large as embeddings they are learnt from as quickly.
        scaled = functional.layer_norm(features, features.shape[1:])
        found: Tensor = self.picture(scaled).unsqueeze(1)
        return found

    @torch.no_grad()
    def write(self, features: Tensor, longest: int) -> list[list[int]]:
        """Return the likeliest words of each image, one after another."""
        _, state = self.lstm(self.look(features))
        word = torch.full((len(features), 1), _START, device=features.device)
        written = []
        for _ in range(longest):
            found, state = self.lstm(self.embed(word), state)
            logits = self.word(found[:, -1])
            logits[:, [_PAD, _START, _UNKNOWN]] = -torch.inf
            word = logits.argmax(1, keepdim=True)
            written.append(word)
        rows = torch.cat(written, dim=1).tolist()
        return [row[: row.index(_END)] if _END in row else row for row in rows]


class Captioner:
    """Suggests captions of images, and learns from those that were accepted or corrected.

    Features come from a small fixed network (or a backbone); the words it can write are those of the captions it has
    learnt from. The same captions in the same order give the same suggestions on a CPU.

    Args:
        field: the key of the caption in tasks.
        backbone: None for the small network, `"torchvision:resnet18"`, `"timm:name"`, or a module.
        width: of the LSTM.
        longest: most words of a caption.
        replay_size: how many captions are kept to learn again.
        seed: of new weights.

    Raises:
        SettingError: if the backbone is not to be had.

    >>> model = Captioner()
    >>> list(model.predict([]))
    []
    """

    name = "Captioner"

    def __init__(
        self,
        field: str = "caption",
        *,
        backbone: str | nn.Module | None = None,
        width: int = 128,
        longest: int = 30,
        replay_size: int = 2000,
        seed: int = 0,
    ) -> None:
        """Make the feature network; nothing is learnt yet."""
        self.field = field
        self.version = 0
        self._settings = {"field": field, "width": width, "longest": longest, "replay_size": replay_size, "seed": seed}
        self._settings["backbone"] = None if isinstance(backbone, nn.Module) else backbone
        self._seen = FeatureCache(
            make_features(backbone),
            torch.device("cpu"),
            size=_OWN_SIZE if backbone is None else _BACKBONE_SIZE,
            batch_size=32,
            cache_size=4000,
            max_pixels=MAX_PIXELS,
        )
        self._width, self._longest, self._replay_size = width, longest, replay_size
        self._random = random.Random(seed)
        self._words: list[str] = []
        self._captions: OrderedDict[int, tuple[Tensor, list[str]]] = OrderedDict()
        self._writer: _Writer | None = None
        self._lock = RLock()

    def predict(self, stream: Iterable[Task]) -> Iterator[str]:
        """Yield a caption for each task's image; an empty one before anything was learnt.

        Raises:
            MediaError: at a batch with an image that cannot be read, naming it.
        """
        for batch in batched(stream, 32):
            with self._lock, few_threads(1):
                if self._writer is None:
                    yield from ("" for _ in batch)
                    continue
                written = self._writer.write(self._seen.features(batch), self._longest)
            yield from (" ".join(self._words[place - _SPECIAL] for place in row) for row in written)

    def update(self, answers: Iterable[Task]) -> float | None:
        """Learn from accepted answers with a caption; others say nothing.

        Returns:
            float | None: the mean loss of a word after the lesson; None if there was nothing to learn.
        """
        told = [
            answer
            for answer in answers
            if answer.get("answer") == "accept" and str(answer.get(self.field) or "").strip()
        ]
        with self._lock, few_threads(1):
            for answer, row in zip(told, self._seen.readable(told) if told else [], strict=True):
                if row is not None:
                    self._remember(answer, row)
            return self._fit() if told and self._captions else None

    def _remember(self, answer: Task, row: Tensor) -> None:
        key = get_hash(answer["image"])
        self._captions[key] = (row, str(answer[self.field]).split()[: self._longest])
        self._captions.move_to_end(key)
        while len(self._captions) > self._replay_size:
            self._captions.popitem(last=False)

    def _fit(self) -> float:
        """Some steps of training over the captions kept, from the weights of before where the words are the same."""
        words = sorted({word for _, caption in self._captions.values() for word in caption})
        kept = self._writer if words == self._words else None
        self._words = words
        known = list(self._captions.values())
        self._writer = kept or self._new_writer(known[0][0].shape[0])
        optimizer = torch.optim.Adam(self._writer.parameters(), lr=_LEARNING_RATE)
        loss = 0.0
        for _ in range(_STEPS if kept is not None else 3 * _STEPS):
            loss = self._step(self._random.sample(known, min(len(known), 64)), optimizer)
            if loss < _LEARNT:
                break
        self.version += 1
        return loss

    def _new_writer(self, features: int) -> _Writer:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(self._settings["seed"]))  # type: ignore[call-overload]
            return _Writer(features, len(self._words) + _SPECIAL, self._width)

    def _step(self, captions: Sequence[tuple[Tensor, list[str]]], optimizer: torch.optim.Optimizer) -> float:
        assert self._writer is not None
        place = {word: number + _SPECIAL for number, word in enumerate(self._words)}
        features = torch.stack([row for row, _ in captions])
        rows = [torch.tensor([_START, *(place[word] for word in caption), _END]) for _, caption in captions]
        words = pad_sequence(rows, batch_first=True, padding_value=_PAD)
        logits = self._writer(features, words[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), words[:, 1:].flatten(), ignore_index=_PAD)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return float(loss.detach())

    def save(self, path: str | Path) -> None:
        """Write all it has learnt into a file, aside first and then renamed."""
        target = Path(path)
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        with self._lock:
            state = {
                "format": FORMAT,
                "settings": orjson.dumps(self._settings).decode(),
                "words": self._words,
                "captions": [(key, row, words) for key, (row, words) in self._captions.items()],
                "writer": None if self._writer is None else self._writer.state_dict(),
                "version": self.version,
            }
            torch.save(state, aside)
        aside.replace(target)

    @classmethod
    def load(cls, path: str | Path, *, backbone: nn.Module | None = None) -> Self:
        """Return the captioner of a file that `save` wrote; no code of the file is run.

        Raises:
            SourceNotFoundError: if it is not there.
            SourceError: if it is no such file.
        """
        source = Path(path)
        if not source.is_file():
            raise SourceNotFoundError(f"Captioner: no such file: {str(source)!r}")
        try:
            content: Any = torch.load(source, map_location="cpu", weights_only=True)
        except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
            raise SourceError(f"Captioner: {str(source)!r} cannot be read: {str(error).splitlines()[0]}") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise SourceError(f"Captioner: {str(source)!r} is not of the format {FORMAT!r}")
        settings = orjson.loads(content["settings"])
        model = cls(**{**settings, "backbone": backbone or settings["backbone"]})
        model.version, model._words = content["version"], content["words"]
        model._captions = OrderedDict((key, (row, words)) for key, row, words in content["captions"])
        if content["writer"] is not None:
            model._writer = model._new_writer(len(next(iter(model._captions.values()))[0]))
            model._writer.load_state_dict(content["writer"])
        return model
