"""Names: what exists is said, what is missing is guessed, nothing is loaded too early."""

import logging
import sys
from importlib.metadata import EntryPoint

import pytest

from prodflow.core import registry
from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.registry import Registry


def test_an_unknown_name_says_what_comes_close_and_what_exists() -> None:
    with pytest.raises(UnknownNameError) as raised:
        registry.loaders.get("jsnol")

    told = str(raised.value)
    assert told.startswith("no loader named 'jsnol'; did you mean 'jsonl'? (known: audio, coco, ")
    assert "parquet" in told


def test_dashes_and_underscores_are_the_same() -> None:
    assert registry.operators.get("filter-empty") is registry.operators.get("filter_empty")
    assert "filter-empty" in registry.operators
    assert "filter-emty" not in registry.operators


def test_names_are_known_before_they_are_loaded() -> None:
    names: Registry[object] = Registry("thing", {"lazy": "no.such.module:thing"})

    assert names.names() == ["lazy"]
    with pytest.raises(ModuleNotFoundError):
        names.get("lazy")


def test_plugins_are_asked_when_a_name_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    names: Registry[object] = Registry("thing", {})
    points = [
        EntryPoint("good-one", "json:loads", "prodflow.things"),
        EntryPoint("bad-one", "no.such.module:thing", "prodflow.things"),
    ]
    monkeypatch.setattr(
        "prodflow.core.registry.entry_points", lambda group: points if group == "prodflow.things" else []
    )

    assert names.names() == ["bad-one", "good-one"]
    assert names.get("good_one") is sys.modules["json"].loads
    with pytest.raises(SettingError, match=r"thing 'bad-one' of plugin 'no.such.module:thing' cannot be loaded: No"):
        names.get("bad-one")


def test_a_name_that_is_taken_over_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    names: Registry[object] = Registry("thing", {})
    names.register("mine", print)
    names.register("mine", print)
    assert caplog.messages == []

    with caplog.at_level(logging.WARNING, "prodflow"):
        names.register("mine", test_dashes_and_underscores_are_the_same)

    assert caplog.messages[0].startswith("thing 'mine' of builtins is replaced by ")
    assert names.get("mine") is test_dashes_and_underscores_are_the_same
