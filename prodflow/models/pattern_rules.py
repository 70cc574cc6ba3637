"""spaCy's two matchers as one: token patterns and phrases, each with a number and a label."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from prodflow.core.errors import SettingError

_FORM = ("ORTH", "TEXT", "NORM", "LOWER", "SHAPE", "PREFIX", "SUFFIX", "LENGTH", "LANG", "OP", "SPACY")
_CHARACTERS = ("ALPHA", "ASCII", "BRACKET", "CURRENCY", "DIGIT", "LEFT_PUNCT", "LOWER", "OOV", "PUNCT", "QUOTE")
_FLAGS = (*_CHARACTERS, "RIGHT_PUNCT", "SPACE", "STOP", "TITLE", "UPPER")
_LEXICAL = frozenset((*_FORM, *(f"IS_{flag}" for flag in _FLAGS), "LIKE_EMAIL", "LIKE_NUM", "LIKE_URL"))
"""What a tokenizer knows of a token; for anything else the components of the pipeline have to run."""


class Match(NamedTuple):
    """A part of a text that a pattern describes; `start` and `end` in characters."""

    start: int
    end: int
    label: str
    text: str
    pattern: int


class PatternRules:
    """Patterns, numbered in the order they came.

    Args:
        nlp: the spaCy language whose tokens they describe.
    """

    def __init__(self, nlp: Any) -> None:
        """Make both matchers, empty."""
        from spacy.matcher import Matcher, PhraseMatcher

        self._nlp = nlp
        self._tokens = Matcher(nlp.vocab, validate=True)
        self._phrases = PhraseMatcher(nlp.vocab)
        self._labels: dict[int, tuple[int, str]] = {}
        self._next = 0
        self._runs_components = False

    def __len__(self) -> int:
        return len(self._labels)

    @staticmethod
    def label_of(pattern: Any, where: str) -> str:
        """Return the label of `{"label": …, "pattern": …}`.

        Raises:
            SettingError: if it is not of that form.

        >>> PatternRules.label_of({"label": "GPE", "pattern": "Chad"}, "line 1")
        'GPE'
        """
        if isinstance(pattern, Mapping) and isinstance(pattern.get("label"), str):
            described = pattern.get("pattern")
            if described and (isinstance(described, str) or _is_token_pattern(described)):
                return str(pattern["label"])
        raise SettingError(
            f"{where}: {pattern!r:.120} is no pattern; it needs a 'label' and a 'pattern': a text, or a list of dicts"
        )

    def skip(self) -> None:
        """Leave out a number: ids stay the same whatever labels are wanted."""
        self._next += 1

    def add(self, label: str, pattern: str | list[dict[str, Any]], where: str) -> None:
        """Add a phrase or a token pattern under the next number.

        Raises:
            SettingError: if spaCy refuses it.
        """
        from spacy.errors import MatchPatternError

        key = f"prodflow-pattern-{self._next}"
        try:
            if isinstance(pattern, str):
                self._phrases.add(key, [self._nlp.make_doc(pattern)])
            else:
                self._tokens.add(key, [pattern], greedy="LONGEST")
                self._need_components(_attributes(pattern) - _LEXICAL, where)
        except (MatchPatternError, ValueError, KeyError) as error:
            raise SettingError(f"{where}: spaCy refuses {pattern!r:.120}: {' '.join(str(error).split())}") from error
        self._labels[self._nlp.vocab.strings[key]] = (self._next, label)
        self._next += 1

    def _need_components(self, attributes: set[str], where: str) -> None:
        if attributes - {"_"} and not self._nlp.pipe_names:
            names = ", ".join(sorted(attributes))
            raise SettingError(f"{where}: {names}: nlp has no components to find that; load a trained pipeline")
        self._runs_components = self._runs_components or bool(attributes)

    def find(self, texts: Sequence[str]) -> Iterator[list[Match]]:
        """Yield the matches in each text, from left to right; one for each part and label, of the first pattern."""
        if self._runs_components:
            documents: Iterable[Any] = self._nlp.pipe(texts, batch_size=max(1, len(texts)))
        else:
            documents = map(self._nlp.make_doc, texts)
        return map(self._matches, documents)

    def _matches(self, document: Any) -> list[Match]:
        found: dict[tuple[int, int, str], Match] = {}
        try:
            matches = [
                match for matcher in (self._tokens, self._phrases) if len(matcher) for match in matcher(document)
            ]
        except ValueError as error:
            raise SettingError(f"PatternMatcher: {' '.join(str(error).split())}") from error
        for number, label, first, end in sorted((*self._labels[key], first, end) for key, first, end in matches):
            span = document[first:end]
            key = (span.start_char, span.end_char, label)
            found.setdefault(key, Match(*key, span.text, number))
        return sorted(found.values())


def _is_token_pattern(pattern: object) -> bool:
    return isinstance(pattern, list) and all(isinstance(token, dict) for token in pattern)


def _attributes(pattern: list[dict[str, Any]]) -> set[str]:
    return {name.upper() for token in pattern for name in token}
