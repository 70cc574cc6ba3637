"""Labels as they are given on a command line."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def split_string(text: str | Iterable[str] | None) -> list[str]:
    """Return the parts of a comma-separated text, without the spaces around them; a list stays as it is.

    >>> split_string("PERSON, ORG,PRODUCT")
    ['PERSON', 'ORG', 'PRODUCT']
    """
    if text is not None and not isinstance(text, str):
        return list(text)
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def get_labels(labels_data: str | Iterable[str] | None) -> list[str]:
    """Return labels from a file with one a line, or from a comma-separated text; a list of them stays as it is.

    >>> get_labels("PERSON,ORG"), get_labels(None)
    (['PERSON', 'ORG'], [])
    """
    if isinstance(labels_data, str) and 0 < len(labels_data) < 1000 and Path(labels_data).expanduser().is_file():
        lines = Path(labels_data).expanduser().read_text(encoding="utf-8").splitlines()
        return [line.strip() for line in lines if line.strip()]
    return split_string(labels_data)


def choices(labels: list[str]) -> list[dict[str, Any]]:
    """Return labels as options of the choice interface.

    >>> choices(["A"])
    [{'id': 'A', 'text': 'A'}]
    """
    return [{"id": label, "text": label} for label in labels]
