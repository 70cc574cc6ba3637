"""The controller: puts the components of a recipe together; the authority over what is asked and what is answered."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from prodflow.core import registry
from prodflow.core.config import get_config, get_home
from prodflow.core.errors import AnswerError, SettingError
from prodflow.core.routing import Router
from prodflow.core.task import Task
from prodflow.session import answers as answering
from prodflow.session.broker import Broker
from prodflow.session.intake import Intake
from prodflow.session.progress import LossProgress, Progress, call_progress
from prodflow.session.record import Recorded, Recorder, then
from prodflow.session.session import Session
from prodflow.store.database import Database

log = logging.getLogger("prodflow")

COMPONENTS = (
    "dataset",
    "view_id",
    "stream",
    "update",
    "db",
    "progress",
    "on_load",
    "on_exit",
    "before_db",
    "validate_answer",
    "get_session_id",
    "exclude",
    "config",
    "task_router",
    "session_factory",
    "event_hooks",
)


class Controller:
    """Asks tasks of a stream, takes answers, stores them and lets a model learn from them.

    Args:
        dataset: the dataset that answers go to; False to store nothing.
        view_id: the annotation interface.
        stream: the tasks: a `Stream`, a pipeline, a list or any iterable.
        update: called with each batch of stored answers; may return a loss.
        db: a `Database`; None for the default store.
        progress: `(controller, update_return_value) -> float`.
        on_load: called with the controller before the first task is asked for.
        on_exit: called with the controller when the server stops.
        before_db: called with answers before they are stored; what it returns is stored in their place.
        validate_answer: called with each answer; what it raises is shown to the annotator.
        get_session_id: returns the id of the unnamed session; a timestamp if not given.
        exclude: datasets whose tasks are not asked again.
        config: the recipe's own configuration.
        metrics: kept for compatibility, not used.
        task_router: `(controller, session_id, task) -> list of session ids`.
        session_factory: `(controller, session_id) -> Session`.
        event_hooks: functions by name that the web app can call: `(controller, **payload)`.
        config_overrides: configuration over everything else.
        name: the recipe's name.
    """

    def __init__(
        self,
        dataset: str | bool,
        view_id: str,
        stream: Iterable[Any],
        update: Callable[[list[Task]], Any] | None = None,
        db: Any = None,
        progress: Callable[..., Any] | None = None,
        on_load: Callable[["Controller"], Any] | None = None,
        on_exit: Callable[["Controller"], Any] | None = None,
        before_db: Callable[[list[Task]], list[Task]] | None = None,
        validate_answer: Callable[[Task], Any] | None = None,
        get_session_id: Callable[[], str] | None = None,
        exclude: Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
        metrics: Any = None,
        *,
        task_router: Router | None = None,
        session_factory: Callable[["Controller", str], Session] | None = None,
        event_hooks: Mapping[str, Callable[..., Any]] | None = None,
        config_overrides: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> None:
        """Open the store and take up where an earlier run of the same dataset stopped."""
        self.name = name
        self.view_id = view_id
        self.config = get_config(config_overrides, recipe=config)
        self.update = update
        self.on_load = on_load
        self.on_exit = on_exit
        self.before_db = before_db
        self.validate_answer = validate_answer
        self.get_session_id = get_session_id
        self.exclude = list(exclude or ())
        self.metrics = metrics
        self.session_factory = session_factory
        self.event_hooks = dict(event_hooks or {})
        self.home: Path = get_home()
        self.batch_size: int = self.config["batch_size"]
        self.router, self._overlap = _router(self.config, task_router)
        self._custom_progress = progress
        self._loss_progress = LossProgress()
        self._model_progress: float | None = None
        self.update_return_value: Any = None
        self._lock = threading.RLock()
        self._stream_lock = threading.RLock()
        unnamed = get_session_id() if get_session_id else None
        self._recorder = Recorder(db, dataset, session_id=unnamed, keep_base64=self.config["keep_base64"])
        self.dataset: str = self._recorder.dataset
        self._broker = Broker(lease_s=self.config["lease_s"], stealing=not self._overlap)
        self._sessions: dict[str, Session] = {}
        self._load_history()
        self._intake = Intake(stream, view_id, self._reason_to_leave_out)
        self._restore()

    @classmethod
    def from_components(
        cls, name: str, components: Mapping[str, Any], config_overrides: Mapping[str, Any] | None = None
    ) -> "Controller":
        """Make a controller of the dict a recipe returns.

        Raises:
            SettingError: if a component is missing or unknown.
        """
        if unknown := sorted(set(components) - set(COMPONENTS)):
            raise SettingError(f"recipe {name}: no component {unknown[0]!r} (components: {', '.join(COMPONENTS)})")
        for needed in ("dataset", "view_id", "stream"):
            if components.get(needed) is None:
                raise SettingError(f"recipe {name}: it returns no {needed!r}")
        return cls(**components, config_overrides=config_overrides, name=name)

    @property
    def db(self) -> Database:
        """The database behind the controller."""
        return self._recorder.database

    @property
    def stream(self) -> Any:
        """The stream of tasks."""
        return self._intake.stream

    @property
    def session_id(self) -> str:
        """The id of the unnamed session."""
        return self._recorder.session_id

    @property
    def session_ids(self) -> set[str]:
        """The ids of the sessions that have connected; a fresh set."""
        with self._lock:
            return set(self._sessions)

    @property
    def total_annotated(self) -> int:
        """How many answers the dataset holds."""
        with self._lock:
            return sum(self._totals.values())

    @property
    def session_annotated(self) -> int:
        """How many tasks were answered since the controller was made, in all sessions."""
        with self._lock:
            return sum(session.annotated for session in self._sessions.values())

    @property
    def session_annotated_by_session(self) -> dict[str, int]:
        """The same, by session."""
        with self._lock:
            return {name: session.annotated for name, session in self._sessions.items()}

    @property
    def queue(self) -> Iterator[list[Task]]:
        """Batches of tasks for the unnamed session, until there are no more."""
        while batch := self.get_questions():
            yield batch

    def get_session_name(self, name: str | None) -> str:
        """Return the session id of an annotator's name."""
        return f"{self.dataset}-{name}" if name else self.session_id

    def annotator_of(self, session_id: str) -> str:
        """Return the annotator's name in a session id; for the unnamed session the id itself."""
        return session_id.removeprefix(f"{self.dataset}-")

    def confirm_session(self, session_id: str | None = None) -> Session:
        """Return the session of an id; one that was not here before is made.

        Raises:
            SettingError: if only some sessions are allowed, and this is none of them.
        """
        session_id = session_id or self.session_id
        with self._lock:
            if session_id not in self._sessions:
                self._check_allowed(session_id)
                self.add_session(self._make_session(session_id))
            session = self._sessions[session_id]
            session.timestamp = time.time()
            return session

    def add_session(self, session: Session) -> None:
        """Let a session take part."""
        with self._lock:
            self._recorder.add_session(session.id, self.annotator_of(session.id))
            self._sessions[session.id] = session
            if self._overlap:
                self._catch_up(session)

    def get_questions(
        self,
        session_id: str | None = None,
        excludes: Sequence[int] | None = None,
        *,
        count: int | None = None,
        pull: bool = True,
    ) -> list[Task]:
        """Return the tasks a session holds already, and new ones up to a batch.

        Args:
            session_id: whose; None for the unnamed session.
            excludes: task hashes not to send, such as those the client has already.
            count: how many; the batch size if not given.
            pull: read the stream if too few are ready; if False, return what is ready.
        """
        batch, leased = self.lease_questions(session_id, excludes, count=count, pull=pull)
        leased.result()
        return batch

    def lease_questions(
        self,
        session_id: str | None,
        excludes: Sequence[int] | None = None,
        *,
        count: int | None = None,
        pull: bool,
    ) -> tuple[list[Task], "Future[None]"]:
        """The same, with a future that is done once the journal knows who holds the tasks."""
        session = self.confirm_session(session_id)
        count = count or session.batch_size
        if pull:
            self.look_ahead(session.id, count)
        now = time.time()
        with self._lock:
            batch = self._broker.take(session, count, now, frozenset(excludes or ()))
        return batch, self._recorder.lease(session.id, batch, now + self._broker.lease_s)

    def look_ahead(self, session_id: str | None = None, count: int | None = None) -> None:
        """Pull tasks until a batch is ready for the session, or there are no more."""
        session = self.confirm_session(session_id)
        wanted = count or session.batch_size
        with self._stream_lock:
            while len(session.held) + len(session.waiting) < wanted and not self._target_reached(session):
                task = self._intake.pull()
                if task is None:
                    break
                self._route(task, session)
        with self._lock:
            if (missing := wanted - len(session.held) - len(session.waiting)) > 0:
                self._broker.steal(session, self._sessions, missing, time.time())

    @property
    def stream_error(self) -> Exception | None:
        """What stopped the stream, if it did not just end."""
        return self._intake.error

    @property
    def is_empty(self) -> bool:
        """Whether the stream ended without a single task, and nothing is open from before."""
        with self._lock:
            return self._intake.exhausted and not self._intake.counts["came"] and not self._broker.open

    def open_tasks(self) -> list[Task]:
        """Return the tasks that are out or wait to be."""
        with self._lock:
            return [entry.task for entry in self._broker.open.values()]

    def events_since(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """Return the journal's events of this dataset after a place in it."""
        return self._recorder.events_since(seq, limit)

    def check_answer(self, answer: Any, session_id: str | None = None) -> None:
        """Let the recipe look at an answer that is not to be stored.

        Raises:
            AnswerError: status 422 with the recipe's words, 400 if it is no answer.
        """
        self._prepare({"answer": "accept", **answer}, self.confirm_session(session_id), "$", False)

    def has_ready(self, session_id: str | None = None) -> bool:
        """Tell whether a session can be answered without reading the stream."""
        session = self.confirm_session(session_id)
        with self._lock:
            return bool(session.held or session.waiting) or self._intake.exhausted

    def receive_answers(self, answers: list[Task], session_id: str | None = None) -> list[Recorded]:
        """Store answers, then let the model learn from them.

        Returns:
            list[Recorded]: for each answer, in order, where it is stored.

        Raises:
            AnswerError: if one of them cannot be stored; then none is.
        """
        recorded = self.record(answers, session_id).result()
        self.learn(recorded)
        return recorded

    def record(
        self, answers: Any, session_id: str | None = None, *, known_only: bool = False
    ) -> "Future[list[Recorded]]":
        """Store answers; the future is done once they are safe on disk.

        Args:
            answers: whole tasks, or their changed keys with `_task_hash`; each with `answer`.
            session_id: whose; None for the unnamed session.
            known_only: refuse answers to tasks that were never asked.
        """
        if not isinstance(answers, list):
            raise AnswerError(f"answers are a list, got {type(answers).__name__}", path="$.answers")
        session = self.confirm_session(session_id)
        prepared = [
            self._prepare(answer, session, f"$.answers[{number}]", known_only) for number, answer in enumerate(answers)
        ]
        stored = self._recorder.answers(session.id, prepared, self.before_db)
        return then(stored, lambda recorded: self._note(session, recorded))

    def learn(self, recorded: list[Recorded]) -> None:
        """Call `update` with stored answers; what it raises is logged and costs no answer."""
        fresh = [item.task for item in recorded if not item.duplicate]
        if self.update is None or not fresh:
            return
        with self._stream_lock:
            try:
                self.update_return_value = self.update(fresh)
            except Exception:
                log.exception("update raised; the answers are stored, the model has not learnt from %d", len(fresh))
                return
        if isinstance(self.update_return_value, (int, float)):
            self._model_progress = self._loss_progress(float(self.update_return_value))

    def undo(self, session_id: str | None, task_hash: int, event_id: str | None = None) -> Task:
        """Take back a session's answer and let it hold the task again.

        Raises:
            AnswerError: status 404 if there is nothing to take back, 403 if it is another session's.
        """
        session = self.confirm_session(session_id)
        task = self._recorder.undo(session.id, task_hash, event_id)
        with self._lock:
            self._broker.reopen(session, task, time.time())
            session.annotated = max(0, session.annotated - 1)
            session.total_annotated = max(0, session.total_annotated - 1)
            self._totals[session.id] = max(0, self._totals.get(session.id, 0) - 1)
        return task

    def history(self, session_id: str | None = None, limit: int = 50) -> list[Task]:
        """Return a session's latest answers, the newest first."""
        return self._recorder.history(self.confirm_session(session_id).id, limit)

    def get_total_by_session(self, session_id: str) -> int:
        """Return how many answers a session has in the dataset."""
        with self._lock:
            return self._totals.get(session_id, 0)

    @property
    def progress(self) -> float | None:
        """The progress of the whole, in [0, 1]; None where it cannot be known."""
        return self.get_progress()

    def get_progress(self, session_id: str | None = None) -> float | None:
        """Return the progress for a session, in [0, 1]; None where it cannot be known."""
        return self.measure_progress(session_id).value

    def measure_progress(self, session_id: str | None = None) -> Progress:
        """Return the progress and what it measures: a recipe's own, the model's, the target's or the source's."""
        if self._custom_progress is not None:
            return Progress(call_progress(self._custom_progress, self, self.update_return_value), "custom")
        if self.update is not None:
            return Progress(self._model_progress, "model")
        if target := self.config["total_examples_target"]:
            done = self.get_total_by_session(session_id) if session_id else self.total_annotated
            return Progress(min(1.0, done / target), "target")
        value = _source_progress(self.stream)
        return Progress(value, "source" if value is not None else None)

    def done_reason(self, session_id: str | None = None) -> str | None:
        """Say in a sentence why a session gets nothing more; None while there is more to come."""
        session = self.confirm_session(session_id)
        with self._lock:
            if self._target_reached(session):
                return f"The target of {self.config['total_examples_target']} answers is reached."
            if session.held or session.waiting or not self._intake.exhausted:
                return None
            if self._intake.error is not None:
                return f"The stream stopped with an error: {self._intake.error}"
            return _why_done(self._intake.counts, len(self._broker.open))

    def reset_stream(self, new_stream: Any, *, apply_wrappers: bool = False) -> None:
        """Ask tasks of another stream from now on; what is out stays out.

        Args:
            new_stream: the stream.
            apply_wrappers: apply to it what was applied to the stream before.
        """
        if apply_wrappers and hasattr(self.stream, "rewrap"):
            new_stream = self.stream.rewrap(new_stream)
        with self._stream_lock, self._lock:
            self._intake.close()
            self._intake = Intake(new_stream, self.view_id, self._reason_to_leave_out)
            for session in self._sessions.values():
                for task in session.waiting:
                    self._broker.open.pop(task["_task_hash"], None)
                session.waiting.clear()

    def save(self) -> None:
        """Close the stream, call `on_exit` and close the store."""
        with self._stream_lock:
            self._intake.close()
        if self.on_exit is not None:
            self.on_exit(self)
        self._recorder.close()

    def _prepare(self, answer: Any, session: Session, path: str, known_only: bool) -> Recorded:
        given = answer.get("_task_hash") if isinstance(answer, Mapping) else None
        task = self._find(given) if isinstance(given, int) else None
        if task is None and known_only:
            raise AnswerError(
                f"no task {given!r:.40} was asked in {self.dataset!r}", path=f"{path}._task_hash", status=404
            )
        merged = answering.joined(answer, task, path)
        answering.validated(merged, self.validate_answer, path)
        late = task is not None and given not in session.held and session.id not in self._assigned(given)
        return Recorded(
            task=answering.completed(
                merged, session_id=session.id, annotator=self.annotator_of(session.id), view_id=self.view_id
            ),
            event_id=answering.event_id_of(answer, path),
            seconds=answering.seconds_of(answer, path),
            late=late,
        )

    def _find(self, task_hash: int) -> Task | None:
        with self._lock:
            task = self._broker.find(task_hash)
        return task if task is not None else self._recorder.asked(task_hash)

    def _assigned(self, task_hash: Any) -> set[str]:
        with self._lock:
            entry = self._broker.open.get(task_hash)
            return set(self._sessions) if entry is None else entry.assigned

    def _note(self, session: Session, recorded: list[Recorded]) -> list[Recorded]:
        with self._lock:
            for item in recorded:
                self._broker.answered(session, item.task)
                self._answered_inputs.add(item.task["_input_hash"])
                self._answered_tasks.add(item.task["_task_hash"])
                if not item.duplicate and item.replaced is None:
                    session.annotated += 1
                    session.total_annotated += 1
                    self._totals[session.id] = self._totals.get(session.id, 0) + 1
        return recorded

    def _route(self, task: Task, asking: Session) -> None:
        names = self.router(self, asking.id, task)
        sessions = [self.confirm_session(name) for name in names]
        by_input = self.config["exclude_by"] == "input"
        with self._lock:
            wanting = [session for session in sessions if not session.has_answered(task, by_input=by_input)]
            if not self._broker.add(task, wanting, time.time()):
                self._intake.counts["asked already" if names else "routed to nobody"] += 1

    def _reason_to_leave_out(self, task: Task) -> str | None:
        key = "_input_hash" if self.config["exclude_by"] == "input" else "_task_hash"
        if task[key] in (self._excluded_inputs if key == "_input_hash" else self._excluded_tasks):
            return "excluded by another dataset"
        if self._overlap or not self.config["auto_exclude_current"]:
            return None
        answered = self._answered_inputs if key == "_input_hash" else self._answered_tasks
        return "answered before" if task[key] in answered else None

    def _load_history(self) -> None:
        self._answered_inputs, self._answered_tasks = set[int](), set[int]()
        self._by_session: dict[str, list[tuple[int, int]]] = {}
        for session_id, input_hash, task_hash in self._recorder.answered(self.dataset):
            self._answered_inputs.add(input_hash)
            self._answered_tasks.add(task_hash)
            self._by_session.setdefault(session_id, []).append((input_hash, task_hash))
        self._excluded_inputs, self._excluded_tasks = set[int](), set[int]()
        for name in self.exclude:
            for _, input_hash, task_hash in self._recorder.answered(name):
                self._excluded_inputs.add(input_hash)
                self._excluded_tasks.add(task_hash)
        self._totals = {session_id: len(pairs) for session_id, pairs in self._by_session.items()}

    def _restore(self) -> None:
        for session_id, expires, task in self._recorder.leases():
            try:
                self._broker.restore(self.confirm_session(session_id), task, expires)
            except SettingError as error:
                log.warning("a task stays free: %s", error)

    def _catch_up(self, session: Session) -> None:
        """With full overlap a session that joins late gets what was asked before it came."""
        for task in self._recorder.asked_tasks():
            if not session.has_answered(task, by_input=False) and task["_task_hash"] not in session.held:
                self._broker.add(task, [session], time.time())
        for entry in self._broker.open.values():
            if session.id not in entry.assigned:
                entry.assigned.add(session.id)
                session.waiting.append(entry.task)

    def _make_session(self, session_id: str) -> Session:
        if self.session_factory is not None:
            return self.session_factory(self, session_id)
        pairs = self._by_session.pop(session_id, [])
        return Session(
            session_id,
            self.stream if hasattr(self, "_intake") else None,
            self.batch_size,
            (input_hash for input_hash, _ in pairs),
            (task_hash for _, task_hash in pairs),
            self._totals.get(session_id, 0),
            self.config["total_examples_target"],
        )

    def _check_allowed(self, session_id: str) -> None:
        allowed = self.config["allowed_sessions"]
        if allowed and self.annotator_of(session_id) not in allowed:
            raise SettingError(
                f"session {session_id!r} is not allowed; use ?session= with one of: {', '.join(allowed)}"
            )

    def _target_reached(self, session: Session) -> bool:
        return bool(session.target_annotated) and session.total_annotated >= session.target_annotated


def _router(config: Mapping[str, Any], given: Router | None) -> tuple[Router, bool]:
    """Return the router, and whether it gives every task to everybody."""
    average = config["annotations_per_task"]
    if given is not None:
        return given, given is registry.routers.get("full_overlap")
    if average is not None:
        if config["feed_overlap"]:
            raise SettingError("configuration: feed_overlap and annotations_per_task exclude each other; set one")
        return registry.routers.get("route_average_per_task")(average), False
    overlap = bool(config["feed_overlap"])
    return registry.routers.get("full_overlap" if overlap else "no_overlap"), overlap


def _source_progress(stream: Any) -> float | None:
    source = getattr(stream, "source", stream)
    value = getattr(stream, "progress", None)
    value = getattr(source, "progress", None) if value is None else value
    return value if isinstance(value, float) else None


def _why_done(counts: Mapping[str, int], open_elsewhere: int) -> str:
    came = counts.get("came", 0)
    if not came:
        return "The source is empty: no task came from it."
    parts = [f"{number:,} {reason}" for reason, number in counts.items() if reason != "came"]
    if open_elsewhere:
        parts.append(f"{open_elsewhere:,} still with other annotators")
    tasks = "the only task" if came == 1 else f"all {came:,} tasks"
    return f"You have reached the end: {tasks} of the source came by" + (f" ({', '.join(parts)})." if parts else ".")
