"""Labels as they are given on a command line."""

from pathlib import Path
from typing import Any


def split_string(text: str | None) -> list[str]:
    """Return the parts of a comma-separated text, without the spaces around them.

    >>> split_string("PERSON, ORG,PRODUCT")
    ['PERSON', 'ORG', 'PRODUCT']
    """
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def get_labels(labels_data: str | None) -> list[str]:
    """Return labels from a file with one a line, or from a comma-separated text.

    >>> get_labels("PERSON,ORG"), get_labels(None)
    (['PERSON', 'ORG'], [])
    """
    if labels_data and len(labels_data) < 1000 and Path(labels_data).expanduser().is_file():
        lines = Path(labels_data).expanduser().read_text(encoding="utf-8").splitlines()
        return [line.strip() for line in lines if line.strip()]
    return split_string(labels_data)


def choices(labels: list[str]) -> list[dict[str, Any]]:
    """Return labels as options of the choice interface.

    >>> choices(["A"])
    [{'id': 'A', 'text': 'A'}]
    """
    return [{"id": label, "text": label} for label in labels]
