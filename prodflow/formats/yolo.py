"""YOLO: a folder with a text file for each image, a line a box, in parts of the image's width and height."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from prodflow.core.errors import SourceError
from prodflow.core.failures import HiddenFailures, broken
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of
from prodflow.formats.pictures import Size, file_size, is_picture, picture_name, picture_size
from prodflow.formats.shapes import Shape, box_span, polygon_span, shapes_of
from prodflow.formats.text_files import numbered, read_lines, unused

CLASSES, IMAGES, LABELS = "classes.txt", "images.txt", "labels"
_BOX_COLUMNS = 5


def write_yolo(answers: Answers, folder: Path, losses: Losses) -> Counts:
    """Write `labels/<image>.txt`, `classes.txt`, and `images.txt` with the path of each image, in order."""
    classes = {label: number for number, label in enumerate(answers.labels)}
    (folder / CLASSES).write_text("".join(f"{_line(label)}\n" for label in classes), encoding="utf-8")
    (folder / LABELS).mkdir()
    images = boxes = 0
    names: dict[str, int] = {}
    with (folder / IMAGES).open("w", encoding="utf-8") as listed:
        for task in answers:
            name, size = picture_name(task, losses), picture_size(task)
            if name is None:
                continue
            if size is None:
                losses.add("left out, images whose width and height nobody knows", name_of(task))
                continue
            lines = [_box(shape, classes[shape.label], size, task, losses) for shape in shapes_of(task, losses)]
            images, boxes = images + 1, boxes + len(lines)
            listed.write(f"{_line(name)}\n")
            path = folder / LABELS / f"{unused(names, _stem(name))}.txt"
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return {"images": images, "boxes": boxes, "classes": len(classes)}


def _line(text: str) -> str:
    return " ".join(text.split())


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem or "image"


def _box(shape: Shape, number: int, size: Size, task: Task, losses: Losses) -> str:
    x, y, width, height = shape.box
    if shape.kind != "rect":
        losses.add("written as the box around them, polygons and lines", name_of(task))
    left, right = (min(max(side, 0), size[0]) for side in (x, x + width))
    top, bottom = (min(max(side, 0), size[1]) for side in (y, y + height))
    if (left, top, right, bottom) != (x, y, x + width, y + height):
        losses.add("cut at the border, boxes that reach beyond their picture", name_of(task))
    if right <= left or bottom <= top:
        losses.add("written as they are, boxes without an area", name_of(task))
    sides = ((left + right) / 2 / size[0], (top + bottom) / 2 / size[1])
    extents = ((right - left) / size[0], (bottom - top) / size[1])
    return " ".join([str(number), *(f"{value:.10g}" for value in (*sides, *extents))])


@loader()
def yolo(
    path: InputPath, *, images: Path | None = None, cursor: HiddenCursor, failures: HiddenFailures
) -> Iterator[Task]:
    """Read a folder of YOLO labels: a task an image, its boxes (five columns) and polygons (more) as spans.

    Args:
        path: the folder with `classes.txt` (or `obj.names`, `data.yaml`'s names as lines) and `labels`, or of the
            label files themselves.
        images: the folder of the images; by default `images` beside the labels, or what `images.txt` names.

    Raises:
        SourceError: at a line that is no box, a class that is not in the list, or an image that is not there.
    """
    classes = [line.strip() for line in read_lines(_classes_file(path)) if line.strip()]
    pairs = list(_pairs(path, images))
    read, losses = 0, Losses()
    cursor.track(lambda: read, size=len(pairs), unit="images")
    for labels, picture in pairs:
        read += 1
        try:
            if picture is None:
                raise SourceError(f"{labels}: no image of the name {labels.stem!r}; name its folder with images=")
            yield _task(labels, picture, classes)
        except SourceError as error:
            failures.handle(error, position=read, record=str(labels))
    losses.warn(str(path))


def _classes_file(folder: Path) -> Path:
    for name in (CLASSES, "obj.names", f"{LABELS}/{CLASSES}"):
        if (folder / name).is_file():
            return folder / name
    raise SourceError(f"{folder}: no {CLASSES}; it has the name of each class on a line of its own")


def _pairs(folder: Path, images: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """Yield each label file with its image."""
    labels = folder / LABELS if (folder / LABELS).is_dir() else folder
    known = _listed(folder) if images is None else {}
    places = [images] if images is not None else [folder / "images", folder]
    for place in places:
        if place.is_dir():
            for file in sorted(place.rglob("*")):
                if is_picture(file):
                    known.setdefault(file.stem, file)
    for file in sorted(labels.rglob("*.txt")):
        if file.name not in (CLASSES, IMAGES):
            yield file, known.get(file.stem)


def _listed(folder: Path) -> dict[str, Path]:
    """The images that `images.txt` names, by the stem of their label files."""
    if not (folder / IMAGES).is_file():
        return {}
    names: dict[str, int] = {}
    listed = [line for line in read_lines(folder / IMAGES) if line.strip()]
    found = {unused(names, _stem(name)): Path(name) for name in listed}
    return {stem: path if path.is_absolute() or path.exists() else folder / path for stem, path in found.items()}


def _task(labels: Path, picture: Path, classes: list[str]) -> Task:
    try:
        width, height = file_size(picture)
    except OSError as error:
        raise SourceError(f"{labels}: the image {str(picture)!r} cannot be read: {error}") from error
    spans = [_span(line, number, labels, (width, height), classes) for number, line in numbered(read_lines(labels))]
    return {"image": str(picture), "path": str(picture), "width": width, "height": height, "spans": spans}


def _span(line: str, number: int, file: Path, size: Size, classes: list[str]) -> dict[str, Any]:
    words = line.split()
    polygon = len(words) >= _BOX_COLUMNS + 2 and len(words) % 2 == 1
    if len(words) != _BOX_COLUMNS and not polygon:
        reason = f"5 columns are expected (class x y width height), this line has {len(words)}"
        raise broken(str(file), number, reason)
    try:
        index, values = int(words[0]), [float(word) for word in words[1:]]
    except ValueError as error:
        raise broken(str(file), number, f"not a class and numbers: {line[:60]!r}") from error
    if not 0 <= index < len(classes):
        raise broken(str(file), number, f"unknown class {index}; {CLASSES} has {len(classes)}, 0 to {len(classes) - 1}")
    if any(not 0 <= value <= 1 for value in values):
        raise broken(str(file), number, f"numbers from 0 to 1 are expected, in parts of the image: {line[:60]!r}")
    across, down = [value * size[0] for value in values[::2]], [value * size[1] for value in values[1::2]]
    if polygon:
        return polygon_span(classes[index], list(zip(across, down, strict=True)))
    (x, width), (y, height) = across, down
    return box_span(classes[index], *map(_tidy, (x - width / 2, y - height / 2, width, height)))


def _tidy(value: float) -> float:
    """Without the dust of fractions: a millionth of a pixel is nothing."""
    return round(value, 6)


YOLO = Format(
    "yolo",
    "boxes on images: a folder with a text file an image, and classes.txt",
    (),
    write_folder=write_yolo,
    loader="yolo",
    keys=frozenset(("image", "path", "spans", "label", "width", "height", "consensus")),
)
