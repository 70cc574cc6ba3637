"""Find what patterns describe in texts, and learn from answers which patterns are right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Self

import orjson
from more_itertools import batched

from prodflow.core.errors import SettingError, SourceNotFoundError, TaskError
from prodflow.core.failures import broken
from prodflow.core.hashing import TASK_KEYS, set_hashes
from prodflow.core.language import Nlp, load_language
from prodflow.core.task import Scored, Task
from prodflow.models.pattern_rules import Match, PatternRules

BATCH_SIZE = 32


class PatternMatcher:
    """Marks what token patterns and phrases match, and scores each match by how often its pattern was right.

    A pattern's confidence is the share of accepted among answered examples, with the priors counted in:

        (accepted + prior_correct) / (accepted + rejected + prior_correct + prior_incorrect)

    It starts at `prior_correct / (prior_correct + prior_incorrect)` and lies in [0, 1]. Priors of 10 and 90 start at
    0.1, and the first answer moves that by about one percent; priors of 1 and 9 by about ten. A task with several
    matches has the mean of their confidences.

    Token patterns (lists of dicts, as of spaCy's `Matcher`) match their longest text; phrases (texts) match exactly
    that text, by spaCy's `PhraseMatcher`. Of the same part with the same label only the match of the first pattern
    counts. The components of `nlp` run only where a pattern asks for what they find (`POS`, `LEMMA`, …).

    Args:
        nlp: a spaCy language, or the name of one.
        label_span: give each span the label of its pattern.
        label_task: give each task the label of its pattern; then no task has matches of two labels.
        combine_matches: show all matches of a text in one task; of those that overlap the longest, and none that
            overlaps a span of the task. If False, each match makes a task of its own, without the spans it overlaps.
        all_examples: also yield the tasks without a match, with a score of 0.
        filter_labels: only patterns with these labels; None for all. The ids of the others do not change.
        task_hash_keys: keys of the task hash, e.g. `("label",)` so that spans do not count; None for the usual ones.
        prior_correct: what a pattern's count of accepted examples starts with.
        prior_incorrect: what its count of rejected examples starts with.

    Raises:
        SettingError: if the language cannot be had, or a prior is negative, or both are 0.

    >>> matcher = PatternMatcher("blank:en")
    >>> matcher.add_patterns([
    ...     {"label": "FRUIT", "pattern": [{"lower": "goji"}, {"lower": "berry"}]},
    ...     {"label": "VEGETABLE", "pattern": "Lamb's lettuce"},
    ... ])
    >>> [(score, task)] = matcher([{"text": "One Goji berry"}])
    >>> score, task["spans"]
    (0.5, [{'start': 4, 'end': 14, 'text': 'Goji berry', 'pattern': 0, 'label': 'FRUIT'}])
    >>> matcher.update([{**task, "answer": "accept"}])
    0
    >>> [score for score, _ in matcher([{"text": "One Goji berry"}])]
    [0.6]
    """

    name = "PatternMatcher"

    def __init__(
        self,
        nlp: Nlp = "blank:en",
        label_span: bool = True,
        label_task: bool = False,
        combine_matches: bool = False,
        all_examples: bool = False,
        filter_labels: Iterable[str] | str | None = None,
        task_hash_keys: Iterable[str] | None = None,
        prior_correct: float = 2.0,
        prior_incorrect: float = 2.0,
    ) -> None:
        """Check the settings; there are no patterns yet."""
        if not (prior_correct >= 0 and prior_incorrect >= 0 and prior_correct + prior_incorrect > 0):
            came = f"prior_correct={prior_correct!r}, prior_incorrect={prior_incorrect!r}"
            raise SettingError(f"PatternMatcher: {came}; they must be 0 or more, and one of them more")
        self.nlp = load_language("PatternMatcher", nlp)
        self.label_span = label_span
        self.label_task = label_task
        self.combine_matches = combine_matches
        self.all_examples = all_examples
        labels = (filter_labels,) if isinstance(filter_labels, str) else filter_labels
        self.filter_labels = set(labels) if labels else None
        self.task_hash_keys = tuple(task_hash_keys) if task_hash_keys else TASK_KEYS
        self.prior_correct = float(prior_correct)
        self.prior_incorrect = float(prior_incorrect)
        self.version = 0
        self._rules = PatternRules(self.nlp)
        self._accepted: dict[int, int] = {}
        self._rejected: dict[int, int] = {}

    def from_disk(self, path: str | Path) -> Self:
        """Add the patterns of a JSONL file, one `{"label": …, "pattern": …}` a line; return the matcher.

        Raises:
            SourceNotFoundError: if there is no such file.
            SourceError: at a line that is not JSON, naming it.
            SettingError: at a line that is no pattern, naming it.
        """
        file = Path(path).expanduser()
        if not file.is_file():
            raise SourceNotFoundError(f"PatternMatcher: no such file: {str(file)!r}")
        for number, line in enumerate(file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                pattern = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise broken(str(file), number, error) from error
            self._add(pattern, f"{file}, line {number}")
        return self

    def add_patterns(self, patterns: Iterable[Mapping[str, Any]]) -> None:
        """Add patterns, dicts with "label" and "pattern"; their ids go on from those that are there.

        Raises:
            SettingError: at what is no pattern, naming its position.
        """
        for position, pattern in enumerate(patterns):
            self._add(pattern, f"PatternMatcher: pattern {position}")

    def _add(self, pattern: Any, where: str) -> None:
        label = self._rules.label_of(pattern, where)
        if self.filter_labels is None or label in self.filter_labels:
            self._rules.add(label, pattern["pattern"], where)
        else:
            self._rules.skip()

    def __call__(self, stream: Iterable[Task], batch_size: int = BATCH_SIZE) -> Iterator[Scored]:
        """Yield `(score, task)` for each match or each task with matches; a batch is read ahead.

        Each match is added to the task's "spans", with the id of its "pattern", which is also in "meta".

        Raises:
            SettingError: at once, if the batch size is below 1.
            TaskError: at the first task without a "text".
        """
        if batch_size < 1:
            raise SettingError(f"PatternMatcher: batch_size={batch_size!r} must be 1 or more")
        return self._scored(stream, batch_size)

    def _scored(self, stream: Iterable[Task], batch_size: int) -> Iterator[Scored]:
        for batch in batched(stream, batch_size):
            for task, matches in zip(batch, self._rules.find([_text(task) for task in batch]), strict=True):
                if matches:
                    for group in self._groups(matches):
                        yield self._score(group), self._task(task, group)
                elif self.all_examples:
                    yield 0.0, self._hashed(task)

    def _groups(self, matches: Sequence[Match]) -> Iterator[Sequence[Match]]:
        """The matches that make one task."""
        if not self.combine_matches:
            yield from ([match] for match in matches)
        elif self.label_task:
            for _, group in groupby(sorted(matches, key=lambda match: match.label), key=lambda match: match.label):
                yield _apart(list(group))
        else:
            yield _apart(matches)

    def _task(self, task: Task, matches: Sequence[Match]) -> Task:
        """The task with the matches: a single one is what is asked, several make way for spans that are there."""
        old = [dict(span) for span in task.get("spans") or ()]
        if self.combine_matches:
            new = [self._span(match) for match in matches if not any(_clash(match, span) for span in old)]
        else:
            new = [self._span(match) for match in matches]
            old = [span for span in old if not any(_clash(match, span) for match in matches)]
        ids = ", ".join(dict.fromkeys(str(match.pattern) for match in matches))
        made = {**task, "spans": [*old, *new], "meta": {**(task.get("meta") or {}), "pattern": ids}}
        if self.label_task:
            made["label"] = matches[0].label
        return self._hashed(made)

    def _span(self, match: Match) -> Task:
        span = {"start": match.start, "end": match.end, "text": match.text, "pattern": match.pattern}
        return {**span, "label": match.label} if self.label_span else span

    def _hashed(self, task: Task) -> Task:
        """Matches change what is asked, not the data: the input hash stays."""
        return set_hashes({key: task[key] for key in task if key != "_task_hash"}, task_keys=self.task_hash_keys)

    def _score(self, matches: Sequence[Match]) -> float:
        return sum(self.confidence(match.pattern) for match in matches) / len(matches)

    def confidence(self, pattern: int) -> float:
        """Return the confidence of the pattern with that id, in [0, 1]."""
        correct = self._accepted.get(pattern, 0) + self.prior_correct
        incorrect = self._rejected.get(pattern, 0) + self.prior_incorrect
        return correct / (correct + incorrect)

    def update(self, examples: Iterable[Task]) -> int:
        """Count the accepted and rejected examples of each pattern; one counts once for all its matches.

        Args:
            examples: answered tasks; spans without a "pattern" and tasks that were ignored say nothing.

        Returns:
            int: always 0, for there is no loss.
        """
        for example in examples:
            counts = {"accept": self._accepted, "reject": self._rejected}.get(example.get("answer", ""))
            if counts is None:
                continue
            for pattern in {span.get("pattern") for span in example.get("spans") or ()} - {None}:
                counts[pattern] = counts.get(pattern, 0) + 1
        self.version += 1
        return 0

    def __len__(self) -> int:
        return len(self._rules)


def _apart(matches: Sequence[Match]) -> Sequence[Match]:
    """The longest of those that overlap, from left to right."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start - match.end, match)):
        if not any(_overlap(match.start, match.end, other.start, other.end) for other in kept):
            kept.append(match)
    return sorted(kept)


def _clash(match: Match, span: Task) -> bool:
    start, end = span.get("start"), span.get("end")
    return isinstance(start, int) and isinstance(end, int) and _overlap(match.start, match.end, start, end)


def _overlap(start: int, end: int, other_start: int, other_end: int) -> bool:
    return start < other_end and other_start < end


def _text(task: Task) -> str:
    text = task.get("text")
    if not isinstance(text, str):
        raise TaskError(f"PatternMatcher: text={text!r:.80} is not a text (keys: {', '.join(map(repr, task))})")
    return text
