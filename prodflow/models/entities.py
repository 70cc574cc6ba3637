"""A spaCy entity recognizer that learns while its suggestions are judged."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from more_itertools import batched

from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.language import Nlp
from prodflow.core.task import Scored, Task
from prodflow.models.spacy_learner import SpacyLearner, checked_labels
from prodflow.models.text import text_of

BATCH_SIZE = 32
BEAM_WIDTH = 16
BEAM_DENSITY = 0.0001

_WRONG = "prodflow_wrong"
"""Where spaCy finds the spans that are known to be no entity."""

Entity: TypeAlias = tuple[int, int, str]
"""Start and end in characters, and label."""


class EntityRecognizer:
    """Suggests entities from the likeliest analyses of a text, one a task, and learns from accept and reject.

    A beam of analyses gives each entity its probability, also those that the best analysis leaves out. An accepted
    span is learnt as an entity, a rejected one as none; about all else in the text nothing is said. A rejected task
    with several spans tells nothing, for it is not known which one is wrong.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the labels to suggest; None for those of the component.
        component: the component that finds entities; one of the kind `ner` is added if it is not there.
        min_score: entities less likely than this are not suggested.
        seed: of new weights.
        replay_size: how many texts are kept to learn again.

    Raises:
        SettingError: if the language cannot be had, there are no labels, or a setting is out of range.

    >>> model = EntityRecognizer("blank:en", ["LANGUAGE"])
    >>> model.labels, model.version
    (('LANGUAGE',), 0)
    """

    name = "EntityRecognizer"

    def __init__(
        self,
        nlp: Nlp,
        labels: Iterable[str] | str | None = None,
        component: str = "ner",
        *,
        min_score: float = 0.01,
        seed: int = 0,
        replay_size: int = 2000,
    ) -> None:
        """Make the component ready; nothing is learnt yet."""
        if not 0 <= min_score <= 1:
            raise SettingError(f"EntityRecognizer: min_score={min_score!r} is outside [0, 1]")
        wanted = checked_labels("EntityRecognizer", labels)
        self._learner = SpacyLearner(
            "EntityRecognizer", nlp, component, factory="ner", labels=wanted, seed=seed, replay_size=replay_size
        )
        self.nlp = self._learner.nlp
        self.labels = wanted or tuple(self._learner.pipe.labels)
        self.min_score = min_score
        self.version = 0
        self._told: dict[str, dict[Entity, bool]] = {}
        # spaCy takes this only when a component is made; one that is there already is told here.
        self._learner.pipe.cfg["incorrect_spans_key"] = _WRONG
        self._learner.pipe.moves.cfg["neg_key"] = _WRONG

    def __call__(self, stream: Iterable[Task], batch_size: int = BATCH_SIZE) -> Iterator[Scored]:
        """Yield `(score, task)` for each entity that is likely enough, as the task's only span; a batch is read ahead.

        Raises:
            SettingError: at once, if the batch size is below 1.
            TaskError: at the first batch with a task without a "text".
        """
        if batch_size < 1:
            raise SettingError(f"EntityRecognizer: batch_size={batch_size!r} must be 1 or more")
        return self._scored(stream, batch_size)

    def _scored(self, stream: Iterable[Task], batch_size: int) -> Iterator[Scored]:
        for batch in batched(stream, batch_size):
            for task, scores in zip(batch, self.predict([text_of(task) for task in batch]), strict=True):
                asked = {key: value for key, value in task.items() if key != "_task_hash"}
                for (start, end, label), score in scores.items():
                    span = {"start": start, "end": end, "text": task["text"][start:end], "label": label}
                    yield score, set_hashes({**asked, "spans": [span]})

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

    def update(self, answers: Iterable[Task]) -> float:
        """Learn from answered tasks; return the loss of an example."""
        texts: dict[str, None] = {}
        for answer in answers:
            if told := _told(answer):
                known = self._told.setdefault(text_of(answer), {})
                for entity, right in told.items():
                    _tell(known, entity, right)
                texts[text_of(answer)] = None
        loss = self._learner.learn({text: self._example(text) for text in texts})
        self.version += 1
        return loss

    def _example(self, text: str) -> Any:
        from spacy.training import Example

        reference = self.nlp.make_doc(text)
        right: list[Any] = []
        wrong: list[Any] = []
        for (start, end, label), is_right in self._told[text].items():
            # Spans that are not made of whole tokens cannot be learnt.
            if (span := reference.char_span(start, end, label=label)) is not None:
                (right if is_right else wrong).append(span)
        reference.set_ents(right, default="missing")
        reference.spans[_WRONG] = wrong
        return Example(self.nlp.make_doc(text), reference)


def _told(answer: Task) -> dict[Entity, bool]:
    spans = [span for span in answer.get("spans") or () if span.get("label")]
    decision = answer.get("answer")
    if decision not in ("accept", "reject") or (decision == "reject" and len(spans) != 1):
        return {}
    return {(span["start"], span["end"], span["label"]): decision == "accept" for span in spans}


def _tell(known: dict[Entity, bool], entity: Entity, right: bool) -> None:
    """Add an entity; an accepted one takes the place of accepted ones it overlaps, for a token has one label."""
    start, end, _ = entity
    for other, was_right in list(known.items()):
        if other == entity or (right and was_right and start < other[1] and other[0] < end):
            del known[other]
    known[entity] = right
