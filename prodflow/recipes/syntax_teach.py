"""Judge parts of speech and dependencies, one by one, while a spaCy pipeline learns from the answers."""

from pathlib import Path
from typing import Any

from prodflow.core.language import Nlp, load_language
from prodflow.loaders import get_stream
from prodflow.preprocess.tokens import add_tokens
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken, PipelineLabel, Unsegmented
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.text_correct import in_sentences
from prodflow.recipes.text_teach import labels_to_teach, learning
from prodflow.store.quarantine import quarantine


@recipe("pos.teach", **shortcuts(label="l"))
def pos_teach(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    exclude: Exclude = None,
    unsegmented: Unsegmented = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Say of parts of speech, one by one, whether they are right, while the pipeline learns.

    Args:
        spacy_model: the spaCy pipeline, or `blank:en` to begin with nothing.
        source: a file of texts, `dataset:name`, or `-`.
        label: the tags as the pipeline's tagger gives them (`NNS`), with commas, or a file with one a line; all of
            them if not given.
    """
    from prodflow.models import PosTagger

    nlp = load_language("pos.teach", spacy_model, shared=False)
    labels = labels_to_teach("pos.teach", label, nlp, "tagger")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    if not unsegmented:
        in_sentences(stream, nlp)
    update = learning(stream, PosTagger(nlp, labels))
    return {
        "dataset": dataset,
        "view_id": "pos",
        "stream": stream,
        "update": update,
        "exclude": exclude,
        "config": {"labels": labels},
    }


@recipe("dep.teach")
def dep_teach(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: PipelineLabel = None,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Say of dependencies, one by one and sentence by sentence, whether they are right, while the pipeline learns.

    Args:
        spacy_model: the spaCy pipeline, with a parser.
        source: a file of texts, `dataset:name`, or `-`; they get the tokens of the pipeline.
    """
    from prodflow.models import DependencyParser

    nlp = load_language("dep.teach", spacy_model, shared=False)
    labels = labels_to_teach("dep.teach", label, nlp, "parser")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    in_sentences(stream, nlp)
    stream.apply(add_tokens, nlp=nlp, overwrite=True)
    update = learning(stream, DependencyParser(nlp, labels))
    return {
        "dataset": dataset,
        "view_id": "dep",
        "stream": stream,
        "update": update,
        "exclude": exclude,
        "config": {"labels": labels},
    }
