"""The tasks to review: what annotators made of the same things, as it comes."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from prodflow.core.errors import SettingError
from prodflow.core.hashing import get_hash
from prodflow.core.meter import StageCount
from prodflow.core.task import Task
from prodflow.quality.adjudication import (
    BINARY,
    Version,
    count_voters,
    decided,
    find_versions,
    review_task,
    split_by_question,
)
from prodflow.quality.votes import Vote, Votes
from prodflow.store import reads
from prodflow.store.database import Database
from prodflow.store.event import Event

AUTO_ACCEPT = "auto-accept"
"""The annotator of what was stored without asking."""

_BATCH = 500


@dataclass(frozen=True)
class Choosing:
    """What is asked, what is stored without asking, and what is left out; the settings are those of the recipe."""

    view_id: str | None = None
    show_skipped: bool = False
    auto_accept: bool = False
    accept_single: bool = False
    disagreements: bool = False
    sample: float | None = None
    blind: bool = False
    votes: int = 1
    iou: float = 0.8

    def asks(self, task_hash: int, *, agreed: bool) -> bool:
        """Tell whether a task is put to somebody, by itself or as one of the sample."""
        others_go = self.auto_accept or self.disagreements
        if self.sample is None:
            return not (agreed and others_go)
        drawn = get_hash([task_hash, "sample"]) < self.sample * 2**53
        return drawn or (others_go and not agreed)


class ReviewStream:
    """Tasks for the view `review`, in the order of their first answers; agreed ones may be stored on the way.

    Args:
        database: the store.
        dataset: where decisions go; what it has is not asked again.
        in_sets: the datasets to review.
        choosing: what is asked.
        live: there may be more later: `StopIteration` means not now.
    """

    def __init__(
        self, database: Database, dataset: str, in_sets: list[str], choosing: Choosing, *, live: bool = False
    ) -> None:
        """Read nothing yet."""
        self.votes = Votes(database.folder, in_sets)
        self.live = live
        self.accepted = 0
        """How many tasks were stored without asking."""
        self._database = database
        self._dataset = dataset
        self._choosing = choosing
        self._ready: deque[Task] = deque()
        self._to_accept: list[Task] = []
        self._left: Counter[str] = Counter()
        self._waiting: set[int] = set()
        self._given = 0
        self._round: Iterator[list[Vote]] | None = None
        self._accepted, self._decided = _decisions(database, dataset)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Task:
        if not self.has_more():
            raise StopIteration
        self._given += 1
        return self._ready.popleft()

    def has_more(self) -> bool:
        """Read on until there is a task to ask; tell whether there is one now."""
        if self._round is None:
            self._round = self.votes.fresh()
        while not self._ready:
            votes = next(self._round, None)
            if votes is None:
                self._store_accepted()
                if self.live:
                    self._round = None
                return False
            for view, of_question in split_by_question(votes, self._choosing.view_id):
                self._consider(view, of_question)
        return True

    def _consider(self, view: str | None, votes: list[Vote]) -> None:
        """Ask about a question, store what is agreed on, or leave it."""
        if view is None:
            where = f"a task of {votes[0].dataset!r} does not say in which interface it was answered"
            raise SettingError(f"review: {where}; give --view-id")
        choosing, task_hash = self._choosing, min(vote.task["_task_hash"] for vote in votes)
        shown = [vote for vote in votes if choosing.show_skipped or not _is_skipped(vote, view)]
        self._waiting.discard(task_hash)
        if not self._decided.isdisjoint((task_hash, _again(task_hash))):
            self._left["decided before"] += 1
        elif not shown:
            self._left["only skipped answers"] += 1
        elif count_voters(votes) < choosing.votes:
            self._waiting.add(task_hash)
        else:
            self._choose(view, votes, shown, task_hash)

    def _choose(self, view: str, votes: list[Vote], shown: list[Vote], task_hash: int) -> None:
        versions = find_versions(shown, view, iou=self._choosing.iou)
        # Who rejected what others made does not agree with them, also where that is not shown.
        rejected = any(vote.answer == "reject" for vote in votes if vote not in shown)
        single = count_voters(shown) == 1
        same = len(versions) == 1 and not rejected
        agreed = same and (not single or self._choosing.accept_single)
        task = review_task(votes, versions, view, blind=self._choosing.blind)
        if same and self._accepted.get(task_hash) == tuple(vote.seq for vote in shown):
            self._left["decided before"] += 1
        elif self._choosing.asks(task_hash, agreed=agreed or (same and self._choosing.disagreements)):
            self._ask(task, task_hash)
        elif agreed and self._choosing.auto_accept:
            self._accept(task, versions[0])
        else:
            self._left["annotators agree"] += 1

    def _ask(self, task: Task, task_hash: int) -> None:
        self._decided.add(task_hash)
        if task_hash in self._accepted:
            # It was agreed on, and somebody has come who does not: take it back. For who counts answers it is another
            # task, as the first one has its answer.
            self._store_accepted()
            self._take_back(task_hash)
            task = {**task, "_task_hash": _again(task_hash)}
        self._ready.append(task)

    def _accept(self, task: Task, version: Version) -> None:
        """Store what all said."""
        self._accepted[task["_task_hash"]] = tuple(vote.seq for vote in version.votes)
        by_seq = {vote.seq: vote for vote in version.votes}
        answered = {**task, **version.made, "answer": version.answer, "_view_id": "review"}
        who = {"_session_id": f"{self._dataset}-{AUTO_ACCEPT}", "_annotator_id": AUTO_ACCEPT}
        self._to_accept.append(decided({**answered, **who}, by_seq, decided_by=None))
        if len(self._to_accept) >= _BATCH:
            self._store_accepted()

    def _store_accepted(self) -> None:
        if self._to_accept:
            self._database.add_examples(self._to_accept, self._dataset)
            self.accepted += len(self._to_accept)
            self._to_accept = []

    def _take_back(self, task_hash: int) -> None:
        session = f"{self._dataset}-{AUTO_ACCEPT}"
        found = self._database.journal.current(self._dataset, session, task_hash)
        if found is not None:
            undo = Event(
                event_id=f"{session}-{found[0]}",
                kind="undo",
                session=session,
                task_hash=task_hash,
                input_hash=found[1]["_input_hash"],
                answer=None,
                content={},
            )
            self._database.journal.submit(self._dataset, [undo]).result()

    @property
    def counts(self) -> list[StageCount]:
        """What was not asked, and why."""
        left = self._left + Counter({"stored without asking": self.accepted + len(self._to_accept)})
        return [StageCount(reason, self._given + number, self._given, reason) for reason, number in left.items()]

    @property
    def progress(self) -> float | None:
        """The part of the inputs that was read; None while there may be more."""
        return None if self.live or not self.votes.found else min(1.0, self.votes.read / self.votes.found)

    def account(self) -> str:
        """Say why there is nothing (more) to review."""
        said = {count.stage: count.dropped for count in self.counts} | {"need more answers": len(self._waiting)}
        return ", ".join(f"{number:,} {reason}" for reason, number in said.items() if number) or "no answers yet"

    def labels(self) -> list[str]:
        """Return the labels of the spans, shapes and relations in the answers."""
        from prodflow.store.reader import connect

        rows = connect(self._database.folder).sql(_LABELS, [self.votes.datasets] * 3).fetchall()
        return [label for (label,) in rows]

    def close(self) -> None:
        """Store what was agreed on."""
        self._store_accepted()


_LABELS = """
select distinct label from (
  select label from spans where list_contains(?, dataset)
  union all select unnest("content"->>'$.relations[*].label') from answers where list_contains(?, dataset)
  union all select unnest("content"->>'$.audio_spans[*].label') from answers where list_contains(?, dataset)
) where label is not null order by label
"""


def _again(task_hash: int) -> int:
    return get_hash([task_hash, "again"])


def _is_skipped(vote: Vote, view: str) -> bool:
    return vote.answer == "ignore" or (vote.answer == "reject" and view not in BINARY)


def _decisions(database: Database, dataset: str) -> tuple[dict[int, tuple[int, ...]], set[int]]:
    """What a dataset has: the answers behind what was stored without asking, and what people decided."""
    accepted: dict[int, tuple[int, ...]] = {}
    session = f"{dataset}-{AUTO_ACCEPT}"
    for task in database.iter_dataset_examples(dataset, session):
        accepted[task["_task_hash"]] = _basis(task)
    return accepted, reads.hashes(database.folder, dataset, "task_hash") - accepted.keys()


def _basis(task: dict[str, Any]) -> tuple[int, ...]:
    return tuple(vote["seq"] for version in task["versions"] for vote in version["_votes"])
