"""A spaCy text classifier that learns while texts are annotated."""

from collections.abc import Iterator, Sequence
from typing import Any

from prodflow.core.task import Scored, Task
from prodflow.models.text_learner import TextLearner


class TextClassifier(TextLearner):
    """Scores whether labels apply to texts, and learns from answers.

    Each task becomes one for each label, with the label's probability; a task that has one of the labels is scored for
    that alone. An answer tells about its "label" only, one with "options" about all of them; what is not told stays
    open. Answers about one text come together; "ignore" tells nothing.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the labels; None for those of the component.
        component: the component that scores, `textcat_multilabel` if not given; one of that kind is added if it is not
            there.
        min_score: labels less likely than this are not asked about; None for 0.
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
    factory = "textcat_multilabel"

    def predict(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return the probabilities of the labels, for each text."""
        with self._learner.lock:
            documents = list(self._learner.pipe.pipe(self._learner.documents(texts)))
        return [{label: float(document.cats[label]) for label in self.labels} for document in documents]

    def _questions(self, task: Task, scores: dict[str, float]) -> Iterator[Scored]:
        labels = (task["label"],) if task.get("label") in scores else self.labels
        return ((scores[label], {"label": label}) for label in labels if scores[label] >= self.min_score)

    def _told(self, answer: Task) -> dict[str, bool]:
        decision = answer.get("answer")
        if decision == "accept" and answer.get("options"):
            chosen = answer.get("accept") or ()
            offered = [option.get("id") for option in answer["options"]]
            return {label: label in chosen for label in self.labels if label in offered}
        if decision in ("accept", "reject") and answer.get("label") in self.labels:
            return {answer["label"]: decision == "accept"}
        return {}

    def _example(self, text: str, known: dict[str, bool]) -> Any:
        from spacy.training import Example

        reference = self.nlp.make_doc(text)
        reference.cats = {label: float(right) for label, right in known.items()}
        return Example(self.nlp.make_doc(text), reference)
