"""Models score a stream and learn from answers."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prodflow.core.extras import needs_extra
from prodflow.models.combine import combine_models
from prodflow.models.protocol import Model
from prodflow.models.score import score

if TYPE_CHECKING:
    from prodflow.models.entities import EntityRecognizer as EntityRecognizer
    from prodflow.models.image import ImageClassifier as ImageClassifier
    from prodflow.models.patterns import PatternMatcher as PatternMatcher
    from prodflow.models.text import TextClassifier as TextClassifier

__all__ = [
    "EntityRecognizer",
    "ImageClassifier",
    "Model",
    "PatternMatcher",
    "TextClassifier",
    "combine_models",
    "score",
]

_EXTRAS = {
    "EntityRecognizer": ("spacy", "prodflow.models.entities"),
    "ImageClassifier": ("torch", "prodflow.models.image"),
    "PatternMatcher": ("spacy", "prodflow.models.patterns"),
    "TextClassifier": ("spacy", "prodflow.models.text"),
}


def __getattr__(name: str) -> Any:
    """Load what needs torch or spaCy on first use only."""
    if name in _EXTRAS:
        extra, module = _EXTRAS[name]
        with needs_extra(extra, name):
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'prodflow.models' has no attribute {name!r}")
