"""Look at a stream in the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodflow.core.language import Nlp, load_language
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.preprocess.suggestions import make_ner_suggestions
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts

_CONTENT = ("text", "image", "audio", "video", "html")


@recipe("print-stream", **shortcuts(spacy_model="m", loader="lo", n="n"))
def print_stream(source: str | Path, spacy_model: Nlp = None, loader: str | None = None, n: int = 0) -> None:
    """Print the tasks of a source, with what is marked in them.

    Args:
        source: a file, a folder, `dataset:name`, or `-`.
        spacy_model: a spaCy pipeline, whose entities are marked too.
        loader: how to read the source; guessed if not given.
        n: no more than so many; 0 for all.
    """
    stream = get_stream(source, loader=loader)
    if spacy_model is not None:
        stream.apply(make_ner_suggestions, nlp=load_language("print-stream", spacy_model), component="ner")
    try:
        for number, task in enumerate(stream, start=1):
            print(described(task))
            if number == n:
                break
    finally:
        stream.close()


def described(task: Task) -> str:
    """Return a task as a line: its content, with what is marked in brackets, and its answer.

    >>> described({"text": "Ann met Bo", "spans": [{"start": 0, "end": 3, "label": "PERSON"}], "answer": "accept"})
    '[Ann]PERSON met Bo  (accept)'
    """
    content = next((str(task[key]) for key in _CONTENT if task.get(key)), "")
    if task.get("text"):
        content = _marked(content, task.get("spans") or ())
    notes = [str(task[key]) for key in ("label", "answer") if task.get(key)]
    return f"{content[:2000]}  ({', '.join(notes)})" if notes else content[:2000]


def _marked(text: str, spans: Any) -> str:
    whole = [span for span in spans if isinstance(span, Mapping) and "start" in span and "end" in span]
    for span in sorted(whole, key=lambda span: span["start"], reverse=True):
        start, end = span["start"], span["end"]
        text = f"{text[:start]}[{text[start:end]}]{span.get('label', '')}{text[end:]}"
    return text
