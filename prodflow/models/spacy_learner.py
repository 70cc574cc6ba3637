"""One component of a spaCy pipeline that learns from answers while the others stay as they are."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from random import Random
from threading import RLock
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.language import Nlp, load_language

REPLAYED = 32
"""How many earlier examples are learnt again with each update, against forgetting."""


class SpacyLearner:
    """Trains one component; scoring and learning may happen in two threads.

    Args:
        where: who asks, for messages.
        nlp: a spaCy language, which is changed, or the name of one, which is loaded anew.
        component: the component's name; it is added, as one of `factory`, if it is not there.
        factory: spaCy's name for the kind of component.
        labels: what it learns; those it has and these.
        config: settings of a component that is added.
        seed: of new weights and of what is learnt again.
        replay_size: how many examples are kept to learn again.
    """

    def __init__(
        self,
        where: str,
        nlp: Nlp,
        component: str,
        *,
        factory: str,
        labels: Sequence[str],
        config: Mapping[str, Any] | None = None,
        seed: int = 0,
        replay_size: int = 2000,
    ) -> None:
        """Load the language and make the component ready to learn."""
        self.nlp = load_language(where, nlp, shared=False)
        self.component = component
        self.lock = RLock()
        self._random = Random(seed)
        self._replay_size = replay_size
        self._kept: dict[Hashable, Any] = {}
        if component in self.nlp.pipe_names:
            self._add_labels(where, labels)
        else:
            self._add(where, factory, labels, config or {}, seed)
        self.optimizer = self.nlp.create_optimizer()

    @property
    def pipe(self) -> Any:
        """The component."""
        return self.nlp.get_pipe(self.component)

    def _add(self, where: str, factory: str, labels: Sequence[str], config: Mapping[str, Any], seed: int) -> None:
        from spacy.training import Example
        from thinc.api import fix_random_seed

        if not labels:
            known = ", ".join(self.nlp.pipe_names) or "none"
            raise SettingError(f"{where}: nlp has no component {self.component!r} ({known}); a new one needs labels=")
        pipe = self.nlp.add_pipe(factory, name=self.component, config=dict(config))
        for label in labels:
            pipe.add_label(label)
        document = self.nlp.make_doc("A text")
        fix_random_seed(seed)
        pipe.initialize(lambda: [Example(document, document.copy())], nlp=self.nlp)

    def _add_labels(self, where: str, labels: Sequence[str]) -> None:
        try:
            for label in labels:
                if label not in self.pipe.labels:
                    self.pipe.add_label(label)
        except (AttributeError, ValueError) as error:
            told = " ".join(str(error).split())
            raise SettingError(f"{where}: component {self.component!r} takes no new labels: {told}") from error

    def documents(self, texts: Sequence[str]) -> list[Any]:
        """Return documents that the component can work on: tokens, and the vectors that others make for it."""
        found = [self.nlp.make_doc(text) for text in texts]
        for name in self._feeders():
            found = list(self.nlp.get_pipe(name).pipe(found))
        return found

    def _feeders(self) -> list[str]:
        return [name for name, pipe in self.nlp.pipeline if self.component in getattr(pipe, "listening_components", ())]

    def learn(self, examples: Mapping[Hashable, Any]) -> float:
        """Learn from examples, one for each text, and from some of the earlier ones; return the loss of an example."""
        if not examples:
            return 0.0
        with self.lock:
            earlier = [example for key, example in self._kept.items() if key not in examples]
            batch = [*examples.values(), *self._random.sample(earlier, min(REPLAYED, len(earlier)))]
            losses: dict[str, float] = {}
            feeders = self._feeders()
            others = [name for name in self.nlp.pipe_names if name != self.component]
            self.nlp.update(batch, sgd=self.optimizer, losses=losses, exclude=others, annotates=feeders)
            self._keep(examples)
        return float(losses.get(self.component, 0.0)) / len(batch)

    def _keep(self, examples: Mapping[Hashable, Any]) -> None:
        for key in examples:
            self._kept.pop(key, None)
        self._kept.update(examples)
        for key in list(self._kept)[: max(0, len(self._kept) - self._replay_size)]:
            del self._kept[key]


def checked_labels(where: str, labels: Iterable[str] | str | None) -> tuple[str, ...]:
    """Return labels as a tuple; one may come alone.

    Raises:
        SettingError: if one is no text, or empty.

    >>> checked_labels("TextClassifier", "SPAM")
    ('SPAM',)
    """
    found = (labels,) if isinstance(labels, str) else tuple(labels or ())
    if not all(isinstance(label, str) for label in found) or "" in found:
        raise SettingError(f"{where}: labels={labels!r} are not names")
    return tuple(dict.fromkeys(found))
