"""Put a model's scores on tasks."""

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from annotated_types import Ge
from more_itertools import batched

from prodflow.core.errors import MediaError, ModelError, ProdflowError, TaskError
from prodflow.core.failures import Failures, HiddenFailures
from prodflow.core.operator import operator
from prodflow.core.task import Task
from prodflow.models.protocol import Model, name_of, version_of
from prodflow.models.resolve import resolve_model

log = logging.getLogger("prodflow")


@operator(drops="not scored by the model", ordered=True)
def score(
    stream: Iterable[Task],
    *,
    model: Model | str,
    batch_size: Annotated[int, Ge(1)] = 32,
    skip: bool = False,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Score tasks with a model, a batch at a time.

    A batch is read ahead, no more. If the model has learnt since (its `version` changed), what is left of the
    batch is scored anew before it goes out, so that no score is older than the model.

    Args:
        stream: the tasks.
        model: a model, or a name for one: `"my_model.py:model"`, `"package.module:Model"` or a registered
            name. Classes and functions without arguments are called to make it.
        batch_size: how many tasks the model sees at once.
        skip: drop tasks that the model cannot use (it raises a `TaskError`: a broken image, a missing key), with a
            line in the log; if False, raise at the first.

    Yields:
        Task: what the model yields, in its order, with "score" (a float), "model" (its name) and
            "model_version".

    Raises:
        SettingError: if the model is not there or is none.
        TaskError: at the first task that the model cannot use, if `skip` is False.
        ModelError: if the model fails or yields anything but pairs of a score and a task.

    >>> def shortness(stream):
    ...     for task in stream:
    ...         yield 1 / len(task["text"]), task
    >>> list(score([{"text": "ab"}], model=shortness))
    [{'text': 'ab', 'score': 0.5, 'model': 'shortness', 'model_version': 0}]
    """
    scorer = _Scorer(resolve_model(model), skip, failures)
    return scorer.run(stream, batch_size)


class _Scorer:
    """Scores batches of one stream and knows how far it is, for messages."""

    def __init__(self, model: Any, skip: bool, failures: Failures) -> None:
        self.model = model
        self.skip = skip
        self.name = name_of(model)
        self.failures = failures
        self.read = 0

    def run(self, stream: Iterable[Task], batch_size: int) -> Iterator[Task]:
        for batch in batched(stream, batch_size):
            yield from self._fresh(batch, self.read)
            self.read += len(batch)

    def _fresh(self, batch: Sequence[Task], position: int) -> Iterator[Task]:
        """Yield the batch scored; what is left is scored anew whenever the model has learnt in between."""
        while batch:
            scored = self._scored(batch, position)
            version = version_of(self.model)
            one_each = len(scored) == len(batch)
            for done, task in enumerate(scored, start=1):
                yield task
                if one_each and version_of(self.model) != version:
                    batch, position = batch[done:], position + done
                    break
            else:
                return

    def _scored(self, batch: Sequence[Task], position: int) -> list[Task]:
        """Score a batch; if a task is broken and may be skipped, score one at a time to find which."""
        try:
            return self._ask(batch, position)
        except TaskError as error:
            if not self.skip and self.failures.on_error == "raise":
                raise
            if len(batch) == 1:
                self._drop(error, position, batch[0])
                return []
        return [task for number, one in enumerate(batch) for task in self._scored([one], position + number)]

    def _drop(self, error: TaskError, position: int, task: Task) -> None:
        if self.skip:
            log.warning("%s (skipped)", error)
        else:
            self.failures.handle(error, position=position, record=task)

    def _ask(self, batch: Sequence[Task], position: int) -> list[Task]:
        version = version_of(self.model)
        place = f"tasks {position} to {position + len(batch) - 1}" if len(batch) > 1 else f"task {position}"
        try:
            pairs = list(self.model(iter(batch)))
        except MediaError as error:
            raise MediaError(f"score: {place}: {error}") from error
        except TaskError as error:
            raise TaskError(f"score: {place}: {error}") from error
        except ProdflowError:
            raise
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            raise ModelError(f"score: model {self.name!r} failed at {place}: {told}") from error
        return [self._stamped(pair, version, place) for pair in pairs]

    def _stamped(self, pair: Any, version: int | str | None, place: str) -> Task:
        try:
            number, task = pair
            value = float(number)
            stamped = {**task, "score": value, "model": self.name, "model_version": version}
        except (TypeError, ValueError) as error:
            came = f"{pair!r:.80} at {place}"
            raise ModelError(f"score: model {self.name!r} yielded {came}, not a (score, task) pair") from error
        if not math.isfinite(value):
            raise ModelError(f"score: model {self.name!r} gave the score {value} at {place}, not one in [0, 1]")
        return stamped
