"""Tags of tokens, in the schemes that files have them in, as spans."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

from prodflow.core.failures import broken
from prodflow.formats.tokens import TokenSpan

Scheme: TypeAlias = Literal["any", "iob1", "iob2", "bioes"]

_BEGIN, _INSIDE, _END, _SINGLE = "B", "I", "EL", "SU"
_KNOWN = frozenset(_BEGIN + _INSIDE + _END + _SINGLE)


class Tags:
    """Turns tags into spans, and sees to it that a file has one scheme.

    Args:
        where: the file, for messages.
        scheme: the one it has; found out where it is None, not looked at where it is "any".
    """

    def __init__(self, where: Path | str, scheme: Scheme | None = None) -> None:
        """Expect anything that the scheme allows."""
        self._where = str(where)
        self._strict = scheme != "any"
        self._left = {"iob1", "iob2", "bioes"} if scheme in (None, "any") else {scheme}
        self._last = ""

    def spans(self, tagged: Iterable[tuple[int, str]]) -> list[TokenSpan]:
        """Return the spans of a sentence.

        Args:
            tagged: the number of the line and the tag of each token.

        Raises:
            SourceError: at a tag that is none, or of another scheme than those before.

        >>> Tags("a.conll").spans([(1, "B-ORG"), (2, "I-ORG"), (3, "O")])
        [TokenSpan(first=0, last=1, label='ORG')]
        """
        found: list[TokenSpan] = []
        open_since, open_label, last_line = -1, "", 0
        for number, (line, tag) in enumerate([*tagged, (0, "O")]):
            mark, label = self._parts(tag, line)
            goes_on = open_since >= 0 and mark in _INSIDE + _END and label == open_label
            if open_since >= 0 and not goes_on:
                self._see({"iob1", "iob2"}, last_line, f"the end of {open_label!r} without E- or L-")
                found.append(TokenSpan(open_since, number - 1, open_label))
                self._see_begin(mark, line, tag, needed=mark == _BEGIN and label == open_label)
                open_since = -1
            elif not goes_on:
                self._see_begin(mark, line, tag, needed=False)
            if mark and not goes_on:
                open_since, open_label = number, label
            if mark and mark in _END + _SINGLE:
                self._see({"bioes"}, line, repr(tag))
                found.append(TokenSpan(open_since, number, open_label))
                open_since = -1
            last_line = line
        return found

    def _see_begin(self, mark: str, line: int, tag: str, *, needed: bool) -> None:
        if mark == _INSIDE:
            self._see({"iob1"}, line, f"{tag!r} at the beginning of a span")
        elif mark == _BEGIN and not needed:
            self._see({"iob2", "bioes"}, line, f"{tag!r} where I- would do")

    def _see(self, schemes: set[str], line: int, what: str) -> None:
        if not self._strict:
            return
        left = self._left & schemes
        if not left:
            reason = (
                f"tags of two schemes: {what} is {' or '.join(sorted(schemes))}, "
                f"{self._last or 'asked for was'} {' or '.join(sorted(self._left))}; "
                "mend the file, or read it with scheme='any'"
            )
            raise broken(self._where, line, reason)
        if left != self._left:
            self._left, self._last = left, f"line {line} ({what}) is"

    def _parts(self, tag: str, line: int) -> tuple[str, str]:
        if tag in ("O", "_", "-"):
            return "", ""
        mark, dash, label = tag.partition("-")
        if mark not in _KNOWN or not dash or not label:
            raise broken(self._where, line, f"the tag {tag!r} is none of O, B-LABEL, I-LABEL, E-LABEL, S-LABEL")
        return mark, label
