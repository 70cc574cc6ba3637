"""The numbers of a dataset, from the store: in parts, so that what is quick need not wait for what is slow."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from prodflow.dashboard.agreed import read_agreed
from prodflow.dashboard.moment import OneMoment, Step, connected, records, rows
from prodflow.dashboard.remaining import BUCKET_S
from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LABELS_AT_MOST = 200
_BUCKETS = 36
_HOUR_S, _DAY_S = 3_600, 86_400
_CURVE_POINTS = 40
_CURVE_PIECES = 4_000


def read_counts(reader: Reader, dataset: str) -> Iterator[Step]:
    """Yield how many answers there are, in all, by day and by person; then also tasks, labels, times, the model's."""
    with connected(reader, "answers choices spans") as connection:
        connection.execute(_PACE, [BUCKET_S * 1_000_000, dataset])
        [totals] = records(connection, _TOTALS)
        people = [{**row, "seconds": None} for row in records(connection, _PEOPLE)]
        counts: dict[str, Any] = {
            "totals": {**totals, "people": len(people), "tasks": None, "seconds": None},
            "times": _times(connection),
            "people": people,
            "labels": [],
            "buckets": [count for (count,) in rows(connection, _BUCKET_COUNTS, _BUCKETS)],
            "model": [],
        }
        yield Step("counts", counts, whole=False)
        medians = dict(rows(connection, _MEDIANS, dataset))
        [(tasks,)] = rows(connection, _TASKS, dataset)
        totals = {**counts["totals"], "tasks": tasks, "seconds": medians.get(None)}
        people = [{**person, "seconds": medians.get(person["name"])} for person in people]
        labels = _labels(connection, dataset)
        model = records(connection, _ACCURACY, dataset, _CURVE_POINTS, _CURVE_PIECES)
        yield Step("counts", {**counts, "totals": totals, "people": people, "labels": labels, "model": model})


PARTS: dict[str, Callable[[Reader, str], Iterator[Step]]] = {
    "counts": read_counts,
    "agreed": read_agreed,
}
"""What makes the parts of the numbers, the quick ones first; it yields them by name, one again once more is known."""


def read_numbers(reader: Reader, dataset: str) -> dict[str, Any]:
    """Return all parts.

    Raises:
        UnknownNameError: if there is no such dataset.
    """
    with OneMoment(reader) as moment:
        agreed = [*read_agreed(moment, dataset)]
        return {step.part: step.numbers for step in (*read_counts(moment, dataset), *agreed)}


_PACE = """
create or replace temp table pace as
select coalesce(annotator, '?') as name, epoch_us(ts) // ? as stretch, answer, count(*) as answers,
  min(ts) as first, max(ts) as last
from answers where dataset = ? group by all
"""
"""All that is counted over time and by person comes from this, which is small: ten minutes of somebody's answers."""

_COUNTED = """
coalesce(sum(answers), 0)::bigint as answers,
  coalesce(sum(answers) filter (answer = 'accept'), 0)::bigint as accept,
  coalesce(sum(answers) filter (answer = 'reject'), 0)::bigint as reject,
  coalesce(sum(answers) filter (answer = 'ignore'), 0)::bigint as ignore
"""

_TOTALS = f"select {_COUNTED}, epoch(min(first)) as first, epoch(max(last)) as last from pace"

_PEOPLE = f"""
select name, {_COUNTED}, epoch(max(last)) as last, count(distinct stretch) as stretches
from pace group by name order by answers desc, name
"""

_TIMES = """
select stretch * $1 // $2 * $2 as start, name, sum(answers)::bigint as answers
from pace group by all order by start, name
"""

_BUCKET_COUNTS = "select sum(answers)::bigint from pace group by stretch order by stretch desc limit ?"

_TASKS = "select count(distinct task_hash) from answers where dataset = ?"

_MEDIANS = """
with counted as (
  select coalesce(annotator, '?') as name, round(seconds, 2) as seconds, count(*) as n
  from answers where dataset = ? and seconds is not null group by all
), all_and_each as (
  from counted union all select null, seconds, sum(n) from counted group by seconds
), placed as (
  select name, seconds, sum(n) over (partition by name order by seconds) as upto,
    sum(n) over (partition by name) as total
  from all_and_each
)
select name, (min(seconds) filter (2 * upto >= total) + min(seconds) filter (2 * upto > total)) / 2
from placed group by name
"""
"""Of hundredths of a second, which are few: to sort the times of millions of answers takes long and much memory."""

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
with ends as (select min(seq) as low, max(seq) as high from answers where dataset = $1), pieces as (
  select (seq - low) * $3 // (high - low + 1) as piece, count(*) as n,
    sum(((score >= 0.5) = (answer = 'accept'))::int) as r
  from answers, ends where dataset = $1 and score between 0 and 1 and answer <> 'ignore' and accept is null
  group by piece
), placed as (
  select n, r, sum(n) over (order by piece)::bigint as place, sum(n) over ()::bigint as total from pieces
)
select max(place) as answers, sum(r) / sum(n) as accuracy, sum(n)::bigint as n
from placed where total >= 10 group by (place - 1) * least($2, total // 10) // total order by answers
"""
"""Answers are taken together by the thousand before they are put in order."""


def _times(connection: "Connection") -> dict[str, Any]:
    """By day; where all is of two days, by hour."""
    days = records(connection, _TIMES, BUCKET_S, _DAY_S)
    if len({row["start"] for row in days}) > 2:
        return {"step_s": _DAY_S, "rows": days}
    return {"step_s": _HOUR_S, "rows": records(connection, _TIMES, BUCKET_S, _HOUR_S)}


def _labels(connection: "Connection", dataset: str) -> list[dict[str, Any]]:
    """Options picked; where there were none, labels of spans; else the labels that were asked about."""
    for query in (_CHOICE_LABELS, _SPAN_LABELS, _ASKED_LABELS):
        if found := records(connection, query, dataset, LABELS_AT_MOST):
            return found
    return []
