"""Choose from a window of the stream that a model scores anew once it has learnt: nothing is skipped for good."""

from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest
from itertools import islice
from random import Random
from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge, Gt, Interval

from prodflow.core.errors import SettingError
from prodflow.core.failures import Failures, HiddenFailures
from prodflow.core.operator import operator
from prodflow.core.task import Scored, Task
from prodflow.sorters.priority import Prioritized, high, low, prioritized, uncertain

Score: TypeAlias = Callable[[Iterable[Task]], Iterator[Task | Scored]]


@operator(holds=True)
def choose_from_window(
    stream: Iterable[Task],
    score: Score,
    *,
    prefer: Literal["uncertain", "high_scores", "low_scores"] = "uncertain",
    bias: Annotated[float, Interval(ge=-1, le=1)] = 0.0,
    window: Annotated[int, Ge(1)] = 1000,
    step: Annotated[int, Ge(1)] = 8,
    top: Annotated[float, Gt(0), Interval(le=1)] = 0.05,
    seed: int = 0,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Ask the tasks that matter most to the model as it is now, and the others later.

    Each time a task is wanted, `step` more are read into the window until it is full, and one of the best is taken
    out. So the first comes at once, the choice widens with every answer, and all tasks come in the end: a sorter in
    one pass drops what it skips. The rest of the window is scored anew when the model has another version.

    Args:
        stream: the tasks, not yet scored.
        score: the stage that scores them, e.g. `models.score(model=classifier)`; a task of its own for each, or none.
        prefer: which scores matter: close to 0.5, high or low ones.
        bias: with `"uncertain"`, moves what counts as most uncertain from 0.5 towards 1 (bias 1) or 0 (bias -1).
        window: how many tasks are held at most.
        step: how many are read for each that is taken, while the window fills.
        top: the part of the window that the next is drawn from: the very best are often much alike.
        seed: of that draw.

    Yields:
        Task: each task of the stream once, with its "score"; the input tasks are not changed.

    Raises:
        SettingError: at once, if a setting is out of range; if `score` yields more tasks than it was given.
        TaskError: at a task whose score is missing or no number in [0, 1].

    >>> def score(stream):
    ...     return ((task["n"] / 8, task) for task in stream)
    >>> list(islice(choose_from_window([{"n": n} for n in range(8)], score), 2))
    [{'n': 4, 'score': 0.5}, {'n': 3, 'score': 0.375}]
    """
    priority_of = {"uncertain": uncertain(bias), "high_scores": high, "low_scores": low}[prefer]
    pool = _Pool(score, priority_of, failures)
    random = Random(f"window {seed}")
    unread = iter(stream)
    while True:
        new = list(islice(unread, min(step, window - len(pool))))
        pool.add(new)
        if pool:
            yield pool.take(max(1, int(top * len(pool))), random)
        elif not new:
            return


class _Pool:
    """Tasks with their priorities, all of the same version of the model."""

    def __init__(self, score: Score, priority_of: Callable[[float], float], failures: Failures) -> None:
        self.score = score
        self.priority_of = priority_of
        self.failures = failures
        self.held: list[Prioritized] = []
        self.read = 0

    def __len__(self) -> int:
        return len(self.held)

    def add(self, new: list[Task]) -> None:
        """Score new tasks; if that, or one look at the old ones, shows another version, score the old anew."""
        fresh = self._scored(new)
        self.read += len(new)
        if self.held:
            seen = fresh[:1] or self._scored([self.held[0][1]])
            if not seen or _version(seen[0]) is None or _version(seen[0]) != _version(self.held[0]):
                self.held = self._scored([task for _, task in self.held])
        self.held += fresh

    def take(self, count: int, random: Random) -> Task:
        """Take out one of the `count` best; of equal ones the earliest count."""
        best = nlargest(count, range(len(self.held)), key=lambda place: (self.held[place][0], -place))
        return self.held.pop(random.choice(best))[1]

    def _scored(self, tasks: list[Task]) -> list[Prioritized]:
        if not tasks:
            return []
        scored = list(prioritized(self.score(tasks), self.priority_of, self.failures, start=self.read))
        if len(scored) > len(tasks):
            raise SettingError(
                f"choose_from_window: score= yielded {len(scored)} tasks for {len(tasks)}; give one each"
            )
        return scored


def _version(held: Prioritized) -> object:
    """The version of the model that gave the score; None if it is not known, so that nothing can be relied on."""
    return held[1].get("model_version")
