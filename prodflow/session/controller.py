"""The controller: puts the components of a recipe together; the authority over what is asked and what is answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from prodflow.core.config import get_config, get_home
from prodflow.core.routing import Router
from prodflow.core.task import Task
from prodflow.session.asking import Asking
from prodflow.session.components import BeforeDb, check_components, names_in, own_session_id, with_own_storage
from prodflow.session.lessons import Lessons
from prodflow.session.progress import Progress, ProgressMeter
from prodflow.session.receiving import Receiving
from prodflow.session.record import Recorded, Recorder
from prodflow.session.schema import get_schema
from prodflow.session.session import Session
from prodflow.session.session_ids import SessionIds
from prodflow.store.database import Database


class Controller:
    """Asks tasks of a stream, takes answers, stores them and lets a model learn from them.

    Args:
        dataset: the dataset that answers go to; False to store nothing.
        view_id: the annotation interface.
        stream: the tasks: a `Stream`, a pipeline, a list or any iterable.
        update: called with each batch of stored answers; may return a loss.
        db: a `Database`; None for the default store; False to store nothing; a function or an object with
            `add_examples` gets the answers too.
        progress: `(controller, update_return_value) -> float`.
        on_load: called with the controller before the first task is asked for.
        on_exit: called with the controller when the server stops.
        before_db: called with answers before they are stored; what it returns is stored in their place, or, where it
            returns nothing, what it changed in them.
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
        before_db: BeforeDb | None = None,
        validate_answer: Callable[[Task], Any] | None = None,
        get_session_id: Callable[[], str] | None = None,
        exclude: Sequence[str] | str | None = None,
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
        get_schema(view_id, json=False)  # an unknown view is refused before the store is opened
        self.name = name
        self.view_id = view_id
        self.config = get_config(config_overrides, recipe=config)
        self.update = update
        self.on_load = on_load
        self.on_exit = on_exit
        self.has_own_progress = progress is not None
        self.before_db = with_own_storage(db, dataset, before_db)
        self.validate_answer = validate_answer
        self.get_session_id = get_session_id
        self.exclude = names_in(exclude)
        self.metrics = metrics
        self.session_factory = session_factory
        self.event_hooks = dict(event_hooks or {})
        self.home: Path = get_home()
        self.batch_size: int = self.config["batch_size"]
        self.update_return_value: Any = None
        self._lessons = Lessons(update) if update is not None else None
        self._loaded = False
        self._meter = ProgressMeter(progress, learns=update is not None, target=self.config["total_examples_target"])
        unnamed = own_session_id(get_session_id)
        self._recorder = Recorder(db, dataset, session_id=unnamed, keep_base64=self.config["keep_base64"])
        self.dataset: str = self._recorder.dataset
        try:
            self._asking = Asking(self, stream, self._recorder, task_router, session_factory)
            self._receiving = Receiving(self, self._asking, self._recorder)
            self._asking.restore()
        except BaseException:
            self._recorder.close()
            raise

    @classmethod
    def from_components(
        cls, name: str, components: Mapping[str, Any], config_overrides: Mapping[str, Any] | None = None
    ) -> "Controller":
        """Make a controller of the dict a recipe returns.

        Raises:
            SettingError: if a component is missing, unknown or of the wrong kind.
        """
        check_components(name, components)
        return cls(**components, config_overrides=config_overrides, name=name)

    @property
    def db(self) -> Database:
        """The database behind the controller."""
        return self._recorder.database

    @property
    def stream(self) -> Any:
        """The stream of tasks."""
        return self._asking.intake.stream

    @property
    def task_router(self) -> Router:
        """What decides who gets a task."""
        return self._asking.router

    @property
    def session_id(self) -> str:
        """The id of the unnamed session."""
        return self._recorder.session_id

    @property
    def session_ids(self) -> SessionIds:
        """The ids of the sessions that have connected, and of all where only some are allowed; a fresh list."""
        with self._asking.lock:
            return SessionIds(self._asking.sessions)

    @property
    def total_annotated(self) -> int:
        """How many answers the dataset holds."""
        with self._asking.lock:
            return self._asking.answered.totals.total()

    @property
    def session_annotated(self) -> int:
        """How many tasks were answered since the controller was made, in all sessions."""
        return sum(self.session_annotated_by_session.values())

    @property
    def session_annotated_by_session(self) -> dict[str, int]:
        """The same, by session."""
        with self._asking.lock:
            return {name: session.annotated for name, session in self._asking.sessions.items()}

    @property
    def queue(self) -> Iterator[list[Task]]:
        """Batches of tasks for the unnamed session, until there are no more."""
        while batch := self.get_questions():
            yield batch

    @property
    def losses(self) -> list[tuple[int, float]]:
        """What `update` returned in this run, with the number of answers it had had by then."""
        return list(self._meter.lessons)

    @property
    def asked_counts(self) -> dict[str, int]:
        """How many tasks `came` from the stream, and by reason how many of them were not asked."""
        return dict(self._asking.intake.counts)

    @property
    def stream_error(self) -> Exception | None:
        """What stopped the stream, if it did not just end; else why the first task does not fit, if none does."""
        intake = self._asking.intake
        return intake.error or (intake.misfit if intake.nothing_fits else None)

    @property
    def is_empty(self) -> bool:
        """Whether the stream ended without a single task, and nothing is open from before."""
        with self._asking.lock:
            intake = self._asking.intake
            return intake.exhausted and not intake.counts["came"] and not self._asking.broker.open

    def load(self) -> None:
        """Make sure that the dataset is there, and call `on_load`; once."""
        if self._loaded:
            return
        self._loaded = True
        self._recorder.add_dataset()
        if self.on_exit is not None:  # recipes ask there for the examples of `session_id`, whoever answered
            self._recorder.add_session(self.session_id, self.annotator_of(self.session_id))
        if self.on_load is not None:
            self.on_load(self)

    def peek(self) -> list[Task]:
        """Read a first batch for nobody yet, so that what is wrong with the stream shows before the server starts."""
        with self._asking.stream_lock:
            return self._asking.intake.peek(self.batch_size)

    def open_tasks(self) -> list[Task]:
        """Return the tasks that are out or wait to be."""
        with self._asking.lock:
            return [entry.task for entry in self._asking.broker.open.values() if not entry.asleep]

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
        return self._asking.confirm(session_id or self.session_id)

    def has_session(self, session_id: str) -> bool:
        """Tell whether a session is here."""
        return session_id in self._asking.sessions

    def add_session(self, session: Session) -> None:
        """Let a session take part."""
        self._asking.add(session)

    def get_questions(
        self,
        session_id: str | None = None,
        excludes: Sequence[int] | None = None,
        *,
        count: int | None = None,
    ) -> list[Task]:
        """Return the tasks a session holds already, and new ones up to a batch; reads the stream if too few are ready.

        Args:
            session_id: whose; None for the unnamed session.
            excludes: task hashes not to send, such as those the client has already.
            count: how many; the batch size if not given.
        """
        self.look_ahead(session_id, count)
        batch, leased = self.lease_questions(session_id, excludes, count=count)
        leased.result()
        return batch

    def lease_questions(
        self, session_id: str | None, excludes: Sequence[int] | None = None, *, count: int | None = None
    ) -> tuple[list[Task], "Future[None]"]:
        """Return what is ready without reading the stream, and a future: the journal knows who holds the tasks."""
        session = self.confirm_session(session_id)
        return self._asking.lease(session, count or session.batch_size, excludes or ())

    def look_ahead(
        self, session_id: str | None = None, count: int | None = None, gives_way: Callable[[], bool] | None = None
    ) -> None:
        """Pull tasks until a batch is ready for the session, there are no more, or it has some and `gives_way()`."""
        session = self.confirm_session(session_id)
        self._asking.look_ahead(session, count or session.batch_size, gives_way)

    def count_missing(self, session_id: str | None = None, count: int | None = None) -> int:
        """Return how many tasks the stream has yet to give before a batch is ready; 0 where it has no more."""
        session = self.confirm_session(session_id)
        return self._asking.count_missing(session, count or session.batch_size)

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
        return self._receiving.record(self.confirm_session(session_id), answers, known_only=known_only)

    def check_answer(self, answer: Any, session_id: str | None = None) -> None:
        """Let the recipe look at an answer that is not to be stored.

        Raises:
            AnswerError: status 422 with the recipe's words, 400 if it is no answer.
        """
        self._receiving.check(self.confirm_session(session_id), answer)

    def learn(self, recorded: list[Recorded]) -> None:
        """Call `update` with stored answers; where it raises they wait for another try, and no answer is lost."""
        fresh = [item.task for item in recorded if not item.duplicate and "_error" not in item.task]
        if self._lessons is None or not (fresh or self._lessons.waiting):
            return
        with self._asking.at_rest():
            learnt = self._lessons.learn(fresh)
        if learnt:
            self.update_return_value = self._lessons.value
            self._meter.learnt(self.update_return_value, learnt)

    def undo(self, session_id: str | None, task_hash: int, event_id: str | None = None) -> Task:
        """Take back a session's answer and let it hold the task again.

        Raises:
            AnswerError: status 404 if there is nothing to take back, 403 if it is another session's.
        """
        return self._receiving.undo(self.confirm_session(session_id), task_hash, event_id)

    def history(self, session_id: str | None = None, limit: int = 50, *, with_changes: bool = False) -> list[Task]:
        """Return a session's latest answers, the newest first; `with_changes`: with `_changed` and `_asked`."""
        return self._recorder.history(self.confirm_session(session_id).id, limit, with_changes=with_changes)

    def events_since(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """Return the journal's events of this dataset after a place in it."""
        return self._recorder.events_since(seq, limit)

    def get_total_by_session(self, session_id: str) -> int:
        """Return how many answers a session has in the dataset."""
        with self._asking.lock:
            return self._asking.answered.totals.get(session_id, 0)

    @property
    def progress(self) -> float | None:
        """The progress of the whole, in [0, 1]; None where it cannot be known."""
        return self.get_progress()

    def get_progress(self, session_id: str | None = None) -> float | None:
        """Return the progress for a session, in [0, 1]; None where it cannot be known."""
        return self.measure_progress(session_id).value

    def measure_progress(self, session_id: str | None = None) -> Progress:
        """Return the progress and what it measures: a recipe's own, the model's, the target's or the source's."""
        return self._meter.measure(self, session_id)

    def done_reason(self, session_id: str | None = None) -> str | None:
        """Say in a sentence why a session gets nothing more; None while there is more to come."""
        return self._asking.done_reason(self.confirm_session(session_id))

    def reset_stream(
        self, new_stream: Any, apply_wrappers: bool = False, *, prepend_old_wrappers: bool = False
    ) -> None:
        """Ask tasks of another stream from now on; what waits or is out is not asked again, but may be answered.

        Args:
            new_stream: the stream.
            apply_wrappers: apply to it what was applied to the stream before.
            prepend_old_wrappers: the same, before what was applied to the new one.
        """
        again = (apply_wrappers or prepend_old_wrappers) and hasattr(self.stream, "rewrap")
        self._asking.reset(self.stream.rewrap(new_stream, first=prepend_old_wrappers) if again else new_stream)

    def stop_reading(self) -> Callable[[], bool]:
        """Pull no more of the stream, from any thread; return what tells whether it is still at work on a task."""
        self._asking.stop_reading()
        return lambda: self._asking.intake.reading

    def save(self, *, started: bool = True) -> None:
        """Close the stream, call `on_exit` and close the store.

        Args:
            started: false after a start that failed: a dataset that it made is not left behind.
        """
        try:
            self._asking.close()
            if self.on_exit is not None:
                self.on_exit(self)
        finally:
            try:
                if not started:
                    self._recorder.drop_empty_dataset()
            finally:
                self._recorder.close()
