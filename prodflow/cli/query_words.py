"""What is said about a query: where it is wrong, and which names it has that nobody knows."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodflow.core.errors import ProdflowError, UnknownNameError
from prodflow.store.readonly import refused_file

if TYPE_CHECKING:
    from prodflow.store.reader import Reader

_DATASET = re.compile(r"\bdataset\s*==?\s*'((?:[^']|'')*)'", re.IGNORECASE)
_OWN = ("Invalid Input Error: no dataset named",)


def words_of(error: Exception) -> str:
    """Return what to tell somebody whose query failed: DuckDB's words, which show the place, or prodflow's own."""
    import duckdb

    text = str(error)
    if isinstance(error, ProdflowError):
        return f"prodflow: {text}"
    if isinstance(error, duckdb.PermissionException):
        return f"prodflow: {refused_file(error)}"
    if text.startswith(_OWN):
        return f"prodflow: {text.removeprefix('Invalid Input Error: ')}"
    return text


def notes_on(query: str, reader: "Reader") -> Iterator[str]:
    """Yield a note for each dataset that a query compares with and nobody knows: its result would be empty, and why."""
    named = {found.replace("''", "'") for found in _DATASET.findall(query)}
    if not named:
        return
    known = [name for (name,) in reader.sql("select dataset from datasets").fetchall()]
    for name in sorted(named - set(known)):
        yield f"note: {UnknownNameError('dataset', name, known)}"
