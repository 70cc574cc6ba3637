"""The part of the image classifier that learns: a linear softmax over features, fit to a replay of the answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from prodflow.models.lbfgs import minimize

PENALTY = 0.01
"""Weight of the squared weights in the loss summed over the answers; features have a mean length of 1."""

MAX_STEPS = 30
"""Steps of L-BFGS per update; it starts from the weights of the update before, and mostly stops earlier."""

ENOUGH = 1e-5
"""A step that lowers the mean loss by less is the last."""


class Replay:
    """The answers learnt so far, bounded: features and the classes each answer allows, by the task's hash.

    Args:
        size: how many are kept; once full, a random earlier one makes room.
        seed: of that choice.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self._random = Random(f"replay {seed}")
        self._slots: dict[int, int] = {}
        self._hashes: list[int] = []
        self._features: list[Tensor] = []
        self._allowed: list[Tensor] = []

    def put(self, task_hash: int, features: Tensor, allowed: Tensor) -> None:
        """Add an answer; one of the same task takes the place of the earlier."""
        slot = self._slots.get(task_hash)
        if slot is None and len(self) >= self.size:
            slot = self._random.randrange(self.size)
            del self._slots[self._hashes[slot]]
        if slot is None:
            slot = len(self)
            self._hashes.append(task_hash)
            self._features.append(features)
            self._allowed.append(allowed)
        self._hashes[slot], self._features[slot], self._allowed[slot] = task_hash, features, allowed
        self._slots[task_hash] = slot

    def forget(self, task_hash: int) -> bool:
        """Drop the answer to a task; return whether there was one. The last one takes its slot."""
        slot = self._slots.pop(task_hash, None)
        if slot is None:
            return False
        last = self._hashes.pop(), self._features.pop(), self._allowed.pop()
        if slot < len(self):
            self._hashes[slot], self._features[slot], self._allowed[slot] = last
            self._slots[last[0]] = slot
        return True

    def __len__(self) -> int:
        return len(self._hashes)

    def __contains__(self, task_hash: int) -> bool:
        return task_hash in self._slots

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Return float features [answers, features] and bool allowed classes [answers, classes]."""
        return torch.stack(self._features), torch.stack(self._allowed)

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs, as plain values and tensors."""
        features, allowed = self.tensors() if len(self) else (torch.empty(0), torch.empty(0))
        return {"hashes": list(self._hashes), "features": features, "allowed": allowed}

    def restore(self, state: dict[str, Any], device: torch.device) -> None:
        """Take over a state; nothing may have been put before."""
        rows = zip(state["hashes"], state["features"].to(device), state["allowed"].to(device), strict=True)
        for task_hash, features, allowed in rows:
            self.put(task_hash, features, allowed)


class Head:
    """A linear softmax classifier over features.

    An answer allows one class or several ("it is none of these but that one"): the loss is the negative log of the
    probability of all that it allows together.

    Args:
        classes: how many there are.
        penalty: keeps weights small; more is smoother and slower to be sure.
    """

    def __init__(self, classes: int, penalty: float = PENALTY) -> None:
        self.classes = classes
        self.penalty = penalty
        self.weights: Tensor | None = None
        self.center: Tensor | None = None
        self.scale = 1.0

    def fit(self, features: Tensor, allowed: Tensor) -> None:
        """Fit to answers, from the weights of before.

        Args:
            features: float [answers, features].
            allowed: bool [answers, classes].
        """
        self.center = features.mean(0)
        centered = features - self.center
        self.scale = 1.0 / max(float(centered.norm(dim=1).mean()), 1e-6)
        inputs = functional.pad(centered * self.scale, (0, 1), value=1.0)
        blocked = torch.zeros(allowed.shape, device=features.device).masked_fill(~allowed, float("-inf"))
        start = inputs.new_zeros((inputs.shape[1], self.classes)) if self.weights is None else self.weights
        value_and_slope = partial(_loss, inputs=inputs, blocked=blocked, penalty=self.penalty)
        self.weights = minimize(start, value_and_slope, max_steps=MAX_STEPS, enough=ENOUGH)

    def probabilities(self, features: Tensor) -> Tensor:
        """Return float [tasks, classes], rows that sum to 1; all equal before the first answer."""
        if self.weights is None or self.center is None:
            return features.new_full((len(features), self.classes), 1 / self.classes)
        inputs = functional.pad((features - self.center) * self.scale, (0, 1), value=1.0)
        return functional.softmax(inputs @ self.weights, dim=1)

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs, as plain values and tensors."""
        return {"weights": self.weights, "center": self.center, "scale": self.scale}

    def restore(self, state: dict[str, Any], device: torch.device) -> None:
        """Take over a state."""
        self.weights, self.center = (
            None if tensor is None else tensor.to(device) for tensor in (state["weights"], state["center"])
        )
        self.scale = state["scale"]


def _loss(weights: Tensor, *, inputs: Tensor, blocked: Tensor, penalty: float) -> tuple[float, Tensor]:
    """Return the mean loss of the answers with the penalty, and its gradient."""
    logits = inputs @ weights
    loss = (logits.logsumexp(1) - (logits + blocked).logsumexp(1)).sum() + penalty * weights.square().sum()
    excess = functional.softmax(logits, dim=1) - functional.softmax(logits + blocked, dim=1)
    slope = inputs.T @ excess + 2 * penalty * weights
    return float(loss) / len(inputs), slope / len(inputs)


@contextmanager
def few_threads(count: int | None) -> Iterator[None]:
    """Let torch use so many CPU threads inside the block: small work is quicker, and the same everywhere, on one."""
    if count is None or count == torch.get_num_threads():
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
