"""A format: how the answers of a dataset are written, and what of them it can hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, TypeAlias

from prodflow.core.task import Decision, Task
from prodflow.formats.losses import Losses

Counts: TypeAlias = dict[str, int]
"""How many there are of what, e.g. images and annotations."""


class Answers(Protocol):
    """What is written into one file; may be read several times, each time in constant memory."""

    def __iter__(self) -> Iterator[Task]: ...

    def contents(self) -> Iterator[str]:
        """Yield the tasks as the JSON that was stored."""

    @property
    def labels(self) -> list[str]:
        """The labels of spans and tasks in the whole export, sorted; the same for all its parts."""

    @property
    def kinds(self) -> dict[str, type]:
        """The keys in the whole export as they first come, and the one kind of their values, else `object`."""


WriteFile: TypeAlias = Callable[[Answers, IO[bytes], Losses], Counts]
WriteFolder: TypeAlias = Callable[[Answers, Path, Losses], Counts]


@dataclass(frozen=True)
class Format:
    """How answers are written.

    Args:
        name: its name.
        words: what it is for, in a few words.
        endings: of file names it is guessed from, with the dot.
        write_file: writes a binary file; None where it is a folder.
        write_folder: fills a folder; None where it is a file.
        loader: the name of the loader that reads it.
        keys: the keys of a task that it holds; None for all. What prodflow notes itself (`_task_hash`, `answer`, …)
            is held only by those that hold all.
        decisions: the answers it can hold; None for all.
        one_a_task: it has no place for the answers of several people to a task: the latest is written.
    """

    name: str
    words: str
    endings: tuple[str, ...] = ()
    write_file: WriteFile | None = None
    write_folder: WriteFolder | None = None
    loader: str = ""
    keys: frozenset[str] | None = None
    decisions: tuple[Decision, ...] | None = ("accept",)
    one_a_task: bool = True
