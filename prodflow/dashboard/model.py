"""The panel about the model: how often it was right, and how its loss goes, over answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from prodflow.dashboard.charts import line
from prodflow.dashboard.markup import Markup, element, number, panel, share

_POINTS = 200


def model(accuracy: Sequence[Mapping[str, Any]], losses: Sequence[Sequence[float]]) -> Markup | None:
    """Two curves; None where no model takes part."""
    parts = []
    if len(accuracy) > 1:
        right = sum(row["accuracy"] * row["n"] for row in accuracy) / sum(row["n"] for row in accuracy)
        parts.append(element("h3", "Right before it was told"))
        points = [(row["answers"], row["accuracy"]) for row in accuracy]
        words = f"The model's guess was right {share(points[-1][1])} of the last times, {share(right)} of all"
        parts.append(
            line(points, words, low=0, high=1, written=f"{share(points[-1][1])} lately, {share(right)} in all")
        )
    if len(losses) > 1:
        thinned = list(losses[:: max(1, len(losses) // _POINTS)])
        top = max(loss for _, loss in thinned)
        parts.append(element("h3", "Loss of its lessons"))
        words = f"The loss went from {number(thinned[0][1])} to {number(thinned[-1][1])}"
        points = [(float(place), float(loss)) for place, loss in thinned]
        parts.append(line(points, words, low=0, high=top, written=f"{number(thinned[-1][1])} lately"))
    if not parts:
        return None
    note = "A score of 0.5 and more counts as a guess that annotators accept."
    return panel("model", "The model", parts, note=note)
