"""Write down what is said in recordings."""

from pathlib import Path
from typing import Any

from prodflow.loaders import get_stream
from prodflow.preprocess import fetch_media as fetched
from prodflow.recipes.labels import split_string
from prodflow.recipes.options import Dataset, Exclude, Loader, OnBroken
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import given, shortcuts
from prodflow.store.quarantine import quarantine


@recipe(
    "audio.transcribe",
    **shortcuts(playpause_key="pk", text_rows="tr", field_id="fi", autoplay="A", keep_base64="B", fetch_media="FM"),
    exclude=(None, "option", "e", None),
)
def audio_transcribe(
    dataset: Dataset,
    source: str | Path,
    loader: Loader = None,
    playpause_key: str = "alt+enter",
    text_rows: int = 4,
    field_id: str = "transcript",
    autoplay: bool = False,
    keep_base64: bool = False,
    fetch_media: bool = False,
    exclude: Exclude = None,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Write down what is said in recordings, sound alone or video.

    Args:
        source: a folder of recordings, a file of tasks with an "audio" or "video", `dataset:name`, or `-`; a transcript
            that a task brings is there to be corrected.
        playpause_key: what plays and pauses while one writes; several keys with commas.
        text_rows: how many rows the field has.
        field_id: the key of the task that the transcript is stored under.
        autoplay: play each recording when it is shown.
        keep_base64: store the data of a recording, not its path or URL.
        fetch_media: fetch URLs here, and drop those that fail; if not given they are left to the browser.
    """
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    if fetch_media:
        stream.apply(fetched, input_keys=["audio", "video"], skip=True, urls_only=True)
    field = {
        "view_id": "text_input",
        "field_id": field_id,
        "field_label": "Transcript",
        "field_rows": text_rows,
        "field_autofocus": True,
    }
    config = given(
        blocks=[{"view_id": "audio"}, field],
        playpause_key=split_string(playpause_key),
        audio_autoplay=autoplay or None,
        keep_base64=keep_base64 or None,
        exclude_by="input",
    )
    return {"dataset": dataset, "view_id": "blocks", "stream": stream, "exclude": exclude, "config": config}
