"""The panels about how far it is: the headline, the way from the source to answers, and answers over time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from prodflow.dashboard.charts import SERIES, Bar, Column, bars, columns, legend
from prodflow.dashboard.markup import Child, Markup, element, number, panel, plural, share

COLUMNS_AT_MOST = 60
DAY_S = 86_400


def headline(numbers: Mapping[str, Any], remaining: Mapping[str, Any] | None) -> Markup:
    """The few numbers that matter most."""
    totals, agreement = numbers["counts"]["totals"], numbers.get("agreement")
    said = [f"{number(totals[key])} {key}ed" for key in ("accept", "reject") if totals[key]]
    said += [f"{number(totals['ignore'])} ignored"] if totals["ignore"] else []
    each = totals["answers"] / totals["tasks"] if totals["tasks"] else 0
    counting = totals["tasks"] is None
    pace = f"{number(totals['seconds'])} s an answer, the median" if totals["seconds"] else "no times recorded"
    pace = "" if counting else pace
    return element(
        "section",
        tile("Answers", number(totals["answers"]), " · ".join(said) or "none yet"),
        tile("Tasks answered", "…", "are being counted")
        if counting
        else tile("Tasks answered", number(totals["tasks"]), f"{each:.1f} answers each" if each else ""),
        tile("Annotators", number(totals["people"]), pace if totals["people"] else ""),
        _agreement_tile(agreement, totals["answers"]),
        _remaining_tile(remaining) if remaining is not None else None,
        class_="tiles",
        id="panel-headline",
        aria_label="In short",
    )


def tile(name: str, value: str, words: Child, *, more: str | None = None) -> Markup:
    """A number with its name."""
    behind = element("small", more) if more else None
    return element(
        "div",
        element("h2", name),
        element("p", value, behind, class_="value"),
        element("p", words, class_="note"),
        class_="tile",
    )


def _agreement_tile(agreement: Mapping[str, Any] | None, answers: int) -> Markup:
    name = "Agreement"
    if not answers:
        return tile(name, "–", "")
    if agreement is None:
        return tile(name, "…", "is being computed")
    alpha = agreement["overall"]["alpha"]
    if alpha["value"] is None:
        return tile(
            name, "–", "two annotators must answer the same tasks" if not agreement["compared"] else alpha["reason"]
        )
    value = alpha["value"]
    word = (
        "reliable"
        if value >= 0.8
        else "good enough for tentative conclusions"
        if value >= 0.667
        else "not reliable yet"
    )
    within = f"{alpha['low']:.2f} to {alpha['high']:.2f}" if alpha["low"] is not None else None
    return tile(name, f"{value:.2f}", f"Krippendorff's alpha: {word}", more=within)


def _remaining_tile(remaining: Mapping[str, Any]) -> Markup:
    name = "Work left"
    if "hours" not in remaining:
        known = "answers" in remaining
        return tile(
            name,
            f"{number(remaining['answers'][1])}" if known else "–",
            remaining["reason"],
            more="answers" if known else None,
        )
    low, likely, high = remaining["hours"]
    if likely == 0:
        return tile(name, "none", "everything that came is answered")
    words = f"{number(remaining['answers'][1])} answers at {number(remaining['pace'])} an hour, while somebody works"
    return tile(name, hours(likely), words, more=f"{hours(low)} to {hours(high)}")


def hours(value: float) -> str:
    """Write a time of work.

    >>> hours(0.2), hours(1.26), hours(30)
    ('12 min', '1.3 h', '30 h')
    """
    return f"{round(value * 60)} min" if value < 1 else f"{value:.1f} h" if value < 10 else f"{value:,.0f} h"


def flow(live: Mapping[str, Any], totals: Mapping[str, Any], remaining: Mapping[str, Any]) -> Markup:
    """The way of the records: from the source, through the stages, to who asks for them, to answers."""
    rows = []
    if live["read"] is not None:
        unit, size = live["unit"] or "records", live["size"]
        words = f"{number(live['read'])} of {number(size)}" if size is not None else number(live["read"])
        rows.append(_step("Source read", f"{words} {unit}", _part(live["read"], size) if size is not None else None))
    rows += _stages(live["stages"])
    came, left = live["came"], {reason: count for reason, count in live["left_out"].items() if count}
    if left:
        words = ", ".join(f"{number(count)} {reason}" for reason, count in left.items())
        rows.append(_step("Not asked", plural(sum(left.values()), "task"), _part(sum(left.values()), came), words))
    asked = max(0, came - sum(left.values()))
    rows.append(_step("Came to be asked", plural(asked, "task"), 1.0 if asked else 0.0))
    rows.append(_step("Open, waiting or with annotators", plural(live["open"], "task"), _part(live["open"], asked)))
    if (tasks := totals["tasks"]) is not None:
        rows.append(_step("Answered", plural(tasks, "task"), _part(tasks, max(asked, tasks))))
    if "answers" in remaining:
        wanted = totals["answers"] + remaining["answers"][1]
        words = f"{number(totals['answers'])} of {number(wanted)}"
        rows.append(_step("Answers given, of those wanted", words, _part(totals["answers"], wanted)))
    return panel(
        "flow", "From source to answers", element("ol", rows, class_="flow"), _timings(live.get("timings") or [])
    )


def _stages(stages: Sequence[Mapping[str, Any]]) -> list[Markup]:
    """A row for each stage that dropped something; those between that did not share one."""
    rows = []
    for whole, group in groupby(stages, key=lambda stage: stage["received"] <= stage["yielded"]):
        if whole:
            rows.append(_step(", ".join(stage["stage"] for stage in group), "all passed", None))
            continue
        for stage in group:
            received, yielded = stage["received"], stage["yielded"]
            left = f"{number(received - yielded)} {stage['reason'] or 'kept so far'}"
            words = f"{number(yielded)} of {number(received)} passed"
            rows.append(_step(stage["stage"], words, _part(yielded, received), left))
    return rows


def _part(some: float, whole: float) -> float:
    return some / whole if whole else 0.0


def _step(name: str, words: str, part: float | None, left: str | None = None) -> Markup:
    meter = element("i", style=f"width:{100 * min(1.0, part or 0.0):.1f}%") if part is not None else None
    return element(
        "li",
        element("span", name, class_="step-name"),
        element("span", words, class_="step-number"),
        element("span", meter, class_="step-line") if meter else None,
        element("span", left, class_="step-left") if left else None,
    )


def _timings(timings: Sequence[Mapping[str, Any]]) -> Markup | None:
    if not timings:
        return None
    total = sum(row["seconds"] for row in timings) or 1
    rows = [
        Bar(row["stage"], [("s0", row["seconds"])], f"{number(row['seconds'])} s", share(row["seconds"] / total))
        for row in timings
    ]
    return element("div", element("h3", "Where the time goes"), bars(rows))


def over_time(times: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Answers a day (an hour, where all is of two days), by annotator."""
    rows = times["rows"]
    if not rows:
        return None
    colours = colours_of(people)
    first, last, step = rows[0]["start"], max(row["start"] for row in rows), times["step_s"]
    step *= -(-((last - first) // step + 1) // COLUMNS_AT_MOST)
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        of_column = counts.setdefault((row["start"] - first) // step, {})
        colour = colours.get(row["name"], "rest")
        of_column[colour] = of_column.get(colour, 0) + row["answers"]
    order = [*dict.fromkeys([*colours.values(), "rest"])]
    drawn = [
        _column(first + place * step, step, counts.get(place, {}), order) for place in range((last - first) // step + 1)
    ]
    shown = [(colour, name) for name, colour in colours.items()]
    shown += [("rest", f"{len(people) - len(colours)} more")] if len(people) > len(colours) else []
    unit = "hour" if step < DAY_S else "day" if step == DAY_S else f"{step // DAY_S} days"
    words = f"Answers by {unit}: {plural(sum(row['answers'] for row in rows), 'answer')} in all"
    return panel(
        "times", f"Answers by {unit}", columns(drawn, words), legend(shown), note="UTC" if step < DAY_S else None
    )


def colours_of(people: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """A colour for each of the most active annotators."""
    shown = people if len(people) <= SERIES else people[: SERIES - 1]
    return {person["name"]: f"s{place}" for place, person in enumerate(shown)}


def _column(start: int, step: int, counts: Mapping[str, int], order: Sequence[str]) -> Column:
    moment = datetime.fromtimestamp(start, UTC)
    label = moment.strftime("%H:%M") if step < DAY_S else f"{moment.day} {moment:%b}"
    when = f"{moment:%Y-%m-%d %H:%M}" if step < DAY_S else f"{moment:%Y-%m-%d}"
    return Column(
        label,
        f"{when}: {plural(sum(counts.values()), 'answer')}",
        [(name, counts[name]) for name in order if name in counts],
    )
