"""A record that fails: raise, skip or quarantine, and stop where too many do."""

import logging

import pytest

from prodflow.core.errors import SettingError, SourceError, TooManyErrorsError
from prodflow.core.failures import Failures, Quarantined


def test_raises_the_error_itself() -> None:
    error = SourceError("broken")

    with pytest.raises(SourceError) as raised:
        Failures("jsonl").handle(error, position=3)

    assert raised.value is error


def test_quarantine_keeps_all_that_is_needed_to_look_at_a_record() -> None:
    kept: list[Quarantined] = []
    failures = Failures("jsonl", "quarantine", kept.append)
    try:
        raise SourceError("line 4 is broken")
    except SourceError as error:
        failures.handle(error, position=4, record="{")

    assert (kept[0].operator, kept[0].position, kept[0].error, kept[0].record) == ("jsonl", 4, "line 4 is broken", "{")
    assert "SourceError: line 4 is broken" in kept[0].traceback
    assert failures.count == 1


@pytest.mark.parametrize(("on_error", "word"), [("skip", "skipped"), ("quarantine", "skipped")])
def test_the_log_does_not_claim_a_quarantine_that_is_not_there(
    on_error: str, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "prodflow"):
        Failures("jsonl", on_error).handle(SourceError("broken"), position=1)  # type: ignore[arg-type]

    assert caplog.messages == [f"broken ({word})"]


def stops_at(positions: list[int]) -> int | None:
    failures = Failures("jsonl", "skip")
    for position in positions:
        try:
            failures.handle(SourceError("broken"), position=position)
        except TooManyErrorsError:
            return position
    return None


def test_eleven_of_a_hundred_are_too_many() -> None:
    assert stops_at([*range(10), 99]) == 99
    assert stops_at([*range(10), 100]) is None
    assert stops_at(list(range(0, 10_000, 10))) is None
    assert stops_at(list(range(0, 10_000, 9))) == 90


def test_an_unknown_answer_to_errors_is_refused() -> None:
    with pytest.raises(SettingError, match="on_error='ignore' is none of raise, skip, quarantine"):
        Failures("jsonl", "ignore")  # type: ignore[arg-type]
