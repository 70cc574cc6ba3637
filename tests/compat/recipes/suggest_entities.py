"""Suggestions of a pipeline, applied to a stream in the forms that are documented."""

import prodigy
import spacy
from prodigy.components.preprocess import add_tokens
from prodigy.components.stream import get_stream
from prodigy.preprocess import make_ner_suggestions
from prodigy.stream import STREAM_PLACEHOLDER


def only_with_spans(minimum, tasks):
    for eg in tasks:
        if len(eg["spans"]) >= minimum:
            yield eg


@prodigy.recipe("suggest-entities", dataset=("Dataset", "positional"), source=("Texts", "positional"))
def suggest_entities(dataset, source):
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Apple"}])
    stream = get_stream(source, dedup=True)
    stream.apply(make_ner_suggestions, stream=stream, nlp=nlp, component="entity_ruler", labels=["ORG"])
    stream.apply(only_with_spans, 1, STREAM_PLACEHOLDER)
    stream.apply(add_tokens, nlp=nlp)
    return {"dataset": dataset, "view_id": "ner_manual", "stream": stream, "config": {"labels": ["ORG"]}}
