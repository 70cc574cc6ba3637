"""Models score a stream and learn from answers."""

from typing import TYPE_CHECKING, Any

from prodflow.core.extras import needs_extra
from prodflow.models.combine import combine_models
from prodflow.models.protocol import Model
from prodflow.models.score import score

if TYPE_CHECKING:
    from prodflow.models.image import ImageClassifier as ImageClassifier
    from prodflow.models.patterns import PatternMatcher as PatternMatcher

__all__ = ["ImageClassifier", "Model", "PatternMatcher", "combine_models", "score"]


def __getattr__(name: str) -> Any:
    """Load what needs torch or spaCy on first use only."""
    if name == "ImageClassifier":
        with needs_extra("torch", name):
            from prodflow.models.image import ImageClassifier
        return ImageClassifier
    if name == "PatternMatcher":
        with needs_extra("spacy", name):
            from prodflow.models.patterns import PatternMatcher
        return PatternMatcher
    raise AttributeError(f"module 'prodflow.models' has no attribute {name!r}")
