"""Route by what annotators can do: the languages they read, the subjects they know."""

from collections.abc import Collection, Mapping
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.routing import Router, Sessions
from prodflow.core.task import Task
from prodflow.routers.policies import drawn


def name_of(controller: Sessions, session_id: str) -> str:
    """Return the annotator's name in a session id; offline the names are the ids."""
    annotator_of = getattr(controller, "annotator_of", None)
    return str(annotator_of(session_id)) if annotator_of is not None else session_id


class BySkill:
    """A router by what annotators can do; `route_by_skill` makes one."""

    def __init__(self, skills: Mapping[str, Collection[str]], key: str, n: int) -> None:
        """Check the settings."""
        self.skills = {name: {given} if isinstance(given, str) else set(given) for name, given in skills.items()}
        if not self.skills:
            raise SettingError("route_by_skill: skills= is empty; say what each annotator can do")
        if n < 1:
            raise SettingError(f"route_by_skill: n={n!r} is below 1")
        self.key, self.n = key, n

    def needed(self, task: Task) -> Any:
        """Return what a task needs somebody to be able to; None where it does not say."""
        meta = task.get("meta")
        return task.get(self.key, meta.get(self.key) if isinstance(meta, Mapping) else None)

    def wanted(self, task: Task) -> int:
        """Return how many answers a task gets."""
        needed = self.needed(task)
        able = sum(needed in skills for skills in self.skills.values())
        return self.n if needed is None else min(self.n, able)

    def __call__(self, controller: Sessions, session_id: str, task: Task) -> list[str]:
        """Return those who are able: who asks first, then others who are here, then others."""
        needed = self.needed(task)
        here = {name_of(controller, one): one for one in [session_id, *controller.session_ids]}
        if needed is None:
            return [session_id, *(one for one in drawn(set(here.values()), task) if one != session_id)][: self.n]
        able = {name for name, skills in self.skills.items() if needed in skills}
        ranked = sorted(drawn(able, task), key=lambda name: (here.get(name) != session_id, name not in here))
        return [here.get(name, name) for name in ranked][: self.n]


def route_by_skill(skills: Mapping[str, Collection[str]], *, key: str = "language", n: int = 1) -> Router:
    """Return a router that gives each task to annotators who are able to answer it.

    A task says under `key`, or under that key of its `meta`, what it needs; one that says nothing is for anybody, and
    one that nobody is able to answer is for nobody: the ledger counts it as routed to nobody. What waits for somebody
    who does not come goes to another one who is able.

    Args:
        skills: for each annotator's name what he or she can do, e.g. `{"alex": ["de", "en"], "jo": "en"}`.
        key: where a task says what it needs.
        n: how many annotators get a task, as far as there are so many.

    Raises:
        SettingError: if there are no skills, or `n` is below 1.

    >>> class Here:
    ...     session_ids = ["alex", "jo"]
    >>> router = route_by_skill({"alex": ["de", "en"], "jo": "en"})
    >>> router(Here(), "jo", {"text": "Hallo", "language": "de"}), router(Here(), "jo", {"text": "a", "language": "en"})
    (['alex'], ['jo'])
    """
    return BySkill(skills, key, n)
