"""Loaders and sources: where a stream starts, and how far it has been read."""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeAlias

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.failures import ON_ERROR, Failures, OnError, Quarantined
from prodflow.core.failures import HiddenFailures as HiddenFailures
from prodflow.core.operator import Composable, Stage, is_stream
from prodflow.core.settings import Hidden, bind_arguments, check_settings, parameters_of, refuse_open_parameters
from prodflow.core.task import Task


class Cursor:
    """How far a source has been read: `position` of `size`, both in `unit`; asked for, never pushed."""

    def __init__(self) -> None:
        """Know nothing yet: a loader that can tell says so with `track`."""
        self.unit = ""
        self.size: int | None = None
        self._tell: Callable[[], int] | None = None
        self.stopped = False
        """Whether no more is wanted: a loader that waits for somebody else looks here from time to time, and ends."""
        self.start: Any = None
        """Where to begin, as `mark` told an earlier run; None for the beginning."""
        self.mark: Callable[[], Any] | None = None
        """Tells where the next record begins; None where a loader cannot go on from the midst."""
        self.trace: Callable[[], Any] | None = None
        """Tells by what all that was read so far is known again, so that a source that changed is noticed."""
        self.would_wait: Callable[[], bool] = lambda: False
        """Whether there is nothing to read at the moment, though more may come."""

    def track(self, tell: Callable[[], int], *, size: int | None, unit: str) -> None:
        """Say how to ask for the position, and what the whole is."""
        self._tell, self.size, self.unit = tell, size, unit

    def finish(self) -> None:
        """Say that everything was read; a closed file cannot be asked."""
        end = self.size if self.size is not None else self.position
        self._tell = lambda: end or 0

    @property
    def position(self) -> int:
        """What has been read so far."""
        return self._tell() if self._tell is not None else 0

    @property
    def progress(self) -> float | None:
        """The part read, in [0, 1]; None where the size is unknown."""
        if self.size is None:
            return None
        return min(1.0, self.position / self.size) if self.size else 1.0


HiddenCursor: TypeAlias = Annotated[Cursor, Hidden()]


class Loader:
    """A generator function that starts a stream; called, it declares a `Source`."""

    def __init__(
        self,
        function: Callable[..., Iterator[Task]],
        extensions: tuple[str, ...],
        resumes: Callable[[dict[str, Any], Any], bool] | None = None,
    ) -> None:
        """Wrap the function; `loader` is the way to make one."""
        self.resumes = resumes
        functools.update_wrapper(self, function)
        self.function = function
        self.name = function.__name__
        self.extensions = extensions
        self.signature = inspect.signature(function)
        refuse_open_parameters(f"loader {self.name}", self.signature)

    @functools.cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The settings, by name."""
        return parameters_of(self.function)

    def __call__(self, *args: Any, on_error: OnError = "raise", **settings: Any) -> "Source":
        """Declare a source.

        Raises:
            SettingError: at once, if a setting is unknown, missing or wrong, or a file is not there.
        """
        bound = bind_arguments(self.name, self.signature, args, settings)
        return Source(self, check_settings(self.name, self.parameters, bound), on_error)

    def __repr__(self) -> str:
        return f"<loader {self.name}>"


def loader(
    *,
    extensions: tuple[str, ...] = (),
    name: str | None = None,
    resumes: Callable[[dict[str, Any], Any], bool] | None = None,
) -> Callable[[Callable[..., Iterator[Task]]], Loader]:
    """Make a loader of a generator function and register its name.

    The function may take `cursor` (annotated `HiddenCursor`) to tell how far it has read, and `failures`
    (`HiddenFailures`) to go on after a broken record.

    Args:
        extensions: file name endings it is guessed from, without the dot.
        name: its name, where the function's own will not do.
        resumes: tells from the settings whether what `cursor.trace` told an earlier run is still so; such a loader
            begins at `cursor.start`, which is what `cursor.mark` told it.

    >>> @loader()
    ... def numbers(n: int):
    ...     for i in range(n):
    ...         yield {"text": str(i)}
    >>> list(numbers(2))
    [{'text': '0'}, {'text': '1'}]
    """

    def wrap(function: Callable[..., Iterator[Task]]) -> Loader:
        made = Loader(function, extensions, resumes)
        made.name = name or made.name
        registry.loaders.register(made.name, made)
        return made

    return wrap


class Source(Composable):
    """A loader with its settings: iterate over it, again and again, or compose it with `|`."""

    def __init__(self, loader: Loader, settings: dict[str, Any], on_error: OnError = "raise") -> None:
        """Check what `on_error` asks for; the settings are checked already."""
        if on_error not in ON_ERROR:
            raise SettingError(f"{loader.name}: on_error={on_error!r} is none of {', '.join(ON_ERROR)}")
        if on_error != "raise" and "failures" not in loader.signature.parameters:
            raise SettingError(f"{loader.name}: this loader cannot go on after an error; leave out on_error")
        self.loader = loader
        self.settings = settings
        self.on_error: OnError = on_error
        self.cursor = Cursor()
        self.failures = Failures(self.name, on_error)

    @property
    def name(self) -> str:
        """The loader's name."""
        return self.loader.name

    def open(self, sink: Callable[[Quarantined], None] | None = None, start: Any = None) -> Iterator[Task]:
        """Start reading from the beginning, or from where an earlier run was; `sink` receives quarantined records."""
        self.cursor = Cursor()
        self.cursor.start = start
        self.failures = Failures(self.name, self.on_error, sink)
        hidden = {"cursor": self.cursor, "failures": self.failures}
        wanted = {key: value for key, value in hidden.items() if key in self.loader.signature.parameters}
        return self.loader.function(**self.settings, **wanted)

    def __iter__(self) -> Iterator[Task]:
        return self.open()

    def can_go_on(self, trace: Any) -> bool:
        """Tell whether reading can begin where an earlier run was: what it has read is there, and the same."""
        return self.loader.resumes is not None and self.loader.resumes(self.settings, trace)

    def stop(self) -> None:
        """Let a run that waits for more input end; may be called from any thread."""
        self.cursor.stopped = True

    @property
    def would_wait(self) -> bool:
        """Whether there is nothing to read at the moment, though more may come."""
        return self.cursor.would_wait()

    def __ror__(self, other: Any) -> Any:
        if isinstance(other, Stage) or is_stream(other):
            raise SettingError(f"{self.name}: a source starts a pipeline; put it first")
        return NotImplemented

    @property
    def position(self) -> int:
        """What has been read of the latest run, in the cursor's unit."""
        return self.cursor.position

    @property
    def size(self) -> int | None:
        """The whole, in the cursor's unit; None where it is unknown."""
        return self.cursor.size

    @property
    def progress(self) -> float | None:
        """The part read, in [0, 1]; None where the size is unknown."""
        return self.cursor.progress

    def __repr__(self) -> str:
        shown = {key: str(value) if hasattr(value, "__fspath__") else value for key, value in self.settings.items()}
        if self.on_error != "raise":
            shown["on_error"] = self.on_error
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in shown.items())})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Source):
            return NotImplemented
        return (self.name, self.settings, self.on_error) == (other.name, other.settings, other.on_error)

    __hash__ = None  # type: ignore[assignment]
