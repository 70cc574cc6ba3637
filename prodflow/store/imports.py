"""Tasks that were answered elsewhere, into the journal."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any

from xxhash import xxh3_128_hexdigest

from prodflow.core.errors import AnswerError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import DECISIONS, Decision, Task
from prodflow.store.event import MAX_HASH, MAX_SECONDS, Ack, Checked, Event, check_event, encode_content
from prodflow.store.journal import Journal
from prodflow.store.reads import dataset_names

_BATCH = 5_000
_AHEAD = 2
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")


@dataclass
class Imported:
    """What an import did: answers that are new, that changed an earlier one, and that were there already."""

    new: int = 0
    changed: int = 0
    known: int = 0

    def add(self, acks: Iterable[Ack]) -> None:
        """Count acknowledged answers."""
        for ack in acks:
            if ack.duplicate:
                self.known += 1
            elif ack.replaced is not None:
                self.changed += 1
            else:
                self.new += 1

    @property
    def total(self) -> int:
        """All answers that were read."""
        return self.new + self.changed + self.known


def import_tasks(
    journal: Journal,
    dataset: str,
    tasks: Iterable[Task],
    *,
    answer: Decision | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Store answered tasks in a dataset; tasks are read a batch at a time, each batch is all or nothing.

    Hashes that tasks have are kept, also Prodigy's signed ones of 32 bits; missing ones are set. The event ids follow
    from dataset, session, task and content, so a task that is imported twice is stored once. A task without session
    counts as answered in the session `<dataset>-import`, whose annotator nobody knows; else `annotator_of` tells.

    Args:
        journal: the store's.
        dataset: its name; it is made where it is missing.
        tasks: the tasks, each as answered.
        answer: given to tasks that have none; None leaves them as they are and counts them as accepted.
        progress: told how many were stored so far, after each batch.

    Raises:
        AnswerError: at the first task that cannot be stored, naming its position; batches before it are stored.
    """
    journal.add_dataset(dataset)
    known = [dataset, *dataset_names(journal.folder)]
    done, waiting = Imported(), deque[Future[list[Ack]]]()
    sessions: set[str] = set()
    with journal.many():
        for batch in _batches(_checked(dataset, tasks, answer)):
            for item in batch:
                if item.event.session not in sessions:
                    sessions.add(item.event.session)
                    journal.add_session(dataset, item.event.session, annotator_of(item.event.content, known))
            waiting.append(journal.submit_checked(dataset, batch))
            if len(waiting) > _AHEAD:
                _finish(waiting, done, progress)
        while waiting:
            _finish(waiting, done, progress)
    return done


def _finish(waiting: "deque[Future[list[Ack]]]", done: Imported, progress: Callable[[int], None] | None) -> None:
    done.add(waiting.popleft().result())
    if progress is not None:
        progress(done.total)


def _batches(items: Iterator[Checked]) -> Iterator[list[Checked]]:
    while batch := list(islice(items, _BATCH)):
        yield batch


def _checked(dataset: str, tasks: Iterable[Task], answer: Decision | None) -> Iterator[Checked]:
    for position, given in enumerate(tasks, start=1):
        where = f"task {position}"
        if not isinstance(given, dict):
            raise AnswerError(f"{where}: a task is an object, got {type(given).__name__}", path=where)
        task = set_hashes(given if answer is None or given.get("answer") else {**given, "answer": answer})
        content = encode_content(task, where)
        session = _text(task.get("_session_id")) or f"{dataset}-import"
        identity = xxh3_128_hexdigest(f"{dataset}\0{session}\0{task['_task_hash']}\0{content}".encode())
        event = Event(
            event_id=f"import-{identity}",
            kind="answer",
            session=session,
            task_hash=task["_task_hash"],
            input_hash=task["_input_hash"],
            answer=task.get("answer", "accept"),
            content=task,
            answered_at=_seconds(task.get("_timestamp")),
        )
        yield Checked(event, content, where) if _is_plain(event) else check_event(event, where, content)


def _is_plain(event: Event) -> bool:
    """Tell whether an event made of a task can be stored; what cannot be is named by `check_event`."""
    return (
        type(event.task_hash) is int
        and type(event.input_hash) is int
        and -MAX_HASH <= event.task_hash <= MAX_HASH
        and -MAX_HASH <= event.input_hash <= MAX_HASH
        and event.answer in DECISIONS
        and (event.answered_at is None or 0 <= event.answered_at < MAX_SECONDS)
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def annotator_of(task: Task, datasets: Iterable[str]) -> str | None:
    """Return who answered a task, the name alone; None where nobody knows.

    Sessions are called `<dataset>-<name>`, and unnamed ones by the time they began. Both parts may have dashes, so the
    task's own word counts first, then the datasets that are known; what comes before the first dash is left.

    Args:
        task: with `_annotator_id`, which is the name alone or the whole id, or `_session_id`, or both.
        datasets: those that it may come from.

    >>> annotator_of({"_session_id": "my-set-rater-0"}, ["my-set", "my"])
    'rater-0'
    >>> annotator_of({"_session_id": "other-set-rater-0", "_annotator_id": "rater-0"}, [])
    'rater-0'
    """
    session, annotator = _text(task.get("_session_id")), _text(task.get("_annotator_id"))
    whole = annotator or session
    if whole is None or _TIMESTAMP.fullmatch(whole):
        return whole
    says_name = annotator is not None and annotator != session
    if says_name and (session or "").endswith(f"-{annotator}"):
        return annotator
    for dataset in sorted(datasets, key=len, reverse=True):
        if whole.startswith(f"{dataset}-"):
            return whole[len(dataset) + 1 :] or whole
    return whole if says_name else whole.partition("-")[2] or whole


def plain_names(names: Iterable[Any]) -> Iterator[str]:
    """Yield names given one by one, or as lists.

    >>> list(plain_names(["a", ["b", "c"]]))
    ['a', 'b', 'c']
    """
    for name in names:
        if isinstance(name, str):
            yield name
        else:
            yield from name
