"""A model that sees bytes and suggests boxes, one question for each."""

import copy
import struct

import prodigy
from prodigy.components.loaders import get_stream
from prodigy.components.preprocess import fetch_media
from prodigy.util import b64_uri_to_bytes


def detect(png):
    width, height = struct.unpack(">II", png[16:24])
    return [("LEFT", 0, 0, width / 2, height), ("RIGHT", width / 2, 0, width / 2, height)]


@prodigy.recipe(
    "detect-boxes",
    dataset=("Dataset", "positional", None, str),
    source=("Images", "positional", None, str),
    threshold=("Threshold", "option", "t", float),
    remove_base64=("Keep paths", "flag", "R", bool),
)
def detect_boxes(dataset, source, threshold=0.5, remove_base64=False):
    def boxes(stream):
        for eg in stream:
            for label, x, y, width, height in detect(b64_uri_to_bytes(eg["image"])):
                task = copy.deepcopy(eg)
                points = [[x, y], [x, y + height], [x + width, y + height], [x + width, y]]
                task["spans"] = [{"label": label, "points": points, "score": threshold}]
                yield prodigy.set_hashes(task, overwrite=True)

    stream = get_stream(source, None, "images")
    stream = fetch_media(stream, ["image"], skip=True)

    def before_db(examples):
        for eg in examples:
            if eg["image"].startswith("data:") and "path" in eg:
                eg["image"] = eg["path"]
        return examples

    return {
        "dataset": dataset,
        "view_id": "image",
        "stream": boxes(stream),
        "before_db": before_db if remove_base64 else None,
        "config": {"exclude_by": "task"},
    }
