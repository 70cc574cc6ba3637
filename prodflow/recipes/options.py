"""The arguments that many recipes share, each said once: what it is, and its short name."""

from pathlib import Path
from typing import Annotated, TypeAlias

from prodflow.core.failures import OnError
from prodflow.recipes.argument import Told

Dataset: TypeAlias = Annotated[str, Told("the dataset that answers go to.")]
Loader: TypeAlias = Annotated[str | None, Told("how to read the source; guessed if not given.", "lo")]
Label: TypeAlias = Annotated[str | None, Told("the labels, with commas, or a file with one a line.", "l")]
PipelineLabel: TypeAlias = Annotated[
    str | None, Told("the labels, with commas, or a file with one a line; those of the pipeline if not given.", "l")
]
Patterns: TypeAlias = Annotated[Path | None, Told("a JSONL file of patterns.", "pt")]
Exclude: TypeAlias = Annotated[list[str] | None, Told("datasets whose tasks are not asked again.", "e")]
Unsegmented: TypeAlias = Annotated[bool, Told("ask about whole texts, not about each sentence.", "U")]
OnBroken: TypeAlias = Annotated[OnError, Told("what a broken record does: raise, skip or quarantine.")]
