"""Operators: pure generator functions over a stream, and stages, which are operators with their settings."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, ClassVar, overload

from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.failures import ON_ERROR, Failures, OnError, Quarantined
from prodflow.core.restart import restarted
from prodflow.core.settings import bind_arguments, check_settings, parameters_of, refuse_open_parameters


class Operator:
    """A generator function `(stream, settings) -> stream` with a name.

    Called with a stream it runs; called with settings only it declares a `Stage`. Settings are checked at once.
    """

    def __init__(
        self,
        function: Callable[..., Iterator[Any]],
        *,
        stateless: bool,
        drops: str,
        check: Callable[[dict[str, Any]], None] | None = None,
        ordered: bool = False,
        holds: bool = False,
    ) -> None:
        """Wrap the function; `operator` is the way to make one."""
        functools.update_wrapper(self, function)
        self.function = function
        self.name = function.__name__
        self.stateless = stateless
        self.keeps_order = stateless or ordered
        self.holds = holds
        self.drops = drops
        self._check = check
        self.signature = inspect.signature(function)
        if "stream" not in self.signature.parameters:
            raise SettingError(f"operator {self.name}: its function needs a parameter named 'stream'")
        refuse_open_parameters(f"operator {self.name}", self.signature)
        self.handles_failures = "failures" in self.signature.parameters

    @functools.cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The settings, by name, without the stream."""
        return parameters_of(self.function, skip=("stream",))

    @property
    def can_go_on(self) -> bool:
        """Whether its stages take an `on_error` other than `"raise"`."""
        return self.stateless or self.handles_failures

    @overload
    def __call__(self, stream: Iterable[Any], /, *args: Any, **settings: Any) -> Iterator[Any]: ...
    @overload
    def __call__(self, setting: object, stream: Iterable[Any], /, *args: Any, **settings: Any) -> Iterator[Any]: ...
    @overload
    def __call__(self, *, on_error: OnError = "raise", **settings: Any) -> "Stage": ...
    def __call__(self, *args: Any, **settings: Any) -> "Iterator[Any] | Stage":
        """Run over a stream, or declare a stage.

        Raises:
            SettingError: at once, if a setting is unknown, missing or wrong.
        """
        bound = self.bind(*args, **settings)
        if "stream" not in bound:
            return self.declare(bound)
        stream = bound.pop("stream")
        if not isinstance(stream, Iterable) or isinstance(stream, (str, bytes, Mapping)):
            raise SettingError(f"{self.name}: {stream!r:.80} is not a stream of tasks")
        return self.start(stream, self._checked(bound))

    def bind(self, *args: Any, **settings: Any) -> dict[str, Any]:
        """Give each argument its name; nothing is checked yet.

        Raises:
            SettingError: if there are too many, or one comes twice.
        """
        return bind_arguments(self.name, self.signature, args, settings) if args else settings

    def declare(self, settings: dict[str, Any]) -> "Stage":
        """Make a stage of settings by name, checked."""
        on_error: OnError = "raise"
        if "on_error" not in self.parameters:
            settings = dict(settings)
            on_error = settings.pop("on_error", "raise")
        return Stage(self, self._checked(settings), on_error)

    def _checked(self, given: dict[str, Any]) -> dict[str, Any]:
        settings = check_settings(self.name, self.parameters, given)
        if self._check is not None:
            self._check(settings)
        return settings

    def start(
        self, stream: Iterable[Any], settings: Mapping[str, Any], failures: Failures | None = None
    ) -> Iterator[Any]:
        """Run over a stream with settings that were checked before."""
        if self.handles_failures:
            settings = {**settings, "failures": failures or Failures(self.name)}
        return self.function(stream=stream, **settings)

    def __repr__(self) -> str:
        return f"<operator {self.name}>"


@overload
def operator(function: Callable[..., Iterator[Any]], /) -> Operator: ...
@overload
def operator(
    *,
    stateless: bool = False,
    drops: str = "",
    check: Callable[[dict[str, Any]], None] | None = None,
    ordered: bool = False,
    holds: bool = False,
) -> Callable[[Callable[..., Iterator[Any]]], Operator]: ...
def operator(
    function: Callable[..., Iterator[Any]] | None = None,
    /,
    *,
    stateless: bool = False,
    drops: str = "",
    check: Callable[[dict[str, Any]], None] | None = None,
    ordered: bool = False,
    holds: bool = False,
) -> Operator | Callable[[Callable[..., Iterator[Any]]], Operator]:
    """Make an operator of a generator function whose first parameter is `stream`, and register its name.

    Args:
        function: the generator function.
        stateless: promise that `list(op(a + b)) == list(op(a)) + list(op(b))`, and to read no further than the
            record at work; such stages can go on after an error (the function is started again behind the
            record), and be spread over threads or processes. A function that keeps state or reads ahead can do
            so too if it takes `failures` (annotated `HiddenFailures`) and calls `failures.handle` itself.
        drops: why tasks that come in do not go out, in words for the ledger, e.g. `"empty"`.
        ordered: promise that tasks come out in the order of the stream, where that is not stateless; then a server can
            go on in the midst of a source after a restart.
        holds: promise that each task comes out once, or fails, though in another order; then a server keeps the records
            of those that wait inside, and can go on too.
        check: called with the settings when a stage is declared, to refuse those that do not go together.

    >>> @operator(stateless=True)
    ... def shout(stream, *, key: str = "text"):
    ...     for task in stream:
    ...         yield {**task, key: task[key].upper()}
    >>> list(shout([{"text": "a"}]))
    [{'text': 'A'}]
    >>> shout(key="title")
    shout(key='title')
    """

    def wrap(function: Callable[..., Iterator[Any]]) -> Operator:
        wrapped = Operator(function, stateless=stateless, drops=drops, check=check, ordered=ordered, holds=holds)
        registry.operators.register(wrapped.name, wrapped)
        return wrapped

    return wrap if function is None else wrap(function)


class Composable:
    """What `|` joins: sources, stages and pipelines. numpy and pandas leave the operator alone."""

    __array_ufunc__: ClassVar[None] = None
    __pandas_priority__: ClassVar[int] = 10_000

    def __or__(self, other: Any) -> Any:
        from prodflow.core.pipeline import Pipeline

        if isinstance(other, Operator):
            raise SettingError(f"|: {other.name} is an operator; call it to declare a stage: {other.name}(…)")
        return Pipeline.of(self, other) if isinstance(other, (Stage, Pipeline)) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        if isinstance(other, (str, Path)):
            raise TypeError(
                f"{str(other)!r} is no stream; read it with a loader, as in loaders.jsonl({str(other)!r}) | …"
            )

        from prodflow.core.pipeline import Pipeline

        return Pipeline.of(other, self) if is_stream(other) else NotImplemented


def is_stream(value: Any) -> bool:
    """Tell whether a value can start a pipeline: a list or iterator of tasks, not a dict, a set, a text or an array."""
    if isinstance(value, (str, bytes, Mapping, Set)) or hasattr(value, "__array__") or hasattr(value, "__dataframe__"):
        return False
    return isinstance(value, Iterable)


class Stage(Composable):
    """An operator with its settings, declared and not yet run: call it with a stream, or compose it with `|`."""

    def __init__(self, operator: Operator, settings: Mapping[str, Any], on_error: OnError = "raise") -> None:
        """Check what `on_error` asks for; the settings are checked already."""
        if on_error not in ON_ERROR:
            raise SettingError(f"{operator.name}: on_error={on_error!r} is none of {', '.join(ON_ERROR)}")
        if on_error != "raise" and not operator.can_go_on:
            raise SettingError(
                f"{operator.name}: on_error={on_error!r} needs a stateless operator; this one keeps state"
            )
        self.operator = operator
        self.settings = dict(settings)
        self.on_error: OnError = on_error

    @property
    def name(self) -> str:
        """The operator's name."""
        return self.operator.name

    def __call__(self, stream: Iterable[Any], *, sink: Callable[[Quarantined], None] | None = None) -> Iterator[Any]:
        """Run over a stream; `sink` receives quarantined records."""
        if self.on_error == "raise":
            return self.operator.start(stream, self.settings)
        failures = Failures(self.name, self.on_error, sink)
        if self.operator.handles_failures:
            return self.operator.start(stream, self.settings, failures)
        return restarted(lambda rest: self.operator.start(rest, self.settings), stream, failures)

    def __repr__(self) -> str:
        shown = {**self.settings, **({"on_error": self.on_error} if self.on_error != "raise" else {})}
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in shown.items())})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stage):
            return NotImplemented
        return (self.name, self.settings, self.on_error) == (other.name, other.settings, other.on_error)

    __hash__ = None  # type: ignore[assignment]
