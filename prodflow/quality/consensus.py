"""What annotators say together: the likeliest value of each task, and how far each annotator is to be believed."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from prodflow.core.errors import SettingError
from prodflow.quality.dawid_skene import estimate_truth
from prodflow.quality.ratings import Ratings
from prodflow.store.reader import Reader, connect

Method = Literal["majority", "dawid-skene", "one-coin"]

Answers = list[tuple[int, str, str]]
Best = dict[int, tuple[str, float]]

_FETCH = 10_000


@dataclass(frozen=True)
class Consensus:
    """What is most likely true.

    Args:
        tasks: for each task `task_hash`, `value`, `probability` and `votes`, how many said what; surest last.
        annotators: name, share of answers that are likely right, and number of answers; the worst first.
    """

    tasks: list[dict[str, Any]]
    annotators: list[tuple[str, float, int]]


def find_consensus(*datasets: str, method: Method = "dawid-skene", reader: Reader | None = None) -> Consensus:
    """Put the answers of a dataset's annotators together.

    Args:
        datasets: names of datasets, which may have tasks in common.
        method: majority, each vote counts the same; dawid-skene, an annotator counts as far as the others bear them
            out, value by value; one-coin, the same with one accuracy an annotator, for few answers.
        reader: the store; the configured one if not given.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if nobody answered yet.
    """
    answers = list(Ratings(reader or connect(), *datasets).answers())
    if not answers:
        raise SettingError(f"{', '.join(datasets)}: no answers to put together (ignored tasks do not count)")
    best = _METHODS[method](answers)
    votes: dict[int, Counter[str]] = {}
    right: dict[str, list[bool]] = {}
    for task_hash, annotator, value in answers:
        votes.setdefault(task_hash, Counter())[value] += 1
        right.setdefault(annotator, []).append(best[task_hash][0] == value)
    tasks = [
        {"task_hash": task_hash, "value": value, "probability": probability, "votes": dict(votes[task_hash])}
        for task_hash, (value, probability) in sorted(best.items(), key=lambda item: (item[1][1], item[0]))
    ]
    people = [(name, sum(found) / len(found), len(found)) for name, found in right.items()]
    return Consensus(tasks, sorted(people, key=lambda person: (person[1], person[0])))


def _majority(answers: Answers) -> Best:
    votes: dict[int, Counter[str]] = {}
    for task_hash, _, value in answers:
        votes.setdefault(task_hash, Counter())[value] += 1
    # A tie goes to the value that comes first, so that the same answers give the same result.
    chosen = {task: min(counts, key=lambda value: (-counts[value], value)) for task, counts in votes.items()}
    return {task: (value, votes[task][value] / votes[task].total()) for task, value in chosen.items()}


_METHODS: dict[str, Callable[[Answers], Best]] = {
    "majority": _majority,
    "dawid-skene": lambda answers: estimate_truth(answers).best(),
    "one-coin": lambda answers: estimate_truth(answers, one_coin=True).best(),
}


def find_agreeing(dataset: str, *, method: Method = "dawid-skene", reader: Reader | None = None) -> dict[int, Any]:
    """Find, for each task, the latest answer that says what is most likely true.

    Args:
        dataset: its name.
        method: as for `find_consensus`.
        reader: the store; the configured one if not given.

    Returns:
        dict: by the answer's `seq`, the `value`, its `probability` and the `votes`, how many said what.
    """
    reader = reader or connect()
    found = {row["task_hash"]: row for row in find_consensus(dataset, method=method, reader=reader).tasks}
    query = "select seq, task_hash, verdict from internal.verdicts where dataset = ? order by seq"
    latest: dict[int, int] = {}
    with closing(reader.connection("verdicts")) as connection:
        result = connection.execute(query, [dataset])
        while rows := result.fetchmany(_FETCH):
            latest.update({task: seq for seq, task, value in rows if found[task]["value"] == value})
    return {seq: {key: found[task][key] for key in ("value", "probability", "votes")} for task, seq in latest.items()}
