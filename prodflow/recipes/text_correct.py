"""Correct what a spaCy pipeline suggests: entities, spans, categories."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.language import Nlp, load_language
from prodflow.loaders import Stream, get_stream
from prodflow.models.corrected import CorrectedEntities
from prodflow.preprocess.sentences import split_sentences
from prodflow.preprocess.suggestions import make_ner_suggestions, make_spancat_suggestions, make_textcat_suggestions
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken, PipelineLabel, Unsegmented
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.tokenized import labels_of_model, with_tokens
from prodflow.store.quarantine import quarantine

_SENTENCES = {"parser", "senter", "sentencizer"}


@recipe("ner.correct", **shortcuts(update="UP", component="c"))
def ner_correct(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    exclude: Exclude = None,
    unsegmented: Unsegmented = False,
    update: bool = False,
    component: str = "ner",
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Correct the entities that a spaCy pipeline finds.

    Args:
        spacy_model: the spaCy pipeline.
        source: a file of texts, `dataset:name`, or `-`; spans that it has stay.
        update: let the component learn from the answers, so that it suggests better; it is not saved.
        component: the component that finds entities.
    """
    nlp = load_language("ner.correct", spacy_model, shared=not update)
    labels = labels_for("ner.correct", label, nlp, component)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    if not unsegmented:
        in_sentences(stream, nlp)
    learner = CorrectedEntities(nlp, labels, component) if update else None
    # What learns is asked late: a text that was read ahead has the suggestions of before.
    stream.apply(make_ner_suggestions, nlp=nlp, component=component, labels=labels, batch_size=1 if update else None)
    stream.apply(with_tokens, nlp=nlp, where="ner.correct")
    return {
        "dataset": dataset,
        "view_id": "ner_manual",
        "stream": stream,
        "update": learner.update if learner else None,
        "exclude": exclude,
        "config": {"labels": labels, "exclude_by": "input"},
    }


@recipe("spans.correct", **shortcuts(component="c"))
def spans_correct(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    exclude: Exclude = None,
    component: str = "spancat",
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Correct the spans that a spaCy pipeline finds; they may overlap.

    Args:
        spacy_model: the spaCy pipeline.
        source: a file of texts, `dataset:name`, or `-`; spans that it has stay.
        component: the component that finds spans.
    """
    nlp = load_language("spans.correct", spacy_model)
    labels = labels_for("spans.correct", label, nlp, component)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    stream.apply(make_spancat_suggestions, nlp=nlp, component=component, labels=labels)
    stream.apply(with_tokens, nlp=nlp, where="spans.correct")
    config = {"labels": labels, "exclude_by": "input"}
    return {"dataset": dataset, "view_id": "spans_manual", "stream": stream, "exclude": exclude, "config": config}


@recipe("textcat.correct", **shortcuts(label="l", threshold="t", component="c"))
def textcat_correct(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    threshold: float = 0.5,
    component: str | None = None,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Correct the categories that a spaCy pipeline gives texts.

    Args:
        spacy_model: the spaCy pipeline.
        source: a file of texts, `dataset:name`, or `-`.
        label: the categories, with commas, or a file with one a line; those of the component if not given.
        threshold: categories that score as much or more are chosen beforehand.
        component: the component that scores; textcat or textcat_multilabel, whichever is there, if not given.
    """
    nlp = load_language("textcat.correct", spacy_model)
    found = [name for name in ("textcat", "textcat_multilabel") if name in nlp.pipe_names]
    chosen = component or next(iter(found), "textcat")
    labels = labels_for("textcat.correct", label, nlp, chosen)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    stream.apply(make_textcat_suggestions, nlp=nlp, component=chosen, labels=labels, threshold=threshold)
    exclusive = nlp.get_pipe_meta(chosen).factory == "textcat"
    config = {"labels": labels, "choice_style": "single" if exclusive else "multiple", "exclude_by": "input"}
    return {"dataset": dataset, "view_id": "choice", "stream": stream, "exclude": exclude, "config": config}


def labels_for(where: str, label: str | None, nlp: Any, component: str) -> list[str]:
    """Return the labels that are given, or those of a component that must be there.

    Raises:
        SettingError: if there is no such component, or no label.
    """
    if component not in nlp.pipe_names:
        known = ", ".join(nlp.pipe_names) or "none"
        raise SettingError(f"{where}: the model has no component {component!r} (components: {known})")
    labels = get_labels(label) or labels_of_model(nlp, component)
    if not labels:
        raise SettingError(f"{where}: no label; give --label A,B (the component has none of its own)")
    return labels


def in_sentences(stream: Stream, nlp: Any) -> None:
    """Ask about each sentence, as the pipeline finds them, or at punctuation where nothing in it does."""
    finds = bool(_SENTENCES.intersection(nlp.pipe_names))
    stream.apply(split_sentences, nlp=nlp if finds else f"blank:{nlp.lang}")
