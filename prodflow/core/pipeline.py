"""Pipelines: a source and stages, declared as a value and run as nested generators."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from prodflow.core.errors import SettingError
from prodflow.core.failures import Quarantined
from prodflow.core.meter import Meter, StageCount
from prodflow.core.operator import Composable, Stage, is_stream
from prodflow.core.source import Source

MAX_SHOWN = 60
"""How many characters of a setting are shown."""


class Pipeline(Composable):
    """A source and stages, or stages alone: a value that can be printed, drawn, saved, composed and run.

    Args:
        stages: the stages, in order.
        source: what the first stage reads: a `Source`, a list, an iterator; None for stages alone.

    >>> from prodflow import filters
    >>> clean = Pipeline([filters.filter_empty(key="text"), filters.filter_duplicates()])
    >>> list(clean([{"text": "a"}, {"text": ""}, {"text": "a"}]))
    [{'text': 'a'}]
    """

    def __init__(self, stages: Iterable[Stage], source: Any = None) -> None:
        """Check that every part is what it should be."""
        self.stages = tuple(stages)
        self.source = source
        for stage in self.stages:
            if not isinstance(stage, Stage):
                raise SettingError(f"Pipeline: {stage!r} is not a stage; declare one, as in filter_empty(key='text')")
        if source is not None and not is_stream(source):
            raise SettingError(f"Pipeline: {source!r} is not a source: give a loader, a list or an iterator of tasks")

    @classmethod
    def of(cls, *parts: Any) -> "Pipeline":
        """Join a source, stages and pipelines from left to right, as `|` does."""
        source: Any = None
        stages: list[Stage] = []
        for part in parts:
            if isinstance(part, Stage):
                stages.append(part)
            elif isinstance(part, Pipeline):
                if part.source is not None and (source is not None or stages):
                    raise SettingError("a pipeline that has a source already can only stand first")
                source = part.source if part.source is not None else source
                stages.extend(part.stages)
            elif source is not None or stages:
                raise SettingError(f"Pipeline: a {type(part).__name__} can only stand first")
            else:
                source = part
        return cls(stages, source)

    def __call__(self, stream: Iterable[Any], *, quarantine: Callable[[Quarantined], None] | None = None) -> "Run":
        """Run the stages over a stream."""
        if self.source is not None:
            raise SettingError("this pipeline has a source already; call run()")
        return Run(Pipeline(self.stages, stream), quarantine)

    def run(self, *, quarantine: Callable[[Quarantined], None] | None = None) -> "Run":
        """Start a run: an iterator of tasks, and a context manager that closes all it opened.

        Args:
            quarantine: receives records that fail in stages declared with `on_error="quarantine"`; they are also
                kept in `Run.quarantined` when it is left out.
        """
        if self.source is None:
            raise SettingError("this pipeline has no source: join one with |, or call it with a stream")
        return Run(self, quarantine)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.run())

    def describe(self) -> str:
        """Return the stages and their settings as a table."""
        from prodflow.core.picture import table

        return table(("stage", "settings"), [(name, settings) for name, settings in self._rows()])

    def to_mermaid(self) -> str:
        """Return a Mermaid flowchart."""
        from prodflow.core.picture import mermaid

        return mermaid(self._rows())

    def to_toml(self) -> str:
        """Return the pipeline as TOML that `from_toml` reads.

        Raises:
            SettingError: if the source or a setting is a Python object; name it as `"file.py:name"` instead.
        """
        from prodflow.core.toml import to_toml

        return to_toml(self)

    @classmethod
    def from_toml(cls, text: str | Path, *, code: Iterable[str | Path] = ()) -> "Pipeline":
        """Make a pipeline from TOML text, or from a file given as a `Path`.

        Args:
            text: the TOML, or the path of a file with it.
            code: Python files that settings may name as `"file.py:name"`; no other code is run.
        """
        from prodflow.core.toml import from_toml

        return from_toml(text, code)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change with the source, the stages or their settings."""
        from xxhash import xxh3_64_hexdigest

        return xxh3_64_hexdigest("\n".join(f"{name}\t{settings}" for name, settings in self._rows(None)).encode())

    def _rows(self, max_characters: int | None = MAX_SHOWN) -> list[tuple[str, str]]:
        rows = []
        if isinstance(self.source, Source):
            rows.append((self.source.name, _settings(self.source, max_characters)))
        elif self.source is not None:
            rows.append((type(self.source).__name__, ""))
        return rows + [(stage.name, _settings(stage, max_characters)) for stage in self.stages]

    def __repr__(self) -> str:
        parts = [] if self.source is None else [repr(self.source) if isinstance(self.source, Source) else "…"]
        return " | ".join(parts + [repr(stage) for stage in self.stages])


def _settings(part: Source | Stage, max_characters: int | None = MAX_SHOWN) -> str:
    """The settings as `key=value`; objects by their type, so that the text is the same in every process."""
    shown = [f"{key}={_shortened(plain(value), max_characters)}" for key, value in part.settings.items()]
    return " ".join(shown + ([f"on_error={part.on_error}"] if part.on_error != "raise" else []))


def _shortened(text: str, max_characters: int | None) -> str:
    return text if max_characters is None or len(text) <= max_characters else f"{text[: max_characters - 1]}…"


def plain(value: Any) -> str:
    """Return a setting as text that is the same in every process: objects by their type."""
    if isinstance(value, (str, int, float, type(None))):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(plain, value))}]"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(plain, value)))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{plain(key)}: {plain(item)}' for key, item in value.items())}}}"
    return str(value) if hasattr(value, "__fspath__") else f"<{getattr(value, '__name__', type(value).__name__)}>"


class Run:
    """One run of a pipeline: iterate over it; `counts` says what each stage has done so far.

    >>> from prodflow import filters
    >>> with Pipeline([filters.filter_empty(key="text")])([{"text": "a"}, {}]) as run:
    ...     tasks = list(run)
    >>> run.counts[0].received, run.counts[0].yielded
    (2, 1)
    """

    def __init__(self, pipeline: Pipeline, quarantine: Callable[[Quarantined], None] | None = None) -> None:
        """Nest the generators; nothing is read yet."""
        self.pipeline = pipeline
        self.quarantined: list[Quarantined] = []
        sink = quarantine or self.quarantined.append
        source = pipeline.source
        stream: Iterator[Any] = source.open(sink) if isinstance(source, Source) else iter(source)
        self._opened: list[Any] = [stream]
        self._meters: list[Meter] = []
        for stage in pipeline.stages:
            stream = self._metered(stream)
            stream = stage(stream, sink=sink)
            self._opened.append(stream)
        self._stream = self._metered(stream)

    def _metered(self, stream: Iterator[Any]) -> Iterator[Any]:
        self._meters.append(Meter())
        return self._meters[-1].over(stream)

    def __iter__(self) -> Iterator[Any]:
        return self._stream

    def __next__(self) -> Any:
        return next(self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every stage and then the source, the last stage first; an error in one does not spare the others."""
        with ExitStack() as stack:
            for opened in self._opened:
                if hasattr(opened, "close"):
                    stack.callback(opened.close)

    @property
    def counts(self) -> list[StageCount]:
        """What each stage has received and yielded so far."""
        passed = [meter.passed for meter in self._meters]
        return [
            StageCount(stage.name, received, yielded, stage.operator.drops)
            for stage, (received, yielded) in zip(self.pipeline.stages, pairwise(passed), strict=True)
        ]

    def describe(self) -> str:
        """Return the stages, their settings and their counts so far as a table."""
        from prodflow.core.picture import table

        rows = [
            (
                count.stage,
                _settings(stage),
                f"{count.received:,}",
                f"{count.yielded:,}",
                f"{count.dropped:,}",
                count.reason,
            )
            for count, stage in zip(self.counts, self.pipeline.stages, strict=True)
        ]
        return table(("stage", "settings", "in", "out", "dropped", "why"), rows)
