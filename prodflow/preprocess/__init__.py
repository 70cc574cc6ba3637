"""Preprocessors change tasks."""

from prodflow.preprocess.media import fetch_media
from prodflow.preprocess.options import add_label_options
from prodflow.preprocess.points import convert_points
from prodflow.preprocess.rehash import rehash
from prodflow.preprocess.sentences import split_sentences
from prodflow.preprocess.spans import split_spans
from prodflow.preprocess.suggestions import make_ner_suggestions, make_spancat_suggestions, make_textcat_suggestions
from prodflow.preprocess.tokens import add_tokens

__all__ = [
    "add_label_options",
    "add_tokens",
    "convert_points",
    "fetch_media",
    "make_ner_suggestions",
    "make_spancat_suggestions",
    "make_textcat_suggestions",
    "rehash",
    "split_sentences",
    "split_spans",
]
