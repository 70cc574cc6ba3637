"""Matches of patterns, and a model beside them, as entities to correct."""

import prodigy
import spacy
from prodigy.components.loaders import TXT
from prodigy.components.preprocess import add_tokens, split_sentences
from prodigy.models.matcher import PatternMatcher
from prodigy.util import combine_models, split_string


class Nothing:
    def __call__(self, stream):
        return iter(())

    def update(self, examples):
        return 0


@prodigy.recipe(
    "pattern-entities",
    dataset=("Dataset", "positional", None, str),
    spacy_model=("Language", "positional", None, str),
    source=("Texts", "positional", None, str),
    patterns=("Patterns", "option", "pt", str),
    label=("Labels", "option", "l", split_string),
    unsegmented=("Whole texts", "flag", "U", bool),
)
def pattern_entities(dataset, spacy_model, source, patterns=None, label=None, unsegmented=False):
    nlp = spacy.blank(spacy_model)
    nlp.add_pipe("sentencizer")
    matcher = PatternMatcher(nlp, combine_matches=True, filter_labels=label)
    matcher = matcher.from_disk(patterns)
    predict, update = combine_models(Nothing(), matcher)
    stream = TXT(source)
    if not unsegmented:
        stream = split_sentences(nlp, stream)
    stream = (eg for score, eg in predict(stream))
    stream = add_tokens(nlp, stream, skip=True)
    return {
        "dataset": dataset,
        "view_id": "ner_manual",
        "stream": stream,
        "update": update,
        "exclude": [dataset],
        "config": {"lang": nlp.lang, "labels": label, "exclude_by": "input"},
    }
