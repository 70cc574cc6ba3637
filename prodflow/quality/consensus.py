"""What annotators say together: the likeliest value of each task, and how far each annotator is to be believed."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from prodflow.core.errors import SettingError
from prodflow.quality.dawid_skene import Truth, estimate_truth
from prodflow.quality.ratings import Ratings
from prodflow.quality.tally import Key, Tally, key_of, tally_answers
from prodflow.store.reader import Reader, connect

Method = Literal["majority", "dawid-skene", "one-coin"]

Best = dict[Key, tuple[str, float]]

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
    ratings = Ratings(reader or connect(), *datasets)
    with closing(ratings.connection()) as connection:
        votes = tally_answers(connection, "votes", datasets)
        if not votes.patterns:
            raise SettingError(f"{', '.join(datasets)}: no answers to put together (ignored tasks do not count)")
        codes = connection.execute("select task_hash, code from votes order by task_hash").fetchall()
    said = votes.said
    best = _METHODS[method](votes)
    tasks = []
    for task_hash, code in codes:
        value, probability = best[key_of(code)]
        counted = dict(Counter(value for _, value in said[key_of(code)]))
        tasks.append({"task_hash": task_hash, "value": value, "probability": probability, "votes": counted})
    right, total = Counter[str](), Counter[str]()
    for key, count in votes.counts.items():
        for name, value in said[key]:
            total[name] += count
            right[name] += count * (value == best[key][0])
    people = [(name, right[name] / total[name], total[name]) for name in total]
    return Consensus(
        sorted(tasks, key=lambda row: (row["probability"], row["task_hash"])),
        sorted(people, key=lambda person: (person[1], person[0])),
    )


def _majority(votes: Tally) -> Best:
    best = {}
    for key, said in votes.said.items():
        counts = Counter(value for _, value in said)
        # A tie goes to the value that comes first, so that the same answers give the same result.
        chosen = min(counts, key=lambda value: (-counts[value], value))
        best[key] = (chosen, counts[chosen] / counts.total())
    return best


_METHODS: dict[str, Callable[[Tally], Best]] = {
    "majority": _majority,
    "dawid-skene": lambda votes: truth_of(votes).best(),
    "one-coin": lambda votes: truth_of(votes, one_coin=True).best(),
}


def truth_of(votes: Tally, *, one_coin: bool = False) -> Truth:
    """Estimate the truth of each pattern of answers; its tasks are the patterns' keys."""
    answers = ((key, annotator, value) for key, said in votes.said.items() for annotator, value in said)
    return estimate_truth(answers, one_coin=one_coin, counts=votes.counts)


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
