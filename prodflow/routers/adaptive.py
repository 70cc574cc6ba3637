"""Ask one more person, one who has not seen the task, until the answers are clear."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.routing import Router, Sessions
from prodflow.core.task import Task
from prodflow.core.verdict import verdict_of
from prodflow.routers.policies import drawn

_LEARN_AGAIN = 20
"""How many new answers make it worth while to estimate again whom to believe."""

_TASKS = 2_000
"""How many of the latest tasks that is estimated from."""


class UntilAgreed:
    """A router that goes on while the answers tie; `route_until_agreed` makes one."""

    def __init__(self, least: int, most: int, name: str = "route_until_agreed") -> None:
        """Check the numbers."""
        if not 1 <= least <= most:
            raise SettingError(f"{name}: least={least!r} and most={most!r} do not go together; give 1 <= least <= most")
        self.least, self.most = least, most

    def wanted(self, task: Task) -> int:
        """Return with how many answers a task begins."""
        return self.least

    def __call__(self, controller: Sessions, session_id: str, task: Task) -> list[str]:
        """Return who asks, and as many others as are needed to begin with."""
        others = {session_id, *controller.session_ids} - {session_id}
        return [session_id, *drawn(others, task)][: self.least]

    def missing(self, task: Task, answers: Sequence[Task]) -> int:
        """Return 1 while no verdict has more than half of the answers, up to the limit."""
        if len(answers) >= self.most:
            return 0
        verdicts = Counter(verdict for answer in answers if (verdict := verdict_of(answer)) is not None)
        if len(answers) < self.least:
            return self.least - len(answers)
        return 0 if verdicts and 2 * max(verdicts.values()) > verdicts.total() else 1


def route_until_agreed(*, least: int = 2, most: int = 5) -> Router:
    """Return a router that asks further people, who have not seen the task, until more than half of them agree.

    Args:
        least: with how many answers each task begins.
        most: after so many answers it is left at that, tie or not.

    Raises:
        SettingError: if the numbers do not go together.

    >>> router = route_until_agreed(least=2, most=3)
    >>> router.missing({}, [{"answer": "accept"}, {"answer": "reject"}])
    1
    >>> router.missing({}, [{"answer": "accept"}, {"answer": "accept"}])
    0
    """
    return UntilAgreed(least, most)


class UntilCertain(UntilAgreed):
    """A router that goes on until the truth is likely enough; `route_until_certain` makes one."""

    def __init__(self, probability: float, least: int, most: int) -> None:
        """Check the numbers."""
        super().__init__(least, most, "route_until_certain")
        if not 0.5 <= probability < 1:
            raise SettingError(f"route_until_certain: probability={probability!r} is not from 0.5 to below 1")
        self.probability = probability
        self._answers: dict[int, list[tuple[int, str, str]]] = {}
        self._fresh = 0
        self._skill: dict[str, float] = {}
        self._loaded = False

    def __call__(self, controller: Sessions, session_id: str, task: Task) -> list[str]:
        """Return who asks, and as many others as are needed to begin with; first of all, look at earlier answers."""
        if not self._loaded:
            self._loaded = True
            database, dataset = getattr(controller, "db", None), getattr(controller, "dataset", None)
            if database is not None and dataset is not None:
                self._remember(database.iter_dataset_examples(dataset))
        return super().__call__(controller, session_id, task)

    def _remember(self, answers: Iterable[Task]) -> None:
        for answer in answers:
            if (verdict := verdict_of(answer)) is not None and "_task_hash" in answer:
                key, who = answer["_task_hash"], str(answer.get("_session_id", ""))
                kept = [row for row in self._answers.pop(key, []) if row[1] != who]
                self._answers[key] = [*kept, (key, who, verdict)]
                self._fresh += 1
        while len(self._answers) > _TASKS:
            del self._answers[next(iter(self._answers))]

    def missing(self, task: Task, answers: Sequence[Task]) -> int:
        """Return 1 while no verdict is likely enough, up to the limit."""
        self._remember(answers)
        if len(answers) >= self.most:
            return 0
        if len(answers) < self.least:
            return self.least - len(answers)
        return 0 if self.certainty(answers) >= self.probability else 1

    def certainty(self, answers: Sequence[Task]) -> float:
        """Return how likely the likeliest verdict is, by whom it is from and how often they were right."""
        votes = [(str(a.get("_session_id", "")), verdict) for a in answers if (verdict := verdict_of(a)) is not None]
        values = {verdict for _, verdict in votes}
        if not votes:
            return 0.0
        self._estimate()
        others = max(len(values) - 1, 1)
        likelihoods = {}
        for truth in values:
            likelihoods[truth] = 1.0
            for who, said in votes:
                skill = min(0.99, max(0.01, self._skill.get(who, 0.8)))
                likelihoods[truth] *= skill if said == truth else (1 - skill) / others
        if len(values) == 1:  # there is always another answer that nobody has given
            wrong = 1.0
            for who, _ in votes:
                wrong *= 1 - min(0.99, max(0.01, self._skill.get(who, 0.8)))
            likelihoods[None] = wrong  # type: ignore[index]
        return max(likelihoods.values()) / sum(likelihoods.values())

    def _estimate(self) -> None:
        """Estimate how often each is right, by the model of Dawid and Skene with one accuracy for each."""
        if self._fresh < _LEARN_AGAIN:
            return
        self._fresh = 0
        several: list[Any] = [row for rows in self._answers.values() if len(rows) > 1 for row in rows]
        if several:
            estimate = registry.estimators.get("dawid_skene")
            self._skill = estimate(several, one_coin=True, max_rounds=100).accuracy()


def route_until_certain(*, probability: float = 0.95, least: int = 2, most: int = 5) -> Router:
    """Return a router that asks further people until the likeliest answer is likely enough.

    How often each annotator is right is estimated from all answers, by the model of Dawid and Skene; so two who are
    mostly right settle a task that takes more of those who are not.

    Args:
        probability: of the likeliest verdict.
        least: with how many answers each task begins.
        most: after so many answers it is left at that.

    Raises:
        SettingError: if the numbers do not go together.

    >>> router = route_until_certain(probability=0.9)
    >>> router.missing({}, [{"answer": "accept", "_session_id": "a"}, {"answer": "reject", "_session_id": "b"}])
    1
    """
    return UntilCertain(probability, least, most)
