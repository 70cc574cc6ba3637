"""What the answers of datasets say about texts, put together text by text."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.task import Task
from prodflow.store.database import Database

Component = Literal["ner", "spancat", "textcat", "textcat_multilabel"]
COMPONENTS: tuple[Component, ...] = ("ner", "spancat", "textcat", "textcat_multilabel")
EVAL_PREFIX = "eval:"
Span = tuple[int, int, str]

_BINARY_VIEWS = ("ner", "spans", "classification")


@dataclass
class Annotation:
    """What is known of one text.

    Args:
        text: the text.
        spans: by component, spans that are there.
        wrong_spans: by component, spans that are not there.
        complete: the components whose spans are all known.
        labels: by component, labels that apply (1.0) or do not (0.0).
    """

    text: str
    spans: dict[str, set[Span]] = field(default_factory=dict)
    wrong_spans: dict[str, set[Span]] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    labels: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass
class Annotations:
    """The texts for training and for evaluation.

    Args:
        train: to learn from.
        dev: to measure on.
        changed: how many texts were answered differently again; the later answer counts.
    """

    train: list[Annotation]
    dev: list[Annotation]
    changed: int


def read_annotations(
    db: Database, datasets: Mapping[Component, Sequence[str]], *, eval_split: float = 0.2
) -> Annotations:
    """Read answers and split them by text.

    Args:
        db: the store.
        datasets: for each component the datasets to learn it from; `eval:name` is a dataset to measure on.
        eval_split: the share of texts to measure on, where there is no `eval:` dataset; the same texts each time.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if nothing is left to learn from, or nothing to measure on.
    """
    if not 0 <= eval_split < 1:
        raise SettingError(f"eval_split={eval_split!r} is no share from 0 to below 1")
    train, dev = _Collected(), _Collected()
    for component, names in datasets.items():
        for name in names:
            into = dev if name.startswith(EVAL_PREFIX) else train
            into.add(component, _answers(db, name.removeprefix(EVAL_PREFIX)))
    changed = train.changed + dev.changed
    if not dev.texts:
        learnt, measured = _split(train.texts, eval_split)
        return _checked(Annotations(learnt, measured, changed))
    # A text to measure on is not learnt from, wherever else it is.
    learnt = [found for key, found in train.texts.items() if key not in dev.texts]
    return _checked(Annotations(learnt, list(dev.texts.values()), changed))


def _answers(db: Database, name: str) -> Iterable[Task]:
    if name not in db:
        raise UnknownNameError("dataset", name, db.datasets)
    return db.iter_dataset_examples(name)


def _split(texts: Mapping[int, Annotation], eval_split: float) -> tuple[list[Annotation], list[Annotation]]:
    """By input hash, so that a text stays on its side when more are annotated."""
    ranked = sorted(texts, key=lambda key: (key * 2654435761 % 2**32, key))
    measured = set(ranked[: round(len(ranked) * eval_split)])
    return (
        [found for key, found in texts.items() if key not in measured],
        [found for key, found in texts.items() if key in measured],
    )


def _checked(found: Annotations) -> Annotations:
    if not found.train:
        raise SettingError("the datasets hold no answers to learn from (ignored tasks do not count)")
    if not found.dev:
        raise SettingError(
            f"{len(found.train)} texts are too few to set some aside to measure on; "
            "annotate more, or give a dataset as eval:NAME"
        )
    return found


class _Collected:
    """Annotations by input hash."""

    def __init__(self) -> None:
        self.texts: dict[int, Annotation] = {}
        self.changed = 0

    def add(self, component: Component, answers: Iterable[Task]) -> None:
        read = _read_labels if component.startswith("textcat") else _read_spans
        for answer in answers:
            text = answer.get("text")
            if answer.get("answer") not in ("accept", "reject") or not isinstance(text, str) or not text:
                continue
            found = self.texts.setdefault(answer["_input_hash"], Annotation(text))
            self.changed += read(found, component, answer)


def _read_spans(found: Annotation, component: Component, answer: Task) -> bool:
    spans = {(span["start"], span["end"], str(span["label"])) for span in answer.get("spans") or () if "label" in span}
    accepted = answer["answer"] == "accept"
    if answer.get("_view_id") in _BINARY_VIEWS:
        into = found.spans if accepted else found.wrong_spans
        into.setdefault(component, set()).update(spans)
        return False
    if not accepted:
        return False  # what is wrong with it, and what would be right, is not said
    before = found.spans.get(component) if component in found.complete else None
    found.spans[component] = spans
    found.complete.add(component)
    return before is not None and before != spans


def _read_labels(found: Annotation, component: Component, answer: Task) -> bool:
    told = _told(answer)
    known = found.labels.setdefault(component, {})
    differs = any(known.get(label, value) != value for label, value in told.items())
    known.update(told)
    return differs


def _told(answer: Task) -> dict[str, float]:
    accepted = answer["answer"] == "accept"
    if answer.get("options") is not None:
        chosen = {str(option) for option in answer.get("accept") or ()}
        offered = [str(option["id"]) for option in answer["options"]] if accepted else []
        return {option: float(option in chosen) for option in offered}
    label = answer.get("label")
    return {} if not isinstance(label, str) else {label: float(accepted)}


def labels_of(annotations: Iterable[Annotation], component: Component) -> list[str]:
    """Return the labels that a component has in annotations, sorted."""
    pick: Callable[[Annotation], Iterable[str]]
    if component.startswith("textcat"):
        pick = lambda found: found.labels.get(component, ())  # noqa: E731
    else:
        pick = lambda found: (label for _, _, label in found.spans.get(component, ()))  # noqa: E731
    return sorted({label for found in annotations for label in pick(found)})
