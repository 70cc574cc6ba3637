"""Ratings out of the store: answers as what annotators said about tasks, counted by SQL."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from functools import cached_property
from itertools import combinations, groupby
from typing import TYPE_CHECKING, Any

import orjson

from prodflow.core.errors import UnknownNameError
from prodflow.quality.patterns import Patterns, make_patterns
from prodflow.quality.tally import Pattern, Tally, rated, tally_answers
from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SPANS = """
select task_hash, annotator, to_json(arg_max(spans, seq)),
  coalesce(json_array_length(arg_max("content", seq)->'$.tokens'), 0)
from answers where list_contains(?, dataset) and answer = 'accept' and annotator is not null
group by task_hash, annotator order by task_hash, annotator
"""


class Ratings:
    """The answers of one or several datasets, to be compared.

    Args:
        reader: the store.
        datasets: their names.
        annotators: only these; all if not given.
    """

    def __init__(self, reader: Reader, *datasets: str, annotators: Collection[str] | None = None) -> None:
        """Look whether the datasets are there.

        Raises:
            UnknownNameError: if one is not, or an annotator, with names that are close to it.
        """
        self.reader = reader
        self.datasets = list(datasets)
        self._wanted = annotators
        known = [row[0] for row in reader.sql("select dataset from datasets").fetchall()]
        for name in datasets:
            if name not in known:
                raise UnknownNameError("dataset", name, known)

    @cached_property
    def votes(self) -> Tally:
        """Who said what, counted; read once."""
        with closing(self.connection()) as connection:
            return self._tally(connection, "votes")

    def count_on(self, connection: "DuckDBPyConnection", table: str) -> Tally:
        """Read who said what on a connection of one's own, which has the table of tasks from then on.

        Args:
            connection: with what `tally_answers` needs.
            table: the name of the table.
        """
        self.votes = self._tally(connection, table)
        return self.votes

    def _tally(self, connection: "DuckDBPyConnection", table: str) -> Tally:
        votes = tally_answers(connection, table, self.datasets)
        for name in self._wanted or ():
            if name not in votes.annotators:
                raise UnknownNameError("annotator", name, votes.annotators)
        return votes if self._wanted is None else votes.only(self._wanted)

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who answered."""
        return self.votes.annotators

    def patterns(self, *, without: str | None = None) -> Patterns:
        """Return how often which values were given together.

        Args:
            without: an annotator to leave out.
        """
        return _counted((values_of(pattern, without), pattern.tasks) for pattern in self.votes.patterns)

    def patterns_by_day(self) -> dict[str, Patterns]:
        """Return the same for each day, that of a task's last answer."""
        days = sorted({pattern.day for pattern in self.votes.patterns})
        return {
            day.isoformat(): _counted(
                (values_of(pattern), pattern.tasks) for pattern in self.votes.patterns if pattern.day == day
            )
            for day in days
        }

    def patterns_by_choice(self) -> dict[str, Patterns]:
        """Return, for each option that was ever picked, how often it was picked and how often not."""
        picked = self.votes.picked
        options = sorted({option for value in picked for option in picked[value]})
        return {option: _counted(self._about(option)) for option in options}

    def _about(self, option: str) -> Iterator[tuple[list[str], int]]:
        for pattern in self.votes.patterns:
            values = (self.votes.picked.get(value, ()) for _, value in pattern.said)
            yield [option if option in chosen else f"not {option}" for chosen in values], pattern.tasks

    def confusions(self) -> dict[tuple[str, str], Counter[tuple[str, str]]]:
        """Return how often two annotators said which values about the same tasks, for each two of them."""
        pairs: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
        for pattern in self.votes.patterns:
            for (one, value), (other, other_value) in combinations(sorted(pattern.said), 2):
                pairs.setdefault((one, other), Counter())[value, other_value] += pattern.tasks
        return dict(sorted(pairs.items()))

    def answers(self) -> Iterator[tuple[int, str, str]]:
        """Return task, annotator and value of each answer."""
        query = f"select task_hash, annotator, verdict from ({rated(self.datasets)})"
        return ((task_hash, annotator, value) for task_hash, annotator, value in self._rows(query, self.datasets))

    def spans(self) -> Iterator[tuple[dict[str, list[dict[str, Any]]], int]]:
        """Return, for each task, the spans of each annotator who accepted it, and how many tokens it has."""
        for _, rows in groupby(self._rows(_SPANS, self.datasets), key=lambda row: row[0]):
            found = [row for row in rows if self._wanted is None or row[1] in self._wanted]
            if found:
                yield {row[1]: orjson.loads(row[2]) if row[2] else [] for row in found}, max(row[3] for row in found)

    def _rows(self, query: str, *params: Any) -> Iterator[tuple[Any, ...]]:
        with closing(self.connection()) as connection:
            result = connection.execute(query, [*params])
            while rows := result.fetchmany(10_000):
                yield from rows

    def connection(self) -> "DuckDBPyConnection":
        """Return a connection with what `tally_answers` needs."""
        return self.reader.connection("answers choices verdicts")


def values_of(pattern: Pattern, without: str | None = None) -> list[str]:
    """Return what was said about tasks of a pattern."""
    return [value for annotator, value in pattern.said if annotator != without]


def _counted(rows: Iterable[tuple[list[str], int]]) -> Patterns:
    """Patterns of values, whoever gave them."""
    units: Counter[tuple[str, ...]] = Counter()
    for values, tasks in rows:
        if values:
            units[tuple(sorted(values))] += tasks
    return make_patterns((Counter(values), tasks) for values, tasks in sorted(units.items()))
