"""Coefficients of agreement beyond chance, with bootstrap intervals; undefined ones say why.

Sources: Krippendorff (2011), Computing Krippendorff's alpha-reliability; Gwet (2014), Handbook of inter-rater
reliability, for AC1, AC2, the generalised Fleiss kappa and missing ratings; Cohen (1960). The libraries that have them
take one rating a cell in memory, or are under the GPL: these take patterns, which SQL counts.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from prodflow.core.errors import SettingError
from prodflow.quality.patterns import Patterns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
Coefficient = Literal["percent", "alpha", "fleiss", "gwet"]
COEFFICIENTS: tuple[Coefficient, ...] = ("percent", "alpha", "fleiss", "gwet")
_MOST_VALUES = 200
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A coefficient.

    Args:
        value: None where it is not defined.
        low: lower end of the 95 % interval of the bootstrap; None where it was not asked for or is not defined.
        high: its upper end.
        units: how many units it is computed from.
        reason: why it is not defined.
    """

    value: float | None
    low: float | None
    high: float | None
    units: int
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def measure(
    patterns: Patterns,
    coefficient: Coefficient = "alpha",
    *,
    level: Level = "nominal",
    resamples: int = 0,
    seed: int = 0,
) -> Estimate:
    """Compute a coefficient of agreement.

    Args:
        patterns: the ratings.
        coefficient: percent agreement of pairs of raters; Krippendorff's alpha; the kappa of Fleiss, generalised to any
            number of ratings a unit; Gwet's AC1, which is AC2 where the level is not nominal.
        level: what differences of values mean. Levels other than nominal weigh them: alpha by Krippendorff's metrics,
            the others by quadratic weights (ordinal: by rank). Interval and ratio need values that are numbers.
        resamples: how many times to resample units for the interval; 0 for none.
        seed: of the resampling.

    Raises:
        SettingError: if the level does not fit the values.

    >>> from prodflow.quality.patterns import make_patterns
    >>> measure(make_patterns([({"yes": 2}, 8), ({"yes": 1, "no": 1}, 1), ({"no": 2}, 3)])).value
    0.8067226890756302
    >>> measure(make_patterns([({"yes": 2}, 8)])).reason
    'all ratings have the same value: agreement by chance cannot be told from agreement'
    """
    import numpy as np

    if (reason := _why_not(patterns, coefficient)) is not None:
        return Estimate(None, None, None, patterns.pairable, reason)
    sums, of_sums = _MAKERS[coefficient](patterns, level)
    units = patterns.units.astype(float)
    value = float(of_sums(units @ sums))
    if not resamples:
        return Estimate(value, None, None, patterns.pairable)
    drawn = np.random.default_rng(seed).multinomial(int(units.sum()), units / units.sum(), size=resamples)
    with np.errstate(divide="ignore", invalid="ignore"):
        repeated = np.array([of_sums(draw @ sums) for draw in drawn])
    kept = repeated[np.isfinite(repeated)]
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(kept, [tail, 1 - tail]) if kept.size else (np.nan, np.nan)
    return Estimate(value, _finite(low), _finite(high), patterns.pairable)


def _finite(value: float) -> float | None:
    return float(value) if value == value else None


def _why_not(patterns: Patterns, coefficient: Coefficient) -> str | None:
    if not patterns.pairable:
        return "no unit has two ratings: there is nothing to compare"
    if coefficient == "percent":
        return None
    given = patterns.counts[patterns.raters >= 2] if coefficient == "alpha" else patterns.counts
    if (given.sum(axis=0) > 0).sum() < 2:
        return "all ratings have the same value: agreement by chance cannot be told from agreement"
    return None


def _alpha(patterns: Patterns, level: Level) -> "tuple[Array, Callable[[Array], float]]":
    """Observed and expected disagreement are functions of sums over units, so that units need only be added up."""
    import numpy as np

    counts, raters = patterns.counts.astype(float), patterns.raters
    counts = np.where((raters >= 2)[:, None], counts, 0.0)
    each = 1 / np.maximum(raters - 1, 1)
    if level == "nominal":
        hits = (counts * (counts - 1)).sum(axis=1) * each
        sums = np.concatenate([hits[:, None], counts], axis=1)

        def nominal(total: "Array") -> float:
            of_value = total[1:]
            n = of_value.sum()
            expected = 1 - (of_value * (of_value - 1)).sum() / (n * (n - 1))
            return float(1 - (1 - total[0] / n) / expected)

        return sums, nominal
    size = len(_numbered(patterns, level))
    together = counts[:, :, None] * counts[:, None, :]
    together[:, range(size), range(size)] -= counts
    sums = (together * each[:, None, None]).reshape(len(counts), size * size)
    numbers = _numbered(patterns, level)

    def weighted(total: "Array") -> float:
        pairs = total.reshape(size, size)
        of_value = pairs.sum(axis=1)
        distance = _distance(of_value, numbers, level)
        n = of_value.sum()
        return float(1 - (n - 1) * (pairs * distance).sum() / (np.outer(of_value, of_value) * distance).sum())

    return sums, weighted


def _distance(of_value: "Array", numbers: "Array", level: Level) -> "Array":
    """Krippendorff's squared differences."""
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


def _observed(patterns: Patterns, level: Level) -> "tuple[Array, Array]":
    """For each pattern: the agreement of its pairs of raters, or 0, and whether it has pairs."""
    import numpy as np

    counts, raters = patterns.counts.astype(float), patterns.raters
    pairable = (raters >= 2).astype(float)
    near = counts if level == "nominal" else counts @ _weights(patterns, level)
    agreement = (counts * (near - 1)).sum(axis=1) / np.maximum(raters * (raters - 1), 1)
    return agreement * pairable, pairable


def _percent(patterns: Patterns, level: Level) -> "tuple[Array, Callable[[Array], float]]":
    import numpy as np

    return np.stack(_observed(patterns, level), axis=1), lambda total: float(total[0] / total[1])


def _beyond_chance(
    patterns: Patterns, level: Level, chance: "Callable[[Array, Array | None], float]"
) -> "tuple[Array, Callable[[Array], float]]":
    """Kappas: observed agreement beyond that of raters who draw values by their shares."""
    import numpy as np

    agreement, pairable = _observed(patterns, level)
    rated = patterns.raters > 0
    shares = patterns.counts / np.maximum(patterns.raters, 1)[:, None]
    sums = np.concatenate([np.stack([agreement, pairable, rated.astype(float)], axis=1), shares], axis=1)
    weights = None if level == "nominal" else _weights(patterns, level)

    def of_sums(total: "Array") -> float:
        observed, expected = total[0] / total[1], chance(total[3:] / total[2], weights)
        return float((observed - expected) / (1 - expected))

    return sums, of_sums


def _fleiss(patterns: Patterns, level: Level) -> "tuple[Array, Callable[[Array], float]]":
    def chance(shares: "Array", weights: "Array | None") -> float:
        return float((shares**2).sum() if weights is None else shares @ weights @ shares)

    return _beyond_chance(patterns, level, chance)


def _gwet(patterns: Patterns, level: Level) -> "tuple[Array, Callable[[Array], float]]":
    def chance(shares: "Array", weights: "Array | None") -> float:
        size = len(shares)
        total = size if weights is None else weights.sum()
        return float(total / (size * (size - 1)) * (shares * (1 - shares)).sum())

    return _beyond_chance(patterns, level, chance)


def _weights(patterns: Patterns, level: Level) -> "Array":
    """How much of an agreement two values are: Gwet's quadratic weights, or his ordinal ones."""
    import numpy as np

    numbers = _numbered(patterns, level)
    if level == "ordinal":
        ranks = np.arange(len(numbers))
        apart = np.abs(ranks[:, None] - ranks[None, :])
        pairs = apart * (apart + 1) / 2
        ordinal: Array = 1 - pairs / max(pairs.max(), 1)
        return ordinal
    difference = _distance(np.zeros(len(numbers)), numbers, level)
    quadratic: Array = 1 - difference / (difference.max() or 1)
    return quadratic


def _numbered(patterns: Patterns, level: Level) -> "Array":
    """The values as numbers.

    Raises:
        SettingError: if they are none, or too many to weigh each against each.
    """
    import numpy as np

    if len(patterns.values) > _MOST_VALUES:
        raise SettingError(
            f"level={level!r} weighs each value against each, and there are {len(patterns.values)} "
            f"(at most {_MOST_VALUES}); use level='nominal'"
        )
    try:
        numbers = np.array([float(value) for value in patterns.values])
    except ValueError:
        if level == "ordinal":
            return np.arange(len(patterns.values), dtype=float)
        bad = next(value for value in patterns.values if not _is_number(value))
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


_MAKERS: dict[str, Callable[[Patterns, Level], "tuple[Array, Callable[[Array], float]]"]] = {
    "percent": _percent,
    "alpha": _alpha,
    "fleiss": _fleiss,
    "gwet": _gwet,
}


def cohen(confusion: "Array | list[list[int]]") -> Estimate:
    """Compute Cohen's kappa of two raters.

    Args:
        confusion: how many units the one rated with the value of the row and the other with that of the column.

    >>> round(cohen([[20, 5], [10, 15]]).value, 6)
    0.4
    """
    import numpy as np

    table = np.asarray(confusion, dtype=float)
    n = table.sum()
    if not n:
        return Estimate(None, None, None, 0, "the two have no unit in common")
    expected = (table.sum(axis=0) * table.sum(axis=1)).sum() / n**2
    if expected == 1:
        reason = "both gave one and the same value to all units: agreement by chance cannot be told from agreement"
        return Estimate(None, None, None, int(n), reason)
    return Estimate(float((np.trace(table) / n - expected) / (1 - expected)), None, None, int(n))
