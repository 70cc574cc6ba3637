"""Words to the user on standard error, marked by what they are."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

_MARKS = {"good": "✔", "fail": "✘", "warn": "⚠", "info": "ℹ"}
_LINE_CHARACTERS = 80


class Messages:
    """Prints messages: `msg.good("Saved")`, `msg.fail("No such model", exits=1)`.

    Args:
        no_print: return the texts and print nothing.

    >>> Messages(no_print=True).good("Saved")
    '✔ Saved'
    """

    def __init__(self, no_print: bool = False) -> None:
        """Keep whether to print."""
        self.no_print = no_print

    def good(self, title: object = "", text: object = "", **options: Any) -> str | None:
        """Say that something went well."""
        return self._say("good", title, text, **options)

    def fail(self, title: object = "", text: object = "", **options: Any) -> str | None:
        """Say that something failed; `exits=1` also ends the program with that status."""
        return self._say("fail", title, text, **options)

    def warn(self, title: object = "", text: object = "", **options: Any) -> str | None:
        """Say that something may be wrong."""
        return self._say("warn", title, text, **options)

    def info(self, title: object = "", text: object = "", **options: Any) -> str | None:
        """Say something worth knowing."""
        return self._say("info", title, text, **options)

    def text(self, title: object = "", text: object = "", **options: Any) -> str | None:
        """Say something without a mark."""
        return self._say("", title, text, **options)

    def _say(
        self,
        kind: str,
        title: object,
        text: object,
        *,
        show: bool = True,
        spaced: bool = False,
        exits: int | None = None,
        no_print: bool = False,
        **_: Any,
    ) -> str | None:
        mark = _MARKS.get(kind, "")
        lines = [f"{mark} {title}" if mark and title else f"{title}", f"{text}"]
        words = "\n".join(line for line in lines if line)
        result = self._print(f"\n{words}\n" if spaced else words, no_print=no_print) if show else None
        if exits is not None:
            sys.exit(exits)
        return result

    def divider(self, text: str = "", char: str = "=", show: bool = True, **_: Any) -> str | None:
        """Draw a line across, with a heading in it."""
        heading = f" {text} " if text else ""
        return self._print(f"\n{heading:{char}^{_LINE_CHARACTERS}}\n") if show else None

    def row(self, data: Sequence[object], widths: Sequence[int] = (), **_: Any) -> str | None:
        """Print the cells of one row."""
        return self._print(_row(data, widths))

    def table(
        self,
        data: Mapping[Any, Any] | Iterable[Sequence[object]],
        header: Sequence[object] | None = None,
        divider: bool = False,
        **_: Any,
    ) -> str | None:
        """Print rows, or the items of a dict, in columns."""
        rows = [list(row) for row in (data.items() if isinstance(data, Mapping) else data)]
        shown = [list(header), *rows] if header else rows
        widths = [max(len(str(cell)) for cell in column) for column in zip_longest(*shown, fillvalue="")]
        lines = [_row(row, widths) for row in shown]
        if header and divider:
            lines.insert(1, _row(["-" * width for width in widths], widths))
        return self._print("\n".join(lines))

    @contextmanager
    def loading(self, text: str = "Loading…") -> Iterator[None]:
        """Say what is being done, and how long it took."""
        self._print(text)
        start = time.monotonic()
        yield
        self._print(f"{text} {time.monotonic() - start:.1f} s")

    def _print(self, words: str, *, no_print: bool = False) -> str | None:
        if self.no_print or no_print:
            return words
        print(words, file=sys.stderr, flush=True)
        return None


def _row(cells: Iterable[object], widths: Iterable[int]) -> str:
    return "   ".join(f"{cell!s:<{width}}" for cell, width in zip_longest(cells, widths, fillvalue=0)).rstrip()


msg = Messages()
"""Prints to standard error."""
