"""Sort texts into categories by hand."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.loaders import get_stream
from prodflow.preprocess.options import add_label_options
from prodflow.recipes.labels import get_labels
from prodflow.recipes.mark import labelled
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.store.quarantine import quarantine


@recipe("textcat.manual", **shortcuts(label="l", exclusive="E"))
def textcat_manual(
    dataset: Dataset,
    source: str | Path,
    loader: Loader = None,
    label: str | None = None,
    exclusive: bool = False,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Choose the categories of texts; with one category, say whether it applies.

    Args:
        source: a file of texts, `dataset:name`, or `-`.
        label: the categories, with commas, or a file with one a line.
        exclusive: a text has one category, and choosing it goes on to the next text.
    """
    labels = get_labels(label)
    if not labels:
        raise SettingError("textcat.manual: no label; give --label A,B")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    config: dict[str, Any] = {"labels": labels}
    if len(labels) == 1:
        stream.apply(labelled, labels=labels)
    else:
        stream.apply(add_label_options, labels=labels)
        config |= {"choice_style": "single" if exclusive else "multiple", "choice_auto_accept": exclusive}
    view_id = "classification" if len(labels) == 1 else "choice"
    return {"dataset": dataset, "view_id": view_id, "stream": stream, "exclude": exclude, "config": config}
