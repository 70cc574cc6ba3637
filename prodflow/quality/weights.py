"""What it means that two values differ: distances and weights by the level of measurement."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from prodflow.core.errors import SettingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
_MOST_VALUES = 200


def distance(of_value: "Array", numbers: "Array", level: Level) -> "Array":
    """Return Krippendorff's squared differences of each two values, of which there are so many each."""
    import numpy as np

    if level == "ordinal":
        upto = np.cumsum(of_value) - of_value / 2
        ranks: Array = (upto[:, None] - upto[None, :]) ** 2
        return ranks
    difference = numbers[:, None] - numbers[None, :]
    if level == "interval":
        squared: Array = difference**2
        return squared
    total = numbers[:, None] + numbers[None, :]
    ratio: Array = np.divide(difference, total, out=np.zeros_like(difference), where=total != 0) ** 2
    return ratio


def agreement_weights(values: Sequence[str], level: Level) -> "Array":
    """Return how much of an agreement two values are: Gwet's quadratic weights, or his ordinal ones."""
    import numpy as np

    if level == "nominal":
        return np.eye(len(values))
    numbers = numbered(values, level)
    if level == "ordinal":
        ranks = np.arange(len(numbers))
        apart = np.abs(ranks[:, None] - ranks[None, :])
        pairs = apart * (apart + 1) / 2
        ordinal: Array = 1 - pairs / max(pairs.max(), 1)
        return ordinal
    difference = distance(np.zeros(len(numbers)), numbers, level)
    quadratic: Array = 1 - difference / (difference.max() or 1)
    return quadratic


def numbered(values: Sequence[str], level: Level) -> "Array":
    """Return values as numbers.

    Raises:
        SettingError: if they are none, or too many to weigh each against each.
    """
    import numpy as np

    if len(values) > _MOST_VALUES:
        raise SettingError(
            f"level={level!r} weighs each value against each, and there are {len(values)} "
            f"(at most {_MOST_VALUES}); use level='nominal'"
        )
    try:
        numbers = np.array([float(value) for value in values])
    except ValueError:
        if level == "ordinal":
            return np.arange(len(values), dtype=float)
        bad = next(value for value in values if not _is_number(value))
        raise SettingError(f"level={level!r} needs values that are numbers, got {bad!r}") from None
    if level == "ratio" and (numbers < 0).any():
        raise SettingError(f"level='ratio' needs values of 0 and more, got {numbers.min():g}")
    return numbers


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
