"""A spaCy text classifier that learns while texts are annotated."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from more_itertools import batched

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.language import Nlp
from prodflow.core.task import Scored, Task
from prodflow.models.spacy_learner import SpacyLearner, checked_labels

BATCH_SIZE = 32


class TextClassifier:
    """Scores whether labels apply to texts, and learns from answers.

    Each task becomes one for each label, with the label's probability; a task that has one of the labels is scored for
    that alone. An answer tells about its "label" only, one with "options" about all of them; what is not told stays
    open. Answers about one text come together; "ignore" tells nothing.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the labels; None for those of the component.
        component: the component that scores; one of the kind `textcat_multilabel` is added if it is not there.
        seed: of new weights.
        replay_size: how many texts are kept to learn again.

    Raises:
        SettingError: if the language cannot be had, or there are no labels.

    >>> model = TextClassifier("blank:en", ["SPAM"])
    >>> [(score, task)] = model([{"text": "Win now"}])
    >>> task["label"], 0 <= score <= 1, model.version
    ('SPAM', True, 0)
    """

    name = "TextClassifier"

    def __init__(
        self,
        nlp: Nlp,
        labels: Iterable[str] | str | None = None,
        component: str = "textcat_multilabel",
        *,
        seed: int = 0,
        replay_size: int = 2000,
    ) -> None:
        """Make the component ready; nothing is learnt yet."""
        wanted = checked_labels("TextClassifier", labels)
        self._learner = SpacyLearner(
            "TextClassifier",
            nlp,
            component,
            factory="textcat_multilabel",
            labels=wanted,
            seed=seed,
            replay_size=replay_size,
        )
        self.nlp = self._learner.nlp
        self.labels = wanted or tuple(self._learner.pipe.labels)
        self.version = 0
        self._told: dict[str, dict[str, float]] = {}

    def __call__(self, stream: Iterable[Task], batch_size: int = BATCH_SIZE) -> Iterator[Scored]:
        """Yield `(score, task)` for each label of each task; a batch is read ahead.

        Raises:
            SettingError: at once, if the batch size is below 1.
            TaskError: at the first batch with a task without a "text".
        """
        if batch_size < 1:
            raise SettingError(f"TextClassifier: batch_size={batch_size!r} must be 1 or more")
        return self._scored(stream, batch_size)

    def _scored(self, stream: Iterable[Task], batch_size: int) -> Iterator[Scored]:
        for batch in batched(stream, batch_size):
            for task, scores in zip(batch, self.predict([text_of(task) for task in batch]), strict=True):
                for label in (task["label"],) if task.get("label") in scores else self.labels:
                    asked = {key: value for key, value in task.items() if key != "_task_hash"}
                    yield scores[label], set_hashes({**asked, "label": label})

    def predict(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return the probabilities of the labels, for each text."""
        with self._learner.lock:
            documents = list(self._learner.pipe.pipe(self._learner.documents(texts)))
        return [{label: float(document.cats[label]) for label in self.labels} for document in documents]

    def update(self, answers: Iterable[Task]) -> float:
        """Learn from answered tasks; return the loss of an example."""
        texts: dict[str, None] = {}
        for answer in answers:
            if told := _told(answer, self.labels):
                self._told.setdefault(text_of(answer), {}).update(told)
                texts[text_of(answer)] = None
        loss = self._learner.learn({text: self._example(text) for text in texts})
        self.version += 1
        return loss

    def _example(self, text: str) -> Any:
        from spacy.training import Example

        reference = self.nlp.make_doc(text)
        reference.cats = dict(self._told[text])
        return Example(self.nlp.make_doc(text), reference)


def _told(answer: Task, labels: Sequence[str]) -> dict[str, float]:
    """What an answer says of the labels: 1 that it applies, 0 that it does not."""
    decision = answer.get("answer")
    if decision == "accept" and answer.get("options"):
        chosen = answer.get("accept") or ()
        offered = [option.get("id") for option in answer["options"]]
        return {label: float(label in chosen) for label in labels if label in offered}
    if decision in ("accept", "reject") and answer.get("label") in labels:
        return {answer["label"]: float(decision == "accept")}
    return {}


def text_of(task: Task) -> str:
    """Return a task's text.

    Raises:
        TaskError: if it has none.
    """
    text = task.get("text")
    if not isinstance(text, str):
        raise TaskError(f"text={text!r:.80} is not a text (keys: {', '.join(map(repr, task))})")
    return text
