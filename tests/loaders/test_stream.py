"""The stream of a recipe: apply in every form, lazily; progress; and whatever a user names as a source."""

import io
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prodflow.core.errors import SettingError, SourceError, SourceNotFoundError, TaskError, UnknownNameError
from prodflow.core.failures import Quarantined
from prodflow.core.hashing import set_hashes
from prodflow.core.operator import operator
from prodflow.core.pipeline import Pipeline
from prodflow.core.task import Task
from prodflow.filters import filter_duplicates, filter_empty, filter_seen_before
from prodflow.loaders import STREAM_PLACEHOLDER, Stream, get_loader, get_stream, jsonl

TASKS: list[Task] = [{"text": "a"}, {"text": "b"}]


def first(tasks: Iterable[Task], mark: str = "1") -> Iterator[Task]:
    for task in tasks:
        yield {**task, "mark": mark}


def last(mark: str, tasks: Iterable[Task]) -> Iterator[Task]:
    return first(tasks, mark)


def by_name(mark: str, *, stream: Iterable[Task]) -> Iterator[Task]:
    return first(stream, mark)


@operator
def tag(mark: str, stream: Iterable[Task], *, times: int = 1) -> Iterator[Task]:
    """The stream is not the first, as in `add_tokens(nlp, stream)`."""
    return first(stream, mark * times)


@pytest.mark.parametrize(
    "apply",
    [
        lambda stream: stream.apply(first),
        lambda stream: stream.apply(first, "1"),
        lambda stream: stream.apply(first, mark="1"),
        lambda stream: stream.apply(first, stream, "1"),
        lambda stream: stream.apply(first, tasks=stream),
        lambda stream: stream.apply(first, STREAM_PLACEHOLDER, mark="1"),
        lambda stream: stream.apply(last, "1", stream),
        lambda stream: stream.apply(last, "1", STREAM_PLACEHOLDER),
        lambda stream: stream.apply(last, "1", tasks=STREAM_PLACEHOLDER),
        lambda stream: stream.apply(by_name, "1", stream=stream),
        lambda stream: stream.apply(by_name, mark="1", stream=STREAM_PLACEHOLDER),
        lambda stream: stream.apply(tag, "1"),
        lambda stream: stream.apply(tag, mark="1"),
        lambda stream: stream.apply(tag, "1", stream),
        lambda stream: stream.apply(tag, stream=stream, mark="1"),
        lambda stream: stream.apply(tag(mark="1")),
        lambda stream: stream.apply(Pipeline([tag(mark="1")])),
        lambda stream: stream.apply(lambda tasks: [{**task, "mark": "1"} for task in tasks]),
    ],
)
def test_apply_finds_the_stream_in_every_form_and_never_twice(apply: Callable[[Stream], Stream]) -> None:
    stream = Stream(TASKS)

    assert apply(stream) is stream
    assert list(stream) == [{"text": "a", "mark": "1"}, {"text": "b", "mark": "1"}]


def test_apply_does_nothing_before_the_first_task_is_asked_for() -> None:
    called: list[str] = []

    def eager(tasks: Iterable[Task]) -> list[Task]:
        called.append("eager")
        return list(tasks)

    stream = Stream(called.append("read") or task for task in TASKS).apply(eager)  # type: ignore[func-returns-value]
    iter(stream)

    assert called == []
    next(stream)
    assert called == ["eager", "read", "read"]


@pytest.mark.parametrize(
    ("apply", "says"),
    [
        (lambda stream: stream.apply(filter_empty), "filter_empty: key= is missing"),
        (lambda stream: stream.apply(filter_empty, kee="text"), "filter_empty: no setting 'kee'"),
        (lambda stream: stream.apply(tag, stream, "1"), "tag takes the stream as 'stream', and nowhere else"),
        (lambda stream: stream.apply(tag, stream, stream=stream), "tag takes the stream as 'stream'"),
        (lambda stream: stream.apply(first, "1", "2"), "apply: first: too many positional arguments"),
        (lambda stream: stream.apply(first, tasks=TASKS), "apply: first: multiple values for argument 'tasks'"),
        (lambda stream: stream.apply(filter_empty(key="text"), "text"), "filter_empty has its settings already"),
        (lambda stream: stream.apply("first"), "'first' cannot be called with a stream"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_when_applied(apply: Callable[[Stream], Stream], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        apply(Stream(TASKS))


def test_a_function_that_yields_nothing_says_so() -> None:
    stream = Stream(TASKS).apply(lambda tasks: None)

    with pytest.raises(SettingError, match="<lambda> returned None, not a stream; does it yield its tasks"):
        next(stream)


def test_another_stream_may_be_an_argument() -> None:
    stream = Stream(TASKS).apply(filter_seen_before, [{"text": "a"}], exclude_by="input")

    assert list(stream) == [{"text": "b"}]


def test_apply_works_on_a_stream_that_has_started() -> None:
    stream = Stream(TASKS)

    assert next(stream) == {"text": "a"}
    assert list(stream.apply(first, "late")) == [{"text": "b", "mark": "late"}]


def test_a_loop_can_be_left_and_taken_up_again() -> None:
    stream = Stream(TASKS)
    for task in stream:
        assert task == {"text": "a"}
        break

    assert list(stream) == [{"text": "b"}]
    assert list(stream) == []


def test_counts_what_each_wrapper_dropped() -> None:
    stream = Stream([*TASKS, {}]).apply(filter_empty, key="text").apply(first)

    assert stream.counts == []
    list(stream)
    assert [(count.stage, count.received, count.yielded, count.reason) for count in stream.counts] == [
        ("filter_empty", 3, 2, "empty"),
        ("first", 2, 2, ""),
    ]


def test_a_new_source_gets_the_same_wrappers() -> None:
    stream = Stream(TASKS).apply(last, "new", STREAM_PLACEHOLDER).apply(filter_empty, key="text")
    list(stream)

    again = stream.rewrap([{"text": "c"}, {}])

    assert again is not stream
    assert list(again) == [{"text": "c", "mark": "new"}]
    assert next(stream.rewrap(get_stream([{"text": "d"}])))["mark"] == "new"


def test_closing_closes_all_from_the_last_to_the_source() -> None:
    closed: list[str] = []

    def named(name: str, tasks: Iterable[Task]) -> Iterator[Task]:
        try:
            yield from tasks
        finally:
            closed.append(name)

    source = named("source", TASKS * 10)
    stream = Stream(source)
    stream.apply(named, "first", stream).apply(named, "second", stream)
    next(stream)

    stream.close()

    assert closed == ["second", "first", "source"]


def test_progress_is_exact_where_the_length_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b"}\n')

    for source in (TASKS, tuple(TASKS), jsonl(path), jsonl(path) | filter_empty(key="text"), Stream(TASKS)):
        stream = Stream(source).apply(first)  # type: ignore[arg-type]
        next(stream)
        assert (stream.progress, stream.position * 2) == (0.5, stream.size)
        list(stream)
        assert stream.progress == 1.0
    assert Stream([]).progress == 1.0


def test_progress_of_a_generator_is_unknown() -> None:
    stream = Stream(iter(TASKS))
    next(stream)

    assert (stream.progress, stream.size, stream.position) == (None, None, 1)


def test_hashes_are_set_and_stay() -> None:
    given = {"text": "a", "_input_hash": 1, "_task_hash": 2}

    assert list(get_stream([{"text": "a"}, given])) == [set_hashes({"text": "a"}), given]
    assert list(get_stream([given], rehash=True)) == [set_hashes({"text": "a"})]


def test_duplicate_inputs_are_dropped_on_request() -> None:
    tasks = [{"text": "a", "label": "X"}, {"text": "a", "label": "Y"}, {"text": "b"}]

    assert [task["text"] for task in get_stream(tasks, dedup=True)] == ["a", "b"]
    assert len(list(get_stream(tasks))) == 3


def test_tasks_without_the_input_key_are_dropped_or_raise() -> None:
    tasks: list[Task] = [{"text": "a"}, {"image": "x"}, {"text": ""}]

    assert [task["text"] for task in get_stream(tasks, input_key="text")] == ["a"]
    with pytest.raises(ValueError, match=r"filter_empty: task 1 has no 'text' \(keys: 'image'\)"):
        list(get_stream(tasks, input_key="text", skip_invalid=False))


def test_a_stream_is_returned_as_it_is() -> None:
    stream = Stream(TASKS)

    assert get_stream(stream) is stream
    assert [task["text"] for task in stream] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "a"}'),
        ("a.ndjson", '{"text": "a"}'),
        ("a.tmp", '{"text": "a"}'),
        ("A.JSON", '[{"text": "a"}]'),
        ("a.csv", "Text\na"),
        ("a.tsv", "text\na"),
        ("a.txt", "a"),
    ],
)
def test_the_loader_is_guessed_from_the_extension(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)

    assert [task["text"] for task in get_stream(path)] == ["a"]
    assert [task["text"] for task in get_stream(str(path))] == ["a"]


def test_a_loader_can_be_named_or_given(tmp_path: Path) -> None:
    path = tmp_path / "a.tmp"
    path.write_text("a;b\n1;2\n")

    assert next(get_stream(path, "csv", delimiter=";"))["b"] == "2"
    assert next(get_stream(path, loader="txt"))["text"] == "a;b"
    assert next(get_stream(path, loader=get_loader("txt")))["text"] == "a;b"
    assert next(get_stream(path, loader=lambda source: [{"text": str(source)}]))["text"] == str(path)
    with pytest.raises(UnknownNameError, match="no loader named 'cvs'; did you mean 'csv'"):
        get_stream(path, loader="cvs")
    with pytest.raises(SettingError, match="txt: no setting 'delimiter'"):
        get_stream(path, loader="txt", delimiter=";")


@pytest.mark.parametrize(
    ("path", "name"),
    [("a.csv.gz", "csv"), ("b/a.jsonl.zst", "jsonl"), ("a.parquet", "parquet"), ("x.PNG", "images"), ("x", "jsonl")],
)
def test_get_loader_guesses_the_loader(path: str, name: str) -> None:
    assert get_loader(file_path=path) is get_loader(name)


def test_a_folder_is_taken_for_images(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()

    [task] = get_stream(tmp_path, on_error="skip")

    assert task["image"] == str(tmp_path / "a.png")
    assert task["_input_hash"] == set_hashes({"image": task["image"]})["_input_hash"]


def test_standard_input_is_json_lines_unless_a_loader_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    given(b'{"text": "a"}\n')
    assert [task["text"] for task in get_stream()] == ["a"]
    given(b"a\nb\n")
    assert [task["text"] for task in get_stream("-", loader="txt")] == ["a", "b"]


def test_a_dataset_is_named_with_a_prefix() -> None:
    assert repr(get_stream("dataset:news").source) == "dataset(name='news')"
    assert repr(get_stream("dataset:news:accept").source) == "dataset(name='news', answer='accept')"
    assert repr(get_stream("dataset:news:2024").source) == "dataset(name='news:2024')"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("gone.jsonl", "jsonl: no such file or folder: 'gone.jsonl'"),
        ("https://example.com/a.jsonl", "is a URL; download it"),
        ({"text": "a"}, r"'dataset:name' or a stream of tasks is expected, got \{'text': 'a'\}"),
        (None, "is expected, got nothing"),
        (5, "is expected, got 5"),
    ],
)
def test_what_is_no_source_says_so_at_once(source: Any, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        get_stream(source)
    assert issubclass(SourceNotFoundError, FileNotFoundError)


def test_old_and_unknown_settings_are_refused() -> None:
    with pytest.raises(SettingError, match="api='guardian' is not supported"):
        get_stream(TASKS, api="guardian")
    with pytest.raises(SettingError, match="no setting 'delimiter' for a stream that is loaded already"):
        get_stream(TASKS, delimiter=",")


def test_broken_records_raise_are_skipped_or_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\nbroken\n{"text": "b"}\n')
    handed: list[Quarantined] = []

    with pytest.raises(SourceError, match="line 2"):
        list(get_stream(path))
    with caplog.at_level(logging.WARNING, "prodflow"):
        assert len(list(get_stream(path, on_error="skip"))) == 2
    assert "line 2" in caplog.text and "(skipped)" in caplog.text
    stream = get_stream(path, on_error="quarantine")
    assert len(list(stream)) == 2
    assert [item.position for item in stream.quarantined] == [2]
    list(get_stream(path, on_error="quarantine", quarantine=handed.append))
    assert [item.record for item in handed] == ["broken\n"]
    with pytest.raises(SettingError, match="on_error='ignore' is none of"):
        get_stream(path, on_error="ignore")


def test_records_that_fail_in_a_stage_are_kept_too() -> None:
    stream = Stream([{"text": "a"}, {}]).apply(filter_empty(key="text", skip=False, on_error="quarantine"))

    assert list(stream) == [{"text": "a"}]
    assert [(item.operator, item.position) for item in stream.quarantined] == [("filter_empty", 1)]


def test_a_stream_starts_a_pipeline() -> None:
    assert list(get_stream(TASKS * 2) | filter_duplicates()) == list(get_stream(TASKS))


def test_a_task_that_is_not_json_is_named_by_its_position() -> None:
    with pytest.raises(TaskError, match=r"rehash: task 1: a task that is not JSON-like .*\(keys: 'image'\)"):
        list(get_stream([{"text": "a"}, {"image": b"raw"}]))


def test_what_it_is_can_be_read(tmp_path: Path) -> None:
    assert repr(Stream(TASKS).apply(first)) == "Stream(list).apply(first)"


def test_records_that_fail_in_a_pipeline_are_kept_too() -> None:
    stages = Pipeline([filter_empty(key="text", skip=False, on_error="quarantine")])
    stream = Stream([{"text": "a"}, {}]).apply(stages)

    assert list(stream) == [{"text": "a"}]
    assert [item.position for item in stream.quarantined] == [1]
