"""Models score a stream and learn from answers."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prodflow.core.extras import needs_extra
from prodflow.models.combine import combine_models
from prodflow.models.protocol import Model
from prodflow.models.score import score

if TYPE_CHECKING:
    from prodflow.models.arcs import DependencyParser as DependencyParser
    from prodflow.models.entities import EntityRecognizer as EntityRecognizer
    from prodflow.models.image import ImageClassifier as ImageClassifier
    from prodflow.models.patterns import PatternMatcher as PatternMatcher
    from prodflow.models.tags import PosTagger as PosTagger
    from prodflow.models.text import TextClassifier as TextClassifier

__all__ = [
    "DependencyParser",
    "EntityRecognizer",
    "ImageClassifier",
    "Model",
    "PatternMatcher",
    "PosTagger",
    "TextClassifier",
    "combine_models",
    "score",
]

_EXTRAS = {
    "DependencyParser": ("spacy", "prodflow.models.arcs"),
    "EntityRecognizer": ("spacy", "prodflow.models.entities"),
    "ImageClassifier": ("torch", "prodflow.models.image"),
    "PatternMatcher": ("spacy", "prodflow.models.patterns"),
    "PosTagger": ("spacy", "prodflow.models.tags"),
    "TextClassifier": ("spacy", "prodflow.models.text"),
}


def __getattr__(name: str) -> Any:
    """Load what needs torch or spaCy on first use only."""
    if name in _EXTRAS:
        extra, module = _EXTRAS[name]
        with needs_extra(extra, name):
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'prodflow.models' has no attribute {name!r}")
