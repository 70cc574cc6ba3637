"""A project of its own: a CSV file, converters of arguments, patterns, four blocks, two annotators."""

import csv
import re
from itertools import groupby
from pathlib import Path

import prodigy
import spacy
from prodigy.components.filters import filter_duplicates
from prodigy.components.preprocess import add_tokens
from prodigy.models.matcher import PatternMatcher
from prodigy.util import ANNOTATOR_ID_ATTR, TIMESTAMP_ATTR, VIEW_ID_ATTR, msg


@prodigy.recipe(
    "csv.project",
    dataset=("Dataset", "positional", None, str),
    file_path=("CSV file", "positional", None, Path),
    lang=("Language", "option", "g", spacy.blank),
    label=("Labels", "option", "l", lambda text: text.split("|")),
    skip_n=("Rows to skip", "option", "s", int),
    goal=("Goal", "option", "go", str, ["patterns", "both"]),
    patterns=("Patterns", "option", "pt", Path),
    batch_size=("Batch size", "option", "b", int),
)
def csv_project(dataset, file_path, lang=None, label=(), skip_n=0, goal="both", patterns=None, batch_size=None):
    nlp = lang or spacy.blank("en")

    def rows():
        with file_path.open("r", encoding="utf8") as file:
            for number, row in enumerate(csv.DictReader(file)):
                if number >= skip_n:
                    yield {"text": row["text"], "meta": {"row": number, "file": file_path}}

    stream = rows()
    if patterns:
        matcher = PatternMatcher(nlp, combine_matches=True, all_examples=True).from_disk(patterns)
        stream = (eg for _, eg in matcher(stream))
    stream = filter_duplicates((prodigy.set_hashes(eg) for eg in stream), by_input=True)
    stream = add_tokens(nlp, stream, skip=True)

    def blocks_of(stream):
        for eg in stream:
            eg["html"] = re.sub(r"(\w+)", r"<em>\1</em>", eg["text"])
            eg["options"] = [{"id": f"opt_{name}", "html": f"<b>{name}</b>"} for name in label]
            eg["accept"] = [f"opt_{label[0]}"]
            yield eg

    def on_exit(ctrl):
        examples = sorted(ctrl.db.get_dataset(dataset), key=lambda eg: eg[ANNOTATOR_ID_ATTR])
        for who, egs in groupby(examples, key=lambda eg: eg[ANNOTATOR_ID_ATTR]):
            egs = list(egs)
            msg.text(f"{who}: {len(egs)} of {egs[0][VIEW_ID_ATTR]}, {egs[0][TIMESTAMP_ATTR] > 0}")

    return {
        "dataset": dataset,
        "view_id": "blocks",
        "stream": blocks_of(stream),
        "on_exit": on_exit,
        "config": {
            "lang": nlp.lang,
            "labels": label,
            "batch_size": batch_size,
            "choice_style": "multiple",
            "feed_overlap": True,
            "instructions": False,
            "blocks": [
                {"view_id": "html", "text": None},
                {"view_id": "spans_manual", "html": None},
                {"view_id": "choice", "text": None, "html": None},
                {"view_id": "text_input", "field_id": "note", "field_rows": 2},
            ],
        },
    }
