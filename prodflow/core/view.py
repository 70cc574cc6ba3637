"""A view of SQL that another package adds to those of the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class View:
    """A view, or a macro, or both under one name.

    Args:
        make: makes it on a connection to DuckDB; gets the datasets that are asked about, None where nothing is asked
            yet and the names alone matter.
        needs: the names of the store's own views that it is made of.
        estimated: it takes its time: it is made for the datasets that a query names, `name('my_set')`.
    """

    make: Callable[[Any, Sequence[str] | None], None]
    needs: tuple[str, ...] = ()
    estimated: bool = False
