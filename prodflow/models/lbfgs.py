"""The smallest value of a smooth convex function of a tensor, by L-BFGS.

`torch.optim.LBFGS` does the same; it loads torch's compiler first, which takes seconds that an annotator would wait.
"""

from collections import deque
from collections.abc import Callable
from itertools import repeat

from torch import Tensor

MEMORY = 10
SUFFICIENT = 1e-4
HALVINGS = 20


def minimize(
    start: Tensor, value_and_slope: Callable[[Tensor], tuple[float, Tensor]], *, max_steps: int, enough: float
) -> Tensor:
    """Return where the function is smallest, or close to it.

    Args:
        start: where to begin.
        value_and_slope: the function and its gradient.
        max_steps: give up after so many.
        enough: stop once a step gains less than this, and less than this part of ten times the value.

    >>> import torch
    >>> at = minimize(torch.zeros(2), lambda x: (float(((x - 3) ** 2).sum()), 2 * (x - 3)), max_steps=20, enough=1e-9)
    >>> [round(float(value), 3) for value in at]
    [3.0, 3.0]
    """
    point = start
    value, slope = value_and_slope(point)
    steps: deque[tuple[Tensor, Tensor, float]] = deque(maxlen=MEMORY)
    for _ in range(max_steps):
        direction = -_curved(slope, steps)
        descent = float((direction * slope).sum())
        length = 1.0 if steps else 1.0 / max(1.0, float(slope.norm()))
        for _ in repeat(None, HALVINGS):
            next_point = point + length * direction
            next_value, next_slope = value_and_slope(next_point)
            if next_value <= value + SUFFICIENT * length * descent:
                break
            length /= 2
        else:
            return point
        change, bend = next_point - point, next_slope - slope
        curvature = float((change * bend).sum())
        if curvature > 1e-12:
            steps.append((change, bend, curvature))
        gain = value - next_value
        point, value, slope = next_point, next_value, next_slope
        if gain < enough * (1 + 10 * abs(value)):
            break
    return point


def _curved(slope: Tensor, steps: "deque[tuple[Tensor, Tensor, float]]") -> Tensor:
    """The slope times the inverse curvature, as far as the last steps have shown it."""
    turned = slope.clone()
    weights = []
    for change, bend, curvature in reversed(steps):
        weight = (change * turned).sum() / curvature
        turned -= weight * bend
        weights.append(weight)
    if steps:
        change, bend, curvature = steps[-1]
        turned *= curvature / (bend * bend).sum()
    for (change, bend, curvature), weight in zip(steps, reversed(weights), strict=True):
        turned += change * (weight - (bend * turned).sum() / curvature)
    return turned
