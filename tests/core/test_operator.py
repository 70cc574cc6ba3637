"""Operators and stages: called with a stream they run, without one they are declared, checked at once."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Literal

import numpy
import pytest
from annotated_types import Ge

from prodflow.core.errors import SettingError, TaskError, TooManyErrorsError
from prodflow.core.failures import HiddenFailures, Quarantined
from prodflow.core.operator import Stage, operator
from prodflow.core.pipeline import Pipeline
from prodflow.core.settings import Names
from prodflow.core.source import loader
from prodflow.core.task import Task
from prodflow.filters import filter_duplicates, filter_empty


@operator(stateless=True, drops="too small")
def keep(
    stream: Iterable[Task],
    key: str = "n",
    *,
    least: Annotated[int, Ge(0)] = 0,
    mode: Literal["fast", "slow"] = "fast",
    names: Names = (),
    check: Callable[[Task], bool] | None = None,
) -> Iterator[Task]:
    """Keep tasks that are large enough."""
    for task in stream:
        if 100 // task[key] >= least:
            yield task


TASKS = [{"n": 1}, {"n": 2}, {"n": 50}]


def test_runs_when_called_with_a_stream() -> None:
    assert list(keep(TASKS, "n", least=50)) == [{"n": 1}, {"n": 2}]
    assert list(keep(stream=TASKS, least=50)) == [{"n": 1}, {"n": 2}]


def test_declares_a_stage_when_called_without_one() -> None:
    stage = keep(least=50)

    assert isinstance(stage, Stage)
    assert repr(stage) == "keep(least=50)"
    assert list(stage(TASKS)) == [{"n": 1}, {"n": 2}]
    assert stage == keep(least="50") != keep(least=51)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"leest": 1}, r"keep: no setting 'leest' \(settings: key, least, mode, names, check\)"),
        ({"least": -1}, r"keep: least=-1 is wrong: Input should be greater than or equal to 0"),
        ({"least": "many"}, r"keep: least='many' is wrong"),
        ({"mode": "medium"}, r"keep: mode='medium' is wrong: Input should be 'fast' or 'slow'"),
        ({"names": [1]}, r"keep: names=\[1\] is neither a name nor a list of names"),
        ({"on_error": "ignore"}, r"keep: on_error='ignore' is none of raise, skip, quarantine"),
    ],
)
def test_a_wrong_setting_fails_when_the_stage_is_declared(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        keep(**settings)


def test_a_wrong_setting_fails_before_the_stream_is_touched() -> None:
    with pytest.raises(SettingError, match="least=-1"):
        keep((1 / 0 for _ in "x"), least=-1)  # type: ignore[arg-type]


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingError, match="filter_empty: key= is missing"):
        filter_empty()


@pytest.mark.parametrize("value", ["text", b"bytes", {"text": "a"}, 5, None], ids=repr)
def test_what_is_no_stream_is_refused(value: Any) -> None:
    with pytest.raises(SettingError, match="is not a stream of tasks"):
        keep(value)


@pytest.mark.parametrize(
    ("given", "names"),
    [("image", ("image",)), (["a", "b"], ("a", "b")), (("a",), ("a",)), ({"b", "a"}, ("a", "b"))],
)
def test_names_come_in_any_collection_or_as_one_bare_name(given: Any, names: tuple[str, ...]) -> None:
    assert keep(names=given).settings["names"] == names


def test_too_many_or_doubled_arguments_are_refused() -> None:
    with pytest.raises(SettingError, match="keep: too many positional arguments"):
        keep(TASKS, "n", 5)
    with pytest.raises(SettingError, match="keep: key= came twice"):
        keep(TASKS, "n", key="n")


def test_settings_without_a_name_are_refused_when_the_operator_is_made() -> None:
    with pytest.raises(SettingError, match=r"operator opened: \*\*more: int cannot be given by name"):

        @operator
        def opened(stream: Iterable[Task], **more: int) -> Iterator[Task]:
            yield from stream

    with pytest.raises(SettingError, match="needs a parameter named 'stream'"):

        @operator
        def without(tasks: Iterable[Task]) -> Iterator[Task]:
            yield from tasks


def test_composes_from_both_sides() -> None:
    stage, other = keep(least=1), filter_duplicates()

    assert (TASKS | stage | other).stages == (stage, other)
    assert (TASKS | (stage | other)).stages == (stage, other)
    assert ((TASKS | stage) | (other | stage)).stages == (stage, other, stage)
    assert list(iter(TASKS) | stage) == TASKS
    assert list((stage | other)(TASKS)) == TASKS


@pytest.mark.parametrize(
    "thing", [{"a": 1}, {1, 2}, "text", b"bytes", 5, None, numpy.array([1, 2]), numpy.float64(1)], ids=repr
)
@pytest.mark.parametrize("part", [keep(), TASKS | keep(), keep() | keep()], ids=["stage", "pipeline", "stages"])
def test_other_objects_do_not_compose_by_accident(thing: Any, part: Any) -> None:
    with pytest.raises(TypeError):
        thing | part
    with pytest.raises(TypeError):
        part | thing


@loader()
def numbers(count: int) -> Iterator[Task]:
    """Yield numbers."""
    for n in range(count):
        yield {"n": n + 1}


@pytest.mark.parametrize("before", [keep(), TASKS | keep(), TASKS], ids=["stage", "pipeline", "list"])
def test_a_source_can_only_stand_first(before: Any) -> None:
    with pytest.raises(SettingError, match="put it first"):
        before | numbers(2)
    with pytest.raises(TypeError):
        numbers(1) | numbers(2)
    with pytest.raises(SettingError, match="can only stand first"):
        Pipeline.of(keep(), numbers(2))


def test_an_operator_that_was_not_called_says_so() -> None:
    with pytest.raises(SettingError, match="filter_duplicates is an operator; call it to declare a stage"):
        numbers(2) | filter_duplicates


def broken_from(*numbers: int) -> list[Task]:
    return [{"n": number} for number in numbers]


def test_goes_on_behind_a_record_that_fails() -> None:
    flow = Pipeline([keep(on_error="quarantine")])(broken_from(1, 0, 2, 0, 3))

    assert list(flow) == broken_from(1, 2, 3)
    assert [item.position for item in flow.quarantined] == [1, 3]
    first = flow.quarantined[0]
    assert (first.operator, first.record) == ("keep", {"n": 0})
    assert "task 1 failed: ZeroDivisionError" in first.error
    assert "100 // task[key]" in first.traceback


def test_going_on_reads_no_further_than_it_must() -> None:
    read: list[int] = []
    stream = ({"n": read.append(n) or n} for n in [0, 1, 0, 2, 3])
    flow = keep(on_error="skip")(stream)

    assert next(flow) == {"n": 1}
    assert read == [0, 1]
    assert next(flow) == {"n": 2}
    assert read == [0, 1, 0, 2]


def test_an_error_of_the_source_is_not_taken_for_one_of_the_stage() -> None:
    """A source that broke has ended: to go on would look like the end of the data."""

    def source() -> Iterator[Task]:
        yield {"n": 1}
        raise OSError("the disk is gone")

    flow = keep(on_error="skip")(source())

    assert next(flow) == {"n": 1}
    with pytest.raises(OSError, match="the disk is gone"):
        next(flow)


def test_a_run_in_which_most_fails_stops() -> None:
    flow = keep(on_error="skip")(broken_from(*[0] * 50))

    with pytest.raises(TooManyErrorsError, match="keep: stopped, more than 10 of the last 100 records failed"):
        list(flow)


def test_a_few_failures_in_a_hundred_do_not_stop_a_run() -> None:
    numbers = [0 if n % 10 == 0 else 1 for n in range(1000)]

    assert len(list(keep(on_error="skip")(broken_from(*numbers)))) == 900


def test_only_stages_that_can_go_on_take_on_error() -> None:
    @operator
    def total_of(stream: Iterable[Task]) -> Iterator[Task]:
        yield from stream

    with pytest.raises(SettingError, match="on_error='skip' needs a stateless operator"):
        total_of(on_error="skip")


def test_a_stateful_operator_may_handle_its_failures_itself() -> None:
    @operator
    def running_total(stream: Iterable[Task], *, failures: HiddenFailures) -> Iterator[Task]:
        total = 0
        for position, task in enumerate(stream):
            if "n" in task:
                total += task["n"]
                yield {"total": total}
            else:
                failures.handle(TaskError(f"task {position} has no n"), position=position, record=task)

    kept: list[Quarantined] = []
    stream = [{"n": 1}, {}, {"n": 2}]
    stage = running_total(on_error="quarantine")

    assert list(stage(stream, sink=kept.append)) == [{"total": 1}, {"total": 3}]
    assert [(item.position, item.record) for item in kept] == [(1, {})]
    assert "failures" not in running_total.parameters
    with pytest.raises(TaskError, match="task 1 has no n"):
        list(running_total(stream))
