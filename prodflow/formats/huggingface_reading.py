"""Read the Parquet files of Hugging Face datasets: numbers of classes become their names again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import SourceError
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.huggingface import CHOICE, NOT
from prodflow.formats.shapes import box_span
from prodflow.formats.tag_schemes import Tags
from prodflow.formats.tokens import as_span, text_task
from prodflow.loaders.columns import plain_value

_BATCH_ROWS = 500
_TAGS = ("ner_tags", "tags")


@loader()
def huggingface(path: InputFile, *, cursor: HiddenCursor) -> Iterator[Task]:
    """Read a Parquet file that `datasets` wrote (`dataset.to_parquet`): a task a row.

    "text" and "image" are taken as they are; a class becomes the label, several the options that are accepted;
    "tokens" with "ner_tags" become tokens and spans, "objects" with "bbox" and "category" boxes. Other columns stay.

    Args:
        path: the file.

    Raises:
        SourceError: if it is broken, or says nothing of its features.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    read = 0
    try:
        with ParquetFile(path) as file:
            metadata = file.schema_arrow.metadata or {}
            features = _features(path, metadata)
            cursor.track(lambda: read, size=file.metadata.num_rows, unit="rows")
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                for row in batch.to_pylist():
                    read += 1
                    yield _task(row, features, CHOICE in metadata, f"{path}, row {read}")
    except (ArrowException, OSError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise SourceError(f"{path}: not a Parquet file that can be read: {lines[0]}") from error


def _features(path: Path, metadata: dict[bytes, bytes]) -> dict[str, Any]:
    try:
        features = orjson.loads(metadata[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(f"{path}: says nothing of its features; read it with the loader 'parquet'") from error
    return features if isinstance(features, dict) else {}


def _task(row: dict[str, Any], features: dict[str, Any], choice: bool, where: str) -> Task:
    task: Task = {}
    for name, value in row.items():
        names = _names(features.get(name))
        if name in ("tokens", *_TAGS, "objects") or value is None:
            continue
        if names is None:
            task[name] = plain_value(value)
        elif isinstance(value, list) or (name == "label" and choice):
            listed = value if isinstance(value, list) else [value]
            task["options"] = [{"id": option, "text": option} for option in names]
            task["accept"] = [_name(names, number, where) for number in listed]
        else:
            task[name] = _name(names, value, where)
    label = task.get("label")
    if (
        isinstance(label, str)
        and label.startswith(NOT)
        and label.removeprefix(NOT) in (_names(features["label"]) or ())
    ):
        task |= {"label": label.removeprefix(NOT), "answer": "reject"}
    if isinstance(task.get("image"), str):
        task["path"] = row["image"]["path"] if isinstance(row.get("image"), dict) else task["image"]
    _add_tags(task, row, features, where)
    _add_objects(task, row, features, where)
    return task


def _names(feature: Any) -> list[str] | None:
    while isinstance(feature, dict) and feature.get("_type") in ("Sequence", "List", "LargeList"):
        feature = feature.get("feature")
    if isinstance(feature, dict) and feature.get("_type") == "ClassLabel":
        return [str(name) for name in feature.get("names") or ()]
    return None


def _name(names: list[str], number: int, where: str) -> str:
    if not 0 <= number < len(names):
        raise SourceError(f"{where}: unknown class {number}; there are {len(names)}, 0 to {len(names) - 1}")
    return names[number]


def _add_tags(task: Task, row: dict[str, Any], features: dict[str, Any], where: str) -> None:
    words, column = row.get("tokens"), next((name for name in _TAGS if row.get(name) is not None), None)
    if not words:
        return
    names = _names(features.get(column)) if column else None
    tagged = [_name(names, number, where) for number in row[column]] if column and names else ["O"] * len(words)
    spans = Tags(where, "any").spans((0, tag) for tag in tagged)
    made = text_task(words, [True] * (len(words) - 1) + [False], spans)
    if isinstance(task.get("text"), str) and _placed(made["tokens"], task["text"]):
        made["spans"] = [as_span(span, made["tokens"]) for span in spans]
        made["text"] = task["text"]
    task |= made


def _placed(tokens: list[dict[str, Any]], text: str) -> bool:
    """Find the tokens in the text, one after the other; tell whether all are there."""
    places, place = [], 0
    for token in tokens:
        place = text.find(token["text"], place)
        if place < 0:
            return False
        places.append(place)
        place += len(token["text"])
    for start, token in zip(places, tokens, strict=True):
        end = start + len(token["text"])
        token |= {"start": start, "end": end, "ws": text[end : end + 1] == " "}
    return True


def _add_objects(task: Task, row: dict[str, Any], features: dict[str, Any], where: str) -> None:
    objects = row.get("objects")
    if not isinstance(objects, dict) or not {"bbox", "category"} <= objects.keys():
        return
    names = _names(features["objects"].get("category")) or []
    pairs = zip(objects["bbox"], objects["category"], strict=True)
    task["spans"] = [box_span(_name(names, number, where), *box) for box, number in pairs]
