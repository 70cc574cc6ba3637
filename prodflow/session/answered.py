"""Who has answered what: in the dataset, and in the datasets to leave out."""

from collections import Counter
from collections.abc import Iterable

from prodflow.core.task import Task


class Answered:
    """Counts of answers by task, and by session.

    Args:
        by_input: compare tasks by their input; by input and question if False.
    """

    def __init__(self, *, by_input: bool) -> None:
        """Start with no answers."""
        self.by_input = by_input
        self.totals: Counter[str] = Counter()
        self._of_task: Counter[int] = Counter()
        self._of_input: Counter[int] = Counter()
        self._by_session: dict[str, list[tuple[int, int]]] = {}
        self._left_out: set[int] = set()

    def load(self, rows: Iterable[tuple[str, int, int]]) -> None:
        """Take in the current answers of the dataset: session, input hash, task hash."""
        for session_id, input_hash, task_hash in rows:
            self.totals[session_id] += 1
            self._add(input_hash, task_hash, 1)
            self._by_session.setdefault(session_id, []).append((input_hash, task_hash))

    def leave_out(self, rows: Iterable[tuple[str, int, int]]) -> None:
        """Take in the answers of a dataset whose tasks are not to be asked again."""
        self._left_out.update(input_hash if self.by_input else task_hash for _, input_hash, task_hash in rows)

    def take_pairs(self, session_id: str) -> list[tuple[int, int]]:
        """Return the input and task hashes a session answered before this run; kept no longer here."""
        return self._by_session.pop(session_id, [])

    def note(self, session_id: str, task: Task, *, count: int) -> None:
        """Add to the counts: 1 for an answer, -1 for one taken back."""
        self.totals[session_id] += count
        self._add(task["_input_hash"], task["_task_hash"], count)

    def _add(self, input_hash: int, task_hash: int, count: int) -> None:
        self._of_task[task_hash] += count
        if self.by_input:
            self._of_input[input_hash] += count

    def is_left_out(self, task: Task) -> bool:
        """Tell whether another dataset has the task."""
        return self._key(task) in self._left_out

    def count(self, task: Task) -> int:
        """Return how many sessions have answered a task, or its input where that is what counts."""
        return self._of_input.get(task["_input_hash"], 0) if self.by_input else self.count_task(task)

    def count_task(self, task: Task) -> int:
        """Return how many sessions have answered this very task."""
        return self._of_task.get(task["_task_hash"], 0)

    def _key(self, task: Task) -> int:
        key: int = task["_input_hash" if self.by_input else "_task_hash"]
        return key
