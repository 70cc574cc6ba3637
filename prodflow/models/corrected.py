"""A spaCy entity recognizer that learns from texts whose entities were corrected."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from prodflow.core.language import Nlp
from prodflow.core.task import Task
from prodflow.models.spacy_learner import SpacyLearner
from prodflow.models.text_learner import text_of

PASSES = 4
"""How often a batch of answers is gone over: there are few of them, and each says all about its text."""


class CorrectedEntities:
    """Learns from texts in which all entities with some labels are marked.

    What is not marked is no entity with one of the labels. What the component itself finds of other labels is learnt
    again, so that it is not forgotten.

    Args:
        nlp: a spaCy language, which is changed.
        labels: the labels that are marked.
        component: the component that finds entities.
        seed: of what is learnt again.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> nlp.add_pipe("ner").add_label("PERSON")
    1
    >>> _ = nlp.initialize()
    >>> model = CorrectedEntities(nlp, ["PERSON"])
    >>> model.update([{"text": "Ann", "spans": [{"start": 0, "end": 3, "label": "PERSON"}], "answer": "accept"}]) > 0
    True
    """

    name = "CorrectedEntities"

    def __init__(self, nlp: Nlp, labels: Sequence[str], component: str = "ner", *, seed: int = 0) -> None:
        """Make the component ready; nothing is learnt yet."""
        self._learner = SpacyLearner(self.name, nlp, component, factory="ner", labels=labels, seed=seed)
        self.nlp = self._learner.nlp
        self.labels = tuple(labels)
        self.version = 0

    def update(self, answers: Iterable[Task]) -> float:
        """Learn from the accepted tasks; return the loss of an example. Others do not say what would be right."""
        accepted = {text_of(answer): answer for answer in answers if answer.get("answer") == "accept"}
        with self._learner.lock:
            examples: dict[Hashable, Any] = {text: self._example(answer) for text, answer in accepted.items()}
            losses = [self._learner.learn(examples) for _ in range(PASSES)]
        self.version += 1
        return losses[-1]

    def _example(self, answer: Task) -> Any:
        from spacy.training import Example
        from spacy.util import filter_spans

        text = answer["text"]
        [reference] = self._learner.documents([text])
        known = [entity for entity in self._learner.pipe(reference).ents if entity.label_ not in self.labels]
        marked = [
            reference.char_span(span["start"], span["end"], label=span["label"]) for span in answer.get("spans") or ()
        ]
        right = filter_spans([span for span in marked if span is not None])
        taken = {token.i for span in right for token in span}
        right += [entity for entity in known if not any(token.i in taken for token in entity)]
        gold = self.nlp.make_doc(text)
        gold.set_ents([gold.char_span(span.start_char, span.end_char, label=span.label_) for span in right])
        return Example(self.nlp.make_doc(text), gold)
