"""What an answer says about the classes of a classifier."""

from collections.abc import Sequence
from typing import TypeAlias

from prodflow.core.task import Task

Label: TypeAlias = str | int
Allowed: TypeAlias = tuple[bool, ...]

REJECTED = 0
ACCEPTED = 1


def allowed_classes(answer: Task, labels: Sequence[Label]) -> Allowed | None:
    """Return which classes an answer allows; None if it says nothing about them.

    With one label the classes are "it is not" and "it is". With several they are the labels: an accepted label
    allows that one, a rejected one all the others, a choice the options chosen.

    Args:
        answer: a task with an "answer": binary with a "label" (or none, where the model has one label only), or a
            choice with "accept", the ids of the options chosen.
        labels: of the classifier.

    >>> allowed_classes({"label": "SANDAL", "answer": "reject"}, ["SANDAL"])
    (True, False)
    >>> allowed_classes({"label": "SANDAL", "answer": "reject"}, ["SANDAL", "BAG", "COAT"])
    (False, True, True)
    >>> allowed_classes({"options": [], "accept": ["BAG"], "answer": "accept"}, ["SANDAL", "BAG", "COAT"])
    (False, True, False)
    >>> allowed_classes({"label": "SANDAL", "answer": "ignore"}, ["SANDAL"]) is None
    True
    """
    decision = answer.get("answer")
    if decision not in ("accept", "reject"):
        return None
    if "options" in answer or "accept" in answer:
        return _by_choice(answer, labels) if decision == "accept" else None
    if len(labels) == 1:
        return (decision == "reject", decision == "accept") if answer.get("label", labels[0]) == labels[0] else None
    if answer.get("label") not in labels:
        return None
    return tuple((label == answer["label"]) == (decision == "accept") for label in labels)


def _by_choice(answer: Task, labels: Sequence[Label]) -> Allowed | None:
    chosen = answer.get("accept") or []
    if len(labels) > 1:
        allowed = tuple(label in chosen for label in labels)
        return allowed if any(allowed) else None
    offered = [option.get("id") for option in answer.get("options") or []]
    if labels[0] in chosen:
        return False, True
    return (True, False) if chosen and labels[0] in offered else None
