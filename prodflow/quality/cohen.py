"""Cohen's kappa of two annotators, weighted where near values agree in part.

Source: Cohen (1960), A coefficient of agreement for nominal scales; Cohen (1968) for weights.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prodflow.quality.coefficients import Estimate, interval
from prodflow.quality.weights import Level, agreement_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def cohen(
    confusion: "Array | list[list[int]]",
    *,
    values: Sequence[str] | None = None,
    level: Level = "nominal",
    resamples: int = 0,
    seed: int = 0,
) -> Estimate:
    """Compute Cohen's kappa of two raters.

    Args:
        confusion: how many units the one rated with the value of the row and the other with that of the column.
        values: those of rows and columns, for levels other than nominal; 1, 2, 3 … if not given.
        level: what differences of values mean, see `prodflow.quality.coefficients.measure`.
        resamples: of the bootstrap for the 95 % interval; 0 for none.
        seed: of the bootstrap.

    Raises:
        SettingError: if the level does not fit the values.

    >>> round(cohen([[20, 5], [10, 15]]).value, 6)
    0.4
    >>> round(cohen([[13, 0, 0], [0, 20, 7], [0, 4, 56]], level="interval").value, 5)
    0.89216
    """
    import numpy as np

    table = np.asarray(confusion, dtype=float)
    size, n = len(table), int(table.sum())
    if not n:
        return Estimate(None, None, None, 0, "the two have no task in common")
    weights = agreement_weights(values or [str(place) for place in range(1, size + 1)], level)
    value = _kappa(table[None], weights)[0]
    if not np.isfinite(value):
        reason = "both gave one and the same value to all tasks: agreement by chance cannot be told from agreement"
        return Estimate(None, None, None, n, reason)
    if not resamples:
        return Estimate(float(value), None, None, n)
    drawn = np.random.default_rng(seed).multinomial(n, table.ravel() / n, size=resamples).reshape(-1, size, size)
    return Estimate(float(value), *interval(_kappa(drawn, weights)), n)


def _kappa(tables: "NDArray[np.float64] | NDArray[np.int64]", weights: "Array") -> "Array":
    """Kappa of each of several tables; not a number where chance would agree always."""
    import numpy as np

    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    observed = (shares * weights).sum(axis=(1, 2))
    expected = np.einsum("ti,ij,tj->t", shares.sum(axis=2), weights, shares.sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = np.where(1 - expected > 1e-12, (observed - expected) / (1 - expected), np.nan)
    return result
