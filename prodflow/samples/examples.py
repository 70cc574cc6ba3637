"""A good task for every interface, with the configuration it needs: for previews, the gallery and tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prodflow.samples.example_texts import (
    CLASSIFICATION,
    COMPARE,
    DIFF,
    HTML,
    LLM_IO,
    NEWS,
    RELATIONS,
    REVIEW,
    SENTENCE,
    SPANS,
    parts_of_speech,
    text_with_spans,
    tokenized,
)

SHELF, VOICES, FILM = "shelf.png", "voices.wav", "shelf.webm"


@dataclass(frozen=True)
class Example:
    """A task, the recipe's configuration, and what the interface is for in a sentence."""

    view_id: str
    words: str
    task: dict[str, Any]
    config: dict[str, Any] = field(default_factory=dict)


def example(view_id: str, folder: str | Path | None = None) -> Example:
    """Return the example of a view.

    Args:
        view_id: the annotation interface.
        folder: where its picture, sound or film is written, which the task then names by its path; by default nothing
            is written and the task has its bare name.

    >>> example("text").task["text"][:17]
    'The night bus was'
    """
    found = {made.view_id: made for made in examples()}[view_id]
    if folder is None:
        return found
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return Example(view_id, found.words, _placed(found.task, target), found.config)


def examples() -> list[Example]:
    """Return the examples of all views, the plain ones first."""
    return [*_plain(), *_pictures(), *_texts(), *_recordings(), *_several()]


def _plain() -> list[Example]:
    options = [
        {"id": "DELIVERY", "text": "Delivery"},
        {"id": "PRICE", "text": "Price"},
        {"id": "TASTE", "text": "Taste"},
    ]
    return [
        Example("text", "A text to accept or reject.", {"text": NEWS, "meta": {"source": "letters", "page": 4}}),
        Example("html", "HTML, or a template filled from the task.", HTML["task"], HTML["config"]),
        Example("classification", "Does the label apply?", CLASSIFICATION),
        Example(
            "choice",
            "One or several options, by click or number key.",
            {
                "text": "The soup was cold, and it cost as much as a whole lunch.",
                "options": options,
                "accept": ["PRICE"],
            },
            {"choice_style": "multiple"},
        ),
        Example(
            "text_input",
            "A text to write.",
            {"text": "What would you ask the author of this letter?", "user_input": "Which bus line was it?"},
            {"field_label": "Your question", "field_rows": 2, "field_placeholder": "One sentence"},
        ),
    ]


def _pictures() -> list[Example]:
    labels = ["SHOE", "BAG", "CLOTHES"]
    return [
        Example("image", "A picture, with shapes that are there already.", {"image": SHELF, "spans": _boxes(10)}),
        Example(
            "image_manual",
            "Boxes, polygons and lines to draw, move and name.",
            {"image": SHELF, "spans": [*_boxes(3), _triangle()]},
            {"labels": labels},
        ),
    ]


def _boxes(count: int) -> list[dict[str, Any]]:
    from prodflow.samples.shelf import shelf_boxes

    kinds = {"SANDAL": "SHOE", "SNEAKER": "SHOE", "ANKLE_BOOT": "SHOE", "BAG": "BAG"}
    return [{**box, "label": kinds.get(box["label"], "CLOTHES")} for box in shelf_boxes()[:count]]


def _triangle() -> dict[str, Any]:
    points = [[33, 305], [70, 292], [115, 252], [160, 250], [168, 320], [40, 320]]
    return {"id": "boot", "label": "SHOE", "type": "polygon", "points": points}


def _texts() -> list[Example]:
    people = ["PERSON", "ORG", "PLACE", "DATE"]
    entities = text_with_spans(SENTENCE, {"Mara Lindqvist": "PERSON", "Tromsø": "PLACE", "March 2021": "DATE"})
    plain = {key: value for key, value in entities.items() if key != "tokens"}
    overlapping = text_with_spans(*SPANS)
    classes = parts_of_speech()
    return [
        Example("ner", "Entities to accept or reject together.", plain),
        Example("ner_manual", "Entities to mark, by token or character.", entities, {"labels": people}),
        Example("spans", "Spans that overlap, to accept or reject.", overlapping),
        Example("spans_manual", "Spans to mark that may overlap.", overlapping, {"labels": list(SPANS[1].values())}),
        Example("pos", "Parts of speech to accept or reject.", {key: classes[key] for key in ("text", "spans")}),
        Example(
            "pos_manual",
            "A part of speech for each token.",
            classes,
            {"labels": ["NOUN", "VERB", "ADJ", "ADV", "DET", "ADP", "PUNCT"]},
        ),
        Example(
            "relations",
            "Arrows between words and spans, with labels.",
            RELATIONS,
            {"labels": ["FOUNDED", "LIVES_IN"], "relations_span_labels": ["PERSON", "ORG", "PLACE"]},
        ),
        Example(
            "dep",
            "One arc between two words, to accept or reject.",
            {**tokenized("The old lighthouse warns ships."), "arc": {"head": 3, "child": 2, "label": "nsubj"}},
        ),
    ]


def _recordings() -> list[Example]:
    regions = [
        {"start": 0.5, "end": 2.4, "label": "VOICE_1", "id": "first"},
        {"start": 3.1, "end": 5.2, "label": "VOICE_2", "id": "second"},
    ]
    return [
        Example("audio", "A sound to listen to, with its regions.", {"audio": VOICES, "audio_spans": regions}),
        Example(
            "audio_manual",
            "Regions of a sound to mark.",
            {"audio": VOICES, "audio_spans": regions[:1]},
            {"labels": ["VOICE_1", "VOICE_2", "NOISE"]},
        ),
        Example("video", "A film to watch.", {"video": FILM, "meta": {"seconds": 4}}),
    ]


def _several() -> list[Example]:
    blocks = [
        {"view_id": "image"},
        {"view_id": "choice", "image": None, "choice_style": "single"},
        {"view_id": "text_input", "field_id": "remark", "field_label": "Remark", "field_rows": 2},
    ]
    tidy = [{"id": "YES", "text": "It is tidy"}, {"id": "NO", "text": "Something lies askew"}]
    return [
        Example("blocks", "Several interfaces in one card.", {"image": SHELF, "options": tidy}, {"blocks": blocks}),
        Example(
            "pages",
            "Several tasks in one, page by page.",
            {
                "pages": [
                    {"view_id": "text", "text": NEWS},
                    {"view_id": "image", "image": SHELF},
                    {"view_id": "text", "text": SENTENCE},
                ]
            },
        ),
        Example("diff", "What changed between two texts.", DIFF),
        Example("compare", "The better of two, side by side.", COMPARE),
        Example("review", "Who answered what, and the right answer.", REVIEW["task"], REVIEW["config"]),
        Example("llm_io", "What a language model was asked, and what it said.", LLM_IO),
    ]


def _placed(value: Any, folder: Path) -> Any:
    """Replace the names of media by paths of files that are written now."""
    if isinstance(value, dict):
        return {key: _placed(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [_placed(item, folder) for item in value]
    return (
        str(_writers()[value](folder / value)) if isinstance(value, str) and value in (SHELF, VOICES, FILM) else value
    )


def _writers() -> dict[str, Callable[[Path], Path]]:
    from prodflow.samples.recordings import passing_shelf, two_voices
    from prodflow.samples.shelf import shelf_picture

    return {SHELF: shelf_picture, VOICES: two_voices, FILM: passing_shelf}
