"""A spaCy parser that learns while the dependencies it finds are judged."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from prodflow.core.task import Scored, Task
from prodflow.models.text_learner import TextLearner

BEAM_WIDTH = 16
BEAM_DENSITY = 0.0001

Arc: TypeAlias = tuple[int, int, str]
"""The head and its dependent, both places of tokens, and the label."""
Parse: TypeAlias = tuple[float, list[Arc]]
"""A probability, and the arcs of a whole text."""


class DependencyParser(TextLearner):
    """Suggests dependencies from the likeliest parses of a text, one a task, and learns from accept and reject.

    Heads and dependents are places among the tokens of the language: give tasks these first, with `add_tokens`.
    A parser learns whole parses: of those it finds likely, the one that contradicts the fewest answers is learnt, with
    the accepted dependencies put in.

    Args:
        nlp: a spaCy language, which is changed, or the name of one.
        labels: the labels to ask about; None for those of the component.
        component: the component that parses, `parser` if not given; one of that kind is added if it is not there.
        min_score: dependencies less likely than this are not asked about; None for 0.01.
        seed: of new weights.
        replay_size: how many texts are kept to learn again.

    Raises:
        SettingError: if the language cannot be had, there are no labels, or a setting is out of range.

    >>> model = DependencyParser("blank:en", ["nsubj", "obj"])
    >>> model.labels, model.version
    (('nsubj', 'obj'), 0)
    """

    name = "DependencyParser"
    factory = "parser"
    likely = 0.01

    def predict(self, texts: Sequence[str]) -> list[dict[Arc, float]]:
        """Return the probabilities of the dependencies that are likely enough, for each text."""
        found = []
        for parses in self._parses(texts):
            scores: dict[Arc, float] = {}
            for probability, arcs in parses:
                for arc in arcs:
                    scores[arc] = scores.get(arc, 0.0) + probability
            likely = {arc: min(1.0, score) for arc, score in sorted(scores.items()) if score >= self.min_score}
            found.append({arc: score for arc, score in likely.items() if arc[2] in self.labels})
        return found

    def _parses(self, texts: Sequence[str]) -> list[list[Parse]]:
        """The likely parses of each text, the likeliest first."""
        pipe = self._learner.pipe
        with self._learner.lock:
            documents = [document for document in self._learner.documents(texts) if len(document)]
            beams = pipe.beam_parse(documents, beam_width=BEAM_WIDTH, beam_density=BEAM_DENSITY) if documents else []
            parses = iter([sorted(pipe.moves.get_beam_parses(beam), reverse=True) for beam in beams])
        return [next(parses) if text else [] for text in texts]

    def _questions(self, task: Task, scores: dict[Arc, float]) -> Iterator[Scored]:
        for (head, child, label), score in scores.items():
            yield score, {"arc": {"head": head, "child": child, "label": label}}

    def _told(self, answer: Task) -> dict[Arc, bool]:
        arc = answer.get("arc")
        if not arc or not arc.get("label") or answer.get("answer") not in ("accept", "reject"):
            return {}
        return {(arc["head"], arc["child"], arc["label"]): answer["answer"] == "accept"}

    def _tell(self, known: dict[Arc, bool], fact: Arc, right: bool) -> None:
        """An accepted dependency takes the place of the one accepted before, for a token has one head."""
        for other, was_right in list(known.items()):
            if other == fact or (right and was_right and other[1] == fact[1]):
                del known[other]
        known[fact] = right

    def _example(self, text: str, known: dict[Arc, bool]) -> Any:
        from spacy.training import Example

        document = self.nlp.make_doc(text)
        [parses] = self._parses([text])
        heads, labels = list(range(len(document))), ["ROOT"] * len(document)
        for head, child, label in _fewest_contradictions(parses, known):
            heads[child], labels[child] = head, label
        for (head, child, label), right in known.items():
            if right and max(head, child) < len(document) and not _leads_to(heads, head, child):
                heads[child], labels[child] = head, label
        return Example.from_dict(document, {"heads": heads, "deps": labels})


def _fewest_contradictions(parses: Sequence[Parse], known: dict[Arc, bool]) -> list[Arc]:
    def contradictions(parse: Parse) -> int:
        arcs = set(parse[1])
        return sum((arc in arcs) != right for arc, right in known.items())

    return min(parses, key=contradictions)[1] if parses else []


def _leads_to(heads: Sequence[int], token: int, wanted: int) -> bool:
    """Whether a token is below another: to hang that one below it would make a circle."""
    while token != wanted and heads[token] != token:
        token = heads[token]
    return token == wanted
