"""The numbers of a dataset, from the store: in parts, so that what is quick need not wait for what is slow."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from prodflow.dashboard.remaining import BUCKET_S
from prodflow.quality.agreement import measure_agreement
from prodflow.quality.consensus import truth_of
from prodflow.quality.plain import to_plain
from prodflow.quality.ratings import Ratings
from prodflow.quality.span_agreement import measure_span_agreement
from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LABELS_AT_MOST = 200
DISAGREEMENTS_AT_MOST = 24
_BUCKETS = 36
_HOUR_S, _DAY_S = 3_600, 86_400
_CURVE_POINTS = 40
_PATTERNS_AT_MOST = 300_000
_SPANS_AT_MOST = 100_000
_RESAMPLES = 400


def read_counts(reader: Reader, dataset: str) -> dict[str, Any]:
    """Return how many answers there are: in all, by day, by person and by label; and how fast they came."""
    with _connected(reader, "answers choices spans") as connection:
        connection.execute(_PACE, [BUCKET_S, dataset])
        medians = {name: (seconds, tasks) for name, seconds, tasks in _rows(connection, _MEDIANS, dataset)}
        seconds, tasks = medians.pop(None, (None, 0))
        [totals] = _records(connection, _TOTALS)
        people = [{**row, "seconds": medians[row["name"]][0]} for row in _records(connection, _PEOPLE)]
        return {
            "totals": {**totals, "people": len(people), "tasks": tasks, "seconds": seconds},
            "times": _times(connection),
            "people": people,
            "labels": _labels(connection, dataset),
            "buckets": [count for (count,) in _rows(connection, _BUCKET_COUNTS, _BUCKETS)],
            "model": _records(connection, _ACCURACY, dataset, _CURVE_POINTS),
        }


class _OneMoment(Reader):
    """A store as it is at one moment: all queries share what the first of them read."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.folder, reader.columns)
        self._shared = reader.connection(locked=False)
        _leave_room(self._shared)

    def connection(self, query: str | None = None, *, locked: bool = True) -> "Connection":
        return self._shared.cursor()

    def close(self) -> None:
        self._shared.close()


def read_agreement(reader: Reader, dataset: str) -> dict[str, Any]:
    """Return how far annotators agree, and whom to believe: slow where there are millions of answers."""
    with _OneMoment(reader) as moment:
        return _agreement(moment, dataset)


def _agreement(reader: Reader, dataset: str) -> dict[str, Any]:
    found: dict[str, Any] = to_plain(measure_agreement(dataset, resamples=_RESAMPLES, reader=reader))
    return {**found, "spans": _spans(reader, dataset), "consensus": _consensus(reader, dataset)}


def read_disagreements(reader: Reader, dataset: str) -> dict[str, Any]:
    """Return the tasks about which annotators disagree most, with what they said, and how many there are."""
    with _connected(reader, "answers verdicts") as connection:
        worst = _rows(connection, _DISPUTED, dataset, DISAGREEMENTS_AT_MOST)
        hashes = [task_hash for task_hash, _ in worst]
        votes: dict[int, list[dict[str, Any]]] = {}
        for task_hash, value, people in _rows(connection, _VOTES, dataset, hashes):
            votes.setdefault(task_hash, []).append({"value": value, "people": people})
        tasks = dict(_rows(connection, _TASKS, dataset, hashes))
    found = [{"task": orjson.loads(tasks[one]), "votes": votes[one]} for one in hashes]
    return {"count": worst[0][1] if worst else 0, "tasks": found}


PARTS: dict[str, Callable[[Reader, str], dict[str, Any]]] = {
    "counts": read_counts,
    "disagreements": read_disagreements,
    "agreement": read_agreement,
}
"""What makes each part of the numbers, the quick ones first."""


def read_numbers(reader: Reader, dataset: str) -> dict[str, Any]:
    """Return all parts.

    Raises:
        UnknownNameError: if there is no such dataset.
    """
    with _OneMoment(reader) as moment:
        Ratings(moment, dataset)
        read = {"counts": read_counts, "disagreements": read_disagreements, "agreement": _agreement}
        return {name: part(moment, dataset) for name, part in read.items()}


_PACE = """
create temp table pace as
select coalesce(annotator, '?') as name, epoch(ts)::bigint // ? as stretch, count(*) as answers,
  count(*) filter (answer = 'accept') as accept, count(*) filter (answer = 'reject') as reject,
  count(*) filter (answer = 'ignore') as ignore, min(ts) as first, max(ts) as last
from answers where dataset = ? group by all
"""
"""All that is counted over time and by person comes from this, which is small: a row for ten minutes of somebody."""

_MEDIANS = """
select name, median(seconds), count(distinct task_hash)
from (select coalesce(annotator, '?') as name, seconds, task_hash from answers where dataset = ?)
group by grouping sets ((name), ())
"""

_TOTALS = """
select coalesce(sum(answers), 0)::bigint as answers, coalesce(sum(accept), 0)::bigint as accept,
  coalesce(sum(reject), 0)::bigint as reject, coalesce(sum(ignore), 0)::bigint as ignore,
  epoch(min(first)) as first, epoch(max(last)) as last
from pace
"""

_TIMES = """
select stretch * $1 // $2 * $2 as start, name, sum(answers)::bigint as answers
from pace group by all order by start, name
"""

_PEOPLE = """
select name, sum(answers)::bigint as answers, sum(accept)::bigint as accept, sum(reject)::bigint as reject,
  sum(ignore)::bigint as ignore, epoch(max(last)) as last, count(*) as stretches
from pace group by all order by answers desc, name
"""

_BUCKET_COUNTS = "select sum(answers)::bigint from pace group by stretch order by stretch desc limit ?"

_CHOICE_LABELS = """
select choice as label, count(*) as accept, 0 as reject from choices where dataset = ?
group by all order by accept desc, label limit ?
"""

_SPAN_LABELS = """
select label, count(*) as accept, 0 as reject from spans where dataset = ? and answer = 'accept' and label is not null
group by all order by accept desc, label limit ?
"""

_ASKED_LABELS = """
select coalesce(label, '') as label, count(*) filter (answer = 'accept') as accept,
  count(*) filter (answer = 'reject') as reject
from answers where dataset = ? and answer <> 'ignore' group by all order by count(*) desc, label limit ?
"""

_ACCURACY = """
select max(place) as answers, avg(((score >= 0.5) = (answer = 'accept'))::int) as accuracy, count(*) as n from (
  select score, answer, row_number() over (order by seq) as place, count(*) over () as total
  from answers where dataset = $1 and score between 0 and 1 and answer <> 'ignore' and accept is null
) where total >= 10 group by (place - 1) * least($2, total // 10) // total order by answers
"""

_DISPUTED = """
select task_hash, count(*) over () as disputed from (
  select task_hash, max(n) / sum(n) as share, sum(n) as votes
  from (select task_hash, verdict, count(*) as n from internal.verdicts where dataset = ? group by all)
  group by task_hash having count(*) > 1
) order by share, votes desc, task_hash limit ?
"""

_VOTES = """
select task_hash, verdict, list(distinct annotator order by annotator) as people
from internal.verdicts where dataset = ? and list_contains(?, task_hash)
group by all order by len(people) desc, verdict
"""

_TASKS = """
select task_hash, arg_min("content", seq) from answers where dataset = ? and list_contains(?, task_hash) group by all
"""


@contextmanager
def _connected(reader: Reader, named: str) -> Iterator["Connection"]:
    with closing(reader.connection(named, locked=False)) as connection:
        _leave_room(connection)
        yield connection


def _leave_room(connection: "Connection") -> None:
    """Half of the cores are for annotators."""
    connection.execute(f"set threads = {max(1, (os.cpu_count() or 1) // 2)}")


def _rows(connection: "Connection", query: str, *params: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, list(params)).fetchall()


def _records(connection: "Connection", query: str, *params: Any) -> list[dict[str, Any]]:
    result = connection.execute(query, list(params))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _times(connection: "Connection") -> dict[str, Any]:
    """By day; where all is of two days, by hour."""
    days = _records(connection, _TIMES, BUCKET_S, _DAY_S)
    if len({row["start"] for row in days}) > 2:
        return {"step_s": _DAY_S, "rows": days}
    return {"step_s": _HOUR_S, "rows": _records(connection, _TIMES, BUCKET_S, _HOUR_S)}


def _labels(connection: "Connection", dataset: str) -> list[dict[str, Any]]:
    """Options picked; where there were none, labels of spans; else the labels that were asked about."""
    for query in (_CHOICE_LABELS, _SPAN_LABELS, _ASKED_LABELS):
        if found := _records(connection, query, dataset, LABELS_AT_MOST):
            return found
    return []


def _spans(reader: Reader, dataset: str) -> dict[str, Any] | None:
    """How far spans or shapes match; None where there are none, or too many to go through each time."""
    with _connected(reader, "spans") as connection:
        query = "select count(*), count(width) from spans where dataset = ?"
        [(spans, shapes)] = _rows(connection, query, dataset)
    if not 0 < spans <= _SPANS_AT_MOST:
        return None
    found: dict[str, Any] = to_plain(
        measure_span_agreement(dataset, criterion="iou" if shapes else "exact", reader=reader)
    )
    return found


def _consensus(reader: Reader, dataset: str) -> dict[str, Any] | None:
    """How often each annotator is likely right, and what they say where something else is; None where there is one."""
    votes = Ratings(reader, dataset).votes
    if len(votes.annotators) < 2 or len(votes.counts) > _PATTERNS_AT_MOST:
        return None
    best = truth_of(votes).best()
    said: dict[str, dict[str, dict[str, int]]] = {}
    for key, count in votes.counts.items():
        for annotator, value in votes.said[key] if len(votes.said[key]) > 1 else ():
            row = said.setdefault(annotator, {}).setdefault(best[key][0], {})
            row[value] = row.get(value, 0) + count
    people = [_reliability(name, said[name]) for name in sorted(said)]
    return {"people": sorted(people, key=lambda person: (person["right"], person["name"]))}


def _reliability(name: str, said: dict[str, dict[str, int]]) -> dict[str, Any]:
    total = sum(sum(row.values()) for row in said.values())
    right = sum(row.get(value, 0) for value, row in said.items())
    return {"name": name, "right": right / total, "answers": total, "said": said}
