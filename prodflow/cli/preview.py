"""Look at tasks in any interface, without a dataset: for those who write recipes and choose an interface."""

import json
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from prodflow.core.errors import ConfigError, SourceNotFoundError

ALONE = {
    "fresh_sessions": True,
    "feed_overlap": True,
    "annotations_per_task": None,
    "allowed_sessions": None,
    "total_examples_target": 0,
}
"""Whatever a project's own files say: everybody gets all tasks, each time from the first on."""


@click.command("preview")
@click.argument("view_id")
@click.argument("source", required=False)
@click.option(
    "--config",
    "settings",
    multiple=True,
    metavar="KEY=VALUE|FILE",
    help="A setting of the recipe, its value as JSON or text, or a file of settings (.json, .toml); several times.",
)
@click.option("--label", help="The labels, with commas, or a file with one a line.")
@click.option("--loader", help="How to read the source; guessed from its name if not given.")
@click.option("--host", help="The address to listen on; any but this machine's own asks for a token.  [127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.  [8080]")
@click.option("--open/--no-open", "opened", default=True, help="Open the browser.")
def preview_command(
    view_id: str,
    source: str | None,
    settings: tuple[str, ...],
    label: str | None,
    loader: str | None,
    host: str | None,
    port: int | None,
    opened: bool,
) -> None:
    """Show the tasks of SOURCE in the interface VIEW_ID; nothing is stored, and reloading the page starts over.

    Without a source an example of the interface is shown; - reads tasks from standard input.
    """
    from prodflow.server.serve import run_server
    from prodflow.session.controller import Controller
    from prodflow.session.schema import get_schema

    get_schema(view_id, json=False)
    config = read_settings(settings)
    with tempfile.TemporaryDirectory(prefix="prodflow-preview-") as folder:
        shown = _tasks(view_id, source, loader, label) if source else _example(view_id, Path(folder), label)
        components = {**shown, "dataset": False, "config": {**shown["config"], **config}}
        server = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
        run_server(Controller.from_components("preview", components, {**ALONE, **server}), announce=_announcer(opened))


def read_settings(given: tuple[str, ...]) -> dict[str, Any]:
    """Return the settings of `key=value` texts and of files, the later over the earlier.

    Raises:
        ConfigError: if one is neither, or the file cannot be read.

    >>> read_settings(("darken_image=0.3", 'labels=["A"]', "lang=de"))
    {'darken_image': 0.3, 'labels': ['A'], 'lang': 'de'}
    """
    settings: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if equals and key.isidentifier() and not Path(text).is_file():
            settings[key] = _value(value)
        else:
            settings |= _read_file(text)
    return settings


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _read_file(name: str) -> Mapping[str, Any]:
    import tomllib

    from prodflow.core.settings import read_setting_file

    path = Path(name).expanduser()
    if not path.is_file():
        raise SourceNotFoundError(f"--config: {name!r} is neither KEY=VALUE nor a file")
    text = read_setting_file(path)
    try:
        found = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise ConfigError(f"--config: {path}: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"--config: {path}: an object is expected, got {found!r:.60}")
    return found


def _example(view_id: str, folder: Path, label: str | None) -> dict[str, Any]:
    from prodflow.recipes.labels import get_labels
    from prodflow.samples import example

    made = example(view_id, folder)
    labels = {"labels": get_labels(label)} if label else {}
    return {"view_id": view_id, "stream": [made.task], "config": {**made.config, **labels}}


def _tasks(view_id: str, source: str, loader: str | None, label: str | None) -> dict[str, Any]:
    from prodflow.recipes.mark import mark

    return dict(mark("preview", source, view_id=view_id, label=label, loader=loader))


def _announcer(opened: bool) -> Callable[[str], None]:
    def announce(address: str) -> None:
        click.echo(f"Preview at {address} (nothing is stored; Ctrl-C stops)", err=True)
        if opened:
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    return announce
