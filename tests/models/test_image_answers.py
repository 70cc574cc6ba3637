"""What an answer says about the classes of a classifier."""

from typing import Any

import pytest

from prodflow.models.image_answers import allowed_classes

NO, YES = (True, False), (False, True)


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        ({"label": "A", "answer": "accept"}, YES),
        ({"label": "A", "answer": "reject"}, NO),
        ({"answer": "accept"}, YES),
        ({"label": "A", "answer": "ignore"}, None),
        ({"label": "A"}, None),
        ({"label": "B", "answer": "accept"}, None),
        ({"options": [{"id": "A"}, {"id": "B"}], "accept": ["A"], "answer": "accept"}, YES),
        ({"options": [{"id": "A"}, {"id": "B"}], "accept": ["B"], "answer": "accept"}, NO),
        ({"options": [{"id": "B"}, {"id": "C"}], "accept": ["B"], "answer": "accept"}, None),
        ({"options": [{"id": "A"}], "accept": [], "answer": "accept"}, None),
        ({"options": [{"id": "A"}], "accept": ["A"], "answer": "reject"}, None),
    ],
)
def test_of_one_label(answer: dict[str, Any], allowed: tuple[bool, ...] | None) -> None:
    assert allowed_classes(answer, ("A",)) == allowed


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        ({"options": [], "accept": [2], "answer": "accept"}, (False, True, False)),
        ({"options": [], "accept": [1, 3], "answer": "accept"}, (True, False, True)),
        ({"options": [], "accept": [9], "answer": "accept"}, None),
        ({"options": [], "answer": "accept"}, None),
        ({"options": [], "accept": [2], "answer": "reject"}, None),
        ({"label": 2, "answer": "accept"}, (False, True, False)),
        ({"label": 2, "answer": "reject"}, (True, False, True)),
        ({"label": 9, "answer": "accept"}, None),
        ({"answer": "accept"}, None),
    ],
)
def test_of_several_labels(answer: dict[str, Any], allowed: tuple[bool, ...] | None) -> None:
    assert allowed_classes(answer, (1, 2, 3)) == allowed
