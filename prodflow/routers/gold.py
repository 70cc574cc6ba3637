"""Questions with known answers, mixed in where nobody can tell them from the others."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.routing import Router, Sessions
from prodflow.core.task import Task

_HASHES = ("_input_hash", "_task_hash")
_OF_ANSWERS = (
    *(
        "answer",
        "_session_id",
        "_annotator_id",
        "_timestamp",
        "_view_id",
        "_event_id",
        "_seconds",
        "_changed",
        "_asked",
    ),
    *("flagged", "versions", "view_id", "_review"),
)
"""What an answer has beside its question, and what a reviewer's decision has: there the votes tell the answer."""


class WithGold:
    """A router that also asks questions with known answers; `with_gold` makes one."""

    def __init__(
        self, router: Router, gold: Iterable[Task], rate: float, hide: Sequence[str], seed: int | None
    ) -> None:
        """Take the answers off the questions."""
        if not 0 < rate < 1:
            raise SettingError(f"with_gold: rate={rate!r} is not between 0 and 1")
        hidden = {*_OF_ANSWERS, *hide}
        self.questions = [_question(task, hidden) for task in gold]
        self.hashes = frozenset(question["_task_hash"] for question in self.questions)
        if not self.questions:
            raise SettingError("with_gold: gold= is empty; give answered tasks, e.g. loaders.dataset('gold')")
        self.others, self._rate = router, rate
        self._seed = secrets.token_hex(16) if seed is None else seed
        self._draws: dict[str, Random] = {}

    def __call__(self, controller: Sessions, session_id: str, task: Task) -> list[str]:
        """Return whom the router of the other questions names."""
        return self.others(controller, session_id, task)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["others"], name)

    def extra(self, session_id: str, has_had: Callable[[Task], bool]) -> Task | None:
        """Return a question to put in after a new task of a session, now and then."""
        draw = self._draws.setdefault(session_id, Random(f"gold {self._seed} {session_id}"))
        if draw.random() >= self._rate:
            return None
        left = [question for question in self.questions if not has_had(question)]
        return draw.choice(left) if left else None


def _question(task: Task, hidden: set[str]) -> Task:
    """Return a known task as if it were asked for the first time: its hashes come last, as in those of a stream."""
    task = set_hashes(task)
    asked = {key: value for key, value in task.items() if key not in hidden and key not in _HASHES}
    return asked | {key: task[key] for key in _HASHES}


def with_gold(
    router: Router,
    gold: Iterable[Task],
    *,
    rate: float = 0.1,
    hide: Sequence[str] = ("accept", "spans", "relations", "user_input"),
    seed: int | None = None,
) -> Router:
    """Return a router that also asks each annotator questions whose answers are known.

    The questions are shown without their answers, at random places, each to each annotator once; nothing in them says
    what they are. Compare the answers with the known ones by `task_hash`.

    Args:
        router: who gets the other questions.
        gold: answered tasks, e.g. `loaders.dataset("gold")`.
        rate: the part of an annotator's new tasks after which one is put in.
        hide: the keys that hold the answer.
        seed: of the places; None for places that nobody can work out, who knows how they are drawn.

    Raises:
        SettingError: if there are none, or the rate is not between 0 and 1.

    >>> from prodflow.routers import no_overlap
    >>> router = with_gold(no_overlap, [{"text": "2 + 2 = 4", "answer": "accept"}], rate=0.5)
    >>> router.questions[0].get("answer"), router.questions[0]["text"]
    (None, '2 + 2 = 4')
    """
    return WithGold(router, gold, rate, hide, seed)
