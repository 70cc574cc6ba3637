"""Read Label Studio's JSON export: a task an annotation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prodflow.core.errors import SourceError
from prodflow.core.failures import HiddenFailures
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.json_items import items_of
from prodflow.formats.losses import Losses
from prodflow.formats.shapes import box_span, polygon_span

_TEXT, _BOXES, _POLYGONS, _CHOICES = "labels", "rectanglelabels", "polygonlabels", "choices"


@loader(name="label-studio")
def label_studio(path: InputPath, *, cursor: HiddenCursor, failures: HiddenFailures) -> Iterator[Task]:
    """Read what Label Studio exports as JSON: a task an annotation, with spans, boxes, polygons and choices.

    Who made an annotation becomes its session. A task that nobody annotated comes as it is.

    Args:
        path: the file.

    Raises:
        SourceError: if it is broken, or a task has no "data".
    """
    losses, read = Losses(), 0
    cursor.track(lambda: read, size=sum(1 for _ in items_of(path, "item")), unit="tasks")
    for item in items_of(path, "item"):
        read += 1
        where = f"{path}, task {read}"
        try:
            tasks = list(_tasks(item, where, path, losses))
        except SourceError as error:
            failures.handle(error, position=read, record=item)
            continue
        yield from tasks
    if not read:
        raise SourceError(f"{path}: a list of tasks is expected, as Label Studio exports it as JSON; there is none")
    losses.warn(str(path))


def _tasks(item: Any, where: str, path: Path, losses: Losses) -> Iterator[Task]:
    data = item.get("data") if isinstance(item, dict) else None
    if not isinstance(data, dict):
        raise SourceError(f"{where}: no 'data'; export the project as JSON, not as JSON-MIN")
    base: Task = {**data, **({"meta": item["meta"]} if item.get("meta") else {})}
    if item.get("predictions"):
        losses.add("left out, predictions", where.rpartition(", ")[2])
    annotations = item.get("annotations") or item.get("completions") or []
    if not annotations:
        losses.add("tasks that nobody annotated, read as they are", where.rpartition(", ")[2])
        yield base
    for annotation in annotations:
        yield {**base, **_answer(annotation, where, losses)}


def _answer(annotation: dict[str, Any], where: str, losses: Losses) -> Task:
    answer: Task = {"answer": "ignore" if annotation.get("was_cancelled") else "accept"}
    by = annotation.get("completed_by")
    name = by.get("email") or by.get("id") if isinstance(by, dict) else by
    if name is not None:
        answer |= {"_session_id": f"label-studio-{name}", "_annotator_id": str(name)}
    spans = []
    for number, result in enumerate(annotation.get("result") or ()):
        place = f"{where}, result {number}"
        kind, value = result.get("type"), result.get("value") or {}
        try:
            if kind == _TEXT:
                spans += _text_spans(value)
            elif kind in (_BOXES, _POLYGONS):
                answer["width"], answer["height"] = size = result["original_width"], result["original_height"]
                spans += _shapes(kind, value, size, place, losses)
            elif kind == _CHOICES:
                answer["accept"] = [*answer.get("accept", ()), *map(str, value["choices"])]
            else:
                losses.add(f"left out, results of the type {kind!r}", place.rpartition(f"{where}, ")[2])
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError(f"{place}: broken: {type(error).__name__}: {error}") from error
    if "accept" in answer:
        answer["options"] = [{"id": name, "text": name} for name in answer["accept"]]
    return {**answer, "spans": spans} if spans else answer


def _text_spans(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"start": value["start"], "end": value["end"], "label": label} for label in value[_TEXT]]


def _shapes(
    kind: str, value: dict[str, Any], size: tuple[int, int], where: str, losses: Losses
) -> Iterator[dict[str, Any]]:
    if value.get("rotation"):
        losses.add("rotation left out of boxes", where.rpartition(", task ")[2])
    across, down = size[0] / 100, size[1] / 100
    for label in value[kind]:
        if kind == _BOXES:
            sides = (value["x"] * across, value["y"] * down, value["width"] * across, value["height"] * down)
            yield box_span(label, *(_tidy(side) for side in sides))
        else:
            yield polygon_span(label, [(_tidy(x * across), _tidy(y * down)) for x, y in value["points"]])


def _tidy(value: float) -> float:
    return round(value, 6)
