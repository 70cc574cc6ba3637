"""From votes to a question for somebody who decides: what was said, by how many, and whether they agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from prodflow.core.hashing import get_hash
from prodflow.core.task import Task
from prodflow.quality.matching import match
from prodflow.quality.votes import Vote

BINARY = (
    *("audio", "classification", "compare", "dep", "diff", "html", "image", "llm_io", "ner", "pos", "spans"),
    *("text", "video"),
)
"""The views in which nothing is made: an answer is accept or reject, and a rejection is a vote like another."""

_QUESTION = ("label", "options")
_NEVER_MADE = (
    *("answer", "audio", "config", "default", "html", "image", "input", "meta", "model", "options", "path", "pattern"),
    *("priority", "rank", "score", "sessions", "text", "tokens", "versions", "video", "view_id"),
    "flagged",
)
_MADE = ("accept", "spans", "relations", "arcs", "audio_spans", "user_input")
_MARKS = ("spans", "audio_spans")
_LEFT_OUT = (
    "color",
    "id",
    "score",
    "source",
    "model",
    "pattern",
    "priority",
    "text",
    "token_start",
    "token_end",
    "type",
)
"""Keys of a span or relation that say nothing else than the rest of it."""


@dataclass
class Version:
    """What one or more annotators made of a task.

    Args:
        answer: accept, reject or ignore.
        made: the keys they made, in the words of the first of them.
        votes: who.
    """

    answer: str
    made: dict[str, Any]
    votes: list[Vote]


def split_by_question(votes: Iterable[Vote], view_id: str | None = None) -> list[tuple[str | None, list[Vote]]]:
    """Return the votes on one input apart by what was asked about it, each with the view it was asked in.

    In a view in which nothing is made, the question is the task itself; in others it is the label and the options, so
    that answers which began with different suggestions are answers to one question.

    Args:
        votes: all on one input.
        view_id: the view of tasks that do not say theirs.
    """
    found: dict[tuple[str | None, int], list[Vote]] = {}
    for vote in votes:
        view = vote.task.get("_view_id") or view_id
        if view == "review":
            view = vote.task.get("view_id") or view_id
        asked = [vote.task.get(key) for key in _QUESTION]
        question = vote.task["_task_hash"] if view in BINARY or view is None else get_hash(asked)
        found.setdefault((view, question), []).append(vote)
    return [(view, _latest_of_each(of_question)) for (view, _), of_question in found.items()]


def _latest_of_each(votes: Sequence[Vote]) -> list[Vote]:
    """A session counts once, with its latest answer."""
    latest = {(vote.dataset, vote.session): vote for vote in votes}
    return sorted(latest.values(), key=lambda vote: vote.seq)


def count_voters(votes: Iterable[Vote]) -> int:
    """Return how many people there are: sessions of one name are one, those without a name one each."""
    return len({vote.annotator or (vote.dataset, vote.session) for vote in votes})


def find_versions(votes: Sequence[Vote], view_id: str, *, iou: float = 0.8) -> list[Version]:
    """Put votes together that say the same; the version that most gave comes first.

    Args:
        votes: on one question.
        view_id: the view they were given in.
        iou: how far shapes, and stretches of a recording, must lie on each other to count as the same: intersection
            over union. Spans of text must be equal.
    """
    keys = () if view_id in BINARY else _keys_made(votes)
    versions: list[Version] = []
    for vote in votes:
        made = {key: vote.task.get(key, _nothing_like(key, votes)) for key in keys}
        for version in versions:
            if version.answer == vote.answer and _same(version.made, made, iou):
                version.votes.append(vote)
                break
        else:
            versions.append(Version(vote.answer, made, [vote]))
    return sorted(versions, key=lambda version: -len(version.votes))


def _keys_made(votes: Sequence[Vote]) -> list[str]:
    keys = dict.fromkeys(key for vote in votes for key in vote.task)
    able = [key for key in keys if not key.startswith("_") and key not in _NEVER_MADE]
    return [key for key in able if key in _MADE or _differs(key, votes)]


def _differs(key: str, votes: Sequence[Vote]) -> bool:
    return any(vote.task.get(key) != votes[0].task.get(key) for vote in votes)


def _nothing_like(key: str, votes: Sequence[Vote]) -> Any:
    sample = next((vote.task[key] for vote in votes if vote.task.get(key) is not None), None)
    return [] if isinstance(sample, list) else "" if isinstance(sample, str) else None


def _same(one: Mapping[str, Any], other: Mapping[str, Any], iou: float) -> bool:
    return all(_same_value(key, one[key], other[key], iou) for key in one)


def _same_value(key: str, one: Any, other: Any, iou: float) -> bool:
    if _plain(one) == _plain(other):
        return True
    if key not in _MARKS or not _are_regions(key, one) or not _are_regions(key, other):
        return False
    ours, theirs = [_with_box(span) for span in one], [_with_box(span) for span in other]
    return len(ours) == len(theirs) == match(ours, theirs, "iou", iou=iou).both


def _are_regions(key: str, spans: Any) -> bool:
    """Whether they were drawn: no two people draw the same. Texts are marked by whole tokens or characters."""
    if not isinstance(spans, list) or not all(isinstance(span, dict) for span in spans):
        return False
    return key == "audio_spans" or any("points" in span or "width" in span for span in spans)


def _with_box(span: dict[str, Any]) -> dict[str, Any]:
    points = span.get("points")
    if span.get("width") is not None or not isinstance(points, list) or not points:
        return span
    columns, rows = [point[0] for point in points], [point[1] for point in points]
    box = {"x": min(columns), "y": min(rows), "width": max(columns) - min(columns), "height": max(rows) - min(rows)}
    return {**span, **box}


def _plain(value: Any) -> Any:
    """The same for what means the same: order does not count, nor what only repeats the rest."""
    if isinstance(value, str):
        return value.strip()
    if not isinstance(value, list):
        return value
    items = [
        {key: part for key, part in item.items() if key not in _LEFT_OUT} if isinstance(item, dict) else item
        for item in value
    ]
    return sorted(orjson.dumps(item, option=orjson.OPT_SORT_KEYS) for item in items)


def review_task(votes: Sequence[Vote], versions: Sequence[Version], view_id: str, *, blind: bool = False) -> Task:
    """Return the task in which somebody decides between versions, for the view `review`.

    Args:
        votes: all on the question, also those that are no version.
        versions: what there is to decide between.
        view_id: the view they were made in.
        blind: number the sessions in place of their ids.
    """
    made = {key for version in versions for key in version.made}
    first = versions[0].votes[0].task
    names = {vote.session: str(number) for number, vote in enumerate(votes, start=1)}
    task = {key: value for key, value in first.items() if not key.startswith("_") and key not in (*made, "answer")}
    task.pop("versions", None)
    return {
        **task,
        "view_id": view_id,
        "versions": [
            {
                **version.made,
                "answer": version.answer,
                "sessions": [names[vote.session] if blind else vote.session for vote in version.votes],
                "default": number == 0,
                "_votes": [vote.seq for vote in version.votes],
            }
            for number, version in enumerate(versions)
        ],
        "_input_hash": first["_input_hash"],
        "_task_hash": min(vote.task["_task_hash"] for vote in votes),
    }


def decided(task: Task, votes: Mapping[int, Vote], *, decided_by: str | None) -> Task:
    """Return a decision with what it rests on: in each version the answers behind it, and which version it is.

    Args:
        task: the review task as answered.
        votes: the answers behind it, by their place in the journal.
        decided_by: whose decision it is; None where all agreed and nobody was asked.
    """
    versions = [_with_votes(version, votes) for version in task["versions"]]
    made = [[key for key in version if not key.startswith("_") and key not in _NEVER_MADE] for version in versions]
    same = [
        version["answer"] == task["answer"] and all(_plain(task.get(key)) == _plain(version[key]) for key in keys)
        for version, keys in zip(versions, made, strict=True)
    ]
    sides: dict[bool, list[str]] = {True: [], False: []}
    for agrees, version in zip(same, versions, strict=True):
        sides[agrees] += [vote["annotator"] or vote["session"] for vote in version["_votes"]]
    number = same.index(True) if True in same else None
    review = {"decided_by": decided_by, "version": number, "for": sides[True], "against": sides[False]}
    return {**task, "versions": versions, "_review": review}


def _with_votes(version: dict[str, Any], votes: Mapping[int, Vote]) -> dict[str, Any]:
    behind = [votes[seq] for seq in version.get("_votes", ()) if seq in votes]
    sessions = [vote.session for vote in behind] or version.get("sessions", [])
    return {**version, "sessions": sessions, "_votes": [vote.to_dict() for vote in behind]}
