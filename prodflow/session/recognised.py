"""What was asked before: which tasks that come by are duplicates, and which are those of an earlier run."""

from collections.abc import Container, Iterable

from prodflow.core.hashset import HashSet

DUPLICATE = "asked already"
ANSWERED = "answered before"
ELSEWHERE = "asked of another source"


class Recognised:
    """Tells what is said of a task that was asked before; the journal says the same in its ledger.

    Args:
        rows: of the journal: the hash of a task that was asked, whether it can be one of this source, and of which
            record; None where that was when the source was read before, and read otherwise.
        before: the records before this one are dealt with; 0 where the source is read anew.
        held: records before that, which come once more.
    """

    def __init__(self, rows: Iterable[tuple[int, int, int | None]], before: int, held: Container[int]) -> None:
        """Sort the tasks by where they were asked."""
        self._here = HashSet()
        """Asked of a record of this reading: who comes once more is a duplicate."""
        self._again = HashSet()
        """Asked of a record that comes once more, since it was not dealt with."""
        self._earlier = HashSet()
        """Asked when the source was read before: the next record that makes it is the one it is of."""
        self._elsewhere = HashSet()
        self.held: set[int] = set()
        """Records that come once more though they were asked: they are not waiting for that."""
        for task_hash, is_own, record in rows:
            if not is_own:
                self._elsewhere.add(task_hash)
            elif record is None or not before:
                self._earlier.add(task_hash)
            elif record < before and record not in held:
                self._here.add(task_hash)
            else:
                self._again.add(task_hash)
                if record < before:
                    self.held.add(record)

    def reason(self, task_hash: int, reason: str | None) -> str | None:
        """Return why a task counts as not asked; None where it is its record's own.

        Args:
            task_hash: of the task that came by.
            reason: why it was not routed; None if it was.

        >>> asked = Recognised([(1, True, 0), (2, True, 5), (3, False, 0)], 5, ())
        >>> asked.reason(1, "answered before"), asked.reason(2, "answered before"), asked.reason(2, None)
        ('asked already', None, 'asked already')
        >>> asked.reason(3, "asked already"), asked.reason(4, None), asked.reason(4, "asked already")
        ('asked of another source', None, 'asked already')
        """
        if reason not in (None, DUPLICATE, ANSWERED):
            return reason
        if task_hash in self._here:
            return DUPLICATE
        if task_hash in self._elsewhere:
            return ANSWERED if reason == ANSWERED else ELSEWHERE
        again, earlier = task_hash in self._again, task_hash in self._earlier
        if again or earlier or reason is None:
            self._here.add(task_hash)
        return None if again or (earlier and reason == DUPLICATE) else reason
