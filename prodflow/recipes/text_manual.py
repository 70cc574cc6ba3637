"""Mark entities, spans or parts of speech in texts by hand."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.failures import OnError
from prodflow.core.language import Nlp, load_language
from prodflow.loaders import get_stream
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken, PipelineLabel
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.tokenized import labels_of_model, pattern_matcher, with_patterns, with_tokens
from prodflow.store.quarantine import quarantine

_SHORT = shortcuts(patterns="pt", highlight_chars="C")


@recipe("ner.manual", **_SHORT)
def ner_manual(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    patterns: Path | None = None,
    exclude: Exclude = None,
    highlight_chars: bool = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Mark entities in texts: parts that do not overlap, each with a label.

    Args:
        spacy_model: whose tokenizer makes the tokens: a spaCy model, or `blank:en`.
        source: a file of texts, `dataset:name`, or `-`; spans and tokens that it has stay.
        patterns: a JSONL file of patterns; what they match is marked beforehand.
        highlight_chars: mark characters, not tokens.
    """
    settings = (spacy_model, source, loader, label, patterns, exclude, highlight_chars, on_error)
    return _manual("ner.manual", "ner_manual", "ner", dataset, *settings)


@recipe("spans.manual", **_SHORT)
def spans_manual(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    patterns: Path | None = None,
    exclude: Exclude = None,
    highlight_chars: bool = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Mark spans in texts that may overlap and lie inside each other.

    Args:
        spacy_model: whose tokenizer makes the tokens: a spaCy model, or `blank:en`.
        source: a file of texts, `dataset:name`, or `-`; spans and tokens that it has stay.
        patterns: a JSONL file of patterns; what they match is marked beforehand.
        highlight_chars: mark characters, not tokens.
    """
    settings = (spacy_model, source, loader, label, patterns, exclude, highlight_chars, on_error)
    return _manual("spans.manual", "spans_manual", "spancat", dataset, *settings)


@recipe("pos.manual", **shortcuts(label="l"))
def pos_manual(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Give the tokens of texts their part of speech.

    Args:
        spacy_model: whose tokenizer makes the tokens: a spaCy model, or `blank:en`.
        source: a file of texts, `dataset:name`, or `-`; spans and tokens that it has stay.
        label: the labels, with commas, or a file with one a line; those of the model's tagger if not given.
    """
    settings = (spacy_model, source, loader, label, None, exclude, False, on_error)
    return _manual("pos.manual", "pos_manual", "tagger", dataset, *settings)


def _manual(
    name: str,
    view_id: str,
    component: str,
    dataset: str,
    spacy_model: Nlp,
    source: str | Path,
    loader: str | None,
    label: str | None,
    patterns: Path | None,
    exclude: list[str] | None,
    highlight_chars: bool,
    on_error: OnError,
) -> dict[str, Any]:
    nlp = load_language(name, spacy_model)
    labels = get_labels(label) or labels_of_model(nlp, component)
    if not labels:
        raise SettingError(f"{name}: no label; give --label A,B (the model has none of its own)")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    if patterns is not None:
        stream.apply(with_patterns, matcher=pattern_matcher(nlp, patterns, labels))
    if not highlight_chars:
        stream.apply(with_tokens, nlp=nlp, where=name)
    config = {"labels": labels, "exclude_by": "input", "ner_manual_highlight_chars": highlight_chars}
    return {"dataset": dataset, "view_id": view_id, "stream": stream, "exclude": exclude, "config": config}
