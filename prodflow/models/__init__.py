"""Models score a stream and learn from answers."""

from typing import TYPE_CHECKING, Any

from prodflow.models.combine import combine_models
from prodflow.models.protocol import Model
from prodflow.models.score import score

if TYPE_CHECKING:
    from prodflow.models.image import ImageClassifier as ImageClassifier

__all__ = ["ImageClassifier", "Model", "combine_models", "score"]


def __getattr__(name: str) -> Any:
    """Load what needs torch on first use only."""
    if name == "ImageClassifier":
        from prodflow.models.image import ImageClassifier

        return ImageClassifier
    raise AttributeError(f"module 'prodflow.models' has no attribute {name!r}")
