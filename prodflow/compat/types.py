"""Types that recipes written for Prodigy annotate their functions with."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypedDict

from prodflow.core.settings import ConvertedBy, ExistingPath
from prodflow.core.task import Scored, Task
from prodflow.loaders.stream import Stream
from prodflow.recipes.labels import get_labels

TaskType: TypeAlias = Task
RecipeSettingsType: TypeAlias = dict[str, Any]
StreamType: TypeAlias = Stream | Iterable[Task]
ScoredStreamType: TypeAlias = Iterable[Scored]
SourceType: TypeAlias = str | Path | Iterable[Task]
LabelsType: TypeAlias = Annotated[list[str], ConvertedBy(get_labels)]
ExistingFilePath: TypeAlias = Annotated[Path, ExistingPath(file_only=True)]


class ControllerComponentsDict(TypedDict, total=False):
    """What a recipe returns."""

    dataset: str | bool
    view_id: str
    stream: Any
    update: Callable[..., Any] | None
    db: Any
    progress: Callable[..., Any] | None
    on_load: Callable[..., Any] | None
    on_exit: Callable[..., Any] | None
    before_db: Callable[..., Any] | None
    validate_answer: Callable[..., Any] | None
    get_session_id: Callable[[], str] | None
    exclude: list[str] | None
    config: Mapping[str, Any] | None
    task_router: Callable[..., Any] | None
    session_factory: Callable[..., Any] | None
    event_hooks: Mapping[str, Callable[..., Any]] | None
