"""Mark regions of recordings by hand."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.loaders import get_stream
from prodflow.preprocess import fetch_media as fetched
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Label, Loader, OnBroken
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import given, shortcuts
from prodflow.store.quarantine import quarantine


@recipe(
    "audio.manual",
    **shortcuts(autoplay="A", keep_base64="B", fetch_media="FM"),
)
def audio_manual(
    dataset: Dataset,
    source: str | Path,
    loader: Loader = None,
    label: Label = None,
    autoplay: bool = False,
    keep_base64: bool = False,
    fetch_media: bool = False,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Mark regions of recordings, sound alone or video, each with a label.

    Args:
        source: a folder of recordings, a file of tasks with an "audio" or "video", `dataset:name`, or `-`.
        autoplay: play each recording when it is shown.
        keep_base64: store the data of a recording, not its path or URL.
        fetch_media: fetch URLs here, and drop those that fail; if not given they are left to the browser.
    """
    labels = get_labels(label)
    if not labels:
        raise SettingError("audio.manual: no label; give --label A,B")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    if fetch_media:
        stream.apply(fetched, input_keys=["audio", "video"], skip=True, urls_only=True)
    config = given(
        labels=labels,
        audio_autoplay=autoplay or None,
        keep_base64=keep_base64 or None,
        exclude_by="input",
    )
    return {"dataset": dataset, "view_id": "audio_manual", "stream": stream, "exclude": exclude, "config": config}
