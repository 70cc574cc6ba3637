"""Models with the arguments that recipes written for Prodigy give them."""

from collections.abc import Iterable
from typing import Any

from prodflow.models import entities, text


class EntityRecognizer(entities.EntityRecognizer):
    """prodflow's `EntityRecognizer`, which takes its labels as `label` too.

    Args:
        nlp: a spaCy language, or the name of one.
        label: the labels to suggest; None for those of the component.
        labels: the same.
        pipe_name: the component that finds entities.
    """

    def __init__(
        self,
        nlp: Any,
        label: Iterable[str] | str | None = None,
        labels: Iterable[str] | str | None = None,
        pipe_name: str = "ner",
    ) -> None:
        """Make the component ready."""
        super().__init__(nlp, label or labels, pipe_name)


class TextClassifier(text.TextClassifier):
    """prodflow's `TextClassifier`; what else Prodigy's could be told has no meaning here.

    Args:
        nlp: a spaCy language, or the name of one.
        labels: the labels; None for those of the component.
        label: the same.
        pipe_name: the component that scores.
        long_text: not used.
        low_data: not used.
    """

    def __init__(
        self,
        nlp: Any,
        labels: Iterable[str] | str | None = None,
        label: Iterable[str] | str | None = None,
        pipe_name: str = "textcat_multilabel",
        long_text: bool = False,
        low_data: bool = False,
    ) -> None:
        """Make the component ready."""
        super().__init__(nlp, labels or label, pipe_name)
