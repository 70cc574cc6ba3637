"""What every operator promises, checked on each registered one without being asked.

An operator with settings that have no default needs an entry in `SETTINGS`.
"""

import copy
import gc
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core import registry
from prodflow.core.describe import arguments_of, summary_of
from prodflow.core.hashing import set_hashes
from prodflow.core.operator import Operator, Stage
from prodflow.core.pipeline import Pipeline
from prodflow.core.task import Task

MOST_READ_FOR_ONE = 1000


def by_length(stream: Iterator[Task]) -> Iterator[tuple[float, Task]]:
    """A model."""
    for task in stream:
        yield len(task["text"]) % 7 / 7, task


@cache
def english() -> Any:
    """A spaCy pipeline that needs no training: sentences, entities, spans and categories by rule."""
    import spacy
    from spacy.language import Language

    @Language.component("prodflow_contract_categories")
    def categories(document: Any) -> Any:
        document.cats = {"A": len(document.text) % 2, "B": 0.25}
        return document

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "NUMBER", "pattern": [{"IS_DIGIT": True}]}])
    nlp.add_pipe("span_ruler", config={"spans_key": "sc"}).add_patterns([{"label": "WORD", "pattern": "text"}])
    nlp.add_pipe("prodflow_contract_categories", name="categories")
    return nlp


def needs_spacy(operator: Operator) -> bool:
    return "nlp" in operator.parameters


SETTINGS: dict[str, dict[str, Any]] = {
    "add_label_options": {"labels": ["A", "B"]},
    "filter_empty": {"key": "text"},
    "filter_inputs": {"input_ids": [set_hashes({"text": "text 3"})["_input_hash"]]},
    "filter_tasks": {"task_ids": [set_hashes({"text": "text 3", "label": "A"})["_task_hash"]]},
    "filter_seen_before": {"stream_cache": [{"text": "text 3"}]},
    "route": {"sessions": ["alex", "jo"]},
    "score": {"model": by_length},
    "make_ner_suggestions": {"component": "entity_ruler"},
    "make_spancat_suggestions": {"component": "span_ruler"},
    "make_textcat_suggestions": {"component": "categories"},
}


def builtin() -> list[Operator]:
    """The operators that prodflow itself registers; tests and docs register more."""
    found = [registry.operators.get(name) for name in registry.operators]
    own = [operator for operator in found if operator.function.__module__.startswith("prodflow.")]
    return [operator for operator in own if find_spec("spacy") or not needs_spacy(operator)]


OPERATORS = builtin()
each_operator = pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
each_stateless = pytest.mark.parametrize(
    "operator", [operator for operator in OPERATORS if operator.stateless], ids=lambda operator: operator.name
)


def declared(operator: Operator) -> Stage:
    languages = {"nlp": english()} if needs_spacy(operator) else {}
    return operator(**languages, **SETTINGS.get(operator.name, {}))


def task(number: int) -> Task:
    return {
        "text": f"text {number}",
        "label": "AB"[number % 2],
        "score": number * 7 % 11 / 10,
        "spans": [{"start": 0, "end": 4}],
        "meta": {"n": number},
    }


class Source:
    """A stream that knows what was read of it and whether it was closed."""

    def __init__(self, tasks: Any) -> None:
        self.read = 0
        self.closed = False
        self._tasks = tasks

    def __iter__(self) -> Iterator[Task]:
        try:
            for item in self._tasks:
                self.read += 1
                yield item
        finally:
            self.closed = True


@each_operator
def test_reads_nothing_before_the_first_task_and_little_for_it(operator: Operator) -> None:
    source = Source(task(number) for number in count())

    stream = declared(operator)(iter(source))

    assert source.read == 0
    next(stream)
    assert 1 <= source.read <= MOST_READ_FOR_ONE


@each_operator
def test_survives_an_empty_stream(operator: Operator) -> None:
    assert list(declared(operator)([])) == []


@each_operator
def test_changes_no_task_it_was_given(operator: Operator) -> None:
    tasks = [task(number) for number in range(60)]
    before = copy.deepcopy(tasks)

    list(declared(operator)(tasks))

    assert tasks == before


@each_operator
def test_gives_the_same_for_the_same(operator: Operator) -> None:
    tasks = [task(number) for number in range(200)]
    stage = declared(operator)

    first, second = list(stage(copy.deepcopy(tasks))), list(stage(copy.deepcopy(tasks)))

    assert first == second
    assert first


@each_operator
def test_a_run_closes_the_source_even_if_others_hold_it(operator: Operator) -> None:
    source = Source(task(number) for number in count())
    held = iter(source)

    with Pipeline([declared(operator)])(held) as run:
        next(run)
        assert not source.closed

    assert source.closed
    assert list(held) == []


@each_operator
def test_a_closed_operator_lets_go_of_its_source(operator: Operator) -> None:
    """Called by hand there is no run: the source is closed as soon as nobody else holds it."""
    source = Source(task(number) for number in count())
    stream = declared(operator)(iter(source))
    next(stream)

    stream.close()  # type: ignore[attr-defined]

    gc.collect()
    assert source.closed


@each_operator
def test_an_error_of_the_source_passes_through(operator: Operator) -> None:
    def source() -> Iterator[Task]:
        yield from map(task, range(5))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(declared(operator)(source()))


@each_operator
def test_says_what_it_does_and_what_each_setting_is_for(operator: Operator) -> None:
    words = arguments_of(operator.__doc__)

    assert summary_of(operator.__doc__).endswith(".")
    assert {"stream", *operator.parameters} <= words.keys()
    assert ">>> " in (operator.__doc__ or "")


@each_operator
def test_has_a_name_that_the_registry_knows(operator: Operator) -> None:
    assert registry.operators.get(operator.name) is operator


tasks = st.lists(
    st.fixed_dictionaries(
        {"text": st.sampled_from(["", "text 3", "b", "c"])},
        optional={"label": st.sampled_from("AB"), "meta": st.dictionaries(st.text(max_size=2), st.integers(0, 9))},
    ),
    max_size=8,
)


@each_stateless
@given(one=tasks, other=tasks)
def test_a_stateless_operator_keeps_nothing_between_tasks(
    operator: Operator, one: list[Task], other: list[Task]
) -> None:
    stage = declared(operator)

    assert list(stage(one + other)) == list(stage(one)) + list(stage(other))


@each_stateless
def test_a_stateless_operator_reads_no_further_or_handles_its_failures(operator: Operator) -> None:
    """Started again behind a failure, it would lose what it had read ahead."""
    if operator.handles_failures:
        return
    source = Source(task(number) for number in range(100))

    for result in declared(operator)(iter(source)):
        assert result["meta"]["n"] == source.read - 1
