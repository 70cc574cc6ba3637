"""Between the event loop and the controller: the model works beside the server, and no request waits for it."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from prodflow.core.errors import AnswerError, SettingError
from prodflow.core.task import Task
from prodflow.server.dashboard import Dashboard
from prodflow.server.media import MediaIds
from prodflow.server.media_roots import MediaRoots
from prodflow.server.peaks import Peaks
from prodflow.server.stage_times import StageTimes
from prodflow.server.worker import Worker
from prodflow.session.controller import Controller
from prodflow.session.progress import Progress
from prodflow.session.record import Recorded
from prodflow.store.event import check_hash

log = logging.getLogger("prodflow")

_MODEL_THREAD = "prodflow-model"
PATIENCE_S = 0.1
"""How long a request waits for a full batch where part of it is ready."""


class Service:
    """Asynchronous questions and answers over a controller.

    One worker thread pulls the stream and lets the model learn, in the order of the answers. After each request it
    makes the next batch ready, so that the next request finds it there.

    Args:
        controller: what is asked and answered.
        roots: the folders whose media may be shown; any if not given.
    """

    def __init__(self, controller: Controller, roots: MediaRoots | None = None) -> None:
        """Know the media of the tasks that are out already."""
        self.controller = controller
        self.media = MediaIds(controller.db.folder / "media.key", roots)
        self.peaks = Peaks(controller.db.folder / "peaks")
        self.times = StageTimes(
            _MODEL_THREAD, lambda: [count.stage for count in getattr(controller.stream, "counts", ())]
        )
        self.dashboard = Dashboard(controller, self.media, self.times)
        self._worker = Worker(_MODEL_THREAD)
        self._measuring = Worker("prodflow-progress")
        self._measured: asyncio.Future[Progress] | None = None
        self._known_progress = Progress(None, "custom")
        self.stopping = False
        self.waits_for: str | None = None
        """What of the recipe the end of the server waits for."""
        self._looking_ahead: set[str] = set()
        self._empty_handed: Counter[str] = Counter()
        """Whose requests wait for tasks, and how many each."""
        self._to_learn: deque[list[Recorded]] = deque()
        for task in controller.open_tasks():
            self.media.outgoing(task)

    async def session_id(self, given: Any) -> str:
        """Check a session id that came from a client.

        Raises:
            AnswerError: if it is no text, of another dataset, or not allowed.
        """
        controller = self.controller
        given = controller.session_id if given is None else given
        if not isinstance(given, str) or not 0 < len(given) <= 200 or not given.isprintable():
            raise AnswerError(f"session_id={given!r:.60} is no short text", path="$.session_id")
        if given != controller.session_id and not given.startswith(f"{controller.dataset}-"):
            raise AnswerError(f"no session {given!r:.60} in {controller.dataset!r}", path="$.session_id", status=404)
        if not controller.has_session(given):
            try:
                await asyncio.to_thread(controller.confirm_session, given)
            except SettingError as error:
                raise AnswerError(str(error), path="$.session_id", status=403) from error
        return given

    async def questions(self, session_id: str, count: int | None) -> dict[str, Any]:
        """Return a batch of tasks; a busy model is only waited for where nothing at all is ready."""
        controller = self.controller
        wanted = count or controller.batch_size
        if controller.count_missing(session_id, wanted):
            work = self._in_worker(self._read_on, session_id, wanted)
            self._empty_handed[session_id] += 1
            try:
                await self._wait_for(work, lambda: controller.count_missing(session_id, wanted) == wanted)
            finally:
                self._empty_handed -= Counter((session_id,))
        batch, leased = controller.lease_questions(session_id, count=count)
        if not leased.done():  # mostly it is: then there is no need to be woken by another thread
            await asyncio.wrap_future(leased)
        leased.result()
        if batch:
            self._look_ahead_soon(session_id)
        return {
            "tasks": [self.media.outgoing(task) for task in batch],
            **await self.standing(session_id),
            "done_reason": None if batch else controller.done_reason(session_id),
        }

    async def _wait_for(self, work: "asyncio.Future[Any]", has_nothing: Callable[[], bool]) -> None:
        """Wait for tasks; not for long once some are ready, and not when the server stops."""
        await asyncio.wait({work}, timeout=PATIENCE_S)
        while not work.done() and not self.stopping and has_nothing():
            await asyncio.wait({work}, timeout=PATIENCE_S)

    async def answers(self, session_id: str, answers: Any) -> dict[str, Any]:
        """Store answers; the reply waits for the disk, not for the model."""
        given = self.media.incoming(answers, "$.answers")
        controller = self.controller
        if controller.validate_answer is None and controller.before_db is None:
            stored = controller.record(given, session_id, known_only=True)
        else:
            stored = await asyncio.to_thread(controller.record, given, session_id, known_only=True)
        recorded = await asyncio.wrap_future(stored)
        if controller.update is not None and recorded:
            self._learn_soon(recorded)
        self._look_ahead_soon(session_id)
        results = [
            {"_event_id": item.event_id, "seq": item.seq, "duplicate": item.duplicate, "late": item.late}
            for item in recorded
        ]
        return {**await self.standing(session_id), "results": results}

    async def undo(self, session_id: str, task_hash: Any, event_id: Any) -> dict[str, Any]:
        """Take an answer back and give the task out again."""
        check_hash(task_hash, "$._task_hash")
        if event_id is not None and not (isinstance(event_id, str) and 0 < len(event_id) <= 64):
            raise AnswerError(f"_event_id={event_id!r:.80} is no text of 1 to 64 characters", path="$._event_id")
        task = await asyncio.to_thread(self.controller.undo, session_id, task_hash, event_id)
        return {"task": self.media.outgoing(task), **await self.standing(session_id)}

    async def validate(self, session_id: str, answer: Any) -> None:
        """Let the recipe look at an answer that is not to be stored yet."""
        given = self.media.incoming(answer, "$")
        await asyncio.to_thread(self.controller.check_answer, given, session_id)

    async def call_hook(self, name: str, payload: dict[str, Any]) -> Any:
        """Call a function of the recipe.

        Raises:
            AnswerError: 404 if there is none of that name, 400 with its words if it raised.
        """
        hook = self.controller.event_hooks.get(name)
        if hook is None:
            known = ", ".join(sorted(self.controller.event_hooks)) or "none"
            raise AnswerError(f"no event {name!r:.60} (known: {known})", status=404)
        given = self.media.incoming(payload, "$", strict=False)
        try:
            return self.media.shown(await asyncio.to_thread(hook, self.controller, **given))
        except Exception as error:
            log.exception("event %s raised", name)
            raise AnswerError(f"event {name}: {error}", status=400) from error

    async def history(self, session_id: str, limit: int) -> list[Task]:
        """Return a session's latest answers, each with what the annotator changed of the task."""
        tasks = await asyncio.to_thread(self.controller.history, session_id, limit, with_changes=True)
        return [self.media.outgoing(task) for task in tasks]

    async def standing(self, session_id: str) -> dict[str, Any]:
        """Return how far a session and the dataset are."""
        controller = self.controller
        progress = await self._progress(session_id)
        return {
            "progress": {"value": progress.value, "kind": progress.kind},
            "total": controller.total_annotated,
            "session_total": controller.get_total_by_session(session_id),
            "session_id": session_id,
        }

    async def _progress(self, session_id: str) -> Progress:
        """Measure the progress; a recipe's own function does so beside the server, and is not waited for long."""
        if not self.controller.has_own_progress:
            return self.controller.measure_progress(session_id)
        if self._measured is None or self._measured.done():
            self._measured = asyncio.wrap_future(self._measuring.submit(self.controller.measure_progress))
        measured = self._measured
        await asyncio.wait({measured}, timeout=PATIENCE_S)
        if measured.done() and not measured.cancelled():
            self._known_progress = measured.result()
        return self._known_progress

    def stop_asking(self) -> Callable[[], bool]:
        """Let who waits for tasks go, from any thread; return what tells whether the stream is still at work."""
        self.stopping = True
        return self.controller.stop_reading()

    async def close(self) -> None:
        """Let the worker finish what it has begun, unless it waits for input, and the model learn what is left."""
        is_reading = self.stop_asking()
        self._measuring.close(lambda: True, patience_s=0.0)
        await asyncio.to_thread(self.dashboard.close)
        await asyncio.to_thread(self.times.close)
        await asyncio.to_thread(self.peaks.close)
        self.waits_for = "the stream's task at work" if self.controller.update is None else "update"
        await asyncio.to_thread(self._worker.close, is_reading)
        await asyncio.to_thread(self._learn)
        self.waits_for = None if self.controller.on_exit is None else "on_exit"
        await asyncio.to_thread(self.controller.save)

    def _learn_soon(self, recorded: list[Recorded]) -> None:
        """Let the model learn from all that came since it began its last lesson, in one."""
        self._to_learn.append(recorded)
        self._worker.submit(self._learn).add_done_callback(_report)

    def _learn(self) -> None:
        lesson: list[Recorded] = []
        while self._to_learn:
            lesson += self._to_learn.popleft()
        self.controller.learn(lesson)

    def _look_ahead_soon(self, session_id: str) -> None:
        wanted = 2 * self.controller.batch_size
        if session_id in self._looking_ahead or not self.controller.count_missing(session_id, wanted):
            return
        self._looking_ahead.add(session_id)

        def look_ahead() -> None:
            self._looking_ahead.discard(session_id)
            self._read_on(session_id, wanted)

        # Who has tasks does not keep those waiting who have none.
        self._worker.submit_later(look_ahead).add_done_callback(_report)

    def _read_on(self, session_id: str, wanted: int) -> None:
        """Make tasks ready; of a slow stream not all at once while somebody else has none: it serves all in turns."""
        end = time.monotonic() + PATIENCE_S

        def gives_way() -> bool:
            return time.monotonic() > end and len(self._empty_handed) > (session_id in self._empty_handed)

        self.controller.look_ahead(session_id, wanted, gives_way)

    def _in_worker(self, work: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = asyncio.wrap_future(self._worker.submit(work, *args))
        future.add_done_callback(_report)
        return future


def _report(done: Any) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("the stream's worker failed: %s", error, exc_info=error)
