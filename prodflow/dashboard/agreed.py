"""How far annotators agree, whom to believe, and what they disagree on most: all from one count of who said what."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import orjson

from prodflow.dashboard.moment import OneMoment, Step, connected, rows
from prodflow.quality.agreement import agreement_of
from prodflow.quality.consensus import truth_of
from prodflow.quality.plain import to_plain
from prodflow.quality.ratings import Ratings
from prodflow.quality.rows import put_rows
from prodflow.quality.span_agreement import measure_span_agreement
from prodflow.quality.tally import Key, Said, Tally, key_of
from prodflow.store.reader import Reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

DISAGREEMENTS_AT_MOST = 24
_PATTERNS_AT_MOST = 300_000
_SPANS_AT_MOST = 100_000
_RESAMPLES = 400

_WORST = """
select task_hash, code from votes join disputed using (code) order by place, task_hash limit ?
"""

_FIRST = "select min(seq) from answers where dataset = ? and task_hash in ({}) group by task_hash"

_CONTENTS = """select task_hash, "content" from answers where seq in ({})"""
"""By the numbers of the answers, which are in order: to find them few of the files' pieces are opened."""


def read_agreed(reader: Reader, dataset: str) -> Iterator[Step]:
    """Yield the disagreements, then the agreement: slow where there are millions of answers.

    Raises:
        UnknownNameError: if there is no such dataset.
    """
    with OneMoment(reader) as moment, closing(moment.connection()) as connection:
        ratings = Ratings(moment, dataset)
        votes = ratings.count_on(connection, "votes")
        yield Step("disagreements", _disagreements(connection, dataset, votes))
        found: dict[str, Any] = to_plain(agreement_of(ratings, resamples=_RESAMPLES))
        yield Step("agreement", {**found, "spans": _spans(moment, dataset), "consensus": _consensus(votes)})


def _disagreements(connection: "Connection", dataset: str, votes: Tally) -> dict[str, Any]:
    """The tasks about which annotators disagree most, with what they said, and how many there are."""
    disputed = {key: _most(said) for key, said in votes.said.items() if len({value for _, value in said}) > 1}
    places = {kind: place for place, kind in enumerate(sorted(set(disputed.values())))}
    columns = {"code": votes.kind_of_code, "place": "bigint"}
    coded = ((list(key) if isinstance(key, tuple) else key, places[kind]) for key, kind in disputed.items())
    put_rows(connection, "disputed", columns, coded)
    worst = {task: key_of(code) for task, code in rows(connection, _WORST, DISAGREEMENTS_AT_MOST)}
    tasks = dict(_contents(connection, dataset, list(worst)))
    return {
        "count": sum(votes.counts[key] for key in disputed),
        "tasks": [
            {"task": orjson.loads(tasks[task]), "votes": _by_value(votes.said[key])} for task, key in worst.items()
        ],
    }


def _most(said: Said) -> tuple[float, int]:
    """The share of the value that most gave, and how many votes there are, the most first: the order of disputes."""
    values = [value for _, value in said]
    return max(values.count(value) for value in set(values)) / len(values), -len(values)


def _by_value(said: Said) -> list[dict[str, Any]]:
    people: dict[str, list[str]] = {}
    for annotator, value in said:
        people.setdefault(value, []).append(annotator)
    votes = [{"value": value, "people": sorted(names)} for value, names in people.items()]
    return sorted(votes, key=lambda vote: (-len(vote["people"]), vote["value"]))


def _contents(connection: "Connection", dataset: str, tasks: list[int]) -> list[tuple[int, str]]:
    if not tasks:
        return []
    first = rows(connection, _FIRST.format(", ".join(map(str, tasks))), dataset)
    return rows(connection, _CONTENTS.format(", ".join(str(seq) for (seq,) in first)))


def _spans(reader: Reader, dataset: str) -> dict[str, Any] | None:
    """How far spans or shapes match; None where there are none, or too many to go through each time."""
    with connected(reader, "spans") as connection:
        [(spans, shapes)] = rows(connection, "select count(*), count(width) from spans where dataset = ?", dataset)
    if not 0 < spans <= _SPANS_AT_MOST:
        return None
    found: dict[str, Any] = to_plain(
        measure_span_agreement(dataset, criterion="iou" if shapes else "exact", reader=reader)
    )
    return found


def _consensus(votes: Tally) -> dict[str, Any] | None:
    """How often each annotator is likely right, and what they say where something else is; None where there is one."""
    if len(votes.annotators) < 2 or len(votes.counts) > _PATTERNS_AT_MOST:
        return None
    best: dict[Key, tuple[str, float]] = truth_of(votes).best()
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
