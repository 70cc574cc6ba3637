"""Every name that the reference documents is there, in prodflow and in place of prodigy, with its arguments."""

import importlib
import inspect
from typing import Any

import pytest

from prodflow.compat import install
from prodflow.compat.finder import resolve
from prodflow.core.operator import Operator

MISSING = object()
"""No default is documented."""

INPUT_KEYS = ("text", "image", "html", "input")
TASK_KEYS = ("spans", "label", "options")
IGNORE = ("score", "rank", "model", "source", "_view_id", "_session_id")


class AtLeast(tuple[str, ...]):
    """A default that holds the documented keys, and may hold more."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and set(self) <= set(other)

    __hash__ = None  # type: ignore[assignment]


def plain(*names: str, **defaults: Any) -> dict[str, Any]:
    """Arguments in their order; those with a documented default by keyword."""
    return dict.fromkeys(names, MISSING) | defaults


SUGGESTIONS = plain("stream", "nlp", "component", "labels")
BAR = plain("batch_size", "show_progress_bar", "progress_bar_total")

REFERENCE: list[tuple[str, str, dict[str, Any]]] = [
    ("prodigy:serve", "prodflow:serve", plain("command", "*args", "**config")),
    ("prodigy:recipe", "prodflow:recipe", plain("name", "**annotations")),
    ("prodigy:get_recipe", "prodflow:get_recipe", plain("name", path=None)),
    ("prodigy:set_recipe", "prodflow:set_recipe", plain("name", "func")),
    ("prodigy:get_config", "prodflow:get_config", plain()),
    (
        "prodigy:get_stream",
        "prodflow:get_stream",
        plain("api", "loader", "rehash", "dedup", "input_key", source="-", skip_invalid=True),
    ),
    ("prodigy:get_loader", "prodflow:get_loader", plain("loader_id", "file_path")),
    (
        "prodigy:set_hashes",
        "prodflow:set_hashes",
        plain(
            "task",
            input_keys=AtLeast(INPUT_KEYS),
            task_keys=AtLeast(TASK_KEYS),
            ignore=AtLeast(IGNORE),
            overwrite=False,
        ),
    ),
    ("prodigy:get_schema", "prodflow:get_schema", plain("view_id", json=True)),
    ("prodigy:log", "prodflow:log", plain("message", details=None)),
    (
        "prodigy.components.preprocess:split_sentences",
        "prodflow.preprocess:split_sentences",
        plain("nlp", "stream", text_key="text", batch_size=32, min_length=False),
    ),
    (
        "prodigy.components.preprocess:split_spans",
        "prodflow.preprocess:split_spans",
        plain("stream", labels=None),
    ),
    (
        "prodigy.components.preprocess:add_tokens",
        "prodflow.preprocess:add_tokens",
        plain("nlp", "stream", skip=False, overwrite=False, use_chars=False),
    ),
    (
        "prodigy.components.preprocess:fetch_media",
        "prodflow.preprocess:fetch_media",
        plain("stream", "input_keys", skip=False),
    ),
    (
        "prodigy.preprocess:make_ner_suggestions",
        "prodflow.preprocess:make_ner_suggestions",
        SUGGESTIONS | BAR,
    ),
    (
        "prodigy.preprocess:make_spancat_suggestions",
        "prodflow.preprocess:make_spancat_suggestions",
        SUGGESTIONS | BAR,
    ),
    (
        "prodigy.preprocess:make_textcat_suggestions",
        "prodflow.preprocess:make_textcat_suggestions",
        SUGGESTIONS | plain("threshold") | BAR,
    ),
    (
        "prodigy.components.sorters:prefer_uncertain",
        "prodflow.sorters:prefer_uncertain",
        plain("stream", "bias", "algorithm"),
    ),
    ("prodigy.components.sorters:prefer_high_scores", "prodflow.sorters:prefer_high_scores", plain("stream", "bias")),
    ("prodigy.components.sorters:prefer_low_scores", "prodflow.sorters:prefer_low_scores", plain("stream", "bias")),
    ("prodigy.components.filters:filter_empty", "prodflow.filters:filter_empty", plain("stream", "key", skip=True)),
    (
        "prodigy.components.filters:filter_duplicates",
        "prodflow.filters:filter_duplicates",
        plain("stream", by_input=False, by_task=True),
    ),
    ("prodigy.components.filters:filter_inputs", "prodflow.filters:filter_inputs", plain("stream", "input_ids")),
    ("prodigy.components.filters:filter_tasks", "prodflow.filters:filter_tasks", plain("stream", "task_ids")),
    (
        "prodigy.components.filters:filter_seen_before",
        "prodflow.filters:filter_seen_before",
        plain("stream", "stream_cache", exclude_by="input"),
    ),
    ("prodigy.components.routers:no_overlap", "prodflow.routers:no_overlap", plain("*3")),
    ("prodigy.components.routers:full_overlap", "prodflow.routers:full_overlap", plain("*3")),
    (
        "prodigy.components.routers:route_average_per_task",
        "prodflow.routers:route_average_per_task",
        plain("n"),
    ),
    (
        "prodigy.models.matcher:PatternMatcher",
        "prodflow.models:PatternMatcher",
        plain(
            *("nlp", "label_span", "label_task", "combine_matches"),
            all_examples=False,
            filter_labels=None,
            task_hash_keys=None,
            prior_correct=2.0,
            prior_incorrect=2.0,
        ),
    ),
    (
        "prodigy.models.matcher:PatternMatcher.__call__",
        "prodflow.models:PatternMatcher.__call__",
        plain("stream", batch_size=32),
    ),
    ("prodigy.models.matcher:PatternMatcher.from_disk", "prodflow.models:PatternMatcher.from_disk", plain("path")),
    (
        "prodigy.models.matcher:PatternMatcher.add_patterns",
        "prodflow.models:PatternMatcher.add_patterns",
        plain("patterns"),
    ),
    ("prodigy.models.matcher:PatternMatcher.update", "prodflow.models:PatternMatcher.update", plain("examples")),
    ("prodigy.util:combine_models", "prodflow.models:combine_models", plain("one", "two", "batch_size")),
    ("prodigy.util:b64_to_bytes", "prodflow:b64_to_bytes", plain("data_uri")),
    ("prodigy.util:b64_uri_to_bytes", "prodflow:b64_to_bytes", plain("data_uri")),
    ("prodigy.util:file_to_b64", "prodflow:file_to_b64", plain("file_path", "mimetype")),
    ("prodigy.util:bytes_to_b64", "prodflow:bytes_to_b64", plain("data", "mimetype")),
    ("prodigy.util:split_string", "prodflow:split_string", plain("text")),
    ("prodigy.util:get_labels", "prodflow:get_labels", plain("labels_data")),
    (
        "prodigy.core:Controller",
        "prodflow:Controller",
        plain(
            *("dataset", "view_id", "stream", "update", "db", "progress", "on_load", "on_exit", "before_db"),
            *("validate_answer", "get_session_id", "exclude", "config", "metrics"),
        ),
    ),
    (
        "prodigy.core:Controller.from_components",
        "prodflow:Controller.from_components",
        plain("name", "components", config_overrides=None),
    ),
    (
        "prodigy.core:Controller.get_questions",
        "prodflow:Controller.get_questions",
        plain(session_id=None, excludes=None),
    ),
    (
        "prodigy.core:Controller.receive_answers",
        "prodflow:Controller.receive_answers",
        plain("answers", session_id=None),
    ),
    ("prodigy.core:Controller.save", "prodflow:Controller.save", plain()),
    ("prodigy.core:Controller.get_total_by_session", "prodflow:Controller.get_total_by_session", plain("session_id")),
    ("prodigy.core:Controller.get_progress", "prodflow:Controller.get_progress", plain("session_id")),
    ("prodigy.core:Controller.get_session_name", "prodflow:Controller.get_session_name", plain("name")),
    ("prodigy.core:Controller.confirm_session", "prodflow:Controller.confirm_session", plain("session_id")),
    ("prodigy.core:Controller.add_session", "prodflow:Controller.add_session", plain("session")),
    (
        "prodigy.core:Controller.reset_stream",
        "prodflow:Controller.reset_stream",
        plain("new_stream", "apply_wrappers"),
    ),
    (
        "prodigy.components.stream:get_stream",
        "prodflow:get_stream",
        plain("loader", "rehash", "dedup", "input_key", "is_binary", source="-", skip_invalid=True),
    ),
    ("prodigy.components.stream:Stream.apply", "prodflow:Stream.apply", plain("wrapper", "*args", "**kwargs")),
    (
        "prodigy.components:Session",
        "prodflow:Session",
        plain(
            *("session_id", "stream", "batch_size", "answered_input_hashes", "answered_task_hashes"),
            total_annotated=0,
            target_annotated=0,
        ),
    ),
    ("prodigy.components.loaders:Images", "prodflow.loaders:Images", plain("*1")),
    ("prodigy.components.loaders:JSONL", "prodflow.loaders:JSONL", plain("*1")),
]

POSITIONS = {
    "prodigy:get_stream": ["source", "api", "loader", "rehash", "dedup", "input_key", "skip_invalid"],
    "prodigy.components.stream:get_stream": [
        *("source", "loader", "rehash", "dedup", "input_key", "skip_invalid", "is_binary"),
    ],
}
"""Where the order in the table above is not the documented one."""

ATTRIBUTES = {
    "prodflow:Controller": [
        *("dataset", "view_id", "stream", "update", "db", "progress", "on_load", "on_exit", "before_db"),
        *("validate_answer", "get_session_id", "exclude", "config", "home", "session_id", "batch_size", "queue"),
        *("total_annotated", "session_annotated", "session_ids", "session_annotated_by_session"),
    ],
    "prodflow:Session": [
        *("session_id", "stream", "batch_size", "answered_input_hashes", "answered_task_hashes"),
        *("total_annotated", "target_annotated", "progress", "timestamp"),
    ],
}

CASES = [
    pytest.param(place, arguments, id=place)
    for theirs, ours, arguments in REFERENCE
    for place in dict.fromkeys((theirs, ours))
]


@pytest.fixture(autouse=True)
def prodigy() -> Any:
    install()
    return importlib.import_module("prodigy")


def found(place: str) -> Any:
    module, _, path = place.partition(":")
    thing: Any = importlib.import_module(module)
    for name in path.split("."):
        thing = getattr(thing, name)
    return thing


def arguments_of(thing: Any) -> dict[str, inspect.Parameter]:
    signature = thing.signature if isinstance(thing, Operator) else inspect.signature(thing)
    return {name: parameter for name, parameter in signature.parameters.items() if name != "self"}


@pytest.mark.parametrize(("place", "documented"), CASES)
def test_takes_the_documented_arguments(place: str, documented: dict[str, Any]) -> None:
    arguments = arguments_of(found(place))
    for name, default in documented.items():
        if name[1:].isdigit():
            assert sum(argument.kind.name.startswith("POSITIONAL") for argument in arguments.values()) >= int(name[1:])
            continue
        assert name.strip("*") in arguments, f"{place} takes no {name} (it takes: {', '.join(arguments)})"
        argument = arguments[name.strip("*")]
        if name.startswith("*"):
            assert argument.kind.name == ("VAR_KEYWORD" if name.startswith("**") else "VAR_POSITIONAL")
        elif default is not MISSING:
            assert default == argument.default, f"{place}: {name}={argument.default!r}"


@pytest.mark.parametrize(
    ("place", "documented"), [case for case in CASES if case.values[0] not in ("prodflow:get_stream",)]
)
def test_takes_them_in_the_documented_order_without_names(place: str, documented: dict[str, Any]) -> None:
    names = POSITIONS.get(place, [name for name in documented if name.isidentifier()])
    arguments = arguments_of(found(place))
    places = [name for name, argument in arguments.items() if argument.kind.name.startswith("POSITIONAL")]
    if any(name.startswith("*") for name in documented):
        places = places[: len(names)]

    assert [name for name in places if name in names][: len(names)] == names
    assert places[: len(names)] == names


@pytest.mark.parametrize("place", ATTRIBUTES)
def test_has_the_documented_attributes(place: str) -> None:
    from prodflow import Controller, Session

    if place == "prodflow:Session":
        thing: Any = Session("news-alex")
    else:
        thing = Controller("news", "text", [{"text": "a"}])
        thing.get_questions()
    assert [name for name in ATTRIBUTES[place] if not hasattr(thing, name)] == []
    if isinstance(thing, Controller):
        thing.save()


def test_every_name_in_place_of_prodigys_is_there() -> None:
    """Recipes are found by name, so those that are not there yet are no mistake of the table."""
    from prodflow.compat.names import MODULES

    places = {place for names in MODULES.values() for place in names.values() if not place.startswith("recipe:")}

    assert [place for place in sorted(places) if resolve(place) is None] == []
