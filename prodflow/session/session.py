"""One annotator at one dataset."""

import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from prodflow.core.task import Task


def get_timestamp_session_id() -> str:
    """Return the id of an unnamed session that begins now, e.g. `2024-05-31_14-05-09`."""
    return time.strftime("%Y-%m-%d_%H-%M-%S")


class Session:
    """An annotator's session: the tasks that wait for it, those it holds, and its counts.

    Args:
        session_id: its id, `<dataset>-<name>`, or a timestamp for the unnamed session.
        stream: the stream of tasks it draws on.
        batch_size: how many tasks it gets at once.
        answered_input_hashes: inputs it has answered already.
        answered_task_hashes: tasks it has answered already.
        total_annotated: how many answers it has in the dataset.
        target_annotated: how many it is to give, 0 for no target.
    """

    def __init__(
        self,
        session_id: str,
        stream: Any = None,
        batch_size: int = 10,
        answered_input_hashes: Iterable[int] | None = None,
        answered_task_hashes: Iterable[int] | None = None,
        total_annotated: int = 0,
        target_annotated: int = 0,
    ) -> None:
        """Start with nothing waiting and nothing held."""
        self.id = session_id
        self.stream = stream
        self.batch_size = batch_size
        self.answered_input_hashes = set(answered_input_hashes or ())
        self.answered_task_hashes = set(answered_task_hashes or ())
        self.total_annotated = total_annotated
        self.target_annotated = target_annotated
        self.annotated = 0
        self.timestamp = time.time()
        self.seen_at = 0.0
        """When it last asked or answered, by a clock that does not jump; 0 while it is only expected."""
        self.offered = 0
        """How many of the free places it was offered: see the broker."""
        self.caught_up = True
        """Whether it was asked all that was asked before it came; only where everybody gets everything."""
        self.caught_up_to = 0
        self.waiting: deque[Task] = deque()
        self.held: dict[int, Task] = {}
        self.refused: dict[int, tuple[object, ...]] = {}
        """Tasks that others let lie and that the router kept from it, with all it went by then."""
        self.storing: set[int] = set()
        """The tasks whose answers are on their way to the disk: not to be sent again."""

    @property
    def session_id(self) -> str:
        """The session's id."""
        return self.id

    @property
    def progress(self) -> float | None:
        """Answers given over the target, in [0, 1]; None without a target."""
        return min(1.0, self.total_annotated / self.target_annotated) if self.target_annotated else None

    @property
    def ready(self) -> int:
        """How many tasks it holds or has waiting."""
        return len(self.held) + len(self.waiting)

    @property
    def target_reached(self) -> bool:
        """Whether it has given all the answers that are wanted of it."""
        return 0 < self.target_annotated <= self.total_annotated

    def count(self, change: int) -> None:
        """Count an answer (1), or one taken back (-1)."""
        self.annotated = max(0, self.annotated + change)
        self.total_annotated = max(0, self.total_annotated + change)

    def has_answered(self, task: Task, *, by_input: bool) -> bool:
        """Tell whether this session has answered the task (or its input) already."""
        if by_input:
            return task["_input_hash"] in self.answered_input_hashes
        return task["_task_hash"] in self.answered_task_hashes
