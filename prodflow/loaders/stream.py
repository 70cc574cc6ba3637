"""The stream of a recipe: a source and what is applied to it, started when the first task is asked for."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sized
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, Self

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.failures import Quarantined
from prodflow.core.hashing import set_hashes
from prodflow.core.holding import Holding
from prodflow.core.meter import Meter, StageCount
from prodflow.core.operator import Stage, is_stream
from prodflow.core.pipeline import Pipeline
from prodflow.core.source import Source
from prodflow.core.task import Task
from prodflow.core.tracking import RECORD, Mark, Repeat, Tracker
from prodflow.loaders.guess import get_loader as get_loader
from prodflow.loaders.guess import get_source
from prodflow.loaders.wrapper import STREAM_PLACEHOLDER as STREAM_PLACEHOLDER
from prodflow.loaders.wrapper import Wrapper, wrap


class GoingOn(NamedTuple):
    """Where to go on in a source: the mark, how many records behind it are dealt with, and what was asked of those.

    Records that a stage held come first, as their loader gave them.
    """

    mark: Mark
    skip: int
    inputs: Container[int]
    tasks: Container[int]
    held: Mapping[int, Any]


class Stream:
    """An iterator of tasks that operators and generator functions are applied to.

    Args:
        source: a loader with its settings, a pipeline, a list or any iterable of tasks.
        wrappers: what was applied already.
        quarantine: receives records that fail where `on_error="quarantine"`; by default they are kept in
            `quarantined`.

    >>> stream = Stream([{"text": "a"}, {"text": "b"}])
    >>> next(stream), stream.progress, list(stream)
    ({'text': 'a'}, 0.5, [{'text': 'b'}])
    """

    def __init__(
        self,
        source: Iterable[Task],
        *,
        wrappers: Iterable[Wrapper] = (),
        quarantine: Callable[[Quarantined], None] | None = None,
    ) -> None:
        """Read nothing yet."""
        if not is_stream(source):
            raise SettingError(f"Stream: {source!r:.80} is not a stream of tasks")
        self.source = source
        self.wrappers = list(wrappers)
        self.quarantined: list[Quarantined] = []
        self._sink = quarantine or self.quarantined.append
        self._iterator: Iterator[Any] | None = None
        self._meters: list[Meter] = []
        self._opened: list[Any] = []
        self._tracker: Tracker | None = None
        self._going_on: GoingOn | None = None

    def flatten(self) -> None:
        """Take the stages of a pipeline for what is applied first; before the first task."""
        if isinstance(self.source, Pipeline) and isinstance(self.source.source, Source):
            stages = [Wrapper(stage, (STREAM_PLACEHOLDER,), {}) for stage in self.source.stages]
            self.source, self.wrappers = self.source.source, [*stages, *self.wrappers]

    def track(self, going_on: "GoingOn | None" = None) -> Tracker:
        """Let tasks carry the number of their record, and count records between what is applied; before the first.

        Args:
            going_on: where an earlier run was, if this one is to go on from there.
        """
        self._going_on = going_on
        self._tracker = Tracker(going_on.mark, self._mark) if going_on is not None else Tracker(mark=self._mark)
        return self._tracker

    def _mark(self) -> Any:
        mark = self.source.cursor.mark if isinstance(self.source, Source) else None
        if mark is None or not isinstance(self.source, Source) or (at := mark()) is None:
            return None
        earlier = self._going_on.mark.state if self._going_on is not None else None
        return {"at": at, "failed": self.source.failures.count + (earlier["failed"] if earlier is not None else 0)}

    @property
    def trace(self) -> Any:
        """By what all that was read of the source is known again; None where nobody can tell."""
        trace = self.source.cursor.trace if isinstance(self.source, Source) else None
        return trace() if trace is not None else None

    @property
    def goes_on(self) -> bool:
        """Whether a run can go on where another was: all that is applied keeps the order, one may hold tasks."""
        holding = [wrapper for wrapper in self.wrappers if not wrapper.keeps_order]
        return isinstance(self.source, Source) and len(holding) <= 1 and all(wrapper.holds for wrapper in holding)

    @property
    def holds(self) -> bool:
        """Whether a run goes on with what a stage held."""
        return self.goes_on and self.held_at is not None

    @property
    def held_at(self) -> int | None:
        """The place of what is applied and holds tasks, from 0."""
        return next((place for place, wrapper in enumerate(self.wrappers) if wrapper.holds), None)

    def apply(self, wrapper: Callable[..., Any] | Stage | Pipeline, *args: Any, **kwargs: Any) -> Self:
        """Apply an operator, a stage or a generator function to what is still to come.

        Args:
            wrapper: what to apply; it is called when the first task is asked for.
            *args: its positional arguments.
            **kwargs: its keyword arguments. Where neither holds this stream or `STREAM_PLACEHOLDER`, the stream is
                the argument named `stream` of an operator, and the first one of a function. An operator that is given
                no `nlp` takes that of the operator applied before it.

        Returns:
            The stream itself.

        Raises:
            SettingError: at once, if the arguments do not fit.

        >>> def numbered(prefix, tasks):
        ...     for number, task in enumerate(tasks):
        ...         yield {**task, "id": f"{prefix}{number}"}
        >>> list(Stream([{"text": "a"}]).apply(numbered, "t", STREAM_PLACEHOLDER))
        [{'text': 'a', 'id': 't0'}]
        """
        made = wrap(self, wrapper, args, kwargs)
        self.wrappers.append(made)
        if self._iterator is not None:
            self._iterator = self._metered(self._wrapped(made, self._iterator))
        return self

    @classmethod
    def from_iterable(cls, source: Iterable[Task]) -> "Stream":
        """Return a stream of the tasks of a list, a generator or anything else that can be iterated over."""
        return cls(source)

    def rewrap(self, new: Iterable[Task], *, first: bool = False) -> "Stream":
        """Return another stream with the same wrappers applied.

        Args:
            new: the other stream.
            first: apply them before those that the other one has already, if it has not been started.
        """
        if first and isinstance(new, Stream) and new._iterator is None:
            return Stream(new.source, wrappers=[*self.wrappers, *new.wrappers], quarantine=self._sink)
        return Stream(new, wrappers=self.wrappers, quarantine=self._sink)

    def __iter__(self) -> Iterator[Task]:
        return self

    def __next__(self) -> Task:
        if self._iterator is None:
            self._iterator = self._start()
        task: Task = next(self._iterator)
        return task

    def _start(self) -> Iterator[Any]:
        going_on, tracker = self._going_on, self._tracker
        stream = self._open_source()
        if tracker is not None:
            stream = tracker.numbered(stream, *((going_on.skip, going_on.held) if going_on is not None else ()))
            stream = self._held(stream, tracker)
        stream = self._metered(stream)
        for place, wrapper in enumerate(self.wrappers, start=1):
            stream = self._metered(self._applied(wrapper, place, stream, tracker))
        return stream

    def _held(self, stream: Iterator[Any], tracker: Tracker) -> Iterator[Any]:
        """Let the records be kept that a stage holds, if one does."""
        if not self.holds:
            return stream
        known = self._going_on
        held, frontier = ({}, 0) if known is None else (known.held, known.mark.record + known.skip)
        tracker.holding = Holding(held, frontier)
        return tracker.holding.read(stream)

    def _applied(self, wrapper: Wrapper, place: int, stream: Iterator[Any], tracker: Tracker | None) -> Iterator[Any]:
        if tracker is None:
            return self._wrapped(wrapper, stream)
        if tracker.holding is not None and wrapper.holds:
            return tracker.held(stream, partial(self._wrapped, wrapper))
        if wrapper.name == "filter_duplicates" and isinstance(wrapper.function, Stage):
            by_input = bool(wrapper.function.settings.get("by_input"))
            through = partial(self._deduplicated, wrapper, by_input)
            return tracker.watched(stream, through, partial(_repeat, f"{place} {wrapper.name}", by_input))
        return self._wrapped(wrapper, stream)

    def _deduplicated(self, wrapper: Wrapper, by_input: bool, stream: Iterator[Any]) -> Iterator[Any]:
        """A filter of duplicates forgets over a restart what came by: what was asked of it is known."""
        if self._going_on is not None:
            stream = self._without_asked(stream, by_input, self._going_on)
        return self._wrapped(wrapper, stream)

    def _without_asked(self, stream: Iterator[Any], by_input: bool, going_on: "GoingOn") -> Iterator[Any]:
        name, hashes = ("filter_inputs", going_on.inputs) if by_input else ("filter_tasks", going_on.tasks)
        result: Iterator[Any] = registry.operators.get(name)(stream, hashes)
        self._opened.append(result)
        return result

    def _open_source(self) -> Iterator[Any]:
        if isinstance(self.source, Source):
            state = self._going_on.mark.state if self._going_on is not None else None
            opened: Any = self.source.open(self._sink, state["at"] if state is not None else None)
        elif isinstance(self.source, Pipeline):
            opened = self.source.run(quarantine=self._sink)
        else:
            opened = iter(self.source)
        self._opened.append(opened)
        return iter(opened)

    def _wrapped(self, wrapper: Wrapper, stream: Iterator[Any]) -> Iterator[Any]:
        result = wrapper(stream, self._sink)
        self._opened.append(result)
        return iter(result)

    def _metered(self, stream: Iterator[Any]) -> Iterator[Any]:
        self._meters.append(Meter())
        stream = self._meters[-1].over(stream)
        return stream if self._tracker is None else self._tracker.counted(stream)

    def close(self) -> None:
        """Close all that was applied and then the source, the last first."""
        with ExitStack() as stack:
            for opened in self._opened:
                if hasattr(opened, "close"):
                    stack.callback(opened.close)

    def stop(self) -> None:
        """Let a source that waits for more input end; may be called from any thread."""
        if hasattr(self._measured, "stop"):
            self._measured.stop()

    @property
    def would_wait(self) -> bool:
        """Whether the source has nothing to read at the moment, though more may come."""
        return bool(getattr(self._measured, "would_wait", False))

    @property
    def counts(self) -> list[StageCount]:
        """What each wrapper has received and yielded so far."""
        passed = [meter.passed for meter in self._meters]
        return [
            StageCount(wrapper.name, received, yielded, wrapper.drops)
            for wrapper, (received, yielded) in zip(self.wrappers, pairwise(passed))
        ]

    @property
    def position(self) -> int:
        """How much of the source has been read: bytes, rows, files or tasks."""
        if isinstance(self._measured, (Source, Stream)):
            return self._measured.position
        return self._meters[0].passed if self._meters else 0

    @property
    def size(self) -> int | None:
        """The whole source, in the same unit; None where it is unknown."""
        if isinstance(self._measured, (Source, Stream)):
            return self._measured.size
        return len(self._measured) if isinstance(self._measured, Sized) else None

    @property
    def unit(self) -> str:
        """What position and size count: bytes, rows, files or tasks."""
        measured = self._measured
        if isinstance(measured, Stream):
            return measured.unit
        return measured.cursor.unit if isinstance(measured, Source) else "tasks"

    @property
    def progress(self) -> float | None:
        """The part of the source that has been read, in [0, 1]; None where its size is unknown."""
        size = self.size
        if size is None:
            return None
        return min(1.0, self.position / size) if size else 1.0

    @property
    def _measured(self) -> Any:
        return self.source.source if isinstance(self.source, Pipeline) else self.source

    def __repr__(self) -> str:
        source = repr(self.source) if isinstance(self.source, (Source, Pipeline)) else type(self.source).__name__
        return f"Stream({source}){''.join(f'.apply({wrapper.name})' for wrapper in self.wrappers)}"


def _repeat(stage: str, by_input: bool, task: Task) -> Repeat:
    hashed = set_hashes(task)
    number = task[RECORD]
    return Repeat(number, stage, *((hashed["_input_hash"], None) if by_input else (None, hashed["_task_hash"])))


def get_stream(
    source: Any = "-",
    loader: str | Callable[..., Any] | None = None,
    rehash: bool = False,
    dedup: bool = False,
    input_key: str | None = None,
    skip_invalid: bool = True,
    is_binary: bool = False,
    *,
    api: str | None = None,
    on_error: str = "raise",
    quarantine: Callable[[Quarantined], None] | None = None,
    **settings: Any,
) -> Stream:
    """Return a stream of tasks with hashes, from whatever a user names.

    Hashes that are computed here are computed anew when a task is asked: several questions may be made of one task.

    Args:
        source: a file, a folder of images, audio or video, `-` for JSON lines on standard input, `dataset:name` or
            `dataset:name:accept` for answers in the store, or a stream, a pipeline, a list or any iterable of tasks.
        loader: the name of a loader, or a function that is called with the source; guessed from the extension if not
            given, `jsonl` where it says nothing.
        rehash: give every task new hashes.
        dedup: drop tasks whose input came before.
        input_key: the key that must have a value, e.g. `"text"`.
        skip_invalid: drop tasks without a value under `input_key`; if False, raise at the first.
        is_binary: taken for compatibility; hashes and filters are the same for all kinds of annotation.
        api: no longer supported.
        on_error: what a broken record does: `"raise"`, `"skip"` or `"quarantine"`.
        quarantine: receives quarantined records.
        **settings: the loader's own settings.

    Raises:
        SettingError: if there is no such file, folder, loader or setting.

    >>> stream = get_stream([{"text": "a"}, {"text": ""}, {"text": "a"}], dedup=True, input_key="text")
    >>> [task["text"] for task in stream]
    ['a']
    """
    if api is not None:
        raise SettingError(f"get_stream: api={api!r} is not supported; write a loader, or give an iterable of tasks")
    if isinstance(source, Stream):
        stream = source
    else:
        stream = Stream(get_source(source, loader, on_error, settings), quarantine=quarantine)
    if input_key:
        stream.apply(registry.operators.get("filter_empty")(key=input_key, skip=skip_invalid))
    stream.apply(registry.operators.get("rehash")(overwrite=rehash, lasting=False))
    if dedup:
        stream.apply(registry.operators.get("filter_duplicates")(by_input=True))
    return stream
