"""Annotate texts while a spaCy pipeline learns from the answers and asks what it is least sure of."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.language import Nlp, load_language
from prodflow.loaders import Stream, get_stream
from prodflow.models.combine import combine_models
from prodflow.models.patterns import PatternMatcher
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken, PipelineLabel, Unsegmented
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.text_correct import in_sentences
from prodflow.recipes.tokenized import labels_of_model
from prodflow.sorters.prefer import prefer_uncertain
from prodflow.store.quarantine import quarantine


@recipe("ner.teach", **shortcuts(patterns="pt"))
def ner_teach(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    patterns: Path | None = None,
    exclude: Exclude = None,
    unsegmented: Unsegmented = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Say of entities, one by one, whether they are right, while the pipeline learns.

    Args:
        spacy_model: the spaCy pipeline, or `blank:en` to begin with patterns.
        source: a file of texts, `dataset:name`, or `-`.
        patterns: a JSONL file of patterns, whose matches are asked about too.
    """
    from prodflow.models import EntityRecognizer

    nlp = load_language("ner.teach", spacy_model, shared=False)
    labels = labels_to_teach("ner.teach", label, nlp, "ner")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    if not unsegmented:
        in_sentences(stream, nlp)
    matcher = _matcher(nlp, patterns, labels, label_span=True)
    update = learning(stream, EntityRecognizer(nlp, labels), matcher)
    return {
        "dataset": dataset,
        "view_id": "ner",
        "stream": stream,
        "update": update,
        "exclude": exclude,
        "config": {"labels": labels},
    }


@recipe("textcat.teach", **shortcuts(label="l", patterns="pt"))
def textcat_teach(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    patterns: Path | None = None,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Say whether a category applies to a text, while the pipeline learns.

    Args:
        spacy_model: the spaCy pipeline, or `blank:en` to begin with nothing.
        source: a file of texts, `dataset:name`, or `-`.
        label: the categories, with commas, or a file with one a line; those of the pipeline if not given.
        patterns: a JSONL file of patterns, whose matches are asked about too.
    """
    from prodflow.models import TextClassifier

    nlp = load_language("textcat.teach", spacy_model, shared=False)
    labels = labels_to_teach("textcat.teach", label, nlp, "textcat_multilabel")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    matcher = _matcher(nlp, patterns, labels, label_span=False)
    update = learning(stream, TextClassifier(nlp, labels), matcher)
    return {
        "dataset": dataset,
        "view_id": "classification",
        "stream": stream,
        "update": update,
        "exclude": exclude,
        "config": {"labels": labels},
    }


def labels_to_teach(where: str, label: str | None, nlp: Any, component: str) -> list[str]:
    """Return the labels that are given, or those of the component; there may be no such component yet.

    Raises:
        SettingError: if there are none.
    """
    labels = get_labels(label) or labels_of_model(nlp, component)
    if not labels:
        raise SettingError(f"{where}: no label; give --label A,B (the model has none of its own)")
    return labels


def _matcher(nlp: Any, patterns: Path | None, labels: list[str], *, label_span: bool) -> PatternMatcher | None:
    if patterns is None:
        return None
    keys = None if label_span else ("label",)  # what is asked of a text is its label, wherever the matches are
    matcher = PatternMatcher(
        nlp,
        label_span=label_span,
        label_task=not label_span,
        combine_matches=not label_span,
        filter_labels=labels,
        task_hash_keys=keys,
    ).from_disk(patterns)
    if not len(matcher):
        raise SettingError(f"patterns: {str(patterns)!r} has no pattern with a label of {', '.join(labels)}")
    return matcher


def learning(stream: Stream, model: Any, matcher: PatternMatcher | None = None) -> Any:
    """Let what the model is least sure of come first; return what it learns by."""
    predict, update = (model, model.update) if matcher is None else combine_models(model, matcher)
    stream.apply(predict)
    stream.apply(prefer_uncertain)
    return update
