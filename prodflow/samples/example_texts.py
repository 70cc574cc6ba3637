"""The texts of the examples, and what is marked in them."""

import re
from collections.abc import Mapping
from typing import Any

NEWS = (
    "The night bus was twenty minutes late again, but the driver waited until everybody who had missed the last train "
    "was on board."
)
SENTENCE = "Mara Lindqvist joined the observatory in Tromsø in March 2021."
SPANS = (
    "The museum of maritime history in Kiel opens on Sundays.",
    {"museum of maritime history in Kiel": "INSTITUTION", "maritime history": "FIELD", "Kiel": "PLACE"},
)

HTML: dict[str, dict[str, Any]] = {
    "task": {"title": "Harbour lights", "author": "I. Sørensen", "year": 1987, "shelf": "N 4"},
    "config": {
        "html_template": (
            "<h2>{{title}}</h2><p>by <strong>{{author}}</strong>, {{year}}</p>"
            "<p>Stands on shelf <code>{{shelf}}</code></p>"
        )
    },
}

CLASSIFICATION = {
    "text": "The kettle stopped working after two weeks, and nobody answers my letters.",
    "label": "COMPLAINT",
    "meta": {"score": 0.62},
}

DIFF = {
    "removed": "The ferry leave at nine and arrives in the evening, weather permiting.",
    "added": "The ferry leaves at nine and arrives in the evening, weather permitting.",
}

COMPARE = {
    "input": {"text": "Das Boot liegt im Hafen."},
    "accept": {"text": "The boat lies in the harbour."},
    "reject": {"text": "The boot lies in the port."},
}

LLM_IO = {
    "text": "The parcel came on Tuesday, but the lamp inside was broken.",
    "llm": {
        "prompt": "Say in one word what the customer writes about.\n\nText:\nThe parcel came on Tuesday, …",
        "response": "damage",
    },
}


def tokenized(text: str) -> dict[str, Any]:
    """Return a task with a token for each word and each sign.

    >>> [token["text"] for token in tokenized("Hi Ann!")["tokens"]]
    ['Hi', 'Ann', '!']
    """
    tokens = [
        {
            "text": found[0],
            "start": found.start(),
            "end": found.end(),
            "id": number,
            "ws": text[found.end() : found.end() + 1] == " ",
        }
        for number, found in enumerate(re.finditer(r"\w+|[^\w\s]", text))
    ]
    return {"text": text, "tokens": tokens}


def text_with_spans(text: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a task in which parts of the text are marked.

    >>> text_with_spans("Hi Ann!", {"Ann": "PERSON"})["spans"]
    [{'start': 3, 'end': 6, 'token_start': 1, 'token_end': 1, 'label': 'PERSON'}]
    """
    task = tokenized(text)
    return {**task, "spans": [_span(task, part, label) for part, label in labels.items()]}


def _span(task: Mapping[str, Any], part: str, label: str) -> dict[str, Any]:
    start = task["text"].index(part)
    end = start + len(part)
    inside = [token["id"] for token in task["tokens"] if start <= token["start"] and token["end"] <= end]
    return {"start": start, "end": end, "token_start": inside[0], "token_end": inside[-1], "label": label}


def parts_of_speech() -> dict[str, Any]:
    """Return a task in which each token has its part of speech."""
    task = tokenized("The old lighthouse still warns passing ships.")
    classes = ("DET", "ADJ", "NOUN", "ADV", "VERB", "ADJ", "NOUN", "PUNCT")
    spans = [
        {key: token[key] for key in ("start", "end")}
        | {"token_start": token["id"], "token_end": token["id"], "label": name}
        for token, name in zip(task["tokens"], classes, strict=True)
    ]
    return {**task, "spans": spans}


def _relations() -> dict[str, Any]:
    labels = {"Ines Brandt": "PERSON", "Nordlicht": "ORG", "Bergen": "PLACE"}
    task = text_with_spans("Ines Brandt founded Nordlicht while she lived in Bergen.", labels)
    person, company, town = task["spans"]
    joined = [
        {
            "head": first["token_end"],
            "child": second["token_end"],
            "label": label,
            "head_span": first,
            "child_span": second,
        }
        for first, second, label in ((person, company, "FOUNDED"), (person, town, "LIVES_IN"))
    ]
    return {**task, "relations": joined}


RELATIONS = _relations()

_TWO, _ONE = (
    text_with_spans(SENTENCE, labels)["spans"]
    for labels in ({"Mara Lindqvist": "PERSON", "Tromsø": "PLACE"}, {"Mara": "PERSON"})
)
REVIEW: dict[str, dict[str, Any]] = {
    "task": {
        **tokenized(SENTENCE),
        "view_id": "ner_manual",
        "versions": [
            {"spans": _TWO, "answer": "accept", "sessions": ["news-ann", "news-bo"], "default": True},
            {"spans": _ONE, "answer": "accept", "sessions": ["news-cy"], "default": False},
        ],
    },
    "config": {"labels": ["PERSON", "ORG", "PLACE", "DATE"]},
}
