"""How many answers there are: of each dataset, and inside of one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prodflow.core.errors import UnknownNameError
from prodflow.core.task import DECISIONS
from prodflow.store import reads
from prodflow.store.accounts import records_in_words


@dataclass(frozen=True)
class Summary:
    """A dataset in numbers: its current answers by decision, by annotator and by session, and the time of the last."""

    dataset: str
    created: datetime
    answers: int
    decisions: dict[str, int]
    annotators: dict[str, dict[str, int]]
    sessions: dict[str, int]
    last: datetime | None
    records: list[str]
    """What became of the records of each source, in words."""


def summarize(folder: Path, dataset: str) -> Summary:
    """Count a dataset.

    Raises:
        UnknownNameError: if there is no such dataset.
    """
    found = reads.rows_of(folder, "select id, created from datasets where name = ?", (dataset,))
    if not found:
        raise UnknownNameError("dataset", dataset, reads.dataset_names(folder))
    number, created = found[0]
    counts = reads.rows_of(
        folder,
        "select s.name, coalesce(s.annotator, 'unknown'), c.answer, count(*), max(c.seq) "
        "from current c join sessions s on s.id = c.session_id where c.dataset_id = ? group by s.id, c.answer "
        "order by s.id",
        (number,),
    )
    decisions: dict[str, int] = dict.fromkeys(DECISIONS, 0)
    annotators: dict[str, dict[str, int]] = {}
    sessions: dict[str, int] = {}
    for session, annotator, answer, count, _ in counts:
        decisions[answer] += count
        by_decision = annotators.setdefault(annotator, dict.fromkeys(DECISIONS, 0))
        by_decision[answer] += count
        sessions[session] = sessions.get(session, 0) + count
    last = max((row[4] for row in counts), default=0)
    time = reads.rows_of(folder, "select ts from events where seq = ?", (last,))
    return Summary(
        dataset=dataset,
        created=_time(created),
        answers=sum(decisions.values()),
        decisions=decisions,
        annotators=annotators,
        sessions=sessions,
        last=_time(time[0][0]) if time else None,
        records=records_in_words(folder, dataset),
    )


def summarize_all(folder: Path) -> list[Summary]:
    """Count every dataset, oldest first."""
    return [summarize(folder, name) for name in reads.dataset_names(folder)]


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC)
