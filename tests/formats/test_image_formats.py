"""COCO, YOLO and Pascal VOC: what goes out comes in again, up to what is reported; what is broken is named."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools.coco import COCO

from prodflow.core.errors import SourceError
from prodflow.loaders import get_stream

WIDTH, HEIGHT = 640, 480

whole = st.integers(0, 200)
tenths = st.integers(0, 2000).map(lambda number: number / 10)
labels = st.sampled_from(["CAT", "big dog", "Vögel"])
boxes = st.builds(
    lambda label, x, y, width, height: {"label": label, "x": x, "y": y, "width": width, "height": height},
    labels,
    *[whole | tenths] * 2,
    *[st.integers(1, 200) | st.integers(1, 2000).map(lambda number: number / 10)] * 2,
)
polygons = st.builds(
    lambda label, points: {"label": label, "type": "polygon", "points": [list(point) for point in points]},
    labels,
    st.lists(st.tuples(tenths, tenths), min_size=3, max_size=6),
)


def essence(task):
    """What all three can hold of a box, and COCO of a polygon."""
    found = []
    for span in task.get("spans", ()):
        if span.get("type") == "polygon":
            found.append((span["label"], [tuple(point) for point in span["points"]]))
        else:
            found.append((span["label"], [span["x"], span["y"], span["width"], span["height"]]))
    return task["image"], task["width"], task["height"], found


def same(found, given):
    assert [essence(task)[:3] for task in found] == [essence(task)[:3] for task in given]
    for one, other in zip(found, given, strict=True):
        for (label, numbers), (given_label, given_numbers) in zip(essence(one)[3], essence(other)[3], strict=True):
            assert label == given_label
            assert [tuple(number) if isinstance(number, tuple) else number for number in numbers] == (
                pytest.approx(given_numbers, abs=1e-4) if not isinstance(given_numbers[0], tuple) else given_numbers
            )


def pictures(folder: Path, count: int) -> list[str]:
    found = []
    for number in range(count):
        path = folder / f"{number}.png"
        if not path.exists():
            Image.new("1", (WIDTH, HEIGHT)).save(path)
        found.append(str(path))
    return found


def tasks_of(journeys, spans):
    names = pictures(journeys.folder, len(spans))
    return [
        {"image": name, "width": WIDTH, "height": HEIGHT, "spans": found, "_input_hash": n, "_task_hash": n}
        for n, (name, found) in enumerate(zip(names, spans, strict=True))
    ]


LAW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAW
@given(spans=st.lists(st.lists(boxes | polygons, max_size=4), max_size=3))
def test_coco_holds_boxes_and_polygons(journeys, spans):
    tasks = tasks_of(journeys, spans)

    same(journeys(tasks, "coco"), tasks)
    assert journeys.losses == {}


@pytest.mark.parametrize("name", ["yolo", "voc"])
@LAW
@given(spans=st.lists(st.lists(boxes, max_size=4), min_size=1, max_size=3))
def test_yolo_and_voc_hold_boxes(journeys, name, spans):
    tasks = tasks_of(journeys, spans)

    same(journeys(tasks, name), tasks)
    assert journeys.losses == {}


@pytest.mark.parametrize("name", ["yolo", "voc"])
def test_a_polygon_becomes_the_box_around_it_and_that_is_told(journey, picture, name):
    spans = [{"label": "A", "type": "polygon", "points": [[10, 20], [30, 20], [20, 60]]}]

    (found,) = journey([{"image": picture(), "spans": spans, "meta": {"n": 1}}], name)

    box = found["spans"][0]
    assert (box["type"], box["x"], box["y"], box["width"], box["height"]) == ("rect", 10, 20, 20, 40)
    assert journey.losses == {"written as the box around them, polygons and lines": 1, "left out, the key 'meta'": 1}


def test_broken_boxes_are_told_and_kept_where_that_can_be(journey, picture):
    flat = {"label": "A", "x": 10, "y": 10, "width": 0, "height": 5}
    beyond = {"label": "B", "x": 600, "y": 10, "width": 50, "height": 5}
    task = {"image": picture(), "width": WIDTH, "height": HEIGHT, "spans": [flat, beyond]}
    told = {"written as they are, boxes without an area": 1, "written as they are, boxes that reach beyond": 1}

    for name in ("coco", "voc"):
        same(journey([task], name), [task])
        assert {kind.removesuffix(" their picture"): count for kind, count in journey.losses.items()} == told
    (found,) = journey([task], "yolo")
    assert [(span["x"], span["width"]) for span in found["spans"]] == [(10, 0), (600, 40)]
    assert journey.losses["cut at the border, boxes that reach beyond their picture"] == 1


def test_what_no_image_format_holds_is_told(journey, picture):
    tasks = [
        {"text": "no image", "spans": [{"start": 0, "end": 2, "label": "A"}]},
        {"image": picture(), "spans": [{"x": 1, "y": 1, "width": 2, "height": 2}], "accept": ["X"], "options": []},
        {"image": "data:image/png;base64,AAAA", "spans": []},
    ]
    journey.write(tasks, "coco")

    assert journey.losses == {
        "left out, tasks without an image": 1,
        "left out, the key 'text'": 1,
        "left out, shapes without a label": 1,
        "left out, the key 'accept'": 1,
        "pictures that are inside of their tasks, named by their hash and not written": 1,
        "images whose width and height nobody knows": 1,
    }


def test_coco_has_an_image_once_with_the_shapes_of_all_its_tasks(journey, picture):
    one, other = picture("a.png"), picture("b.png")
    box = {"x": 1, "y": 2, "width": 3, "height": 4}
    asked = [(one, "CAT"), (other, "DOG"), (one, "DOG")]
    tasks = [
        {"image": name, "spans": [{**box, "label": label}], "_task_hash": n} for n, (name, label) in enumerate(asked)
    ]

    path = journey.write(tasks, "coco").path

    read = COCO(str(path))
    drawn = {image["file_name"]: read.loadAnns(read.getAnnIds(imgIds=number)) for number, image in read.imgs.items()}
    labels = {category: found["name"] for category, found in read.cats.items()}
    assert {name: [labels[shape["category_id"]] for shape in shapes] for name, shapes in drawn.items()} == {
        one: ["CAT", "DOG"],
        other: ["DOG"],
    }
    assert journey.losses == {"several tasks about the same image, written as one image": 1}
    found = list(get_stream(str(path), loader="coco"))
    assert [[span["label"] for span in task["spans"]] for task in found] == [["CAT", "DOG"], ["DOG"]]


def test_images_of_the_same_name_in_two_folders_stay_apart(journey, picture):
    names = [picture("one/a.png"), picture("two/a.png")]
    box = {"x": 1, "y": 2, "width": 3, "height": 4}
    tasks = [{"image": name, "spans": [{"label": name[-9:-6], **box}]} for name in names]
    for format in ("coco", "yolo", "voc"):
        found = journey(tasks, format)
        assert {(task["image"], task["spans"][0]["label"]) for task in found} == {(n, n[-9:-6]) for n in names}


def write_coco(folder, **changed):
    Image.new("1", (10, 10)).save(folder / "a.png")
    whole = {
        "images": [{"id": 1, "file_name": "a.png", "width": 10, "height": 10}],
        "categories": [{"id": 7, "name": "CAT"}],
        "annotations": [{"id": 5, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}],
    }
    path = folder / "in.json"
    path.write_text(json.dumps({**whole, **changed}))
    return path


def test_coco_of_other_tools_in_any_order(tmp_path):
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 2], "segmentation": {"counts": "x"}},
        {"id": 2, "image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 2], "segmentation": [[1, 1, 2, 2, 3, 1], [0] * 6]},
        {"id": 3, "image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 2], "iscrowd": 1},
    ]
    path = write_coco(tmp_path, annotations=annotations)
    (found,) = get_stream(str(path), loader="coco")

    assert [span["type"] for span in found["spans"]] == ["rect", "polygon", "polygon"]
    assert found["image"] == str(tmp_path / "a.png")


def test_reading_tells_what_it_cannot_hold_and_what_is_broken(tmp_path, caplog):
    boxes = [
        {"id": n, "image_id": 1, "category_id": 7, "bbox": box} for n, box in enumerate(([1, 1, 0, 2], [9, 1, 2, 2]))
    ]
    crowd = {"id": 3, "image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 2], "iscrowd": 1}
    path = write_coco(tmp_path, annotations=[*boxes, crowd])
    (found,) = get_stream(str(path), loader="coco")

    assert [(span["x"], span["width"]) for span in found["spans"]] == [(1, 0), (9, 2)]
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"{path}: kept as they are, boxes that reach beyond their picture: 1 (e.g. annotations[1])",
        f"{path}: kept as they are, boxes without an area: 1 (e.g. annotations[0])",
        f"{path}: left out, crowds (annotations with iscrowd): 1 (e.g. annotations[2])",
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"annotations": [{"id": 5, "image_id": 1, "category_id": 8, "bbox": [1, 2, 3, 4]}]},
            r", annotations\[0\] \(id 5\): unknown category 8 \(categories: 7 CAT\)$",
        ),
        (
            {"annotations": [{"id": 5, "image_id": 2, "category_id": 7, "bbox": [1, 2, 3, 4]}]},
            r", annotations\[0\] \(id 5\): there is no image with the id 2$",
        ),
        (
            {"images": [{"id": 1, "file_name": "b.png"}]},
            r", image 1: no image 'b.png' in .*; name its folder with images=",
        ),
        ({"images": [{"id": 1}]}, r", images\[0\]: no 'file_name' \(keys: 'id'\)$"),
        (
            {"annotations": [{"id": 5, "image_id": 1, "category_id": 7, "bbox": [1, 2]}]},
            r", annotations\[0\]: 'bbox' of four numbers is expected, got \[1, 2\]$",
        ),
        (
            {"annotations": [{"id": 5, "image_id": 1, "category_id": 7, "segmentation": [[1, 2, 3]]}]},
            r", annotations\[0\]: a polygon is six numbers or more",
        ),
    ],
)
def test_broken_coco_is_named(tmp_path, changed, message):
    path = write_coco(tmp_path, **changed)
    with pytest.raises(SourceError, match=message) as raised:
        list(get_stream(str(path), loader="coco"))
    assert str(raised.value).startswith(str(path))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"images": [\n{"id": 1,\n}]}', "line 2: not JSON"),
        ('{"categories": [\n{"name": "Ä"}]}'.encode("latin-1"), "line 2: not UTF-8: byte 0xc4"),
        (b'{"images": [', "line 1: not JSON"),
    ],
)
def test_a_file_that_is_no_json_is_named_with_its_line(tmp_path, data, message):
    (tmp_path / "in.json").write_bytes(data)
    with pytest.raises(SourceError, match=f"in.json, {message}"):
        list(get_stream(str(tmp_path / "in.json"), loader="coco"))


@pytest.fixture
def yolo(tmp_path):
    """A folder of labels; write a file of it."""
    (tmp_path / "labels").mkdir()
    (tmp_path / "images").mkdir()
    Image.new("1", (100, 200)).save(tmp_path / "images" / "a.png")
    (tmp_path / "classes.txt").write_text("CAT\nDOG\n")

    def write(text, name="a"):
        (tmp_path / "labels" / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(tmp_path)

    return write


def test_yolo_of_other_tools_with_polygons(yolo):
    (found,) = get_stream(yolo("1 0.5 0.5 0.2 0.1\n\n0 0.1 0.1 0.2 0.1 0.2 0.4\n"), loader="yolo")

    assert (found["width"], found["height"]) == (100, 200)
    assert (found["spans"][0]["x"], found["spans"][0]["y"]) == (40, 90)
    assert found["spans"][1]["points"] == [[10, 20], [20, 20], [20, 80]]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1\n", "a", r"a.txt, line 2: 5 columns are expected .* this line has 4"),
        ("2 0.5 0.5 0.1 0.1\n", "a", r"a.txt, line 1: unknown class 2; classes.txt has 2, 0 to 1"),
        ("x 0.5 0.5 0.1 0.1\n", "a", r"a.txt, line 1: not a class and numbers: 'x 0.5 0.5 0.1 0.1'"),
        ("0 50 60 10 10\n", "a", r"a.txt, line 1: numbers from 0 to 1 are expected"),
        ("0 0.5 0.5 0.1 0.1\n", "b", r"b.txt: no image of the name 'b'; name its folder with images="),
        (b"\n\xff 1", "a", r"a.txt, line 2: not UTF-8: byte 0xff"),
    ],
)
def test_broken_yolo_is_named(yolo, text, name, message):
    with pytest.raises(SourceError, match=message):
        list(get_stream(yolo(text, name), loader="yolo"))


VOC = """<annotation><filename>a.png</filename><size><width>10</width><height>10</height></size>
<object><name>CAT</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3.5</xmax><ymax>4</ymax></bndbox></object>
</annotation>"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (VOC.replace("</object>", ""), r"a.xml, line 3: not XML: mismatched tag"),
        (VOC.replace("<xmin>1</xmin>", ""), r"a.xml, object 1 \(CAT\): 'bndbox' of four numbers is expected"),
        (VOC.replace("<name>CAT</name>", ""), r"a.xml, object 1: no 'name'"),
        (VOC.replace("a.png", "b.png"), r"a.xml: no image 'b.png' in "),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + VOC, r"a.xml: refused, XML with entities"),
        ('<?xml version="1.0" encoding="nope"?>' + VOC, r"a.xml"),
        (VOC.replace("CAT", "Ä").encode("latin-1"), r"a.xml, line 2: not XML: not well-formed"),
    ],
)
def test_broken_xml_is_named(tmp_path, text, message):
    Image.new("1", (10, 10)).save(tmp_path / "a.png")
    (tmp_path / "a.xml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError, match=message):
        list(get_stream(str(tmp_path / "a.xml")))


def test_a_broken_file_can_be_skipped(tmp_path):
    Image.new("1", (10, 10)).save(tmp_path / "a.png")
    (tmp_path / "a.xml").write_text(VOC)
    (tmp_path / "b.xml").write_text("<annotation>")
    found = list(get_stream(str(tmp_path), loader="voc", on_error="skip"))

    assert [span["width"] for task in found for span in task["spans"]] == [2.5]
