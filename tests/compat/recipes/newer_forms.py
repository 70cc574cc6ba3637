"""How recipes are written of late: `Arg`, annotations, and types."""

from prodigy.core import Arg, recipe
from prodigy.errors import RecipeError
from prodigy.protocols import ControllerComponentsDict
from prodigy.types import LabelsType, TaskType


@recipe(
    "newer.forms",
    dataset=Arg(help="Dataset to save annotations to"),
    labels=Arg("--label", "-l", help="Labels, or a file with them"),
    exclusive=Arg("--exclusive", "-E", help="Only one"),
)
def newer_forms(
    dataset: str, labels: LabelsType, exclusive: bool = False, limit: int | None = None
) -> ControllerComponentsDict:
    """Choose labels."""
    if len(labels) < 2:
        raise RecipeError("Too few labels", "give two with --label")

    def task(n: int) -> TaskType:
        return {"text": f"text {n}", "options": [{"id": label, "text": label} for label in labels]}

    return {
        "dataset": dataset,
        "view_id": "choice",
        "stream": (task(n) for n in range(limit or 5)),
        "config": {"choice_style": "single" if exclusive else "multiple"},
    }
