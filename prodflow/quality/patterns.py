"""Ratings as patterns: how many raters gave which value to a unit, and how many units look the same.

Coefficients of agreement need no more than this. A million units of four raters and two values are fifteen patterns, so
that what SQL counted fits into a small table, and resampling units is drawing multinomial counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Patterns:
    """What raters said about units.

    Args:
        values: the values given, in their order.
        counts: for each pattern and value, how many raters gave it; patterns x values.
        units: how many units have the pattern.
    """

    values: tuple[str, ...]
    counts: "NDArray[np.int64]"
    units: "NDArray[np.int64]"

    @cached_property
    def raters(self) -> "NDArray[np.int64]":
        """How many raters a unit of each pattern has."""
        result: NDArray[np.int64] = self.counts.sum(axis=1)
        return result

    @property
    def pairable(self) -> int:
        """How many units have two ratings or more."""
        return int(self.units[self.raters >= 2].sum())

    def about(self, value: str) -> "Patterns":
        """Return the same ratings with only one distinction: this value, or another."""
        import numpy as np

        of_value = self.counts[:, self.values.index(value)]
        return Patterns((value, "other"), np.stack([of_value, self.raters - of_value], axis=1), self.units)


def make_patterns(rows: Iterable[tuple[Mapping[str, int], int]]) -> Patterns:
    """Make patterns of counted values.

    Args:
        rows: for each pattern, how many raters gave each value, and how many units it has.

    >>> make_patterns([({"yes": 2}, 10), ({"yes": 1, "no": 1}, 5)]).counts.tolist()
    [[0, 2], [1, 1]]
    """
    import numpy as np

    table = list(rows)
    values = tuple(sorted({value for pattern, _ in table for value in pattern}, key=in_order))
    place = {value: number for number, value in enumerate(values)}
    counts = np.zeros((len(table), len(values)), dtype=np.int64)
    for number, (pattern, _) in enumerate(table):
        for value, count in pattern.items():
            counts[number, place[value]] = count
    return Patterns(values, counts, np.array([units for _, units in table], dtype=np.int64))


def in_order(value: str) -> tuple[int, float, str]:
    """Return the place of a value among others: numbers by size, before texts by letters."""
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)
