"""Look at what patterns find, or keep the texts in which they find something."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.core.language import Nlp, load_language
from prodflow.core.message import msg
from prodflow.core.task import plain_tasks
from prodflow.loaders import get_stream
from prodflow.loaders.jsonl_file import write_jsonl
from prodflow.models.patterns import PatternMatcher
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken, Patterns
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.store.quarantine import quarantine


@recipe(
    "match",
    **shortcuts(
        label="l",
        label_task="LT",
        label_span="LS",
        combine_matches="C",
    ),
)
def match(
    dataset: Dataset,
    spacy_model: Nlp,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    patterns: Patterns = None,
    label_task: bool = False,
    label_span: bool = False,
    combine_matches: bool = False,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Say of what patterns find whether it is right.

    Args:
        spacy_model: whose tokens the patterns describe: a spaCy model, or `blank:en`.
        source: a file of texts, `dataset:name`, or `-`.
        label: only patterns with these labels, with commas, or a file with one a line.
        label_task: show the pattern's label above the text.
        label_span: show the pattern's label at the match; both labels where neither is asked for.
        combine_matches: show all matches of a text at once.
    """
    if patterns is None:
        raise SettingError("match: no patterns; give --patterns patterns.jsonl")
    neither = not label_task and not label_span
    matcher = PatternMatcher(
        load_language("match", spacy_model),
        label_span=label_span or neither,
        label_task=label_task,
        combine_matches=combine_matches,
        filter_labels=get_labels(label) or None,
    ).from_disk(patterns)
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset), input_key="text")
    stream.apply(lambda stream: (task for _, task in matcher(stream)))
    return {
        "dataset": dataset,
        "view_id": "ner" if not label_task else "classification",
        "stream": stream,
        "update": matcher.update,
        "progress": lambda controller, _: controller.stream.progress,
        "exclude": exclude,
    }


@recipe("filter-by-patterns", **shortcuts(patterns="pt", spacy_model="m", label="l"))
def filter_by_patterns(
    source: str | Path,
    destination: Path,
    patterns: Path,
    spacy_model: Nlp = "blank:en",
    label: str | None = None,
    loader: Loader = None,
) -> None:
    """Write the tasks in whose texts patterns find something to a JSONL file, with what they find as spans.

    Args:
        source: a file of texts, `dataset:name`, or `-`.
        destination: the JSONL file to write.
        patterns: a JSONL file of patterns.
        spacy_model: whose tokens the patterns describe.
        label: only patterns with these labels, with commas, or a file with one a line.
    """
    matcher = PatternMatcher(spacy_model, combine_matches=True, filter_labels=get_labels(label) or None)
    found = plain_tasks(matcher.from_disk(patterns)(get_stream(source, loader=loader, input_key="text")))
    kept = [{key: value for key, value in task.items() if key != "score"} for task in found]
    write_jsonl(destination, kept)
    msg.good(f"{len(kept):,} tasks with matches are in {destination}")
