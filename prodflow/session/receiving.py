"""The answering side of a controller: answers are joined with their tasks, looked at by the recipe, and stored."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from prodflow.core.errors import AnswerError
from prodflow.core.task import Task
from prodflow.session import answers as answering
from prodflow.session.asking import Asking
from prodflow.session.record import Recorded, Recorder
from prodflow.session.session import Session


class Receiving:
    """Takes answers of sessions, and takes them back.

    Args:
        controller: the recipe's functions for answers, and the names of annotators.
        asking: knows the tasks, and takes note of what is answered.
        recorder: the store's side.
    """

    def __init__(self, controller: Any, asking: Asking, recorder: Recorder) -> None:
        """Take nothing yet."""
        self._controller = controller
        self._asking = asking
        self._recorder = recorder

    def record(self, session: Session, answers: Any, *, known_only: bool) -> "Future[list[Recorded]]":
        """Store answers; the future is done once they are safe on disk.

        Raises:
            AnswerError: if one of them cannot be stored; then none is.
        """
        if not isinstance(answers, list):
            raise AnswerError(f"answers are a list, got {type(answers).__name__}", path="$.answers")
        prepared = [
            self._prepare(session, answer, f"$.answers[{number}]", known_only) for number, answer in enumerate(answers)
        ]
        return self._asking.store(session, prepared, self._controller.before_db)

    def check(self, session: Session, answer: Any) -> None:
        """Let the recipe look at an answer that is not to be stored.

        Raises:
            AnswerError: status 422 with the recipe's words, 400 if it is no answer.
        """
        if not isinstance(answer, Mapping):
            raise AnswerError(f"an answer is an object, got {answer!r:.60}")
        self._prepare(session, {"answer": "accept", **answer}, "$", known_only=False)

    def undo(self, session: Session, task_hash: int, event_id: str | None) -> Task:
        """Take back a session's answer and let it hold the task again.

        Raises:
            AnswerError: status 404 if there is nothing to take back, 403 if it is another session's.
        """
        task, done_before = self._recorder.undo(session.id, task_hash, event_id)
        if not done_before:
            self._recorder.lease(session.id, [task], self._asking.reopen(session, task)).result()
        return task

    def _prepare(self, session: Session, answer: Any, path: str, known_only: bool) -> Recorded:
        task = answering.task_of(answer, path, self._asking.find, known_only=known_only)
        merged = answering.joined(answer, task)
        answering.validated(merged, self._controller.validate_answer, path)
        name, view_id = self._controller.annotator_of(session.id), self._controller.view_id
        return Recorded(
            answering.completed(merged, session_id=session.id, annotator=name, view_id=view_id),
            event_id=answering.event_id_of(answer, path),
            seconds=answering.seconds_of(answer, path),
            late=task is not None and self._asking.has_lost(session, task["_task_hash"]),
        )
