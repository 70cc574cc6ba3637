"""The panels together: for the live page, and as a report in one file."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from prodflow.dashboard.agreement import Picture, agreement, disagreements
from prodflow.dashboard.markup import Markup, element, joined
from prodflow.dashboard.model import model
from prodflow.dashboard.people import annotators, confusions, labels
from prodflow.dashboard.progress import flow, headline, over_time
from prodflow.dashboard.remaining import Run, estimate_remaining

FIRST, LAST = "headline", "disagreements"
"""The panels over and under the columns that the others stand in."""


def style() -> str:
    """Return the style sheet of the panels."""
    return files("prodflow.dashboard").joinpath("style.css").read_text(encoding="utf-8")


def panels(numbers: Mapping[str, Any], live: Mapping[str, Any] | None, picture: Picture) -> dict[str, Markup]:
    """Return the panels there is something to show in, by name and in their order.

    Args:
        numbers: of `prodflow.dashboard.numbers`; parts but the counts may be missing still.
        live: what the running server knows; None for a report without one.
        picture: makes an address of a picture's place.
    """
    counts, agreed = numbers["counts"], numbers.get("agreement")
    answers, several = counts["totals"]["answers"], counts["totals"]["people"] > 1
    remaining = estimate_remaining(run_of(live), answers, counts["buckets"]) if live else None
    found = {
        "headline": headline(numbers, remaining),
        "flow": flow(live, counts["totals"], remaining) if live and remaining else None,
        "times": over_time(counts["times"], counts["people"]),
        "people": annotators(counts["people"], agreed),
        "labels": labels(counts["labels"]),
        "agreement": agreement(agreed) if answers else None,
        "confusion": confusions(agreed),
        "model": model(counts["model"], live["losses"] if live else []),
        "disagreements": disagreements(numbers.get("disagreements"), picture) if several else None,
    }
    return {name: made for name, made in found.items() if made is not None}


def run_of(live: Mapping[str, Any]) -> Run:
    """Return the part of a server's state that estimates need."""
    keys = ("read", "size", "came", "answers_per_task", "target", "lacking")
    held = sum(max(0, stage["received"] - stage["yielded"]) for stage in live["stages"] if not stage["reason"])
    return Run(**{key: live[key] for key in keys}, held=held)


def report(dataset: str, numbers: Mapping[str, Any], picture: Picture, *, now: datetime | None = None) -> str:
    """Return a report as one HTML file that needs nothing else, no script either."""
    made = (now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{dataset} · report"),
        element("style", Markup(style())),
    )
    title = element("header", element("h1", dataset), element("p", f"Report of {made}"), class_="title")
    drawn = panels(numbers, None, picture)
    middle = [drawn[name] for name in drawn if name not in (FIRST, LAST)]
    main = element(
        "main", title, drawn[FIRST], element("div", *middle, class_="panels"), drawn.get(LAST), class_="dashboard"
    )
    return "<!doctype html>\n" + joined(element("html", head, element("body", main), lang="en")) + "\n"
