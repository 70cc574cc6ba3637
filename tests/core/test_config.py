"""Configuration: the later counts over the earlier, and texts become what they mean."""

from pathlib import Path
from typing import Any

import pytest

from prodflow.core.config import DEFAULTS, get_config, get_home
from prodflow.core.errors import ConfigError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_later_counts_over_the_earlier(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def port(**arguments: Any) -> Any:
        return get_config(**arguments)["port"]

    assert port() == DEFAULTS["port"]
    (home / "prodflow.json").write_text('{"port": 1, "theme": {"dark": true}}')
    assert port() == 1
    (folder / "prodflow.toml").write_text("port = 2")
    assert port() == 2
    assert port(recipe={"port": 3}) == 3
    monkeypatch.setenv("PRODFLOW_CONFIG_OVERRIDES", '{"port": 4}')
    assert port(recipe={"port": 3}) == 4
    monkeypatch.setenv("PRODFLOW_PORT", "5")
    assert port(recipe={"port": 3}) == 5
    assert port(overrides={"port": 6}) == 6
    assert get_config()["theme"] == {"dark": True}


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("batch_size", "5", 5),
        ("lease_s", "2.5", 2.5),
        ("lease_s", 60, 60.0),
        ("feed_overlap", "true", True),
        ("feed_overlap", "0", False),
        ("annotations_per_task", "1.5", 1.5),
        ("allowed_sessions", "alex, jo,", ["alex", "jo"]),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("anything_else", "5", "5"),
    ],
)
def test_texts_become_what_they_mean(key: str, text: Any, value: Any) -> None:
    found = get_config({key: text})[key]

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("batch_size", "many"),
        ("port", [80]),
        ("feed_overlap", "perhaps"),
        ("annotations_per_task", "all"),
        ("port", 1.5),
    ],
)
def test_a_value_that_means_nothing_is_named(key: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"configuration: {key}="):
        get_config({key: value})


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("prodflow.json", b"{", "prodflow.json: "),
        ("prodflow.json", b"[]", "an object is expected, got"),
        ("prodflow.toml", b"port = ", "prodflow.toml: "),
        ("prodflow.toml", b"theme = '\xe9'", "prodflow.toml: not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / name).write_bytes(content)

    with pytest.raises(ConfigError, match=says):
        get_config()


def test_the_home_is_that_of_the_user_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODFLOW_HOME", "~/elsewhere")
    assert get_home() == Path.home() / "elsewhere"
    monkeypatch.delenv("PRODFLOW_HOME")
    assert get_home() == Path.home() / ".prodflow"


def test_none_is_nothing_said_where_there_is_a_default(folder: Path) -> None:
    """A recipe passes on what was not given on its command line."""
    (folder / "prodflow.json").write_text('{"batch_size": 5, "exclude_by": null}')

    config = get_config(recipe={"batch_size": None, "labels": None, "instructions": None})

    assert (config["batch_size"], config["exclude_by"], config["labels"]) == (5, "task", None)
