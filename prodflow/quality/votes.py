"""What annotators said about the same input: the current answers of datasets, together, and what changed since."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import UnknownNameError
from prodflow.core.task import Decision, Task
from prodflow.store import reads

_PAGE_INPUTS = 200
_PAGE_VALUES = 500


@dataclass(frozen=True, slots=True)
class Vote:
    """An answer, as evidence for a decision.

    Args:
        dataset: where it was given.
        session: the session's id.
        annotator: who gave it; None where nobody knows.
        seq: its place in the journal.
        event_id: the id that the client gave it.
        answer: accept, reject or ignore.
        timestamp: when, in seconds since 1970.
        task: the task as answered.
    """

    dataset: str
    session: str
    annotator: str | None
    seq: int
    event_id: str
    answer: Decision
    timestamp: float
    task: Task

    def to_dict(self) -> dict[str, Any]:
        """Return all but the task, as plain values."""
        keys = ("dataset", "session", "annotator", "seq", "event_id", "answer", "timestamp")
        return {key: getattr(self, key) for key in keys}


class Votes:
    """The answers of datasets, by input; asked again, only inputs with new answers, each with all its answers.

    While the first round is read, it keeps 40 bytes for each answer.

    Args:
        folder: the store.
        datasets: their names.
    """

    def __init__(self, folder: Path, datasets: Sequence[str]) -> None:
        """Read nothing yet."""
        self.folder = folder
        self.datasets = list(datasets)
        self._upto: int | None = None
        self.found = 0
        """How many inputs the last round has."""
        self.read = 0
        """How many of them were read."""

    def check(self) -> None:
        """Check that the datasets are there.

        Raises:
            UnknownNameError: if one is not, with names that are close to it.
        """
        known = reads.dataset_names(self.folder)
        for name in self.datasets:
            if name not in known:
                raise UnknownNameError("dataset", name, known)

    def fresh(self) -> Iterator[list[Vote]]:
        """Yield the votes on each input with answers that came, or were taken back, since this was called last."""
        for page in self._changed():
            votes: dict[int, list[Vote]] = {}
            for vote in self.votes_at(page):
                votes.setdefault(vote.task["_input_hash"], []).append(vote)
            for of_input in votes.values():
                self.read += 1
                yield of_input

    def votes_at(self, seqs: Iterable[int]) -> list[Vote]:
        """Return the answers at places of the journal, oldest first, also those that were replaced since."""
        wanted = sorted(seqs)
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted), _PAGE_VALUES):
            page = wanted[start : start + _PAGE_VALUES]
            found += reads.rows_of(self.folder, _VOTES.format(_marks(page)), tuple(page))
        return [_vote(*row) for row in found]

    def _changed(self) -> Iterator[list[int]]:
        """Yield pages of places in the journal: of everything, then of the inputs that changed."""
        marks, names = _marks(self.datasets), tuple(self.datasets)
        [(last,)] = reads.rows_of(self.folder, "select coalesce(max(seq), 0) from events") or [(0,)]
        since, self._upto = self._upto, last
        found = array("q")
        if since is None:
            self._add(found, _CURRENT.format(marks), names)
        else:
            changed = [value for (value,) in reads.rows_of(self.folder, _NEW.format(marks), (since, last, *names))]
            for start in range(0, len(changed), _PAGE_VALUES):
                page = changed[start : start + _PAGE_VALUES]
                query = _CURRENT.format(marks) + f" and c.input_hash in ({_marks(page)})"
                self._add(found, query, (*names, *page))
        return self._pages(found)

    def _add(self, found: "array[int]", query: str, parameters: tuple[Any, ...]) -> None:
        with reads.reading(self.folder) as connection:
            for row in () if connection is None else connection.execute(query, parameters):
                found.extend(row)

    def _pages(self, found: "array[int]") -> Iterator[list[int]]:
        """Yield places in the journal: those of an input together, in the order of first answers."""
        import numpy as np

        inputs, seqs = np.frombuffer(found, dtype=np.int64).reshape(-1, 2).T
        order = np.lexsort((seqs, inputs))
        starts = np.flatnonzero(np.diff(inputs[order], prepend=inputs[order][:1] - 1))
        ends = np.append(starts[1:], len(order))
        self.found, self.read = len(starts), 0
        by_age = np.argsort(seqs[order][starts])
        for first in range(0, len(by_age), _PAGE_INPUTS):
            groups = by_age[first : first + _PAGE_INPUTS]
            yield [int(seq) for group in groups for seq in seqs[order[starts[group] : ends[group]]]]


_CURRENT = """
select c.input_hash, c.seq from current c where c.dataset_id in (select id from datasets where name in ({}))
"""

_NEW = """
select input_hash from events where seq > ? and seq <= ? and dataset_id in (
  select id from datasets where name in ({})
) group by input_hash order by min(seq)
"""

_VOTES = """
select d.name, s.name, s.annotator, e.seq, e.event_id, e.answer, e.ts / 1e6, e.input_hash,
  e.task_hash, e.content
from events e join sessions s on s.id = e.session_id join datasets d on d.id = e.dataset_id
where e.seq in ({}) and e.kind = 'answer' order by e.seq
"""


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _vote(
    dataset: str,
    session: str,
    annotator: str | None,
    seq: int,
    event_id: str,
    answer: Decision,
    timestamp: float,
    input_hash: int,
    task_hash: int,
    content: str,
) -> Vote:
    task = {**orjson.loads(content), "_input_hash": input_hash, "_task_hash": task_hash}
    return Vote(dataset, session, annotator, seq, event_id, answer, timestamp, task)
