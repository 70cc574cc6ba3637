"""Views of other packages among the store's own: which a query asks for, and about which datasets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodflow.core import registry
from prodflow.core.view import View
from prodflow.store.tables import asks_for_names

if TYPE_CHECKING:
    import duckdb

_CALL = r"\s*\(\s*'((?:[^']|'')*)'\s*\)"


@dataclass(frozen=True)
class Asked:
    """A view that a query needs.

    Args:
        view: it.
        whole: it is asked about all datasets.
        datasets: else about these.
    """

    view: View
    whole: bool
    datasets: tuple[str, ...] = ()

    def make(self, connection: "duckdb.DuckDBPyConnection", known: Sequence[str]) -> None:
        """Make it, for the datasets that it is asked about."""
        if self.view.estimated and not self.whole and not self.datasets:
            self.view.make(connection, None)
        else:
            self.view.make(connection, [name for name in known if self.whole or name in self.datasets])


def asked_views(query: str | None) -> list[Asked]:
    """Return the views of others that a query needs.

    Args:
        query: None for any query: then all of them, those that take their time by their names alone.
    """
    asked = []
    by_name = query is None or asks_for_names(query)
    for name in registry.views.names():
        if by_name or re.search(rf"\b{name}\b", query or "", re.IGNORECASE):
            view = registry.views.get(name)
            whole, datasets = _places(name, query or "")
            asked.append(Asked(view, whole or not view.estimated, datasets))
    return asked


def _places(name: str, query: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a query reads a view as a table, or calls it with what is no plain name; and the names of its calls."""
    read = re.findall(rf"(?:\bfrom|\bjoin|,|\()\s*\"?{name}\b\"?(?!\s*\(\s*')", query, re.IGNORECASE)
    called = re.findall(rf"\b{name}{_CALL}", query, re.IGNORECASE)
    return bool(read), tuple(dataset.replace("''", "'") for dataset in called)


def with_needs(query: str | None, asked: Sequence[Asked]) -> str | None:
    """Return the query with the names of the store's views that the asked ones are made of."""
    return None if query is None else " ".join([query, *(name for one in asked for name in one.view.needs)])
