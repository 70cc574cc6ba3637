"""Captions of images: written or corrected, their changes counted, and what kind of errors they were."""

import difflib
import html
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from more_itertools import batched

from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.core.settings import load_reference
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.recipes.options import Dataset, Exclude, Loader
from prodflow.recipes.recipe import recipe
from prodflow.store.quarantine import quarantine

log = logging.getLogger("prodflow")

FIELD = "caption"
SUGGESTED = "suggested_caption"
_BATCH = 8
ERRORS = {
    "SUBJECT": "The subject is another",
    "ATTRIBUTES": "Its attributes are others",
    "BACKGROUND": "The background is another",
    "NUMBER": "There are more or fewer",
    "WORDING": "Better wording, same meaning",
    "OTHER": "Something else",
}


@recipe("image.caption")
def image_caption(
    dataset: Dataset,
    source: str | Path,
    *,
    model: str | None = None,
    loader: Loader = None,
    exclude: Exclude = None,
) -> dict[str, Any]:
    """Write captions of images, or correct those a model suggests; how many were changed is said at the end.

    Args:
        source: a folder of images, or a file of tasks with an "image".
        model: what suggests captions: a file of a `Captioner`, which learns meanwhile and is made if it is not there,
            or `file.py:name` of a function or object that takes an image (a path or URI) and returns a caption.
    """
    suggest, update, save = _captioner(model)
    stream = get_stream(source, loader=loader, quarantine=quarantine(dataset), input_key="image")
    stream.apply(suggest_captions, suggest=suggest)
    changes: Counter[str] = Counter()

    def learn(answers: list[Task]) -> float | None:
        changes.update(_kind(answer) for answer in answers)
        return update(answers) if update is not None else None

    def leave(controller: Any) -> None:
        log.warning("%s", _summary(changes))
        if save is not None:
            save()

    blocks = [
        {"view_id": "image"},
        {"view_id": "text_input", "field_id": FIELD, "field_label": "Caption", "field_autofocus": True},
    ]
    return {
        "dataset": dataset,
        "view_id": "blocks",
        "stream": stream,
        "update": learn,
        "exclude": exclude,
        "on_exit": leave,
        "config": {"blocks": blocks},
    }


@recipe("image.caption.correct")
def image_caption_correct(
    dataset: Dataset, source: str | Path, *, model: str, loader: Loader = None, exclude: Exclude = None
) -> dict[str, Any]:
    """Correct the captions that a model suggests: `image.caption` that does not go without a model.

    Args:
        source: a folder of images, or a file of tasks with an "image".
        model: what suggests captions, see `image.caption`.
    """
    components: dict[str, Any] = image_caption(dataset, source, model=model, loader=loader, exclude=exclude)
    return components


def suggest_captions(
    stream: Iterable[Task], *, suggest: Callable[[list[Task]], Iterable[str]] | None
) -> Iterator[Task]:
    """Put suggested captions into tasks, under `caption` to be corrected and under `suggested_caption` to compare."""
    for batch in batched(stream, _BATCH):
        captions = suggest(list(batch)) if suggest is not None else [""] * len(batch)
        for task, caption in zip(batch, captions, strict=True):
            yield {**task, FIELD: caption, SUGGESTED: caption} if caption else task


def _captioner(model: str | None) -> tuple[Any, Any, Any]:
    """What suggests, what learns, and what saves."""
    if model is None:
        return None, None, None
    if ":" in model and not Path(model).exists():
        made = load_reference(model, "image.caption")
        caption = made() if isinstance(made, type) else made
        if not callable(caption):
            raise SettingError(f"image.caption: model={model!r} cannot be called with an image")
        return lambda tasks: [str(caption(task["image"])) for task in tasks], getattr(caption, "update", None), None
    from prodflow.models.caption import Captioner

    captioner = Captioner.load(model) if Path(model).is_file() else Captioner(FIELD)
    return captioner.predict, captioner.update, lambda: captioner.save(model)


def _kind(answer: Task) -> str:
    if answer.get("answer") != "accept":
        return "not accepted"
    if not answer.get(SUGGESTED):
        return "written"
    return "kept" if answer.get(FIELD) == answer[SUGGESTED] else "changed"


def _summary(changes: Counter[str]) -> str:
    suggested = changes["kept"] + changes["changed"]
    share = f" ({changes['changed'] / suggested:.0%} of the suggestions)" if suggested else ""
    return (
        f"captions: {changes['kept']} kept, {changes['changed']} changed{share}, "
        f"{changes['written']} written anew, {changes['not accepted']} tasks without"
    )


@recipe("image.caption.diff")
def image_caption_diff(dataset: Dataset, source: str, *, exclude: Exclude = None) -> dict[str, Any]:
    """Look at captions that were changed, and say what was wrong with the suggestions.

    Args:
        source: the dataset of `image.caption`.
    """
    stream = get_stream(f"dataset:{source}:accept")
    stream.apply(_changed_captions)
    return {
        "dataset": dataset,
        "view_id": "blocks",
        "stream": stream,
        "exclude": exclude,
        "config": {
            "blocks": [{"view_id": "image"}, {"view_id": "choice", "image": None}],
            "choice_style": "multiple",
        },
    }


def _changed_captions(stream: Iterable[Task]) -> Iterator[Task]:
    options = [{"id": name, "text": words} for name, words in ERRORS.items()]
    for task in stream:
        before, after = task.get(SUGGESTED), task.get(FIELD)
        if not before or not isinstance(after, str) or before == after:
            continue
        kept = {key: task[key] for key in ("image", "path", "meta", FIELD, SUGGESTED, "_input_hash") if key in task}
        yield set_hashes({**kept, "html": diff_as_html(before, after), "options": options})


def diff_as_html(before: str, after: str) -> str:
    """Return the words of two texts with what went and what came marked.

    >>> diff_as_html("a black cat", "a white cat")
    'a <del>black</del> <ins>white</ins> cat'
    """
    old, new = before.split(), after.split()
    parts = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = (html.escape(" ".join(words)) for words in (old[i1:i2], new[j1:j2]))
        if kind == "equal":
            parts.append(gone)
            continue
        parts += [f"<del>{gone}</del>"] * bool(gone) + [f"<ins>{come}</ins>"] * bool(come)
    return " ".join(parts)
