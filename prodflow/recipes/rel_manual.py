"""Join words and spans of texts by hand."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.language import Nlp, load_language
from prodflow.core.task import Task
from prodflow.core.tracking import keeps_order
from prodflow.loaders import get_stream
from prodflow.models.patterns import PatternMatcher
from prodflow.preprocess.spans import spans_of
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.recipes.tokenized import pattern_matcher, with_patterns, with_tokens
from prodflow.store.quarantine import quarantine


@recipe(
    "rel.manual",
    **shortcuts(
        label="l",
        wrap="W",
        span_label="sl",
        patterns="pt",
        disable_patterns="dpt",
        add_ents="AE",
        add_nps="AN",
        hide_arrow_heads="HA",
    ),
)
def rel_manual(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    wrap: bool = False,
    span_label: str | None = None,
    exclude: Exclude = None,
    patterns: Path | None = None,
    disable_patterns: Path | None = None,
    add_ents: bool = False,
    add_nps: bool = False,
    hide_arrow_heads: bool = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Draw labelled arrows between the tokens and spans of texts, and mark spans in between.

    Args:
        spacy_model: whose tokenizer makes the tokens: a spaCy model, or `blank:en`.
        source: a file of texts, `dataset:name`, or `-`; spans, tokens and relations that it has stay.
        label: the labels of relations, with commas, or a file with one a line.
        wrap: break lines, where long texts would scroll to the side.
        span_label: the labels of spans, where these may be marked too.
        patterns: a JSONL file of patterns; what they match becomes a span.
        disable_patterns: a JSONL file of patterns; what they match cannot be joined.
        add_ents: make the entities that the model finds spans.
        add_nps: make the noun phrases that the model finds spans.
        hide_arrow_heads: draw lines without heads.
    """
    labels, span_labels = get_labels(label), get_labels(span_label)
    if not labels:
        raise SettingError("rel.manual: no label; give --label A,B")
    nlp = load_language("rel.manual", spacy_model)
    _check_model(nlp, add_ents, add_nps)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    if patterns is not None:
        stream.apply(with_patterns, matcher=pattern_matcher(nlp, patterns, None))
    if add_ents or add_nps:
        stream.apply(with_model_spans, nlp=nlp, entities=add_ents, noun_phrases=add_nps)
    stream.apply(with_tokens, nlp=nlp, where="rel.manual")
    if disable_patterns is not None:
        stream.apply(with_disabled_tokens, matcher=pattern_matcher(nlp, disable_patterns, None))
    config = {
        "labels": labels,
        "relations_span_labels": span_labels,
        "wrap_relations": wrap,
        "hide_relation_arrow_heads": hide_arrow_heads,
        "exclude_by": "input",
    }
    return {"dataset": dataset, "view_id": "relations", "stream": stream, "exclude": exclude, "config": config}


def _check_model(nlp: Any, add_ents: bool, add_nps: bool) -> None:
    if add_ents and not {"ner", "entity_ruler"} & set(nlp.pipe_names):
        raise SettingError("rel.manual: add_ents needs a model that finds entities; this one has no component for that")
    if add_nps and "parser" not in nlp.pipe_names:
        raise SettingError("rel.manual: add_nps needs a model with a parser; this one has none")


@keeps_order
def with_model_spans(stream: Iterable[Task], *, nlp: Any, entities: bool, noun_phrases: bool) -> Iterator[Task]:
    """Add the entities and noun phrases that a model finds to the spans, where nothing is marked yet."""
    for task in stream:
        if not isinstance(task.get("text"), str):
            yield task
            continue
        document = nlp(task["text"])
        spans = spans_of(task)
        found = [(entity, entity.label_) for entity in (document.ents if entities else ())]
        found += [(chunk, "NP") for chunk in (document.noun_chunks if noun_phrases else ())]
        for part, name in found:
            start, end = part.start_char, part.end_char
            if not any(start < span["end"] and span["start"] < end for span in spans):
                spans.append({"start": start, "end": end, "label": name})
        yield {**task, "spans": sorted(spans, key=lambda span: int(span["start"]))}


@keeps_order
def with_disabled_tokens(stream: Iterable[Task], *, matcher: PatternMatcher) -> Iterator[Task]:
    """Mark the tokens that patterns match as disabled; spans stay as they are."""
    for task in stream:
        if not isinstance(task.get("text"), str) or "tokens" not in task:
            yield task
            continue
        [(_, matched)] = matcher([{"text": task["text"]}])
        places = [(span["start"], span["end"]) for span in matched.get("spans", ())]
        tokens = [
            {**token, "disabled": True}
            if any(start <= token["start"] and token["end"] <= end for start, end in places)
            else token
            for token in task["tokens"]
        ]
        yield {**task, "tokens": tokens}
