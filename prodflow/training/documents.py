"""Annotations as spaCy's documents."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from prodflow.training.annotations import Annotation

log = logging.getLogger("prodflow")

SPANS_KEY = "sc"
WRONG_KEY = "incorrect_spans"


def make_documents(nlp: Any, annotations: Iterable[Annotation]) -> Iterator[Any]:
    """Yield a document with gold annotations for each text; spans off the borders of tokens are left out and logged.

    Args:
        nlp: whose tokenizer splits the texts.
        annotations: what is known of them.
    """
    for found in annotations:
        document = nlp.make_doc(found.text)
        if "ner" in found.spans or "ner" in found.wrong_spans:
            _set_entities(document, found)
        if "spancat" in found.spans:
            document.spans[SPANS_KEY] = _aligned(document, found.spans["spancat"])
        document.cats = {label: value for labels in found.labels.values() for label, value in labels.items()}
        yield document


def _set_entities(document: Any, found: Annotation) -> None:
    from spacy.util import filter_spans

    entities = filter_spans(_aligned(document, found.spans.get("ner", ())))
    # Where somebody marked all there is, the rest is known to be outside; else nothing is known of it.
    document.set_ents(entities, default="outside" if "ner" in found.complete else "missing")
    document.spans[WRONG_KEY] = _aligned(document, found.wrong_spans.get("ner", ()))


def _aligned(document: Any, spans: Iterable[tuple[int, int, str]]) -> list[Any]:
    aligned = []
    for start, end, label in sorted(spans):
        span = document.char_span(start, end, label=label)
        if span is None:
            log.warning("left out: %r (%s) does not begin and end with a token", document.text[start:end], label)
        else:
            aligned.append(span)
    return aligned
