"""A spaCy entity recognizer that learns while its suggestions are judged."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from prodflow.core.task import Scored, Task
from prodflow.models.spacy_learner import SpacyLearner
from prodflow.models.text_learner import TextLearner, judged_spans, span_of

BEAM_WIDTH = 16
BEAM_DENSITY = 0.0001

_WRONG = "prodflow_wrong"
"""Where spaCy finds the spans that are known to be no entity."""

Entity: TypeAlias = tuple[int, int, str]
"""Start and end in characters, and label."""


class EntityRecognizer(TextLearner):
    """Suggests entities from the likeliest analyses of a text, one a task, and learns from accept and reject.

    A beam of analyses gives each entity its probability, also those that the best analysis leaves out. An accepted
    span is learnt as an entity, a rejected one as none; about all else in the text nothing is said. A rejected task
    with several spans tells nothing, for it is not known which one is wrong.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the labels to suggest; None for those of the component.
        component: the component that finds entities, `ner` if not given; one of that kind is added if it is not there.
        min_score: entities less likely than this are not suggested; None for 0.01.
        seed: of new weights.
        replay_size: how many texts are kept to learn again.

    Raises:
        SettingError: if the language cannot be had, there are no labels, or a setting is out of range.

    >>> model = EntityRecognizer("blank:en", ["LANGUAGE"])
    >>> model.labels, model.version
    (('LANGUAGE',), 0)
    """

    name = "EntityRecognizer"
    factory = "ner"
    likely = 0.01

    def _prepare(self, learner: SpacyLearner) -> None:
        super()._prepare(learner)
        # spaCy takes this only when a component is made; one that is there already is told here.
        learner.pipe.cfg["incorrect_spans_key"] = _WRONG
        learner.pipe.moves.cfg["neg_key"] = _WRONG

    def predict(self, texts: Sequence[str]) -> list[dict[Entity, float]]:
        """Return the probabilities of the entities that are likely enough, for each text, from left to right."""
        pipe = self._learner.pipe
        with self._learner.lock:
            documents = self._learner.documents(texts)
            beams = pipe.beam_parse(documents, beam_width=BEAM_WIDTH, beam_density=BEAM_DENSITY) if documents else []
            return [self._likely(*found) for found in zip(documents, pipe.scored_ents(beams), strict=True)]

    def _likely(self, document: Any, scores: dict[Any, float]) -> dict[Entity, float]:
        likely = {}
        for (first, end, label), score in sorted(scores.items()):
            if label in self.labels and score >= self.min_score:
                span = document[first:end]
                likely[span.start_char, span.end_char, label] = min(1.0, float(score))
        return likely

    def _questions(self, task: Task, scores: dict[Entity, float]) -> Iterator[Scored]:
        return ((score, {"spans": [span_of(task["text"], *entity)]}) for entity, score in scores.items())

    def _told(self, answer: Task) -> dict[Entity, bool]:
        return judged_spans(answer)

    def _tell(self, known: dict[Entity, bool], fact: Entity, right: bool) -> None:
        """An accepted entity takes the place of accepted ones it overlaps, for a token has one label."""
        start, end, _ = fact
        for other, was_right in list(known.items()):
            if other == fact or (right and was_right and start < other[1] and other[0] < end):
                del known[other]
        known[fact] = right

    def _example(self, text: str, known: dict[Entity, bool]) -> Any:
        from spacy.training import Example

        reference = self.nlp.make_doc(text)
        right: list[Any] = []
        wrong: list[Any] = []
        for (start, end, label), is_right in known.items():
            # Spans that are not made of whole tokens cannot be learnt.
            if (span := reference.char_span(start, end, label=label)) is not None:
                (right if is_right else wrong).append(span)
        reference.set_ents(right, default="missing")
        reference.spans[_WRONG] = wrong
        return Example(self.nlp.make_doc(text), reference)
