"""What is applied to a stream: a function and its arguments, with a place kept for the stream."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.failures import Quarantined
from prodflow.core.operator import Operator, Stage
from prodflow.core.pipeline import Pipeline, plain


class _Placeholder:
    """Stands for the stream among the arguments of `Stream.apply`."""

    def __repr__(self) -> str:
        return "STREAM_PLACEHOLDER"


STREAM_PLACEHOLDER = _Placeholder()


@dataclass(frozen=True)
class Wrapper:
    """A function and its arguments; the stream goes where `STREAM_PLACEHOLDER` stands."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The function's name."""
        found = getattr(self.function, "name", None) or getattr(self.function, "__name__", None)
        return found if isinstance(found, str) else type(self.function).__name__

    @property
    def drops(self) -> str:
        """Why tasks that come in do not go out."""
        return self.function.operator.drops if isinstance(self.function, Stage) else ""

    @property
    def keeps_order(self) -> bool:
        """Whether tasks are known to come out in the order of the stream."""
        if isinstance(self.function, Stage):
            return self.function.operator.keeps_order
        if isinstance(self.function, Pipeline):
            return all(stage.operator.keeps_order for stage in self.function.stages)
        return bool(getattr(self.function, "keeps_order", False))

    @property
    def holds(self) -> bool:
        """Whether each task is known to come out once, though in another order."""
        return isinstance(self.function, Stage) and self.function.operator.holds

    @property
    def settings(self) -> str:
        """What it is called with, as text that is the same in every process."""
        if isinstance(self.function, (Stage, Pipeline)):
            stages = [self.function] if isinstance(self.function, Stage) else self.function.stages
            return plain([[stage.name, stage.settings, stage.on_error] for stage in stages])
        return plain([self.args, dict(self.kwargs)])

    def __call__(self, stream: Iterator[Any], sink: Callable[[Quarantined], None]) -> Iterable[Any]:
        """Run over a stream.

        Raises:
            SettingError: if the function returns something else than a stream.
        """
        if isinstance(self.function, Stage):
            return self.function(stream, sink=sink)
        if isinstance(self.function, Pipeline):
            return self.function(stream, quarantine=sink)
        args = [stream if value is STREAM_PLACEHOLDER else value for value in self.args]
        kwargs = {key: stream if value is STREAM_PLACEHOLDER else value for key, value in self.kwargs.items()}
        result = self.function(*args, **kwargs)
        if not isinstance(result, Iterable) or isinstance(result, (str, bytes, Mapping)):
            raise SettingError(f"apply: {self.name} returned {result!r:.80}, not a stream; does it yield its tasks?")
        return result


def wrap(stream: Any, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Wrapper:
    """Make a wrapper of what `Stream.apply` is given.

    Raises:
        SettingError: if the function cannot be called with these arguments.
    """
    if not callable(function):
        raise SettingError(f"apply: {function!r:.80} cannot be called with a stream")
    args = tuple(STREAM_PLACEHOLDER if value is stream else value for value in args)
    kwargs = {key: STREAM_PLACEHOLDER if value is stream else value for key, value in kwargs.items()}
    if isinstance(function, Operator):
        stage = _declared(function, args, kwargs, stream.wrappers)
        return Wrapper(stage, (STREAM_PLACEHOLDER,), {})
    if not _has_placeholder(args, kwargs):
        args = (STREAM_PLACEHOLDER, *args)
    made = Wrapper(function, args, kwargs)
    _check_arguments(made)
    return made


def _latest_language(before: list[Wrapper]) -> dict[str, Any]:
    """The `nlp` of the latest operator that was applied with one: who is given none takes that."""
    stages = (wrapper.function for wrapper in reversed(before))
    known = (stage.settings["nlp"] for stage in stages if isinstance(stage, Stage) and "nlp" in stage.settings)
    nlp = next(known, None)
    return {} if nlp is None else {"nlp": nlp}


def _declared(operator: Operator, args: tuple[Any, ...], kwargs: dict[str, Any], before: list[Wrapper]) -> Stage:
    """Check an operator's settings; its parameter `stream` gets the stream wherever it stands."""
    if not _has_placeholder(args, kwargs):
        place = list(operator.signature.parameters).index("stream")
        if len(args) < place:
            kwargs = {**kwargs, "stream": STREAM_PLACEHOLDER}
        else:
            args = (*args[:place], STREAM_PLACEHOLDER, *args[place:])
    bound = operator.bind(*args, **kwargs)
    stream = bound.pop("stream", None)
    if stream is not STREAM_PLACEHOLDER or _has_placeholder((), bound):
        raise SettingError(f"apply: {operator.name} takes the stream as 'stream', and nowhere else")
    if "nlp" in operator.parameters and "nlp" not in bound:
        bound |= _latest_language(before)
    return operator.declare(bound)


def _has_placeholder(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    return any(value is STREAM_PLACEHOLDER for value in (*args, *kwargs.values()))


def _check_arguments(wrapper: Wrapper) -> None:
    if isinstance(wrapper.function, (Stage, Pipeline)):
        if len(wrapper.args) + len(wrapper.kwargs) > 1:
            raise SettingError(f"apply: {wrapper.name} has its settings already")
        return
    try:
        signature = inspect.signature(wrapper.function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*wrapper.args, **wrapper.kwargs)
    except TypeError as error:
        raise SettingError(f"apply: {wrapper.name}: {error}") from error
