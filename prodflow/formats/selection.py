"""Which answers of a dataset are exported, read from one snapshot of the journal, as often as a format needs."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from xxhash import xxh3_64_intdigest

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.task import DECISIONS, Decision, Task
from prodflow.formats.losses import Losses, name_of
from prodflow.store.reads import reading

# A + keeps SQLite from looking a column up in an index: the answers are read in order, others to a task by its key.
_ROWS = """
select c.seq, c.input_hash, e.content from current c join events e using (seq)
where c.dataset_id = ?1 and {chosen} order by c.seq
"""
_CHOSEN = """
c.answer in (select value from json_each(?2))
and (?3 is null or +c.session_id in (select id from sessions where annotator in (select value from json_each(?3))))
and (?4 is null or +c.seq in (select value from json_each(?4)))
and (?5 is null or +c.session_id in (select id from sessions where name = ?5))
"""
_LATEST = f"""
not exists (
  select 1 from current n where n.dataset_id = c.dataset_id and n.task_hash = c.task_hash and +n.seq > c.seq
  and {_CHOSEN.replace("c.", "n.")}
)
"""


@dataclass(frozen=True)
class Choice:
    """What the user wants of a dataset.

    Args:
        answer: only tasks answered so; by default what the format can hold.
        annotators: only answers of these people.
        consensus: by the number of an event, what the annotators said together about its task; only these are
            exported.
        session: only answers of the session of this id.
    """

    answer: Decision | None = None
    annotators: Sequence[str] = ()
    consensus: Mapping[int, dict[str, Any]] | None = None
    session: str | None = None


class Row(NamedTuple):
    """An answer as it is stored."""

    seq: int
    input_hash: int
    content: str


@dataclass
class Selection:
    """The answers that were chosen, in one snapshot.

    Args:
        connection: to the journal, in a transaction.
        dataset: its number.
        choice: what the user wants.
        decisions: what is exported.
        one_a_task: only the latest answer to each task.
    """

    connection: sqlite3.Connection
    dataset: int
    choice: Choice
    decisions: Sequence[Decision] = DECISIONS
    one_a_task: bool = False

    def rows(self) -> Iterator[Row]:
        """Yield the answers, oldest first."""
        chosen = f"{_CHOSEN} and {_LATEST}" if self.one_a_task else _CHOSEN
        cursor = self.connection.execute(_ROWS.format(chosen=chosen), self._parameters(self.decisions))
        for found in cursor:
            yield self._noted(Row(*found))

    def count(self, decisions: Sequence[Decision] | None = None) -> int:
        """Return how many answers there are, several to a task counted each."""
        query = f"select count(*) from current c where c.dataset_id = ?1 and {_CHOSEN}"
        wanted = self.decisions if decisions is None else decisions
        return int(self.connection.execute(query, self._parameters(wanted)).fetchone()[0])

    def count_tasks(self) -> int:
        """Return how many tasks they answer."""
        query = f"select count(distinct c.task_hash) from current c where c.dataset_id = ?1 and {_CHOSEN}"
        return int(self.connection.execute(query, self._parameters(self.decisions)).fetchone()[0])

    def _noted(self, row: Row) -> Row:
        if self.choice.consensus is None:
            return row
        task = {**orjson.loads(row.content), "consensus": self.choice.consensus[row.seq]}
        return row._replace(content=orjson.dumps(task).decode())

    def _parameters(self, decisions: Sequence[Decision]) -> tuple[Any, ...]:
        people = _json(list(self.choice.annotators)) if self.choice.annotators else None
        seqs = _json(list(self.choice.consensus)) if self.choice.consensus is not None else None
        return self.dataset, _json(list(decisions)), people, seqs, self.choice.session

    @cached_property
    def survey(self) -> "Survey":
        """What is in them, read once."""
        found = Survey()
        for row in self.rows():
            found.add(orjson.loads(row.content))
        return found


@contextlib.contextmanager
def select(folder: Path, dataset: str, choice: Choice) -> Iterator[Selection]:
    """Choose answers of a dataset; what is answered meanwhile is not seen.

    Raises:
        UnknownNameError: if there is no such dataset, or no such annotator of it.
    """
    with reading(folder) as connection:
        if connection is None:
            raise UnknownNameError("dataset", dataset, ())
        connection.execute("begin")
        datasets = dict(connection.execute("select name, id from datasets order by id").fetchall())
        if dataset not in datasets:
            raise UnknownNameError("dataset", dataset, datasets)
        number = datasets[dataset]
        query = "select distinct annotator from sessions where dataset_id = ? and annotator is not null"
        people = {name for (name,) in connection.execute(query, (number,))}
        for name in choice.annotators:
            if name not in people:
                raise UnknownNameError("annotator", name, people)
        yield Selection(connection, number, choice)


@dataclass
class Survey:
    """What a first reading found: labels, and keys with the kind of their values."""

    found: set[str] = field(default_factory=set)
    kinds: dict[str, type] = field(default_factory=dict)

    def add(self, task: Task) -> None:
        """Look at a task."""
        for key, value in task.items():
            if self.kinds.get(key) is not object:
                _add_kind(self.kinds, key, value)
        self.found.update(_labels_of(task))


def _labels_of(task: Task) -> Iterator[str]:
    spans = task.get("spans")
    for span in spans if isinstance(spans, list) else ():
        if isinstance(span, dict) and span.get("label") is not None:
            yield str(span["label"])
    if isinstance(task.get("label"), str):
        yield task["label"]


def _add_kind(kinds: dict[str, type], key: str, value: Any) -> None:
    kind = type(value) if isinstance(value, (str, bool, int, float)) else object
    if kind is int and not -(2**63) <= value < 2**63:
        kind = object
    known = kinds.get(key)
    if value is None:
        kinds.setdefault(key, type(None))
    elif known is None or known is type(None):
        kinds[key] = kind
    elif {known, kind} == {int, float}:
        kinds[key] = float
    elif known is not kind:
        kinds[key] = object


class Part:
    """The answers of one file: all that were chosen, or those on one side of a split.

    Args:
        selection: what was chosen.
        side: tells by its input hash whether an answer belongs here; None for all.
        keys: the keys that the format holds; others are reported. None for all.
        losses: takes the report.
    """

    def __init__(
        self,
        selection: Selection,
        losses: Losses,
        *,
        side: Callable[[int], bool] | None = None,
        keys: frozenset[str] | None = None,
    ) -> None:
        """Read nothing yet."""
        self._selection = selection
        self._losses = losses
        self._side = side
        self._keys = keys
        self.tasks = 0
        self._reported = False

    def __iter__(self) -> Iterator[Task]:
        self.tasks = 0
        report, self._reported = not self._reported and self._keys is not None, True
        for content in self.contents():
            task = orjson.loads(content)
            if report:
                self._report(task)
            yield task

    def contents(self) -> Iterator[str]:
        """Yield the tasks as the JSON that was stored."""
        self.tasks = 0
        for row in self._selection.rows():
            if self._side is None or self._side(row.input_hash):
                self.tasks += 1
                yield row.content

    @property
    def labels(self) -> list[str]:
        """The labels of spans and tasks in the whole export, sorted."""
        return sorted(self._selection.survey.found)

    @property
    def kinds(self) -> dict[str, type]:
        """The keys in the whole export, and the kind of their values."""
        return self._selection.survey.kinds

    def _report(self, task: Task) -> None:
        for key, value in task.items():
            if self._keys is None or key in self._keys or key.startswith("_") or key == "answer":
                continue
            if value is not None and value != [] and value != {}:
                self._losses.add(f"left out, the key {key!r}", name_of(task))


def side_of(share: float, first: bool) -> Callable[[int], bool]:
    """Return what tells the tasks of one side of a split by their input hash.

    The same input is always on the same side, also when others are annotated later.

    Args:
        share: of the first side, above 0 and below 1.
        first: whether the first side is wanted.

    Raises:
        SettingError: if it is no such share.

    >>> train, test = side_of(0.8, True), side_of(0.8, False)
    >>> sum(train(number) for number in range(1000)), all(train(n) != test(n) for n in range(1000))
    (805, True)
    """
    if not 0 < share < 1:
        raise SettingError(f"split={share!r}: a share above 0 and below 1 is needed, e.g. 0.8")
    border = int(share * 2**64)
    return lambda input_hash: (xxh3_64_intdigest(b"%d" % input_hash) < border) == first


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
