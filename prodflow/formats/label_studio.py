"""Write Label Studio's JSON: a list of tasks with their annotations, as it imports them."""

from collections.abc import Iterator
from typing import IO, Any

import orjson

from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of
from prodflow.formats.pictures import picture_size
from prodflow.formats.shapes import Shape, shapes_of

DATA_KEYS = ("text", "image", "audio", "video", "html")


def write_label_studio(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write one task an answer; an ignored task is a cancelled annotation."""
    count = results = 0
    out.write(b"[")
    for task in answers:
        found = list(_results(task, losses))
        record = {
            "id": count + 1,
            "data": {key: task[key] for key in DATA_KEYS if task.get(key) is not None},
            "meta": task.get("meta") or {},
            "annotations": [{"result": found, "was_cancelled": task.get("answer") == "ignore", "ground_truth": False}],
        }
        out.write((b",\n" if count else b"\n") + orjson.dumps(record))
        count, results = count + 1, results + len(found)
    out.write(b"\n]\n")
    return {"results": results}


def _results(task: Task, losses: Losses) -> Iterator[dict[str, Any]]:
    if task.get("options") is not None:
        chosen = [str(option) for option in task.get("accept") or ()]
        yield {"id": "choice", "type": "choices", **_names("choice", task), "value": {"choices": chosen}}
        if any(option.get("text", option.get("id")) != option.get("id") for option in task["options"]):
            losses.add("left out, texts of options other than their ids", name_of(task))
        losses.add("left out, options that nobody chose (they are in the project's configuration)", name_of(task))
    elif isinstance(task.get("label"), str):
        yield {"id": "choice", "type": "choices", **_names("choice", task), "value": {"choices": [task["label"]]}}
    if isinstance(task.get("image"), str):
        yield from _shapes(task, losses)
    else:
        yield from _spans(task, losses)


def _names(name: str, task: Task) -> dict[str, str]:
    return {"from_name": name, "to_name": next((key for key in DATA_KEYS if task.get(key) is not None), "text")}


def _spans(task: Task, losses: Losses) -> Iterator[dict[str, Any]]:
    text = task.get("text")
    for number, span in enumerate(task.get("spans") or ()):
        if not isinstance(text, str) or span.get("start") is None or span.get("label") is None:
            losses.add("left out, spans without a label or a place in the text", name_of(task))
            continue
        start, end = span["start"], span["end"]
        value = {"start": start, "end": end, "text": text[start:end], "labels": [str(span["label"])]}
        yield {"id": f"s{number}", "type": "labels", **_names("label", task), "value": value}


def _shapes(task: Task, losses: Losses) -> Iterator[dict[str, Any]]:
    size = picture_size(task)
    for number, shape in enumerate(shapes_of(task, losses)):
        if size is None:
            losses.add("left out, shapes on images whose width and height nobody knows", name_of(task))
            return
        kind = "rectanglelabels" if shape.kind == "rect" else "polygonlabels"
        if shape.kind not in ("rect", "polygon"):
            losses.add(f"written as polygons, shapes of the type {shape.kind!r}", name_of(task))
        yield {
            "id": f"s{number}",
            "type": kind,
            **_names("label", task),
            "original_width": size[0],
            "original_height": size[1],
            "image_rotation": 0,
            "value": {**_value(shape, size), kind: [shape.label]},
        }


def _value(shape: Shape, size: tuple[int, int]) -> dict[str, Any]:
    """The place of a shape in per cent of its picture."""
    across, down = 100 / size[0], 100 / size[1]
    if shape.kind != "rect":
        return {"points": [[x * across, y * down] for x, y in shape.points], "closed": True}
    x, y, width, height = shape.box
    return {"x": x * across, "y": y * down, "width": width * across, "height": height * down, "rotation": 0}


LABEL_STUDIO = Format(
    "label-studio",
    "texts and images with spans, boxes, polygons and choices, as Label Studio imports them",
    (),
    write_file=write_label_studio,
    loader="label-studio",
    keys=frozenset((*DATA_KEYS, "path", "width", "height", "meta", "spans", "label", "options", "accept", "consensus")),
    decisions=("accept", "ignore"),
)
