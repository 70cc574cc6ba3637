"""How far the source was read, what became of its records, and where a restart goes on."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from xxhash import xxh3_64_hexdigest

from prodflow.core.hashset import HashSet
from prodflow.core.pipeline import Pipeline
from prodflow.core.source import Source
from prodflow.core.tracking import Mark, Tracker
from prodflow.loaders.stream import GoingOn, Stream
from prodflow.session.recognised import ANSWERED, DUPLICATE, ELSEWHERE, Recognised
from prodflow.session.record import Recorder
from prodflow.store.accounts import HELD, Account, Fate

log = logging.getLogger("prodflow")

_MATTERS = ("feed_overlap", "annotations_per_task", "allowed_sessions", "exclude_by", "auto_exclude_current")
"""Settings that decide who is asked what: with other ones the source is read anew."""

OUTCOMES = {
    ANSWERED: "excluded",
    ELSEWHERE: "excluded",
    "excluded by another dataset": "excluded",
    DUPLICATE: "duplicate",
    "routed to nobody": "left out",
    "did not fit the view": "left out",
}


class Accounting:
    """Follows the records of one stream.

    Where every stage is known to keep the order of the source, or to hold tasks and lose none, and its loader can tell
    what it has read, a restart goes on behind the last record that was dealt with, after those that were held. Else
    the source is read from its beginning, and what was asked before is recognised.

    Args:
        stream: the stream of a recipe; a source or a pipeline becomes a `Stream`.
        recorder: the store's side.
        config: the recipe's configuration.
        about: whatever else decides who is asked what.
        view_id: the annotation interface.
        anew: do not go on where an earlier run was.
    """

    def __init__(
        self,
        stream: Any,
        recorder: Recorder,
        config: Mapping[str, Any],
        about: Any,
        *,
        view_id: str,
        anew: bool = False,
    ) -> None:
        """Find out where an earlier run was."""
        self.stream = Stream(stream) if isinstance(stream, (Source, Pipeline)) else stream
        self._recorder = recorder
        self._last: int | None = None
        self._at = 0
        """The records before this one were dealt with in earlier runs."""
        self._held: Mapping[int, Any] = {}
        self._fate: Fate | None = None
        self._fates: list[Fate] = []
        self._fresh = True
        self.counts: Counter[str] = Counter()
        """How many tasks came and why some were not asked, in the runs that this one goes on from too, without those
        of the record in hand: that comes once more after a restart."""
        self._in_hand: Counter[str] = Counter()
        self._base: list[int] = []
        self._failed_before = 0
        self._written: Any = None
        self.traceable = True
        tracked = isinstance(self.stream, Stream)
        if tracked:
            self.stream.flatten()
        self.name = repr(self.stream.source) if tracked else type(stream).__name__
        self.tasks_of = self._tasks_of(view_id)
        """The beginning of the fingerprint: what the tasks are made of, whoever gets them."""
        self.fingerprint = f"{self.tasks_of}-{_hash([{key: config[key] for key in _MATTERS}, about])}"
        anew = anew or not config["auto_exclude_current"] or config["fresh_sessions"]
        self._tracker = self.stream.track(None if anew else self._going_on()) if tracked else Tracker()
        self._asked = Recognised(recorder.asked_of(self.name), self._at, self._held)

    @property
    def _source(self) -> Source | None:
        source = self.stream.source if isinstance(self.stream, Stream) else None
        return source if isinstance(source, Source) else None

    @property
    def known_as(self) -> tuple[str, str]:
        """What the journal knows the source as, and its name for people."""
        return self.fingerprint, self.name

    def _tasks_of(self, view_id: str) -> str:
        stages: Any = None
        if isinstance(self.stream, Stream):
            stages = [(wrapper.name, wrapper.settings) for wrapper in self.stream.wrappers]
        return _hash([self.name, stages, view_id])

    def _going_on(self) -> GoingOn | None:
        known = self._recorder.known_source(self.fingerprint)
        if known is None or not self.stream.goes_on or known.state.get("trace") is None:
            return None
        mark = Mark(*known.state["mark"])
        if self._source is None or not self._source.can_go_on(known.state["trace"]):
            log.warning("%s has changed: it is read from its beginning", self.name)
            return None
        self._fresh = False
        self.counts.update(known.state["counts"])
        self._failed_before = mark.state["failed"] if mark.state is not None else 0
        self._base = known.state["passed"]
        self._at = known.record
        if self.stream.holds:
            self._hold_again()
        else:
            self._last = known.record
        hashes = self._recorder.hashes_before(self.fingerprint, known.record)
        inputs = HashSet(input_hash for input_hash, _ in hashes)
        tasks = HashSet(task_hash for _, task_hash in hashes)
        return GoingOn(mark, known.record - mark.record, inputs, tasks, self._held)

    def _hold_again(self) -> None:
        """Take up what a stage held: it passes once more, as far as there."""
        self._held = self._recorder.held(self.fingerprint)
        behind = (self.stream.held_at or 0) + 1
        self._base[:behind] = [count - len(self._held) for count in self._base[:behind]]

    def open(self) -> Iterator[Any]:
        """Start the stream; what comes carries the number of its record."""
        if getattr(self.stream, "live", False):  # it ends and goes on again: a generator around it would not
            self.traceable = False
        if isinstance(self.stream, Stream) or not self.traceable:
            return iter(self.stream)
        return self._tracker.numbered(self.stream)

    def begin(self) -> Account | None:
        """Return what is to be written before the first record, where the source is read anew; once."""
        fresh, self._fresh = self._fresh and self.traceable, False
        return Account(True, 0, None, False, [], []) if fresh else None

    def came(self, record: int | None) -> None:
        """Take note of the record that the next task is of."""
        if record is None:
            self.traceable = False  # a stage makes tasks of its own: nobody knows of which record
            self._tracker.holding = None
        elif record != self._last:
            self._settle()
            self._last = record
            if self._tracker.holding is not None:
                self._tracker.holding.came(record)
        self.count("came", 1)

    def count(self, what: str, change: int) -> None:
        """Count something about the task in hand."""
        self._in_hand[what] += change

    def decided(self, reason: str | None, task_hash: int | None = None) -> str | None:
        """Take note that the task was routed (None), or why not; return why it counts as not asked, if it does.

        One routed task of a record is enough.
        """
        if self._last is None or not self.traceable:
            return reason
        told = self._asked.reason(task_hash, reason) if task_hash is not None else reason
        if told is not None:
            self.count(told, 1)
        why = told or reason
        if why is None:
            self._fate = Fate(self._last, task_hash, "", "")
        elif self._fate is None or self._fate.record != self._last:
            self._fate = Fate(self._last, task_hash, OUTCOMES.get(why, "left out"), why)
        return told

    def _settle(self) -> None:
        self.counts.update(self._in_hand)
        self._in_hand.clear()
        if self._fate is not None and self._fate.outcome:
            self._fates.append(self._fate)
        self._fate = None
        if self._tracker.holding is not None and self._last is not None:
            self._tracker.holding.settle(self._last)

    @property
    def record(self) -> int | None:
        """The record of the latest task; None where records cannot be followed."""
        return self._last if self.traceable else None

    def account(self, *, ended: bool) -> Account | None:
        """Return what is to be written since the last time; None where nothing can be said."""
        if not self.traceable or (self._last is None and not ended):
            return None
        holding = self._tracker.holding
        if ended:
            self._settle()
            self._last = self._tracker.read
            if holding is not None:
                holding.end(self._last)
        record = holding.frontier if holding is not None else self._last or 0
        passed = self._passed(record)
        failed = self._failed_before + (self._source.failures.count if self._source is not None else 0)
        state = {**self._place(record), "counts": dict(self.counts), "passed": passed, "failed": failed}
        repeats = self._tracker.repeats_before(record)
        if (record, ended, state) == self._written and not (self._fates or repeats):
            return None
        self._written = (record, ended, state)
        fates, self._fates = self._fates, []
        dropped = self._dropped(passed, failed, ended=ended)
        held, gone = holding.changes() if holding is not None else ({}, [])
        return Account(False, record, state, ended, dropped, fates, repeats, held, gone)

    def _place(self, record: int) -> dict[str, Any]:
        """Where a restart goes on, and by what it knows the source again."""
        lost = self._tracker.holding is not None and self._tracker.holding.lost
        goes_on = isinstance(self.stream, Stream) and self.stream.goes_on and not lost
        return {
            "mark": list(self._tracker.mark_before(record)) if goes_on else None,
            "trace": self.stream.trace if goes_on else None,
        }

    def dropped(self) -> list[tuple[str, int]]:
        """Return the stages that dropped records so far, and how many."""
        rows = self._dropped(self._passed(self._tracker.read), 0, ended=True)
        return [(stage.partition(" ")[2], count) for _, stage, _, count in rows if count]

    def _passed(self, record: int) -> list[int]:
        passed = self._tracker.passed(record)
        base = self._base or [0] * len(passed)
        return [before + now for before, now in zip(base, passed, strict=False)] or list(base)

    def _dropped(self, passed: list[int], failed: int, *, ended: bool) -> list[tuple[str, str, str, int]]:
        rows = []
        if isinstance(self.stream, Stream):
            if failed and self._source is not None:
                rows.append((_FAILED[self._source.on_error], self._source.name, "broken", failed))
            for place, wrapper in enumerate(self.stream.wrappers):
                if place + 1 < len(passed):
                    rows += self._let_go(wrapper, f"{place + 1} {wrapper.name}", passed[place : place + 2], ended)
        return rows

    def _let_go(self, wrapper: Any, stage: str, passed: list[int], ended: bool) -> list[tuple[str, str, str, int]]:
        """Say what a stage dropped; of one that holds tasks, what waits in it."""
        outcome, reason = _outcome(wrapper)
        if not wrapper.holds or self._tracker.holding is None:
            return [(outcome, stage, reason, passed[0] - passed[1])]
        count = len(self._tracker.holding.waiting - self._asked.held)
        waiting, failed = (0, count) if ended else (count, 0)
        return [("pending", stage, HELD, waiting), (outcome, stage, reason, failed)]


def _hash(value: Any) -> str:
    return xxh3_64_hexdigest(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS))


_FAILED = {"raise": "failed", "skip": "skipped", "quarantine": "quarantined"}


def _outcome(wrapper: Any) -> tuple[str, str]:
    """In which words the ledger says that a stage let a record go."""
    failing = _FAILED[getattr(wrapper.function, "on_error", "raise")]
    if wrapper.name.startswith("prefer_"):
        return "sorted out", wrapper.drops
    if wrapper.name == "filter_duplicates":
        return "duplicate", "the same came before"
    if failing != "failed" and not wrapper.drops.startswith(("empty", "input", "task", "seen")):
        return failing, wrapper.drops or "failed"
    return "filtered", wrapper.drops
