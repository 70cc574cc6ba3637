"""The panels about how far annotators agree, and about what they disagree on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prodflow.dashboard.charts import heat
from prodflow.dashboard.markup import Child, Markup, element, nothing, number, panel, plural

_NAMES = {
    "percent": "Percent agreement",
    "alpha": "Krippendorff's alpha",
    "fleiss": "Fleiss' kappa",
    "gwet": "Gwet's AC1",
}
_VOTES_SHOWN = 3
_NAMES_SHOWN = 3
_NAMED_CELLS = 12
"""Up to so many annotators the cells of the matrix have their numbers in them."""

Picture = Callable[[str], str | None]
"""Makes an address that the page can show of a picture's place; None where it cannot."""


def agreement(found: Mapping[str, Any] | None) -> Markup:
    """Coefficients with their intervals, and each two annotators."""
    title = "Agreement"
    if found is None:
        return panel("agreement", title, nothing("is being computed"))
    if not found["compared"]:
        words = "Agreement needs tasks that two annotators have answered: --feed-overlap, or --annotations-per-task 2."
        return panel("agreement", title, nothing(words))
    parts = [
        _estimates({_NAMES[name]: value for name, value in found["overall"].items()}),
        _spans(found["spans"]),
        _matrix(found),
        _more("By label, alpha", "labels", found["labels"]),
        _more("By day, alpha", "days", found["days"]),
        [element("p", f"Note: {words}", class_="warning") for words in found["warnings"]],
    ]
    note = (
        f"{plural(found['compared'], 'task')} of {number(found['tasks'])} have two answers or more. Line: 95 % interval"
    )
    return panel("agreement", title, parts, note=note)


def _estimates(estimates: Mapping[str, Mapping[str, Any]]) -> Markup:
    rows = [
        element(
            "li",
            element("span", name, class_="bar-name", title=name),
            element("span", "–" if value["value"] is None else f"{value['value']:.3f}", class_="bar-number"),
            _whisker(value),
            element("span", value["reason"], class_="bar-note") if value["value"] is None else None,
        )
        for name, value in estimates.items()
    ]
    return element("ul", rows, class_="bars whiskers")


def _whisker(value: Mapping[str, Any]) -> Markup:
    if value["value"] is None:
        return element("span", class_="whisker")
    low = value["low"] if value["low"] is not None else value["value"]
    high = value["high"] if value["high"] is not None else value["value"]
    low, middle, high = (max(0.0, min(1.0, edge)) for edge in (low, value["value"], high))
    return element(
        "span",
        element("i", style=f"left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"),
        element("b", style=f"left:{100 * middle:.1f}%"),
        class_="whisker",
        title=f"{low:.3f} to {high:.3f}",
    )


def _spans(found: Mapping[str, Any] | None) -> Markup | None:
    if found is None or found["overall"]["f1"] is None:
        return None
    how = "shapes that lie on each other (IoU 0.5)" if found["criterion"] == "iou" else "spans with the same borders"
    rows = {"Spans, F1": {"value": found["overall"]["f1"], "low": None, "high": None, "reason": None}}
    if found["tokens"]["value"] is not None:
        rows["Labels of tokens, alpha"] = found["tokens"]
    return element("div", element("h3", f"Of {how}"), _estimates(rows))


def _matrix(found: Mapping[str, Any]) -> Markup | None:
    names, pairs = found["annotators"], {(pair["a"], pair["b"]): pair for pair in found["pairs"]}
    if len(names) < 2 or not pairs:
        return None
    small = len(names) > _NAMED_CELLS
    head = element(
        "tr", element("td"), [element("th", element("span", name), scope="col", title=name) for name in names]
    )
    rows = [
        element("tr", element("th", one, scope="row", title=one), [_cell(one, other, pairs, small) for other in names])
        for one in names
    ]
    kind = "heat pairs small" if small else "heat pairs"
    table = element("table", element("thead", head), element("tbody", rows), class_=kind)
    return element(
        "div", element("h3", "Each two annotators, Cohen's kappa"), element("div", table, class_="scroll", tabindex="0")
    )


def _cell(one: str, other: str, pairs: Mapping[tuple[str, str], Mapping[str, Any]], small: bool) -> Markup:
    if one == other:
        return element("td", class_="self")
    pair = pairs.get((one, other)) or pairs.get((other, one))
    if pair is None:
        return element("td", "" if small else "–", class_="no-pair", title=f"{one} and {other}: no task in common")
    kappa = pair["kappa"]["value"]
    written = "–" if kappa is None else f"{kappa:.2f}"
    words = f"{one} and {other}: kappa {written}, {plural(pair['tasks'], 'task')}, {pair['agreement']:.0%} the same"
    inner = element("span", written, class_="unseen") if small else written
    return element("td", inner, style=heat(kappa), class_="hit", title=words)


def _more(title: str, key: str, estimates: Mapping[str, Mapping[str, Any]]) -> Markup | None:
    if not estimates:
        return None
    return element("details", element("summary", title), _estimates(estimates), id=f"more-{key}")


def disagreements(found: Mapping[str, Any] | None, picture: Picture) -> Markup:
    """The tasks on which annotators are most divided, with what each said."""
    title = "Disagreements"
    if found is None:
        return panel("disagreements", title, nothing("is being computed"), wide=True)
    if not found["tasks"]:
        return panel("disagreements", title, nothing("Nobody has disagreed so far."), wide=True)
    note = f"{plural(found['count'], 'task')} in all"
    note += f"; the {len(found['tasks'])} most divided" if found["count"] > len(found["tasks"]) else ""
    cards = [_card(row["task"], row["votes"], picture) for row in found["tasks"]]
    return panel("disagreements", title, element("ul", cards, class_="cards"), note=note, wide=True)


def _card(task: Mapping[str, Any], votes: Sequence[Mapping[str, Any]], picture: Picture) -> Markup:
    total = sum(len(vote["people"]) for vote in votes)
    said = [
        _vote(_words_of(vote["value"], task), vote["people"], total, _colour(vote["value"], place))
        for place, vote in enumerate(votes[:_VOTES_SHOWN])
    ]
    if rest := votes[_VOTES_SHOWN:]:
        people = [name for vote in rest for name in vote["people"]]
        words = element(
            "i", f"{len(rest)} other answers", title=", ".join(_words_of(vote["value"], task) for vote in rest)
        )
        said.append(_vote(words, people, total, "rest"))
    return element("li", content_of(task, picture), element("ul", said, class_="votes"))


def _colour(value: str, place: int) -> str:
    return value if value in ("accept", "reject") else f"s{place}"


def _vote(words: Child, people: Sequence[str], total: int, colour: str) -> Markup:
    part = element("i", class_=colour, style=f"width:{100 * len(people) / total:.1f}%")
    who = ", ".join(people) if len(people) <= _NAMES_SHOWN else plural(len(people), "annotator")
    return element(
        "li",
        element("b", words, title=words if isinstance(words, str) else None),
        element("span", who, class_="who", title=", ".join(people)),
        element("span", part, class_="bar-line"),
    )


def _words_of(value: str, task: Mapping[str, Any]) -> str:
    """What was picked, in the words of the options."""
    options = task.get("options")
    if not isinstance(options, list):
        return value
    texts = {str(one.get("id")): str(one["text"]) for one in options if isinstance(one, dict) and one.get("text")}
    return ", ".join(texts.get(part, part) for part in value.split(", "))


def content_of(task: Mapping[str, Any], picture: Picture) -> Markup:
    """What annotators saw: the picture or the text, and the label in question."""
    image, text = task.get("image"), task.get("text")
    shown: list[Markup] = []
    if isinstance(image, str) and (address := picture(image)) is not None:
        shown.append(element("img", src=address, alt=str(text or image.rpartition("/")[2])[:120]))
    elif isinstance(text, str):
        shown.append(element("p", text if len(text) <= 280 else text[:277] + "…", class_="text", dir="auto"))
    elif not shown:
        named = next((str(task[key]) for key in ("audio", "video", "image", "html") if task.get(key)), "a task")
        shown.append(element("p", named if len(named) <= 120 else named[:117] + "…", class_="text"))
    label = task.get("label")
    return element(
        "div",
        shown,
        element("p", label, class_="label") if isinstance(label, str) and label else None,
        class_="content",
    )
