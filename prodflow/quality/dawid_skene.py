"""What is most likely true, and whom to believe: the model of Dawid and Skene, by expectation and maximisation.

Source: A. P. Dawid and A. M. Skene (1979), Maximum likelihood estimation of observer error-rates using the EM
algorithm, Applied Statistics 28. The one coin variant gives each annotator one accuracy, which needs fewer answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodflow.core.errors import SettingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FLOOR = 1e-300


@dataclass(frozen=True)
class Truth:
    """What the answers say together.

    Args:
        tasks: the tasks.
        annotators: the annotators.
        values: the values that answers have.
        posterior: how likely each value is of each task; tasks x values, rows add up to 1.
        confusion: how often an annotator says the one where the other is true; annotators x true values x said values.
        shares: how frequent each value is.
        log_likelihood: of the answers.
        rounds: how many rounds of estimation there were.
    """

    tasks: tuple[Any, ...]
    annotators: tuple[str, ...]
    values: tuple[str, ...]
    posterior: "Array"
    confusion: "Array"
    shares: "Array"
    log_likelihood: float
    rounds: int

    def best(self) -> dict[Any, tuple[str, float]]:
        """Return the likeliest value of each task, and its probability."""
        places = self.posterior.argmax(axis=1)
        return {
            task: (self.values[place], float(self.posterior[number, place]))
            for number, (task, place) in enumerate(zip(self.tasks, places, strict=True))
        }

    def accuracy(self) -> dict[str, float]:
        """Return how often each annotator is likely to be right, over values as frequent as they are here."""
        import numpy as np

        diagonals = np.diagonal(self.confusion, axis1=1, axis2=2) @ self.shares
        return dict(zip(self.annotators, map(float, diagonals), strict=True))


def estimate_truth(
    answers: Iterable[tuple[Any, str, str]],
    *,
    one_coin: bool = False,
    counts: Mapping[Any, int] | None = None,
    max_rounds: int = 500,
    tolerance: float = 1e-9,
) -> Truth:
    """Estimate the truth and each annotator's errors from answers alone.

    Args:
        answers: task, annotator and value of each; an annotator may answer a task several times.
        one_coin: one accuracy for each annotator, instead of a whole table of confusion.
        counts: how many tasks there are of each, where one stands for several that were answered alike.
        max_rounds: when to stop at the latest.
        tolerance: stop when the log likelihood of an answer grows by less.

    Raises:
        SettingError: if there are no answers.

    >>> truth = estimate_truth([(1, "ada", "cat"), (1, "bob", "cat"), (2, "ada", "dog"), (2, "bob", "dog")])
    >>> truth.best()[2][0]
    'dog'
    """
    import numpy as np

    rows = list(answers)
    if not rows:
        raise SettingError("there are no answers to estimate the truth from")
    tasks, task_of = _numbered(row[0] for row in rows)
    annotators, annotator_of = _numbered(row[1] for row in rows)
    values, value_of = _numbered((row[2] for row in rows), ordered=True)
    maximise = _one_coin if one_coin else _whole_table
    weights = np.array([1.0 if counts is None else counts[task] for task in tasks])[:, None]
    weighed_answers = float(weights[task_of].sum())
    posterior = np.zeros((len(tasks), len(values)))
    np.add.at(posterior, (task_of, value_of), 1.0)
    posterior /= posterior.sum(axis=1, keepdims=True)
    before, rounds = -np.inf, 0
    while True:
        rounds += 1
        weighted = posterior * weights
        shares = weighted.sum(axis=0) / weights.sum()
        confusion = maximise(weighted, task_of, annotator_of, value_of, len(annotators))
        logs = np.tile(np.log(np.maximum(shares, _FLOOR)), (len(tasks), 1))
        np.add.at(logs, task_of, np.log(np.maximum(confusion[annotator_of, :, value_of], _FLOOR)))
        highest = logs.max(axis=1, keepdims=True)
        likelihoods = np.exp(logs - highest)
        sums = likelihoods.sum(axis=1, keepdims=True)
        posterior = likelihoods / sums
        now = float(((np.log(sums) + highest) * weights).sum())
        if now - before < tolerance * weighed_answers or rounds == max_rounds:
            return Truth(tasks, annotators, values, posterior, confusion, shares, now, rounds)
        before = now


def _numbered(names: Iterable[Any], *, ordered: bool = False) -> "tuple[tuple[Any, ...], NDArray[np.int64]]":
    import numpy as np

    listed = list(names)
    unique = sorted(set(listed)) if ordered else list(dict.fromkeys(listed))
    place = {name: number for number, name in enumerate(unique)}
    return tuple(unique), np.array([place[name] for name in listed], dtype=np.int64)


def _said(
    posterior: "Array",
    task_of: "NDArray[np.int64]",
    annotator_of: "NDArray[np.int64]",
    value_of: "NDArray[np.int64]",
    annotators: int,
) -> "Array":
    """How often each annotator is expected to have said the one where the other is true."""
    import numpy as np

    size = posterior.shape[1]
    said = np.zeros((annotators, size, size))
    np.add.at(said.swapaxes(1, 2), (annotator_of, value_of), posterior[task_of])
    return said


def _whole_table(posterior: "Array", *of: Any) -> "Array":
    import numpy as np

    said = _said(posterior, *of)
    totals = said.sum(axis=2, keepdims=True)
    # Somebody who never met a value: nothing is known, and nothing shall follow from it.
    result: Array = np.divide(said, totals, out=np.full_like(said, 1 / posterior.shape[1]), where=totals > 0)
    return result


def _one_coin(posterior: "Array", *of: Any) -> "Array":
    import numpy as np

    said = _said(posterior, *of)
    size = posterior.shape[1]
    skill = np.einsum("avv->a", said) / said.sum(axis=(1, 2))
    confusion = np.empty_like(said)
    confusion[:] = ((1 - skill) / max(size - 1, 1))[:, None, None]
    confusion[:, range(size), range(size)] = skill[:, None]
    return confusion
