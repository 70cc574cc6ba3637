"""Pipelines: values that are run, counted, drawn and saved."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prodflow.core.errors import SettingError, SourceNotFoundError, UnknownNameError
from prodflow.core.operator import operator
from prodflow.core.pipeline import Pipeline
from prodflow.core.task import Task
from prodflow.filters import filter_duplicates, filter_empty, filter_inputs
from prodflow.loaders import jsonl

TASKS: list[Task] = [{"text": "a"}, {"text": ""}, {"text": "b"}, {"text": "a"}]


def test_counts_what_each_stage_received_and_yielded() -> None:
    with (TASKS | filter_empty(key="text") | filter_duplicates()).run() as run:
        assert next(run) == {"text": "a"}
        assert [(count.received, count.yielded) for count in run.counts] == [(1, 1), (1, 1)]
        list(run)

    assert [(count.stage, count.received, count.yielded, count.dropped, count.reason) for count in run.counts] == [
        ("filter_empty", 4, 3, 1, "empty"),
        ("filter_duplicates", 3, 2, 1, "duplicate"),
    ]
    assert run.describe().splitlines()[1].split() == ["filter_empty", "key='text'", "4", "3", "1", "empty"]


def test_reads_nothing_before_the_first_task_is_asked_for() -> None:
    read: list[int] = []
    stream = ({"text": str(n)} for n in range(9) if read.append(n) is None)
    run = Pipeline([filter_empty(key="text"), filter_duplicates()])(stream)

    assert read == []
    next(run)
    assert read == [0]


def recorder(name: str, closed: list[str], fails: bool = False) -> Any:
    @operator
    def recorded(stream: Iterable[Task]) -> Iterator[Task]:
        try:
            yield from stream
        finally:
            closed.append(name)
            if fails:
                raise OSError(f"{name} cannot be closed")

    return recorded()


def endless(closed: list[str]) -> Iterator[Task]:
    try:
        while True:
            yield {"text": "a"}
    finally:
        closed.append("source")


def test_closes_the_last_stage_first_and_then_the_source() -> None:
    closed: list[str] = []
    source = endless(closed)  # held here: nothing is closed by going out of use
    with Pipeline([recorder("first", closed), recorder("second", closed)])(source) as run:
        next(run)

    assert closed == ["second", "first", "source"]


def test_an_error_while_closing_does_not_spare_the_others() -> None:
    closed: list[str] = []
    run = Pipeline([recorder("first", closed), recorder("second", closed, fails=True)])(endless(closed))
    next(run)

    with pytest.raises(OSError, match="second cannot be closed"):
        run.close()

    assert closed == ["second", "first", "source"]


def test_closes_when_the_consumer_fails() -> None:
    closed: list[str] = []
    with pytest.raises(KeyError), Pipeline([recorder("first", closed)])(endless(closed)) as run:
        raise KeyError(next(run)["text"])

    assert closed == ["first", "source"]


def test_a_pipeline_with_a_source_runs_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"text": ""}\n')
    flow = jsonl(path) | filter_empty(key="text")

    assert list(flow) == list(flow) == [{"text": "a"}]


def test_what_is_missing_or_wrong_is_said() -> None:
    with pytest.raises(SettingError, match="no source"):
        Pipeline([filter_duplicates()]).run()
    with pytest.raises(SettingError, match="has a source already"):
        (TASKS | filter_duplicates())(TASKS)
    with pytest.raises(SettingError, match="can only stand first"):
        filter_duplicates() | (TASKS | filter_duplicates())
    with pytest.raises(SettingError, match="is not a stage; declare one"):
        Pipeline([filter_duplicates])  # type: ignore[list-item]
    with pytest.raises(SettingError, match="is not a source"):
        Pipeline([], {"text": "a"})


def test_is_drawn_as_a_flowchart(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.touch()
    flow = jsonl(path) | filter_empty(key='<"text">')

    assert flow.to_mermaid().splitlines() == [
        "flowchart LR",
        f'  s0["jsonl<br/>path={path}"]' if len(f"{path}") <= 60 else f'  s0["jsonl<br/>path={str(path)[:59]}…"]',
        "  s1[\"filter_empty<br/>key='&lt;&quot;text&quot;&gt;'\"]",
        "  s0 --> s1",
    ]
    assert flow.describe().splitlines()[2].startswith("filter_empty  key=")


def test_a_long_setting_is_shown_short_and_counts_in_full() -> None:
    one, other = (Pipeline([filter_inputs(input_ids=[*range(10_000), last])]) for last in (1, 2))

    assert len(one.describe()) < 300
    assert one.fingerprint != other.fingerprint


def test_the_fingerprint_changes_with_every_part() -> None:
    flows = [
        Pipeline([filter_empty(key="text")]),
        Pipeline([filter_empty(key="image")]),
        Pipeline([filter_empty(key="text"), filter_duplicates()]),
        Pipeline([filter_empty(key="text", on_error="skip")]),
        TASKS | filter_empty(key="text"),
    ]

    assert len({flow.fingerprint for flow in flows}) == len(flows)
    assert flows[0].fingerprint == Pipeline([filter_empty(key="text")]).fingerprint == "9ba8b1880e52678f"


def test_goes_to_toml_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n')
    flow = jsonl(path, on_error="skip") | filter_empty(key="text", skip=False) | filter_inputs(input_ids=[1, 2])

    text = flow.to_toml()
    again = Pipeline.from_toml(text)
    (tmp_path / "flow.toml").write_text(text)

    assert again.stages == flow.stages
    assert again.source == flow.source
    assert list(Pipeline.from_toml(tmp_path / "flow.toml")) == [{"text": "a"}]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("[[stage", SettingError, "TOML: "),
        ("[[step]]\n", SettingError, r"TOML: unknown table 'step' \(tables: source, stage\)"),
        ("[[stage]]\nkey = 1", SettingError, 'TOML: a table needs operator = "name"'),
        ('[[stage]]\noperator = "filter_emty"', UnknownNameError, "did you mean 'filter_empty'"),
        ('[[stage]]\noperator = "filter_empty"\nkee = "a"', SettingError, "filter_empty: no setting 'kee'"),
        ('[[stage]]\noperator = "filter_empty"\nstream = []', SettingError, "the stream is no setting"),
        ('[source]\nloader = "jsonl"\npath = "gone.jsonl"', SourceNotFoundError, "'gone.jsonl'"),
        ('[[stage]]\noperator = "score"\nmodel = "evil.py:model"', SettingError, r"allow it with code=\['evil.py'\]"),
        ('[[stage]]\noperator = "score"\nmodel = "os:system"', SettingError, r"runs code; allow it with code=\['os'\]"),
    ],
)
def test_toml_that_is_wrong_says_where(text: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Pipeline.from_toml(text)


def test_code_runs_only_from_files_the_user_names(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def model(stream):\n    return ((len(task['text']) / 10, task) for task in stream)\n")
    text = f'[[stage]]\noperator = "score"\nmodel = "{file}:model"'

    [scored] = Pipeline.from_toml(text, code=[file])([{"text": "abc"}])
    assert scored["score"] == 0.3
    with pytest.raises(SettingError, match="runs code"):
        Pipeline.from_toml(text, code=[tmp_path / "other.py"])


def test_an_object_cannot_be_saved() -> None:
    with pytest.raises(SettingError, match=r"to_toml: score: model= is a function; give it as 'file.py:name'"):
        from prodflow.models import score

        Pipeline([score(model=lambda stream: stream)]).to_toml()
    with pytest.raises(SettingError, match="the source is a list, not a named loader"):
        (TASKS | filter_duplicates()).to_toml()
