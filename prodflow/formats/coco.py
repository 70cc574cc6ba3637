"""Write COCO: images, the boxes and polygons on them, and their categories, in one JSON file."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from typing import IO, Any

import orjson

from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of
from prodflow.formats.pictures import Size, picture_name, picture_size
from prodflow.formats.shapes import Shape, area_of, check_box, shapes_of

_SPOOLED_BYTES = 2**20


def write_coco(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write each image once, whatever tasks are about it, and an annotation for each shape; ids count from 1."""
    categories = {label: number for number, label in enumerate(answers.labels, start=1)}
    listed = [{"id": number, "name": label, "supercategory": ""} for label, number in categories.items()]
    annotations = 0
    # The annotations wait in a file of their own until all images are written: no more than a task is held.
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES) as waiting, closing(_Images()) as images:
        out.write(b'{"info":{"description":"exported by prodflow"},"licenses":[],"categories":')
        out.write(orjson.dumps(listed) + b',\n"images":[')
        for task in answers:
            name = picture_name(task, losses)
            if name is None:
                continue
            image, size, is_new = images.number(name, task)
            if is_new:
                out.write((b",\n" if image > 1 else b"\n") + orjson.dumps(_image(image, name, size, task, losses)))
            else:
                losses.add("several tasks about the same image, written as one image", name_of(task))
            for shape in shapes_of(task, losses):
                annotations += 1
                record = _annotation(annotations, image, categories[shape.label], shape, task, size, losses)
                waiting.write((b",\n" if annotations > 1 else b"\n") + orjson.dumps(record))
        out.write(b'\n],\n"annotations":[')
        waiting.seek(0)
        shutil.copyfileobj(waiting, out, 2**20)
        out.write(b"\n]}\n")
        return {"images": images.count, "annotations": annotations, "categories": len(categories)}


class _Images:
    """The images so far, by name, in a temporary file: they may be millions."""

    def __init__(self) -> None:
        self.count = 0
        self._seen = sqlite3.connect("")
        self._seen.execute("create table images(name text primary key, id integer, width integer, height integer)")

    def number(self, name: str, task: Task) -> tuple[int, Size | None, bool]:
        """Return an image's id and size, and whether it is a new one."""
        row = self._seen.execute("select id, width, height from images where name = ?", (name,)).fetchone()
        if row is not None:
            return row[0], None if row[1] is None else (row[1], row[2]), False
        self.count += 1
        size = picture_size(task)
        self._seen.execute("insert into images values (?, ?, ?, ?)", (name, self.count, *(size or (None, None))))
        return self.count, size, True

    def close(self) -> None:
        self._seen.close()


def _image(number: int, name: str, size: Size | None, task: Task, losses: Losses) -> dict[str, Any]:
    if size is None:
        losses.add("images whose width and height nobody knows", name_of(task))
        return {"id": number, "file_name": name}
    return {"id": number, "file_name": name, "width": size[0], "height": size[1]}


def _annotation(
    number: int, image: int, category: int, shape: Shape, task: Task, size: Size | None, losses: Losses
) -> dict[str, Any]:
    x, y, width, height = shape.box
    check_box(shape.box, size, name_of(task), "written as they are", losses)
    record: dict[str, Any] = {"id": number, "image_id": image, "category_id": category, "iscrowd": 0}
    record |= {"bbox": [x, y, width, height], "area": width * height, "segmentation": []}
    if shape.kind != "rect":
        if shape.kind != "polygon":
            losses.add(f"written as polygons, shapes of the type {shape.kind!r}", name_of(task))
        record["area"] = area_of(shape.points)
        record["segmentation"] = [[side for point in shape.points for side in point]]
    return record


COCO = Format(
    "coco",
    "boxes and polygons on images, in one JSON file",
    (".coco.json",),
    write_file=write_coco,
    loader="coco",
    keys=frozenset(("image", "path", "spans", "label", "width", "height", "consensus")),
)
