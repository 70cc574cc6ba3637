"""Coefficients of agreement beyond chance, with bootstrap intervals; undefined ones say why.

Sources: Krippendorff (2011), Computing Krippendorff's alpha-reliability; Gwet (2014), Handbook of inter-rater
reliability, for AC1, AC2, the generalised Fleiss kappa and missing ratings; Cohen (1960). The libraries that have them
take one rating a cell in memory, or are under the GPL: these take patterns, which SQL counts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from prodflow.quality.patterns import Patterns
from prodflow.quality.weights import Level, agreement_weights, distance, numbered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Coefficient = Literal["percent", "alpha", "fleiss", "gwet"]
COEFFICIENTS: tuple[Coefficient, ...] = ("percent", "alpha", "fleiss", "gwet")
_CONFIDENCE = 0.95
_MOST_DRAWN = 4_000_000


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
    random, chances = np.random.default_rng(seed), units / units.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        repeated = [
            of_sums(total)
            for size in _chunks(resamples, _MOST_DRAWN // len(units))
            for total in random.multinomial(int(units.sum()), chances, size=size) @ sums
        ]
    return Estimate(value, *interval(np.array(repeated)), patterns.pairable)


def _chunks(total: int, most: int) -> Iterator[int]:
    while total > 0:
        yield min(total, max(most, 1))
        total -= max(most, 1)


def share_of(compared: "Mapping[tuple[int, int], int]", *, resamples: int = 0, seed: int = 0) -> Estimate:
    """Compute a share over tasks, with its interval.

    Args:
        compared: how many tasks have so many hits among so many.
        resamples: how many times to resample tasks for the interval; 0 for none.
        seed: of the resampling.

    >>> share_of({(1, 2): 3, (2, 2): 1}).value
    0.625
    """
    import numpy as np

    counts, units = np.array([*compared]).reshape(-1, 2), np.array([*compared.values()])
    hits, total = units @ counts if len(counts) else (0, 0)
    tasks = int(units[counts[:, 1] > 0].sum())
    if not total:
        return Estimate(None, None, None, 0, "no task was answered by another one too: there is nothing to compare")
    if not resamples:
        return Estimate(float(hits / total), None, None, tasks)
    drawn = np.random.default_rng(seed).multinomial(int(units.sum()), units / units.sum(), size=resamples) @ counts
    with np.errstate(divide="ignore", invalid="ignore"):
        return Estimate(float(hits / total), *interval(drawn[:, 0] / drawn[:, 1]), tasks)


def interval(repeated: "Array") -> tuple[float | None, float | None]:
    """Return the ends of the 95 % interval of what a bootstrap gave; None where it gave nothing that is defined."""
    import numpy as np

    kept = repeated[np.isfinite(repeated)]
    if not kept.size:
        return None, None
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return float(low), float(high)


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
    numbers = numbered(patterns.values, level)
    size = len(numbers)
    together = counts[:, :, None] * counts[:, None, :]
    together[:, range(size), range(size)] -= counts
    sums = (together * each[:, None, None]).reshape(len(counts), size * size)

    def weighted(total: "Array") -> float:
        pairs = total.reshape(size, size)
        of_value = pairs.sum(axis=1)
        apart = distance(of_value, numbers, level)
        n = of_value.sum()
        return float(1 - (n - 1) * (pairs * apart).sum() / (np.outer(of_value, of_value) * apart).sum())

    return sums, weighted


def _observed(patterns: Patterns, level: Level) -> "tuple[Array, Array]":
    """For each pattern: the agreement of its pairs of raters, or 0, and whether it has pairs."""
    import numpy as np

    counts, raters = patterns.counts.astype(float), patterns.raters
    pairable = (raters >= 2).astype(float)
    near = counts if level == "nominal" else counts @ agreement_weights(patterns.values, level)
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
    weights = None if level == "nominal" else agreement_weights(patterns.values, level)

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


_MAKERS: dict[str, Callable[[Patterns, Level], "tuple[Array, Callable[[Array], float]]"]] = {
    "percent": _percent,
    "alpha": _alpha,
    "fleiss": _fleiss,
    "gwet": _gwet,
}
