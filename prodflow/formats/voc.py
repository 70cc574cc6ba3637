"""Pascal VOC: a folder with an XML file for each image."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from prodflow.core.errors import SourceError
from prodflow.core.failures import HiddenFailures, broken
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of
from prodflow.formats.pictures import Size, find_picture, picture_name, picture_size
from prodflow.formats.shapes import Shape, box_span, check_box, shapes_of
from prodflow.formats.text_files import unused

ANNOTATIONS = "Annotations"
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def write_voc(answers: Answers, folder: Path, losses: Losses) -> Counts:
    """Write `Annotations/<image>.xml` for each task."""
    (folder / ANNOTATIONS).mkdir()
    images = boxes = 0
    names: dict[str, int] = {}
    for task in answers:
        name = picture_name(task, losses)
        if name is None:
            continue
        shapes = list(shapes_of(task, losses))
        images, boxes = images + 1, boxes + len(shapes)
        place = PurePosixPath(name.replace("\\", "/"))
        root = _root(name, place, picture_size(task), task, losses)
        for shape in shapes:
            _add_object(root, shape, task, losses)
        ElementTree.indent(root, "\t")
        path = folder / ANNOTATIONS / f"{unused(names, place.stem or 'image')}.xml"
        ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return {"images": images, "boxes": boxes}


def _root(name: str, place: PurePosixPath, size: Size | None, task: Task, losses: Losses) -> ElementTree.Element:
    root = ElementTree.Element("annotation")
    _add(root, "folder", place.parent.name)
    _add(root, "filename", place.name)
    _add(root, "path", name)
    if size is None:
        losses.add("images whose width and height nobody knows", name_of(task))
    else:
        sides = _add(root, "size")
        for side, length in zip(("width", "height"), size, strict=True):
            _add(sides, side, str(length))
        _add(sides, "depth", "3")
    _add(root, "segmented", "0")
    return root


def _add_object(root: ElementTree.Element, shape: Shape, task: Task, losses: Losses) -> None:
    if shape.kind != "rect":
        losses.add("written as the box around them, polygons and lines", name_of(task))
    x, y, width, height = shape.box
    check_box(shape.box, picture_size(task), name_of(task), "written as they are", losses)
    found = _add(root, "object")
    _add(found, "name", _clean(shape.label))
    for key, value in (("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
        _add(found, key, value)
    box = _add(found, "bndbox")
    for side, length in zip(_SIDES, (x, y, x + width, y + height), strict=True):
        _add(box, side, f"{length:.10g}")


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = _clean(text) if text else text
    return made


def _clean(text: str) -> str:
    """Without control characters, which XML cannot hold."""
    return "".join(character if character >= " " else " " for character in text)


@loader(extensions=("xml",))
def voc(
    path: InputPath, *, images: Path | None = None, cursor: HiddenCursor, failures: HiddenFailures
) -> Iterator[Task]:
    """Read Pascal VOC: a task an XML file, its boxes as spans.

    Boxes without an area, or beyond their picture, are kept as they are, and told in the log.

    Args:
        path: an XML file, or a folder of them, or one with `Annotations` inside.
        images: the folder of the images; by default where the files say, `JPEGImages` or `images` beside them.

    Raises:
        SourceError: if a file is no XML, an object has no name or no box, or an image is not there.
    """
    files = _files(path)
    read, losses = 0, Losses()
    cursor.track(lambda: read, size=len(files), unit="files")
    for file in files:
        read += 1
        try:
            task = _task(file, _folders(file, images), losses)
        except SourceError as error:
            failures.handle(error, position=read, record=str(file))
            continue
        yield task
    losses.warn(str(path))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    folder = path / ANNOTATIONS if (path / ANNOTATIONS).is_dir() else path
    if files := sorted(folder.rglob("*.xml")):
        return files
    raise SourceError(f"{folder}: no XML files; name the folder of the annotations")


def _folders(file: Path, images: Path | None) -> list[Path]:
    if images is not None:
        return [images]
    beside = [file.parent, file.parent.parent]
    return [*beside, *(folder / name for folder in beside for name in ("JPEGImages", "images"))]


def _task(file: Path, folders: list[Path], losses: Losses) -> Task:
    root = _parsed(file)
    name = (root.findtext("path") or "").strip()
    filename = (root.findtext("filename") or "").strip() or PurePosixPath(name.replace("\\", "/")).name
    if not filename:
        raise SourceError(f"{file}: no 'filename': which image is it about?")
    whole = name if name and Path(name).is_file() else filename
    picture = find_picture(whole, folders, str(file))
    task: Task = {"image": picture, "path": picture}
    size = _size(root)
    if size is not None:
        task["width"], task["height"] = size
    task["spans"] = [
        _span(found, f"{file}, object {number}", size, losses)
        for number, found in enumerate(root.iter("object"), start=1)
    ]
    return task


def _parsed(file: Path) -> Any:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, parse

    try:
        return parse(file).getroot()
    except ParseError as error:
        line, column = error.position
        raise broken(str(file), line, f"not XML: {error.msg} (column {column + 1})") from error
    except DefusedXmlException as error:
        raise SourceError(f"{file}: refused, XML with entities of its own: {error}") from error
    except (OSError, ValueError, LookupError) as error:
        raise SourceError(f"{file}: cannot be read: {error}") from error


def _size(root: Any) -> Size | None:
    try:
        width, height = (int(float(root.findtext(f"size/{side}"))) for side in ("width", "height"))
    except (TypeError, ValueError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _span(found: Any, where: str, size: Size | None, losses: Losses) -> dict[str, Any]:
    label = (found.findtext("name") or "").strip()
    if not label:
        raise SourceError(f"{where}: no 'name'")
    texts = {side: found.findtext(f"bndbox/{side}") for side in _SIDES}
    try:
        left, top, right, bottom = (_number(texts[side]) for side in _SIDES)
    except (TypeError, ValueError):
        raise SourceError(f"{where} ({label}): 'bndbox' of four numbers is expected, got {texts}") from None
    box = (left, top, right - left, bottom - top)
    check_box(box, size, f"{where} ({label})", "kept as they are", losses)
    return box_span(label, *box)


def _number(text: str | None) -> float:
    value = float(text)  # type: ignore[arg-type]
    return int(value) if value.is_integer() else value


VOC = Format(
    "voc",
    "boxes on images: a folder with an XML file an image",
    (),
    write_folder=write_voc,
    loader="voc",
    keys=frozenset(("image", "path", "spans", "label", "width", "height", "consensus")),
)
