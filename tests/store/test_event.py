"""What cannot be stored is found, and what can is not searched for long."""

import math
import sys
from collections.abc import Callable

import pytest

from prodflow.core.errors import AnswerError
from prodflow.store.event import encode_content


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return {"text": "a", "deep": value}


def many_tokens(**last):
    tokens = [{"text": f"token {number}", "id": number, "head": None} for number in range(300)]
    return {"text": "a", "tokens": [*tokens, last]}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (many_tokens(score=math.nan), r"\$.tokens\[300\].score"),
        (many_tokens(score=[0.5, -math.inf]), r"\$.tokens\[300\].score\[1\]"),
        (many_tokens(text="a\0b"), r"\$.tokens\[300\].text"),
        (many_tokens(**{"a\0b": 1}), r"\$.tokens\[300\]"),
        (nested(200), r"\$.deep"),
    ],
)
def test_what_no_reader_takes_is_found_in_a_task_of_many_parts(content, path):
    with pytest.raises(AnswerError, match=path):
        encode_content(content)


def test_what_is_nested_less_deeply_is_taken():
    assert encode_content(nested(199)).count("[") == 199


def count_calls(function: Callable[[], object]) -> int:
    """How many Python functions a call goes through: as telling as seconds, and the same on a busy machine."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


def test_a_task_of_many_parts_is_not_walked_part_by_part():
    assert count_calls(lambda: encode_content(many_tokens(score=0.5))) < 600
