"""Read COCO: a task an image, with its boxes and polygons."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import SourceError
from prodflow.core.failures import HiddenFailures
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.json_items import items_of
from prodflow.formats.losses import Losses
from prodflow.formats.pictures import Size, find_picture
from prodflow.formats.shapes import box_span, check_box, polygon_span

_NEEDED = ("image_id", "category_id")
_MANY = 10_000


@loader()
def coco(
    path: InputPath, *, images: Path | None = None, cursor: HiddenCursor, failures: HiddenFailures
) -> Iterator[Task]:
    """Read a COCO file of detections: a task an image, its boxes and polygons as spans.

    The file is read piece by piece, whatever its size; annotations wait in a temporary file on the disk.

    Args:
        path: the JSON file.
        images: the folder of the images; by default that of the file, or `images` beside it.

    Raises:
        SourceError: if it is broken, names a category or image that it does not have, or an image is not there.
    """
    folders = [images] if images is not None else [path.parent, path.parent / "images"]
    losses = Losses()
    categories = {item["id"]: str(item["name"]) for item in _records(path, "categories", ("id", "name"))}
    with closing(_waiting(path, categories)) as waiting:
        count = _count_images(path)
        cursor.track(lambda: read, size=count, unit="images")
        read = 0
        for image in _records(path, "images", ("id", "file_name")):
            read += 1
            where = f"{path}, image {image['id']!r}"
            try:
                task = _task(image, find_picture(str(image["file_name"]), folders, where))
                task["spans"] = [
                    span
                    for record in _annotations(waiting, image["id"])
                    for span in _spans(record, categories, path, _size(image), losses)
                ]
            except SourceError as error:
                failures.handle(error, position=read, record=image)
                continue
            yield task
    losses.warn(str(path))


def _records(path: Path, key: str, needed: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(items_of(path, f"{key}.item")):
        where = f"{path}, {key}[{number}]"
        if not isinstance(item, dict):
            raise SourceError(f"{where}: an object is expected, got {item!r:.40}")
        if missing := [name for name in needed if item.get(name) is None]:
            raise SourceError(f"{where}: no {missing[0]!r} (keys: {', '.join(map(repr, item)) or 'none'})")
        yield item


def _waiting(path: Path, categories: dict[Any, str]) -> sqlite3.Connection:
    """Put the annotations into a database of their own, by image: they may come in any order."""
    waiting = sqlite3.connect("")
    waiting.execute("create table images(id text primary key) without rowid")
    waiting.execute("create table annotations(image text, record blob)")
    images = ((_key(image["id"]),) for image in _records(path, "images", ("id", "file_name")))
    waiting.executemany("insert or ignore into images values (?)", images)
    rows: list[tuple[str, bytes]] = []
    for number, record in enumerate(_records(path, "annotations", _NEEDED)):
        where = f"{path}, annotations[{number}] (id {record.get('id')!r})"
        if record["category_id"] not in categories:
            known = ", ".join(f"{number} {name}" for number, name in categories.items()) or "none"
            raise SourceError(f"{where}: unknown category {record['category_id']!r} (categories: {known})")
        rows.append((_key(record["image_id"]), orjson.dumps({**record, "where": f"annotations[{number}]"})))
        if len(rows) == _MANY:
            waiting.executemany("insert into annotations values (?, ?)", rows)
            rows = []
    waiting.executemany("insert into annotations values (?, ?)", rows)
    waiting.execute("create index by_image on annotations(image)")
    lost = waiting.execute(
        "select record from annotations where image not in (select id from images) order by rowid limit 1"
    ).fetchone()
    if lost is not None:
        record = orjson.loads(lost[0])
        raise SourceError(
            f"{path}, {record['where']} (id {record.get('id')!r}): there is no image with the id {record['image_id']!r}"
        )
    return waiting


def _key(number: Any) -> str:
    return f"{type(number).__name__}:{number}"


def _count_images(path: Path) -> int:
    return sum(1 for _ in items_of(path, "images.item"))


def _annotations(waiting: sqlite3.Connection, image: Any) -> Iterator[dict[str, Any]]:
    rows = waiting.execute("select record from annotations where image = ? order by rowid", (_key(image),))
    return (orjson.loads(record) for (record,) in rows)


def _size(image: dict[str, Any]) -> Size | None:
    width, height = image.get("width"), image.get("height")
    return (int(width), int(height)) if width and height else None


def _task(image: dict[str, Any], name: str) -> Task:
    task: Task = {"image": name, "path": name}
    if (size := _size(image)) is not None:
        task["width"], task["height"] = size
    return task


def _spans(
    record: dict[str, Any], categories: dict[Any, str], path: Path, size: Size | None, losses: Losses
) -> Iterator[dict[str, Any]]:
    label, place = categories[record["category_id"]], record["where"]
    if record.get("iscrowd"):
        losses.add("left out, crowds (annotations with iscrowd)", place)
        return
    if record.get("keypoints"):
        losses.add("left out, keypoints", place)
    outline = record.get("segmentation")
    if isinstance(outline, list) and outline:
        if len(outline) > 1:
            losses.add("polygons of several parts, each a shape of its own now", place)
        for part in outline:
            yield polygon_span(label, _points(part, f"{path}, {place}"))
        return
    if outline:
        losses.add("masks (segmentation in run lengths), read as the box around them", place)
    box = record.get("bbox")
    if not isinstance(box, list) or len(box) != 4 or not all(isinstance(side, (int, float)) for side in box):
        raise SourceError(f"{path}, {place}: 'bbox' of four numbers is expected, got {box!r:.60}")
    x, y, width, height = box
    check_box((x, y, width, height), size, place, "kept as they are", losses)
    yield box_span(label, x, y, width, height)


def _points(part: Any, where: str) -> list[tuple[float, float]]:
    numbers = isinstance(part, list) and all(isinstance(side, (int, float)) for side in part)
    if not numbers or len(part) < 6 or len(part) % 2:
        raise SourceError(f"{where}: a polygon is six numbers or more, x and y in turn; got {part!r:.60}")
    return list(zip(part[::2], part[1::2], strict=True))
