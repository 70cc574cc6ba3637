"""Agreement of annotators as recipes: the numbers of `prodflow agreement`, by the names that Prodigy's users know."""

from collections.abc import Mapping
from typing import Literal

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.message import Messages, msg
from prodflow.quality.agreement import Agreement, measure_agreement
from prodflow.quality.coefficients import Estimate
from prodflow.quality.span_agreement import measure_span_agreement
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts
from prodflow.store.reader import connect

AnnotationType = Literal["binary", "multiclass", "multilabel"]

_SEVERAL = ", "


class _Report(Messages):
    """Prints to standard output: the numbers are what is asked for."""

    def _print(self, words: str, *, no_print: bool = False) -> str | None:
        print(words)
        return None


report = _Report()


@recipe("metric.iaa.binary", **shortcuts(annotators="a"))
def metric_iaa_binary(dataset: str, annotators: list[str] | None = None) -> None:
    """Measure how far annotators agree who accepted and rejected tasks.

    Args:
        dataset: its name, also as `dataset:name`.
        annotators: compare only these, by name or by the id of their session.
    """
    name = _name(dataset)
    found = measure_agreement(name, annotators=_people(name, annotators))
    if chosen := [value for value in found.values if value not in ("accept", "reject")]:
        raise SettingError(
            f"metric.iaa.binary: {name!r} has choices ({chosen[0]!r}), not only accept and reject; "
            "use metric.iaa.doc with multiclass or multilabel"
        )
    _show(found)


@recipe("metric.iaa.doc", **shortcuts(labels="l", annotators="a"))
def metric_iaa_doc(
    dataset: str,
    annotation_type: AnnotationType,
    labels: list[str] | None = None,
    annotators: list[str] | None = None,
) -> None:
    """Measure how far annotators agree who labelled whole documents or pictures.

    Args:
        dataset: its name, also as `dataset:name`.
        annotation_type: binary, accepted or rejected; multiclass, one of several labels; multilabel, any of them.
        labels: for multilabel: show only these.
        annotators: compare only these, by name or by the id of their session.
    """
    if annotation_type == "binary":
        metric_iaa_binary(dataset, annotators)
        return
    name = _name(dataset)
    found = measure_agreement(name, annotators=_people(name, annotators))
    if annotation_type == "multiclass" and (several := [value for value in found.values if _SEVERAL in value]):
        raise SettingError(f"metric.iaa.doc: {name!r} has answers with several labels ({several[0]!r}); use multilabel")
    for label in labels or ():
        if label not in found.labels:
            raise UnknownNameError("label", label, found.labels)
    _show(found)
    _show_labels({label: of for label, of in found.labels.items() if not labels or label in labels})


@recipe("metric.iaa.span", **shortcuts(labels="l", annotators="a", partial="P"))
def metric_iaa_span(
    dataset: str,
    labels: list[str] | None = None,
    annotators: list[str] | None = None,
    partial: bool = False,
) -> None:
    """Measure how far annotators agree who marked spans of text or shapes: pairwise F1, and the labels mixed up.

    Args:
        dataset: its name, also as `dataset:name`.
        labels: compare only spans with these.
        annotators: compare only these, by name or by the id of their session.
        partial: spans match where they overlap; else only with the same borders.
    """
    name = _name(dataset)
    found = measure_span_agreement(
        name,
        criterion="overlap" if partial else "exact",
        labels=labels,
        annotators=_people(name, annotators),
    )
    estimate = found.overall.estimate(resamples=1000)
    report.divider("Annotations")
    report.table({"Examples": found.tasks, "Annotators": len(found.annotators), "Compared pairs": found.overall.tasks})
    report.divider("Agreement")
    header = ("", "Precision", "Recall", "F1")
    named = [("all", found.overall), *found.labels.items()]
    report.table([(label, *map(_plain, (of.precision, of.recall, of.f1))) for label, of in named], header=header)
    report.text(f"F1 {_value(estimate)}")
    report.divider("Labels of the one (rows) and of the other (columns)")
    columns = sorted({other for _, other in found.confusion})
    rows = sorted({one for one, _ in found.confusion})
    report.table(
        [(row, *(found.confusion.get((row, column), 0) for column in columns)) for row in rows], header=("", *columns)
    )
    for warning in found.warnings:
        msg.warn(warning)


def _name(dataset: str) -> str:
    return dataset.removeprefix("dataset:")


def _people(dataset: str, annotators: list[str] | None) -> list[str] | None:
    """Names alone, of names or ids of sessions."""
    if not annotators:
        return None
    query = "select session, annotator from sessions where dataset = ? and annotator is not null"
    named = dict(connect().sql(query, [dataset]).fetchall())
    return [named.get(name, name) for name in annotators]


def _show(found: Agreement) -> None:
    report.divider("Annotations")
    report.table(
        {
            "Examples": found.tasks,
            "Categories": len(found.labels or found.values),
            "Co-incident examples": found.compared,
            "Single annotation examples": found.tasks - found.compared,
            "Annotators": len(found.annotators),
            "Average annotations per example": f"{found.answers / found.tasks:.2f}" if found.tasks else "0",
        }
    )
    report.divider("Agreement")
    names = {
        "percent": "Percent (simple) agreement",
        "alpha": "Krippendorff's alpha",
        "gwet": "Gwet's AC1 (AC2, nominal)",
    }
    report.table({title: _value(found.overall[name]) for name, title in names.items()})
    for warning in found.warnings:
        msg.warn(warning)


def _show_labels(labels: Mapping[str, Estimate]) -> None:
    if labels:
        report.divider("Krippendorff's alpha by label")
        report.table({label: _value(of) for label, of in labels.items()})


def _value(estimate: Estimate) -> str:
    if estimate.value is None:
        return f"undefined: {estimate.reason}"
    ends = "" if estimate.low is None else f" (95 %: {estimate.low:.4f} to {estimate.high:.4f})"
    return f"{estimate.value:.4f}{ends}"


def _plain(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
