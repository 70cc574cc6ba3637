"""The panels about annotators and about what they say: who did how much, how surely, and which labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from prodflow.dashboard.charts import Bar, bars, heat
from prodflow.dashboard.markup import Child, Markup, element, nothing, number, panel, plural, share
from prodflow.dashboard.remaining import BUCKET_S

_LABELS_SHOWN = 12
_LABELS_IN_TABLE = 15
_LEVEL_HEADS = 5
_CONFUSIONS_SHOWN = 6


def annotators(people: Sequence[Mapping[str, Any]], agreement: Mapping[str, Any] | None) -> Markup | None:
    """A row for each annotator."""
    if not people:
        return None
    consensus = (agreement or {}).get("consensus") or {"people": []}
    right = {person["name"]: person for person in consensus["people"]}
    most = people[0]["answers"]
    split = element("span", "Which", class_="unseen")
    head = ("Annotator", "Answers", split, "An hour", "Seconds", *(("Likely right",) if right else ()))
    rows = [
        element(
            "tr",
            element("th", person["name"], scope="row"),
            element("td", number(person["answers"]), class_="n"),
            element("td", _split(person, most), class_="split"),
            element("td", number(_hourly(person)), class_="n"),
            element("td", number(person["seconds"]) if person["seconds"] is not None else "–", class_="n"),
            element("td", _right(right.get(person["name"])), class_="n") if right else None,
        )
        for person in people
    ]
    table = element(
        "table",
        element("thead", element("tr", [element("th", name, scope="col") for name in head])),
        element("tbody", rows),
        class_="people",
    )
    note = "Green accepted, red rejected, grey ignored. An hour: of stretches of ten minutes with an answer."
    return panel("people", "Annotators", element("div", table, class_="scroll", tabindex="0"), note=note)


def _hourly(person: Mapping[str, Any]) -> float:
    return float(round(person["answers"] / (person["stretches"] * BUCKET_S / 3600)))


def _right(person: Mapping[str, Any] | None) -> Child:
    return "–" if person is None else share(person["right"])


def _split(person: Mapping[str, Any], most: int) -> Markup:
    parts = [
        element(
            "i", class_=name, style=f"width:{100 * person[name] / most:.2f}%", title=f"{number(person[name])} {name}"
        )
        for name in ("accept", "reject", "ignore")
        if person[name]
    ]
    return element("span", parts, class_="bar-line")


def labels(rows: Sequence[Mapping[str, Any]]) -> Markup | None:
    """How often each label was given."""
    if not rows:
        return None
    judged = any(row["reject"] for row in rows)
    total = sum(row["accept"] + row["reject"] for row in rows)
    most = max(row["accept"] + row["reject"] for row in rows)
    if not any(row["label"] for row in rows):
        row = rows[0]
        made = [Bar("accepted", [("accept", row["accept"])]), Bar("rejected", [("reject", row["reject"])])]
        return panel("labels", "Yes and no", bars(made))
    drawn = [
        Bar(
            row["label"],
            [("accept" if judged else "s0", row["accept"]), ("reject", row["reject"])],
            number(row["accept"] + row["reject"]),
            f"{share(row['accept'] / ((row['accept'] + row['reject']) or 1))} accepted"
            if judged
            else share((row["accept"] + row["reject"]) / total),
        )
        for row in rows
    ]
    rest = drawn[_LABELS_SHOWN:]
    more = (
        element(
            "details", element("summary", f"{plural(len(rest), 'more label')}"), bars(rest, most=most), id="more-labels"
        )
        if rest
        else None
    )
    return panel("labels", "Labels", bars(drawn[:_LABELS_SHOWN], most=most), more, note=plural(len(rows), "label"))


def confusions(agreement: Mapping[str, Any] | None) -> Markup | None:
    """What each annotator says where something is likely true: the least reliable is open."""
    consensus = (agreement or {}).get("consensus")
    if not consensus or not consensus["people"]:
        return None
    people = consensus["people"]
    drawn = [_person(person, place) for place, person in enumerate(people)]
    rest = drawn[_CONFUSIONS_SHOWN:]
    more = [element("details", element("summary", f"{len(rest)} more"), rest, id="more-people")] if rest else []
    note = (
        "Rows: what is likely true, by Dawid and Skene's model. Columns: what the annotator said. The least sure first."
    )
    return panel("confusion", "Who mistakes what for what", drawn[:_CONFUSIONS_SHOWN], more, note=note)


def _person(person: Mapping[str, Any], place: int) -> Markup:
    words = f" {share(person['right'])} likely right, of {plural(person['answers'], 'answer')}"
    summary = element("summary", element("b", person["name"]), words)
    return element("details", summary, _confusion(person["said"]), open=place == 0, id=f"confusion-{place}")


def _confusion(said: Mapping[str, Mapping[str, int]]) -> Markup:
    values = sorted({*said, *(value for row in said.values() for value in row)})
    if len(values) > _LABELS_IN_TABLE:
        return _mistakes(said)
    columns = [element("th", element("span", value), scope="col", title=value) for value in values]
    head = element("tr", element("td"), columns)
    rows = []
    for true in values:
        row = said.get(true, {})
        total = sum(row.values())
        cells = [
            element(
                "td",
                number(row[value]) if row.get(value) else "",
                style=heat(row.get(value, 0) / total if total else 0),
                class_=("hit" if value == true else "miss") if row.get(value) else "zero",
                title=f"{true}, said {value}: {number(row.get(value, 0))}",
            )
            for value in values
        ]
        rows.append(element("tr", element("th", true, scope="row"), cells))
    table = element(
        "table",
        element("thead", head),
        element("tbody", rows),
        class_="heat upright" if len(values) > _LEVEL_HEADS else "heat",
    )
    return element("div", table, class_="scroll", tabindex="0")


def _mistakes(said: Mapping[str, Mapping[str, int]]) -> Markup:
    """The commonest mistakes, where a table would be too large to read."""
    pairs = [(count, true, value) for true, row in said.items() for value, count in row.items() if value != true]
    if not pairs:
        return nothing("No answer differs from what is likely true.")
    shown = sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))[:_LABELS_SHOWN]
    return bars([Bar(f"{true} → {value}", [("reject", count)]) for count, true, value in shown])
