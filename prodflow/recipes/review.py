"""Decide what is right where annotators disagree, while they go on or when they are done."""

from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.message import msg
from prodflow.core.task import Task
from prodflow.quality.adjudication import decided
from prodflow.recipes.labels import get_labels
from prodflow.recipes.recipe import recipe
from prodflow.recipes.review_stream import AUTO_ACCEPT, Choosing, ReviewStream
from prodflow.recipes.shortcuts import given, shortcuts


@recipe(
    "review",
    **shortcuts(
        label="l",
        view_id="v",
        fetch_media="FM",
        show_skipped="S",
        auto_accept="A",
        accept_single="AS",
        disagreements="D",
        blind="B",
        live="L",
    ),
)
def review(
    dataset: str,
    in_sets: list[str],
    label: str | None = None,
    view_id: str | None = None,
    fetch_media: bool = False,
    show_skipped: bool = False,
    auto_accept: bool = False,
    accept_single: bool = False,
    disagreements: bool = False,
    sample: float | None = None,
    blind: bool = False,
    live: bool = False,
    votes: int | None = None,
    iou: float = 0.8,
) -> dict[str, Any] | None:
    """Decide between the answers of several annotators; every decision keeps the answers behind it.

    Args:
        dataset: the dataset that decisions go to.
        in_sets: the datasets to review, with commas.
        label: the labels to mark with, with commas, or a file with one a line; those in the answers if not given.
        view_id: the interface of answers that do not say in which they were given.
        fetch_media: kept for compatibility: pictures are served from where they are.
        show_skipped: show ignored answers too, and rejected ones where something was to be made.
        auto_accept: store what annotators agree on, and do not ask.
        accept_single: store what only one annotator answered, too.
        disagreements: ask only where annotators disagree.
        sample: ask about this share of the tasks, drawn by their hash; with --disagreements or --auto-accept, a share
            of those that agree is asked beside all that do not.
        blind: hide who said what until it is decided.
        live: go on as answers come, until the server stops.
        votes: how many annotators a task needs before it is reviewed; 1, or 2 with --live.
        iou: how far shapes must lie on each other to count as the same (intersection over union).
    """
    _check(dataset, in_sets, sample, votes, iou)
    database = registry.stores.get("default")()
    choosing = Choosing(
        view_id=view_id,
        show_skipped=show_skipped,
        auto_accept=auto_accept or accept_single,
        accept_single=accept_single,
        disagreements=disagreements,
        sample=sample,
        blind=blind,
        votes=votes or (2 if live and not accept_single else 1),
        iou=iou,
    )
    stream = ReviewStream(database, dataset, in_sets, choosing, live=live)
    try:
        stream.votes.check()
    except UnknownNameError as error:
        if not live:
            raise
        msg.warn(f"{error}; waiting for it")
    if not live and not stream.has_more():
        msg.good(f"Nothing to ask about {', '.join(in_sets)}: {stream.account()}")
        database.close()
        return None

    def with_evidence(answers: list[Task]) -> list[Task]:
        # What was said is what was asked about, whatever a client sends back.
        asked = [database.journal.has_task(dataset, task["_task_hash"]) or task for task in answers]
        tasks = [{**task, "versions": known["versions"]} for task, known in zip(answers, asked, strict=True)]
        behind = [seq for task in tasks for version in task["versions"] for seq in version.get("_votes", ())]
        votes = {vote.seq: vote for vote in stream.votes.votes_at(behind)}
        return [decided(task, votes, decided_by=task["_annotator_id"]) for task in tasks]

    return {
        "dataset": dataset,
        "view_id": "review",
        "stream": stream,
        "db": database,
        "before_db": with_evidence,
        "on_exit": lambda controller: _finish(stream, database),
        "config": given(labels=get_labels(label) or stream.labels() or None, review_blind=blind or None),
    }


def _check(dataset: str, in_sets: list[str], sample: float | None, votes: int | None, iou: float) -> None:
    if not in_sets:
        raise SettingError("review: no dataset to review; name one, or several with commas")
    if dataset in in_sets:
        raise SettingError(f"review: {dataset!r} cannot be reviewed into itself; give decisions a dataset of their own")
    if sample is not None and not 0 <= sample <= 1:
        raise SettingError(f"review: --sample {sample!r} is no share; give a number from 0 to 1")
    if votes is not None and votes < 1:
        raise SettingError(f"review: --votes {votes!r} is below 1")
    if not 0 < iou <= 1:
        raise SettingError(f"review: --iou {iou!r} is not above 0 and at most 1")


def _finish(stream: ReviewStream, database: Any) -> None:
    if stream.accepted:
        msg.info(f"{stream.accepted:,} tasks were stored without asking: see the session {AUTO_ACCEPT!r}")
    database.close()
