"""What a model learns from, in the order the answers came; what it could not take is tried again."""

import logging
from collections.abc import Callable
from typing import Any

from prodflow.core.task import Task

log = logging.getLogger("prodflow")

TRIES = 3
"""After so many failures with the same answers the model goes on without them."""


class Lessons:
    """Calls a recipe's `update`, one call after the other.

    An `update` that raises costs no answer: they are stored before. Those of the call are kept, and come again with
    the next ones; after three failures they are left out, so that one bad answer does not end all learning.

    Args:
        update: called with lists of answered tasks; may return a loss.
    """

    def __init__(self, update: Callable[[list[Task]], Any]) -> None:
        """Keep nothing yet."""
        self._update = update
        self._kept: list[tuple[Task, int]] = []
        self.given_up = 0
        self.value: Any = None
        """What `update` returned last."""

    @property
    def waiting(self) -> int:
        """How many answers wait for another try."""
        return len(self._kept)

    def learn(self, answers: list[Task]) -> int:
        """Let the model learn; return from how many answers it did."""
        lesson = [*self._kept, *((answer, 0) for answer in answers)]
        if not lesson:
            return 0
        try:
            self.value = self._update([dict(answer) for answer, _ in lesson])
        except Exception:
            self._keep(lesson)
            return 0
        self._kept = []
        return len(lesson)

    def _keep(self, lesson: list[tuple[Task, int]]) -> None:
        self._kept = [(answer, tries + 1) for answer, tries in lesson if tries + 1 < TRIES]
        left_out = len(lesson) - len(self._kept)
        self.given_up += left_out
        log.exception(
            "update raised; the answers are stored, %d wait for another try%s",
            len(self._kept),
            f", {left_out} are left out after {TRIES}" if left_out else "",
        )
