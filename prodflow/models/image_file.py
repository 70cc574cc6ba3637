"""The file of an image classifier: settings as JSON, plain tensors, no code."""

import os
import pickle
from pathlib import Path
from typing import Any

import orjson
import torch

from prodflow.core.errors import SourceError, SourceNotFoundError

FORMAT = "prodflow image classifier 1"


def write_state(path: Path, settings: dict[str, Any], state: dict[str, Any]) -> None:
    """Write settings and state, aside first and then renamed: a file of that name is never half written."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    torch.save({"format": FORMAT, "settings": orjson.dumps(settings).decode(), "state": state}, aside)
    aside.replace(path)


def read_state(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return settings and state.

    Raises:
        SourceNotFoundError: if the file is not there.
        SourceError: if it is broken, or of another kind or format.
    """
    if not path.is_file():
        raise SourceNotFoundError(f"ImageClassifier: no such file: {str(path)!r}")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(f"ImageClassifier: {str(path)!r} cannot be read: {reason}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise SourceError(f"ImageClassifier: {str(path)!r} is not of the format {FORMAT!r} (found: {found!r})")
    return orjson.loads(content["settings"]), content["state"]
