"""From what a user names to a source: by prefix, by extension, by what it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.media import is_url
from prodflow.core.operator import is_stream
from prodflow.core.source import Loader
from prodflow.core.task import DECISIONS
from prodflow.loaders.packed import SUFFIXES

DEFAULT, DATASET = "jsonl", "dataset"
FOLDERS = ("images", "audio", "video")
"""The loaders of folders; the first that finds one of its files takes the folder."""


def get_loader(loader_id: str | None = None, file_path: str | Path | None = None) -> Loader:
    """Return the loader of a name, or the one for a file's extension.

    Args:
        loader_id: its name, e.g. `"jsonl"`.
        file_path: the file, where no name is given; its extension decides, `jsonl` where it says nothing.

    Raises:
        UnknownNameError: if there is no loader of that name.

    >>> get_loader("jsonl"), get_loader(file_path="/tmp/data.csv.gz")
    (<loader jsonl>, <loader csv>)
    """
    name = loader_id or (_guess(Path(file_path)) if file_path is not None else DEFAULT)
    found: Loader = registry.loaders.get(name)
    return found


def get_source(source: Any, loader: str | Callable[..., Any] | None, on_error: str, settings: dict[str, Any]) -> Any:
    """Return the source that a path, a name, a loader's result or an iterable stands for.

    Raises:
        SettingError: if it is none of these, or a setting does not fit.
    """
    if not isinstance(source, (str, Path)):
        return _given(source, settings)
    found, settings = _named(str(source), loader, settings)
    if not isinstance(found, Loader):
        return found(source, **settings)
    if "failures" in found.signature.parameters:
        settings = {**settings, "on_error": on_error}
    return found(**settings)


def _given(source: Any, settings: dict[str, Any]) -> Any:
    if not is_stream(source):
        came = "nothing" if source is None else f"{source!r:.80}"
        raise SettingError(f"get_stream: a path, '-', 'dataset:name' or a stream of tasks is expected, got {came}")
    if settings:
        raise SettingError(f"get_stream: no setting {min(settings)!r} for a stream that is loaded already")
    return source


def _named(
    source: str, loader: str | Callable[..., Any] | None, settings: dict[str, Any]
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return a loader, and its settings with the source among them."""
    if callable(loader) and not isinstance(loader, Loader):
        return loader, settings
    if loader in (None, DATASET) and source.startswith(f"{DATASET}:"):
        return get_loader(DATASET), _dataset(source.removeprefix(f"{DATASET}:")) | settings
    if loader is None and is_url(source):
        raise SettingError(f"get_stream: {source!r} is a URL; download it, or name a loader that reads URLs")
    found = loader if isinstance(loader, Loader) else get_loader(loader, source)
    return found, {next(iter(found.parameters), "path"): source} | settings


def _dataset(text: str) -> dict[str, Any]:
    name, _, answer = text.rpartition(":")
    return {"name": name, "answer": answer} if name and answer in DECISIONS else {"name": text}


def _guess(path: Path) -> str:
    if path.is_dir():
        return _guess_folder(path)
    name = path.name.lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    extension = name.rpartition(".")[2]
    for known in registry.loaders:
        if extension in registry.loaders.get(known).extensions:
            return known
    return DEFAULT


def _guess_folder(folder: Path) -> str:
    """What the folder holds, by the names in it; the first of `FOLDERS` where there is nothing."""
    found = set()
    kinds = {extension: name for name in FOLDERS for extension in registry.loaders.get(name).extensions}
    try:
        for item in folder.iterdir():
            found.add(kinds.get(item.suffix.lower().removeprefix(".")))
            if FOLDERS[0] in found:
                break
    except OSError:
        return FOLDERS[0]  # the loader says what is wrong with it
    return next((name for name in FOLDERS if name in found), FOLDERS[0])
