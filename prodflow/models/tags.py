"""A spaCy tagger that learns while the tags it gives are judged."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from prodflow.core.task import Scored, Task
from prodflow.models.text_learner import TextLearner, judged_spans, span_of

Tag: TypeAlias = tuple[int, int, str]
"""Start and end of a token in characters, and its tag."""


class PosTagger(TextLearner):
    """Suggests tags of tokens, one a task, and learns from accept and reject.

    An accepted tag is learnt, a rejected one as none of that token; about the other tokens nothing is said.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the tags to ask about, fine-grained ones as the component gives them; None for all it knows.
        component: the component that gives tags, `tagger` if not given; one of that kind is added if it is not there.
        min_score: tags less likely than this are not asked about; None for 0.1.
        seed: of new weights.
        replay_size: how many texts are kept to learn again.

    Raises:
        SettingError: if the language cannot be had, there are no tags, or a setting is out of range.

    >>> model = PosTagger("blank:en", ["NOUN", "VERB"])
    >>> sorted(task["spans"][0]["label"] for _, task in model([{"text": "Ships"}]))
    ['NOUN', 'VERB']
    """

    name = "PosTagger"
    factory = "tagger"
    likely = 0.1
    learn_rate = 0.01
    """Ten times spaCy's: a tagger is one layer on vectors that stay as they are, and has few answers to learn from."""

    def predict(self, texts: Sequence[str]) -> list[dict[Tag, float]]:
        """Return the probabilities of the tags that are likely enough, for each text, token by token."""
        pipe = self._learner.pipe
        with self._learner.lock:
            documents = self._learner.documents(texts)
            scores = pipe.model.predict(documents) if documents else []
            return [self._likely(*found) for found in zip(documents, scores, strict=True)]

    def _likely(self, document: Any, scores: Any) -> dict[Tag, float]:
        from thinc.api import NumpyOps, get_current_ops

        names = self._learner.pipe.labels
        ops: Any = get_current_ops()
        rows = NumpyOps().softmax(ops.to_numpy(scores)) if len(document) else ()
        return {
            (token.idx, token.idx + len(token), name): float(score)
            for token, row in zip(document, rows)
            if not token.is_space
            for name, score in zip(names, row)
            if name in self.labels and score >= self.min_score
        }

    def _questions(self, task: Task, scores: dict[Tag, float]) -> Iterator[Scored]:
        return ((score, {"spans": [span_of(task["text"], *tag)]}) for tag, score in scores.items())

    def _told(self, answer: Task) -> dict[Tag, bool]:
        return judged_spans(answer)

    def _example(self, text: str, known: dict[Tag, bool]) -> Any:
        from spacy.training import Example

        reference = self.nlp.make_doc(text)
        not_this = self._learner.pipe.cfg.get("neg_prefix", "!")
        # What is right is told last: a token takes one tag, or one that it has not.
        for (start, end, label), right in sorted(known.items(), key=lambda item: item[1]):
            span = reference.char_span(start, end)
            if span is not None and len(span) == 1:
                span[0].tag_ = label if right else f"{not_this}{label}"
        return Example(self.nlp.make_doc(text), reference)
