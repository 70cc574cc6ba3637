"""Ratings out of the store: answers as what annotators said about tasks, counted by SQL."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from prodflow.core.errors import UnknownNameError
from prodflow.quality.patterns import Patterns, make_patterns
from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RATED = """
select task_hash, annotator, arg_max(verdict, seq) as value, max(ts) as ts
from internal.verdicts where list_contains(?, dataset) group by task_hash, annotator
"""
"""Somebody who answered a task in two sessions counts once, with the later answer."""

_PATTERNS = f"""
select pattern, count(*) as units{{more}} from (
  select {{key}} task_hash, map_from_entries(list((value, n) order by value)) as pattern from (
    select task_hash, value, count(*) as n, max(max(ts)) over (partition by task_hash) as ts
    from ({_RATED}) group by task_hash, value
  ) group by all
) group by all order by all
"""

_PAIRS = f"""
with rated as ({_RATED})
select a.annotator as a, b.annotator as b, a.value as left_value, b.value as right_value, count(*) as units
from rated a join rated b on a.task_hash = b.task_hash and a.annotator < b.annotator group by all order by all
"""

_CHOICES = f"""
with voters as ({_RATED}),
options as (select distinct choice from choices where list_contains(?, dataset)),
chosen as (
  select distinct task_hash, annotator, choice from choices where list_contains(?, dataset)
),
said as (
  select voters.task_hash, options.choice, count(*) as voters, count(chosen.choice) as n
  from voters cross join options
  left join chosen on chosen.task_hash = voters.task_hash and chosen.annotator = voters.annotator
    and chosen.choice = options.choice
  group by all
)
select choice, n, voters - n as rest, count(*) as units from said group by all order by all
"""

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
    """

    def __init__(self, reader: Reader, *datasets: str) -> None:
        """Look whether the datasets are there.

        Raises:
            UnknownNameError: if one is not, with names that are close to it.
        """
        self.reader = reader
        self.datasets = list(datasets)
        known = [row[0] for row in reader.sql("select dataset from datasets").fetchall()]
        for name in datasets:
            if name not in known:
                raise UnknownNameError("dataset", name, known)

    def patterns(self) -> Patterns:
        """Return how often which values were given together."""
        query = _PATTERNS.format(key="", more="")
        return make_patterns((dict(pattern), units) for pattern, units in self._rows(query))

    def patterns_by_day(self) -> dict[str, Patterns]:
        """Return the same for each day, that of a task's last answer."""
        query = _PATTERNS.format(key="strftime(any_value(ts), '%Y-%m-%d') as day,", more=", day")
        query = query.replace("select pattern, count(*) as units, day", "select day, pattern, count(*) as units")
        return {
            day: make_patterns((dict(pattern), units) for _, pattern, units in rows)
            for day, rows in groupby(self._rows(query), key=lambda row: row[0])
        }

    def patterns_by_choice(self) -> dict[str, Patterns]:
        """Return, for each option that was ever picked, how often it was picked and how often not."""
        rows = self._rows(_CHOICES, self.datasets, self.datasets, self.datasets)
        return {
            choice: make_patterns(
                ({name: count for name, count in ((choice, n), (f"not {choice}", rest)) if count}, units)
                for _, n, rest, units in group
            )
            for choice, group in groupby(rows, key=lambda row: str(row[0]))
        }

    def confusions(self) -> dict[tuple[str, str], dict[tuple[str, str], int]]:
        """Return how often two annotators said which values about the same tasks, for each two of them."""
        pairs: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
        for one, other, value, other_value, units in self._rows(_PAIRS):
            pairs.setdefault((one, other), {})[value, other_value] = units
        return pairs

    def answers(self) -> Iterator[tuple[int, str, str]]:
        """Return task, annotator and value of each answer."""
        return ((task_hash, annotator, value) for task_hash, annotator, value, _ in self._rows(_RATED))

    def spans(self) -> Iterator[tuple[dict[str, list[dict[str, Any]]], int]]:
        """Return, for each task, the spans of each annotator who accepted it, and how many tokens it has."""
        for _, rows in groupby(self._rows(_SPANS), key=lambda row: row[0]):
            found = list(rows)
            yield {row[1]: orjson.loads(row[2]) if row[2] else [] for row in found}, max(row[3] for row in found)

    def labels(self) -> Counter[str]:
        """Return how often each value was given."""
        return Counter(value for _, _, value in self.answers())

    def _rows(self, query: str, *params: Any) -> Iterator[tuple[Any, ...]]:
        with closing(self._connection()) as connection:
            result = connection.execute(query, [*(params or (self.datasets,))])
            while rows := result.fetchmany(10_000):
                yield from rows

    def _connection(self) -> "DuckDBPyConnection":
        return self.reader.connection("answers choices verdicts")
