"""Questions with known answers, mixed in where nobody can tell them from the others."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.routing import Router, Sessions
from prodflow.core.task import Task

_OF_ANSWERS = ("answer", "_session_id", "_annotator_id", "_timestamp", "_view_id", "_event_id", "_seconds")


class WithGold:
    """A router that also asks questions with known answers; `with_gold` makes one."""

    def __init__(self, router: Router, gold: Iterable[Task], rate: float, hide: Sequence[str], seed: int) -> None:
        """Take the answers off the questions."""
        if not 0 < rate < 1:
            raise SettingError(f"with_gold: rate={rate!r} is not between 0 and 1")
        hidden = {*_OF_ANSWERS, *hide}
        self.questions = [{key: value for key, value in set_hashes(task).items() if key not in hidden} for task in gold]
        if not self.questions:
            raise SettingError("with_gold: gold= is empty; give answered tasks, e.g. loaders.dataset('gold')")
        self._router, self._rate, self._seed = router, rate, seed
        self._draws: dict[str, Random] = {}

    def __call__(self, controller: Sessions, session_id: str, task: Task) -> list[str]:
        """Return whom the router of the other questions names."""
        return self._router(controller, session_id, task)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_router"], name)

    def extra(self, session_id: str, has_had: Callable[[Task], bool]) -> Task | None:
        """Return a question to put in before the next new task of a session, now and then."""
        draw = self._draws.setdefault(session_id, Random(f"gold {self._seed} {session_id}"))
        if draw.random() >= self._rate:
            return None
        left = [question for question in self.questions if not has_had(question)]
        return draw.choice(left) if left else None


def with_gold(
    router: Router,
    gold: Iterable[Task],
    *,
    rate: float = 0.1,
    hide: Sequence[str] = ("accept", "spans", "relations", "user_input"),
    seed: int = 0,
) -> Router:
    """Return a router that also asks each annotator questions whose answers are known.

    The questions are shown without their answers, at random places, each to each annotator once; nothing in them says
    what they are. Compare the answers with the known ones by `task_hash`.

    Args:
        router: who gets the other questions.
        gold: answered tasks, e.g. `loaders.dataset("gold")`.
        rate: the part of an annotator's new tasks before which one is put in.
        hide: the keys that hold the answer.
        seed: of the places.

    Raises:
        SettingError: if there are none, or the rate is not between 0 and 1.

    >>> from prodflow.routers import no_overlap
    >>> router = with_gold(no_overlap, [{"text": "2 + 2 = 4", "answer": "accept"}], rate=0.5)
    >>> router.questions[0].get("answer"), router.questions[0]["text"]
    (None, '2 + 2 = 4')
    """
    return WithGold(router, gold, rate, hide, seed)
