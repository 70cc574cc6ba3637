"""What the models have in common that let a spaCy component learn while its suggestions are judged one by one."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from more_itertools import batched

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.language import Nlp
from prodflow.core.task import Scored, Task
from prodflow.models.spacy_learner import SpacyLearner, checked_labels

BATCH_SIZE = 32


class TextLearner(ABC):
    """Makes questions of texts, each with its probability, and learns from accept and reject.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the labels to ask about; None for those of the component.
        component: its name; one of this kind is added if it is not there.
        min_score: what is less likely than this is not asked; None for what suits the kind.
        seed: of new weights.
        replay_size: how many texts are kept to learn again.

    Raises:
        SettingError: if the language cannot be had, there are no labels, or a setting is out of range.
    """

    name: ClassVar[str]
    factory: ClassVar[str]
    """spaCy's name for the kind of component."""
    likely: ClassVar[float] = 0.0
    """What is less likely than this is not asked, unless `min_score` says otherwise."""
    learn_rate: ClassVar[float | None] = None
    """None for that of the pipeline's configuration."""

    def __init__(
        self,
        nlp: Nlp,
        labels: Iterable[str] | str | None = None,
        component: str | None = None,
        *,
        min_score: float | None = None,
        seed: int = 0,
        replay_size: int = 2000,
    ) -> None:
        """Make the component ready; nothing is learnt yet."""
        self.min_score = self.likely if min_score is None else min_score
        if not 0 <= self.min_score <= 1:
            raise SettingError(f"{self.name}: min_score={min_score!r} is outside [0, 1]")
        wanted = checked_labels(self.name, labels)
        self._learner = SpacyLearner(
            self.name,
            nlp,
            component or self.factory,
            factory=self.factory,
            labels=wanted,
            seed=seed,
            replay_size=replay_size,
        )
        self.nlp = self._learner.nlp
        self.labels = wanted or tuple(self._learner.pipe.labels)
        self.version = 0
        self._known: dict[str, dict[Any, bool]] = {}
        self._prepare(self._learner)

    def _prepare(self, learner: SpacyLearner) -> None:
        """Tell the component what it needs to know for learning."""
        if self.learn_rate is not None:
            learner.optimizer.learn_rate = self.learn_rate

    def __call__(self, stream: Iterable[Task], batch_size: int = BATCH_SIZE) -> Iterator[Scored]:
        """Yield `(score, task)` for each question about each task; a batch is read ahead.

        Raises:
            SettingError: at once, if the batch size is below 1.
            TaskError: at the first batch with a task without a "text".
        """
        if batch_size < 1:
            raise SettingError(f"{self.name}: batch_size={batch_size!r} must be 1 or more")
        return self._scored(stream, batch_size)

    def _scored(self, stream: Iterable[Task], batch_size: int) -> Iterator[Scored]:
        for batch in batched(stream, batch_size):
            for task, scores in zip(batch, self.predict([text_of(task) for task in batch]), strict=True):
                plain = {key: value for key, value in task.items() if key != "_task_hash"}
                for score, asked in self._questions(task, scores):
                    yield score, set_hashes({**plain, **asked})

    @abstractmethod
    def predict(self, texts: Sequence[str]) -> list[dict[Any, float]]:
        """Return the probabilities of what may be asked, for each text."""

    @abstractmethod
    def _questions(self, task: Task, scores: dict[Any, float]) -> Iterator[Scored]:
        """Yield what to put into the task for each question about it."""

    def update(self, answers: Iterable[Task]) -> float:
        """Learn from answered tasks; return the loss of an example."""
        texts: dict[str, None] = {}
        for answer in answers:
            if told := self._told(answer):
                known = self._known.setdefault(text_of(answer), {})
                for fact, right in told.items():
                    self._tell(known, fact, right)
                texts[text_of(answer)] = None
        loss = self._learner.learn({text: self._example(text, self._known[text]) for text in texts})
        self.version += 1
        return loss

    @abstractmethod
    def _told(self, answer: Task) -> dict[Any, bool]:
        """What an answer says: what is right, and what is not."""

    def _tell(self, known: dict[Any, bool], fact: Any, right: bool) -> None:
        """Add a fact to those known of a text."""
        known[fact] = right

    @abstractmethod
    def _example(self, text: str, known: dict[Any, bool]) -> Any:
        """Return spaCy's example of what is known of a text."""


def span_of(text: str, start: int, end: int, label: str) -> Task:
    """Return a span of a text.

    >>> span_of("Hi Ann", 3, 6, "PERSON")
    {'start': 3, 'end': 6, 'text': 'Ann', 'label': 'PERSON'}
    """
    return {"start": start, "end": end, "text": text[start:end], "label": label}


def judged_spans(answer: Task) -> dict[tuple[int, int, str], bool]:
    """Return the spans of an answer that it says are right, or the one that it says is wrong.

    Of several spans in a rejected task it is not known which one is wrong.
    """
    spans = [span for span in answer.get("spans") or () if span.get("label")]
    decision = answer.get("answer")
    if decision not in ("accept", "reject") or (decision == "reject" and len(spans) != 1):
        return {}
    return {(span["start"], span["end"], span["label"]): decision == "accept" for span in spans}


def text_of(task: Task) -> str:
    """Return a task's text.

    Raises:
        TaskError: if it has none.
    """
    text = task.get("text")
    if not isinstance(text, str):
        raise TaskError(f"text={text!r:.80} is not a text (keys: {', '.join(map(repr, task))})")
    return text
