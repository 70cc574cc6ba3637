"""Hugging Face datasets: a Parquet file with the features that `datasets` reads, so that names and tags stay names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import orjson

from prodflow.core.media import b64_to_bytes, is_data_uri
from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, label_said_no, name_of
from prodflow.formats.shapes import shapes_of
from prodflow.formats.tokens import TokenSpan, tags_of, token_spans, tokens_of, without_overlaps

_BATCH = 2_000
CHOICE = b"prodflow.choice"
"""In the metadata of a file: the column "label" was chosen among options."""
NOT = "not "
"""Before a label that was asked about, and rejected."""


@dataclass
class Columns:
    """What a first reading found: the columns there will be, and the names that become numbers."""

    text: bool = False
    image: bool = False
    tags: bool = False
    boxes: bool = False
    label: bool = False
    choice: bool = False
    many: bool = False
    names: set[str] = field(default_factory=set)
    spans: set[str] = field(default_factory=set)

    def add(self, task: Task) -> None:
        """Look at a task."""
        self.text |= isinstance(task.get("text"), str)
        self.image |= isinstance(task.get("image"), str)
        for span in task.get("spans") or ():
            self.tags |= span.get("start") is not None
            self.boxes |= span.get("start") is None
            if span.get("label") is not None:
                self.spans.add(str(span["label"]))
        if task.get("options") is not None:
            self.choice = True
            self.many |= len(task.get("accept") or ()) > 1
            self.names.update(str(option["id"]) for option in task["options"])
        elif isinstance(task.get("label"), str):
            self.label = True
            (self.spans if self.boxes else self.names).add(task["label"])
            if (label := label_said_no(task)) is not None:
                self.names.add(NOT + label)

    @property
    def features(self) -> dict[str, Any]:
        """The columns in the words of `datasets`."""
        text, spans = {"dtype": "string", "_type": "Value"}, sorted(self.spans)
        names = {"names": sorted(self.names), "_type": "ClassLabel"}
        tags = {"names": ["O", *(f"{mark}-{name}" for name in spans for mark in "BI")], "_type": "ClassLabel"}
        side = {"dtype": "float64", "_type": "Value"}
        boxes = {
            "bbox": {"feature": {"feature": side, "_type": "Sequence"}, "_type": "Sequence"},
            "category": {"feature": {"names": spans, "_type": "ClassLabel"}, "_type": "Sequence"},
        }
        columns: list[tuple[str, bool, Any]] = [
            ("text", self.text, text),
            ("image", self.image, {"_type": "Image"}),
            ("label", (self.label or self.choice) and not self.many and bool(self.names), names),
            ("labels", self.many, {"feature": names, "_type": "Sequence"}),
            ("tokens", self.tags, {"feature": text, "_type": "Sequence"}),
            ("ner_tags", self.tags, {"feature": tags, "_type": "Sequence"}),
            ("objects", self.boxes, boxes),
        ]
        return {name: feature for name, wanted, feature in columns if wanted}


def write_huggingface(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write a row a task; which columns there are follows from what the tasks have."""
    import pyarrow
    from pyarrow import parquet

    columns = Columns()
    for content in answers.contents():
        columns.add(orjson.loads(content))
    features = columns.features
    metadata = {b"huggingface": orjson.dumps({"info": {"features": features}})}
    if columns.choice:
        metadata[CHOICE] = b"1"
    schema = pyarrow.schema([(name, arrow_type(feature)) for name, feature in features.items()], metadata=metadata)
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(answers, features, losses):
            count += len(batch)
            writer.write_batch(pyarrow.RecordBatch.from_pylist(batch, schema))
    return {"rows": count}


def arrow_type(feature: Any) -> Any:
    """Return Arrow's type of a feature."""
    import pyarrow

    kind = feature.get("_type")
    if kind == "Image":
        return pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    if kind == "ClassLabel":
        return pyarrow.int64()
    if kind == "Sequence":
        return pyarrow.list_(arrow_type(feature["feature"]))
    if kind == "Value":
        return {"string": pyarrow.string(), "float64": pyarrow.float64()}[feature["dtype"]]
    return pyarrow.struct([(name, arrow_type(inner)) for name, inner in feature.items()])


def _batches(answers: Answers, features: dict[str, Any], losses: Losses) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for task in answers:
        if task.get("answer") == "reject" and label_said_no(task) is None:
            losses.add("left out, answered 'reject'", name_of(task))
            continue
        rows.append(_row(task, features, losses))
        if len(rows) == _BATCH:
            yield rows
            rows = []
    if rows:
        yield rows


def _row(task: Task, features: dict[str, Any], losses: Losses) -> dict[str, Any]:
    row: dict[str, Any] = {"text": task.get("text")}
    if "image" in features:
        row["image"] = _image(task)
    if "label" in features:
        names = features["label"]["names"]
        given = _label(task)
        row["label"] = names.index(given) if given in names else None
    if "labels" in features:
        names = features["labels"]["feature"]["names"]
        row["labels"] = [names.index(str(chosen)) for chosen in task.get("accept") or ()]
    if "ner_tags" in features:
        row |= _tagged(task, features["ner_tags"]["feature"]["names"], losses)
    if "objects" in features:
        row["objects"] = _objects(task, features["objects"]["category"]["feature"]["names"], losses)
    if any(option.get("text", option.get("id")) != option.get("id") for option in task.get("options") or ()):
        losses.add("left out, texts of options other than their ids", name_of(task))
    return {name: row.get(name) for name in features}


def _label(task: Task) -> str | None:
    if task.get("options") is not None:
        return str((task.get("accept") or [None])[0])
    if (label := label_said_no(task)) is not None:
        return NOT + label
    return str(task.get("label"))


def _image(task: Task) -> dict[str, Any] | None:
    image = task.get("image")
    if not isinstance(image, str):
        return None
    if is_data_uri(image):
        return {"bytes": b64_to_bytes(image), "path": task.get("path")}
    return {"bytes": None, "path": image}


def _tagged(task: Task, names: list[str], losses: Losses) -> dict[str, Any]:
    tokens = tokens_of(task, losses) if task.get("text") else None
    if tokens is None:
        return {"tokens": [], "ner_tags": []}
    spans: list[TokenSpan] = without_overlaps(token_spans(task, tokens, losses), task, losses)
    numbers = {name: number for number, name in enumerate(names)}
    tags = [numbers[tag] for tag in tags_of(spans, len(tokens))]
    return {"tokens": [token.text for token in tokens], "ner_tags": tags}


def _objects(task: Task, names: list[str], losses: Losses) -> dict[str, Any]:
    boxes, categories = [], []
    for shape in shapes_of(task, losses) if isinstance(task.get("image"), str) else ():
        if shape.kind != "rect":
            losses.add("written as the box around them, polygons and lines", name_of(task))
        boxes.append([float(side) for side in shape.box])
        categories.append(names.index(shape.label))
    return {"bbox": boxes, "category": categories}


HUGGINGFACE = Format(
    "huggingface",
    "texts, images, labels, tags of tokens and boxes as a Parquet file of Hugging Face datasets",
    (),
    write_file=write_huggingface,
    loader="huggingface",
    keys=frozenset(("text", "image", "path", "tokens", "spans", "label", "options", "accept", "consensus")),
    decisions=("accept", "reject"),
)
