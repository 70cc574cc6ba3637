"""A recipe's own scripts, styles and instructions: read once, when the server starts."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from prodflow.core.errors import ConfigError
from prodflow.core.settings import read_setting_file
from prodflow.server.instructions import read_instructions
from prodflow.server.policy import content_policy

_SCRIPT = "text/javascript; charset=utf-8"
_STYLE = "text/css; charset=utf-8"


@dataclass(frozen=True)
class Served:
    """One file of a recipe, as the browser gets it."""

    content: bytes
    media_type: str

    @property
    def version(self) -> str:
        """A name of the content: another content is another address, so that no browser shows yesterday's."""
        return hashlib.sha256(self.content).hexdigest()[:12]


@dataclass(frozen=True)
class RecipeFiles:
    """What a recipe adds to the page.

    Args:
        served: each file by its path below the page.
        scripts: addresses of the scripts, in the order in which they are loaded.
        styles: addresses of the style sheets, likewise.
        instructions: HTML for the help, not sanitised: the page does that.
        policy: the Content-Security-Policy that lets all this work, and no more.
    """

    served: Mapping[str, Served]
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    instructions: str | None
    policy: str

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> "RecipeFiles":
        """Read what a configuration names: `javascript`, `global_css`, both with `_dir` and `_urls`, `instructions`.

        Raises:
            ConfigError: if a value is of the wrong kind, or a file cannot be read, naming it.

        >>> RecipeFiles.read({"javascript": "alert(1)"}).scripts
        ('recipe.js?v=6e11c72f7cf6',)
        """
        script_urls, style_urls = _urls(config, "javascript_urls"), _urls(config, "global_css_urls")
        scripts = _served(config, "javascript", ".js", _SCRIPT)
        styles = _served(config, "global_css", ".css", _STYLE)
        return cls(
            served={**scripts, **styles},
            scripts=(*script_urls, *_addresses(scripts)),
            styles=(*style_urls, *_addresses(styles)),
            instructions=read_instructions(config.get("instructions")),
            policy=content_policy(script_urls=script_urls, style_urls=style_urls, templates=_templates(config)),
        )


def _served(config: Mapping[str, Any], key: str, ending: str, media_type: str) -> dict[str, Served]:
    texts = {**_folder(config, f"{key}_dir", ending), **_text(config, key, f"recipe{ending}")}
    return {path: Served(text.encode(), media_type) for path, text in texts.items()}


def _addresses(files: Mapping[str, Served]) -> Iterator[str]:
    for path, file in files.items():
        yield f"{quote(path)}?v={file.version}"


def _text(config: Mapping[str, Any], key: str, path: str) -> dict[str, str]:
    text = config.get(key)
    if text is None or text == "":
        return {}
    if not isinstance(text, str):
        raise ConfigError(f"configuration: {key} is a text, got {text!r:.60}")
    return {path: text}


def _folder(config: Mapping[str, Any], key: str, ending: str) -> dict[str, str]:
    given = config.get(key)
    if given is None or given == "":
        return {}
    if not isinstance(given, (str, Path)):
        raise ConfigError(f"configuration: {key} is the path of a folder, got {given!r:.60}")
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise ConfigError(f"configuration: {key}={str(given)!r} is no folder; give the folder of the {ending} files")
    files = sorted(file for file in folder.iterdir() if file.suffix == ending and file.is_file())
    return {f"recipe/{file.name}": read_setting_file(file) for file in files}


def _urls(config: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = config.get(key) or []
    if not isinstance(given, (list, tuple)) or not all(isinstance(url, str) for url in given):
        raise ConfigError(f"configuration: {key} is a list of addresses, got {given!r:.60}")
    return tuple(given)


def _templates(config: Mapping[str, Any]) -> list[str]:
    """The templates that come from the recipe, and not from a task."""
    blocks = config.get("blocks")
    places = [config, *(blocks if isinstance(blocks, list) else ())]
    found = (place.get("html_template") for place in places if isinstance(place, Mapping))
    return [template for template in found if isinstance(template, str)]
