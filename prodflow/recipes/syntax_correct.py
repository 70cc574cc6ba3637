"""Correct the parts of speech and the dependencies that a spaCy pipeline finds."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.language import Nlp, load_language
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.preprocess.spans import spans_of
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken, PipelineLabel, Unsegmented
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.text_correct import in_sentences, labels_for
from prodflow.recipes.tokenized import with_tokens
from prodflow.store.quarantine import quarantine

_NO_HEAD = "ROOT"
"""What a parser says of a token that depends on none: there is nothing to draw."""
_COARSE = ("morphologizer", "attribute_ruler")
"""What gives tokens the tags that are the same for all languages."""
UNIVERSAL_TAGS = [
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
]


@recipe("pos.correct", **shortcuts(label="l", fine_grained="FG"))
def pos_correct(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    exclude: Exclude = None,
    unsegmented: Unsegmented = False,
    fine_grained: bool = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Correct the parts of speech that a spaCy pipeline gives tokens.

    Args:
        spacy_model: the spaCy pipeline.
        source: a file of texts, `dataset:name`, or `-`; tokens that are marked already stay as they are.
        label: the tags, with commas, or a file with one a line; all of them if not given.
        fine_grained: the tags of the language (`NNS`), not those that are the same for all languages (`NOUN`).
    """
    nlp = load_language("pos.correct", spacy_model)
    if fine_grained:
        labels = labels_for("pos.correct", label, nlp, "tagger")
    elif any(name in nlp.pipe_names for name in _COARSE):
        labels = get_labels(label) or UNIVERSAL_TAGS
    else:
        raise SettingError("pos.correct: the model gives no universal tags; use --fine-grained for those of its tagger")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    if not unsegmented:
        in_sentences(stream, nlp)
    stream.apply(with_parts_of_speech, nlp=nlp, labels=labels, attribute="tag_" if fine_grained else "pos_")
    stream.apply(with_tokens, nlp=nlp, where="pos.correct")
    config = {"labels": labels, "exclude_by": "input"}
    return {"dataset": dataset, "view_id": "pos_manual", "stream": stream, "exclude": exclude, "config": config}


def with_parts_of_speech(stream: Iterable[Task], *, nlp: Any, labels: list[str], attribute: str) -> Iterator[Task]:
    """Mark each token with its part of speech, if that is one of the labels and nothing is marked there yet."""
    for task in stream:
        spans = spans_of(task)
        for token in nlp(task["text"]):
            start, end, label = token.idx, token.idx + len(token), getattr(token, attribute)
            if label in labels and not any(start < span["end"] and span["start"] < end for span in spans):
                spans.append({"start": start, "end": end, "label": label})
        yield {**task, "spans": sorted(spans, key=lambda span: int(span["start"]))}


@recipe("dep.correct", **shortcuts(wrap="W"))
def dep_correct(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    wrap: bool = False,
    exclude: Exclude = None,
    unsegmented: Unsegmented = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Correct the dependencies between tokens that a spaCy pipeline finds.

    Args:
        spacy_model: the spaCy pipeline, with a parser.
        source: a file of texts, `dataset:name`, or `-`; relations that it has stay, and then nothing is suggested.
        wrap: break lines, where long texts would scroll to the side.
    """
    nlp = load_language("dep.correct", spacy_model)
    labels = [name for name in labels_for("dep.correct", label, nlp, "parser") if name != _NO_HEAD]
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    if not unsegmented:
        in_sentences(stream, nlp)
    stream.apply(with_tokens, nlp=nlp, where="dep.correct")
    stream.apply(with_dependencies, nlp=nlp, labels=labels)
    config = {"labels": labels, "wrap_relations": wrap, "exclude_by": "input"}
    return {"dataset": dataset, "view_id": "relations", "stream": stream, "exclude": exclude, "config": config}


def with_dependencies(stream: Iterable[Task], *, nlp: Any, labels: list[str]) -> Iterator[Task]:
    """Join tokens as the parser does; a task with other tokens than the parser's gets no suggestions."""
    for task in stream:
        document = nlp(task["text"])
        same_tokens = [token["start"] for token in task["tokens"]] == [token.idx for token in document]
        if task.get("relations") is not None or not same_tokens:
            yield task
            continue
        relations = [
            {"head": token.head.i, "child": token.i, "label": token.dep_}
            for token in document
            if token.head.i != token.i and token.dep_ in labels
        ]
        yield {**task, "relations": relations}
