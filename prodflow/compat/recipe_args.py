"""Descriptions of arguments that many recipes have, by their usual names, for use with `@recipe`."""

from typing import Any

from prodflow.recipes.labels import get_labels, split_string

recipe_args: dict[str, tuple[Any, ...]] = {
    "dataset": ("The dataset that answers go to", "positional", None, str),
    "source": ("Where the tasks come from: a file, a folder or -", "positional", None, str),
    "spacy_model": ("A spaCy pipeline, by name or folder", "positional", None, str),
    "view_id": ("The annotation interface", "option", "v", str),
    "api": ("Not used", "option", "a", str),
    "loader": ("How to read the source; guessed if not given", "option", "lo", str),
    "label": ("The label in question", "option", "l", str),
    "label_set": ("Labels, separated by commas, or a file with one a line", "option", "l", get_labels),
    "entity_label": ("Entity labels, separated by commas", "option", "l", split_string),
    "patterns": ("A file of patterns", "option", "pt", str),
    "seeds": ("Terms, separated by commas, or a file with one a line", "option", "se", get_labels),
    "exclude": ("Datasets whose tasks are not asked again, separated by commas", "option", "e", split_string),
    "eval_id": ("A dataset to evaluate on", "option", "e", str),
    "eval_split": ("The part of the examples to evaluate on", "option", "es", float),
    "output": ("Where to save", "option", "o", str),
    "n_iter": ("How often to go over the examples", "option", "n", int),
    "batch_size": ("How many examples at once", "option", "b", int),
    "dropout": ("The dropout rate", "option", "d", float),
    "factor": ("The part of the examples to train on", "option", "f", float),
    "unsegmented": ("Do not split texts into sentences", "flag", "U", bool),
    "no_missing": ("Take the annotations as complete", "flag", "NM", bool),
    "memorize": ("Do not ask again what the dataset has", "flag", "M", bool),
    "silent": ("Say less", "flag", "S", bool),
}
