"""Who said what about each task, counted by SQL: tasks that look the same are one row.

Agreement and truth need no more than this: which annotator gave which value, and how many tasks have this pattern. Ten
million answers of four annotators are a few hundred patterns.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from prodflow.quality.rows import put_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Key = int | tuple[int, ...]
Said = tuple[tuple[str, str], ...]

_MOST_BITS = 120

_RATED = """
select task_hash, annotator, verdict, picked, ts from internal.verdicts where list_contains(?, dataset)
"""
_RATED_IN_SEVERAL = """
select task_hash, annotator, arg_max(verdict, seq) as verdict, arg_max(picked, seq) as picked, max(ts) as ts
from internal.verdicts where list_contains(?, dataset) group by task_hash, annotator
"""
"""Who answered a task in two datasets counts once, with the later answer."""


@dataclass(frozen=True)
class Pattern:
    """Tasks about which the same annotators said the same.

    Args:
        key: that of its `code` in the table of tasks, see `key_of`.
        said: annotator and value of each answer.
        day: of the tasks' last answer.
        tasks: how many there are.
    """

    key: Key
    said: Said
    day: date
    tasks: int


@dataclass(frozen=True)
class Tally:
    """The answers of one or several datasets.

    Args:
        annotators: who answered.
        values: what was said.
        picked: the options of each value that is a choice.
        answers: how often who said what.
        patterns: what tasks look like.
        kind_of_code: that of the column in the table of tasks.
    """

    annotators: tuple[str, ...]
    values: tuple[str, ...]
    picked: dict[str, tuple[str, ...]]
    answers: dict[tuple[str, str], int]
    patterns: list[Pattern]
    kind_of_code: str

    @cached_property
    def said(self) -> dict[Key, Said]:
        """Who said what, by key."""
        return {pattern.key: pattern.said for pattern in self.patterns}

    @cached_property
    def counts(self) -> Counter[Key]:
        """How many tasks there are, by key."""
        counts: Counter[Key] = Counter()
        for pattern in self.patterns:
            counts[pattern.key] += pattern.tasks
        return counts

    def only(self, annotators: Collection[str]) -> "Tally":
        """Return the answers of some annotators."""
        answers = {pair: count for pair, count in self.answers.items() if pair[0] in annotators}
        patterns = [
            replace(pattern, said=tuple(one for one in pattern.said if one[0] in annotators))
            for pattern in self.patterns
        ]
        return Tally(
            tuple(name for name in self.annotators if name in annotators),
            tuple(sorted({value for _, value in answers})),
            self.picked,
            answers,
            [pattern for pattern in patterns if pattern.said],
            self.kind_of_code,
        )


def rated(datasets: Sequence[str]) -> str:
    """Return the query for the answers of datasets, whose names are its one parameter."""
    return _RATED if len(datasets) == 1 else _RATED_IN_SEVERAL


def tally_answers(connection: "DuckDBPyConnection", table: str, datasets: Sequence[str]) -> Tally:
    """Count the answers of datasets; the table keeps `task_hash` and the `code` of the pattern of each task.

    Args:
        connection: one with `internal.verdicts`.
        table: the name of the table to make.
        datasets: names of datasets, which may have tasks in common.
    """
    names = [list(datasets)]
    found = connection.execute(
        f"select annotator, verdict, any_value(picked), count(*) from ({rated(datasets)}) group by annotator, verdict",
        names,
    ).fetchall()
    annotators = tuple(sorted({row[0] for row in found}))
    values = tuple(sorted({row[1] for row in found}))
    answers = {(annotator, value): count for annotator, value, _, count in found}
    picked = {value: tuple(map(str, options)) for _, value, options, _ in found if options is not None}
    coding = _Coding(annotators, values)
    columns = {"annotator": "varchar", "verdict": "varchar", "code": coding.kind_of_summand}
    put_rows(connection, f"{table}_codes", columns, ((*pair, coding.code(*pair)) for pair in answers))
    connection.execute(
        f"create or replace temp table {table} as select task_hash, {coding.together} as code, max(ts)::date as day "
        f"from ({rated(datasets)}) join {table}_codes using (annotator, verdict) group by task_hash",
        names,
    )
    rows = connection.execute(f"select code, day, count(*) from {table} group by all order by all").fetchall()
    patterns = [Pattern(key_of(code), coding.said(code), day, tasks) for code, day, tasks in rows]
    return Tally(annotators, values, picked, answers, patterns, coding.kind)


def key_of(code: "int | list[int]") -> Key:
    """Return a code, as the table has it, as a key."""
    return tuple(code) if isinstance(code, list) else code


class _Coding:
    """A pattern as one number, a digit an annotator, which adds up fast; as a list where that number is too big."""

    def __init__(self, annotators: tuple[str, ...], values: tuple[str, ...]) -> None:
        self._annotators = annotators
        self._values = values
        self._annotator_places = {name: place for place, name in enumerate(annotators)}
        self._value_places = {name: place for place, name in enumerate(values)}
        self._base = len(values) + 1
        bits = self._base.bit_length() * len(annotators)
        self._listed = bits > _MOST_BITS
        self.kind_of_summand = "hugeint" if 60 <= bits <= _MOST_BITS else "bigint"
        self.kind = "bigint[]" if self._listed else self.kind_of_summand
        self.together = "list_sort(list(code))" if self._listed else f"sum(code)::{self.kind}"

    def code(self, annotator: str, value: str) -> int:
        """The number that an answer adds."""
        place, digit = self._annotator_places[annotator], self._value_places[value]
        if self._listed:
            return place * len(self._values) + digit
        return int((digit + 1) * self._base**place)

    def said(self, code: Any) -> Said:
        """Who said what."""
        if self._listed:
            size = len(self._values)
            return tuple((self._annotators[one // size], self._values[one % size]) for one in code)
        said, place = [], 0
        while code:
            code, digit = divmod(code, self._base)
            if digit:
                said.append((self._annotators[place], self._values[digit - 1]))
            place += 1
        return tuple(said)
