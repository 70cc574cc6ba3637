"""Draw boxes, polygons and lines on images by hand."""

from pathlib import Path
from typing import Any

from prodflow.core.errors import SettingError
from prodflow.loaders import get_stream
from prodflow.preprocess import fetch_media
from prodflow.recipes.labels import get_labels
from prodflow.recipes.options import Dataset, Exclude, Label, Loader, OnBroken
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import given, shortcuts
from prodflow.store.quarantine import quarantine


@recipe(
    "image.manual",
    **shortcuts(width="w", darken="D", no_fetch="NF", remove_base64="R"),
)
def image_manual(
    dataset: Dataset,
    source: str | Path,
    loader: Loader = None,
    label: Label = None,
    exclude: Exclude = None,
    width: int | None = None,
    darken: bool = False,
    no_fetch: bool = False,
    remove_base64: bool = False,
    on_error: OnBroken = "raise",
) -> dict[str, Any]:
    """Draw boxes, polygons and lines on images, each with a label.

    Args:
        source: a folder of images, a file of tasks with an "image", `dataset:name`, or `-`; spans that it has stay.
        width: of the card, in pixels; as wide as there is room if not given.
        darken: darken the image, so that shapes stand out.
        no_fetch: leave URLs to the browser; if not given they are fetched here, and those that fail are dropped.
        remove_base64: store the path or URL of an image instead of its data, also where the configuration keeps data.
    """
    labels = get_labels(label)
    if not labels:
        raise SettingError("image.manual: no label; give --label A,B")
    stream = get_stream(source, loader=loader, on_error=on_error, quarantine=quarantine(dataset))
    if not no_fetch:
        stream.apply(fetch_media, input_keys=["image"], skip=True, urls_only=True)
    config = given(
        labels=labels,
        darken_image=0.3 if darken else None,
        image_manual_width=width,
        custom_theme={"cardMaxWidth": width} if width else None,
        keep_base64=False if remove_base64 else None,
        exclude_by="input",
    )
    return {"dataset": dataset, "view_id": "image_manual", "stream": stream, "exclude": exclude, "config": config}
