"""Let a spaCy pipeline suggest answers: entities, spans, categories."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.failures import Failures, HiddenFailures
from prodflow.core.language import Nlp, check_language, load_language
from prodflow.core.operator import operator
from prodflow.core.settings import NamesOrAll
from prodflow.core.task import Task
from prodflow.preprocess.documents import BATCH_SIZE, parse
from prodflow.preprocess.question import asked_anew
from prodflow.preprocess.spans import offsets_of, spans_of

_BatchSize = Annotated[int, Gt(0)] | None


def _checks(name: str) -> Callable[[dict[str, Any]], None]:
    def check(settings: dict[str, Any]) -> None:
        check_language(name, settings["nlp"])
        if hasattr(settings["nlp"], "pipe_names"):
            _check_component(name, settings["nlp"], settings["component"])

    return check


def _check_component(name: str, nlp: Any, component: str) -> None:
    if component not in nlp.pipe_names:
        known = ", ".join(nlp.pipe_names) or "none"
        raise SettingError(f"{name}: nlp has no component {component!r} (components: {known})")


def _language(name: str, nlp: Nlp, component: str) -> Any:
    language = load_language(name, nlp)
    _check_component(name, language, component)
    return language


@operator(stateless=True, check=_checks("make_ner_suggestions"))
def make_ner_suggestions(
    stream: Iterable[Task],
    nlp: Nlp,
    component: str,
    labels: NamesOrAll = None,
    batch_size: _BatchSize = None,
    show_progress_bar: bool = False,
    progress_bar_total: int | None = None,
    *,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Add the entities that a spaCy pipeline finds to "spans"; a batch is read ahead.

    Spans the task has stay; an entity that overlaps one of them is left out. Use `add_tokens` afterwards.

    Args:
        stream: the tasks.
        nlp: a spaCy language, or the name of one (`"en_core_web_sm"`).
        component: the component that finds entities, e.g. `"ner"`.
        labels: only entities with these labels; None for all.
        batch_size: how many texts spaCy sees at once; None for 32.
        show_progress_bar: on standard error.
        progress_bar_total: how many tasks there are, for the bar.

    Raises:
        SettingError: if the language cannot be had, or lacks the component.
        TaskError: at the first task without a text, naming its position.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Apple"}])
    >>> list(make_ner_suggestions([{"text": "Apple it is"}], nlp, "entity_ruler"))[0]["spans"]
    [{'start': 0, 'end': 5, 'label': 'ORG', 'text': 'Apple', 'source': 'en_pipeline'}]
    """
    language = _language(failures.operator, nlp, component)
    documents = parse(language, stream, failures, batch_size=batch_size or BATCH_SIZE)
    with _progress(failures.operator, show_progress_bar, progress_bar_total) as bar:
        for position, task, document in documents:
            found = _found(document.ents, labels, language)
            yield from _with_spans(position, task, found, _overlap, failures)
            bar.update()


@operator(stateless=True, check=_checks("make_spancat_suggestions"))
def make_spancat_suggestions(
    stream: Iterable[Task],
    nlp: Nlp,
    component: str,
    labels: NamesOrAll = None,
    batch_size: _BatchSize = None,
    show_progress_bar: bool = False,
    progress_bar_total: int | None = None,
    *,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Add the spans that a spaCy pipeline finds, which may overlap, to "spans"; a batch is read ahead.

    Spans the task has stay; one that is there already with its label is not added again. Use `add_tokens` afterwards.

    Args:
        stream: the tasks.
        nlp: a spaCy language, or the name of one.
        component: the component that finds spans, e.g. `"spancat"`; its `key` tells where (`doc.spans["sc"]`).
        labels: only spans with these labels; None for all.
        batch_size: how many texts spaCy sees at once; None for 32.
        show_progress_bar: on standard error.
        progress_bar_total: how many tasks there are, for the bar.

    Raises:
        SettingError: if the language cannot be had, or lacks the component.
        TaskError: at the first task without a text, naming its position.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> nlp.add_pipe("span_ruler", config={"spans_key": "sc"}).add_patterns([{"label": "ORG", "pattern": "Apple"}])
    >>> list(make_spancat_suggestions([{"text": "Apple it is"}], nlp, "span_ruler"))[0]["spans"][0]["label"]
    'ORG'
    """
    language = _language(failures.operator, nlp, component)
    key = getattr(language.get_pipe(component), "key", None) or "sc"
    documents = parse(language, stream, failures, batch_size=batch_size or BATCH_SIZE)
    with _progress(failures.operator, show_progress_bar, progress_bar_total) as bar:
        for position, task, document in documents:
            found = _found(document.spans.get(key, ()), labels, language)
            yield from _with_spans(position, task, found, _same, failures)
            bar.update()


@operator(stateless=True, check=_checks("make_textcat_suggestions"))
def make_textcat_suggestions(
    stream: Iterable[Task],
    nlp: Nlp,
    component: str,
    labels: NamesOrAll = None,
    threshold: Annotated[float, Ge(0), Le(1)] = 0.5,
    batch_size: _BatchSize = None,
    show_progress_bar: bool = False,
    progress_bar_total: int | None = None,
    *,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Add the labels as "options", each with its "score", and choose the likely ones in "accept".

    A batch is read ahead. Options and choices that the task has are replaced.

    Args:
        stream: the tasks.
        nlp: a spaCy language, or the name of one.
        component: the component that scores categories, e.g. `"textcat_multilabel"`; of `"textcat"`, whose categories
            exclude each other, only the likeliest is chosen.
        labels: the labels to offer, in this order; None for those of the component.
        threshold: labels that score as much or more are chosen.
        batch_size: how many texts spaCy sees at once; None for 32.
        show_progress_bar: on standard error.
        progress_bar_total: how many tasks there are, for the bar.

    Raises:
        SettingError: if the language cannot be had, or lacks the component.
        TaskError: at the first task without a text, naming its position.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> component = nlp.add_pipe("textcat", config={"threshold": 0.5})
    >>> component.add_label("A"), component.add_label("B")
    (1, 1)
    >>> _ = nlp.initialize()
    >>> [option["id"] for option in list(make_textcat_suggestions([{"text": "Hi"}], nlp, "textcat"))[0]["options"]]
    ['A', 'B']
    """
    language = _language(failures.operator, nlp, component)
    offered: tuple[str, ...] = labels or tuple(getattr(language.get_pipe(component), "labels", ()))
    exclusive = language.get_pipe_meta(component).factory == "textcat"
    documents = parse(language, stream, failures, batch_size=batch_size or BATCH_SIZE)
    with _progress(failures.operator, show_progress_bar, progress_bar_total) as bar:
        for _, task, document in documents:
            scores = {label: float(document.cats.get(label, 0.0)) for label in offered or document.cats}
            options = [{"id": label, "text": label, "score": round(score, 4)} for label, score in scores.items()]
            yield asked_anew(task, options=options, accept=_likely(scores, threshold, exclusive))
            bar.update()


def _likely(scores: dict[str, float], threshold: float, exclusive: bool) -> list[str]:
    likely = [label for label, score in scores.items() if score >= threshold]
    return sorted(likely, key=lambda label: -scores[label])[:1] if exclusive else likely


def _found(spans: Iterable[Any], labels: Sequence[str] | None, nlp: Any) -> list[Task]:
    """The spans of a document as dicts, those of the labels only."""
    source = f"{nlp.meta['lang']}_{nlp.meta['name']}"
    return [
        {
            "start": span.start_char,
            "end": span.end_char,
            "label": span.label_,
            "text": span.text,
            "source": source,
        }
        for span in spans
        if not labels or span.label_ in labels
    ]


def _with_spans(
    position: int, task: Task, found: Sequence[Task], clash: Callable[[Task, Task], bool], failures: Failures
) -> Iterator[Task]:
    """The task with the spans it has and, of those found, the ones that do not clash with them."""
    try:
        spans = spans_of(task)
        for span in spans:
            offsets_of(span, task["text"])
    except TaskError as error:
        told = TaskError(f"{failures.operator}: task {position}: {error}")
        failures.handle(told, position=position, record=task)
        return
    new = [span for span in found if not any(clash(span, old) for old in spans)]
    yield asked_anew(task, spans=sorted([*spans, *new], key=lambda span: (span["start"], span["end"])))


def _overlap(one: Task, other: Task) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def _same(one: Task, other: Task) -> bool:
    return all(one.get(key) == other.get(key) for key in ("start", "end", "label"))


def _progress(name: str, shown: bool, total: int | None) -> Any:
    from tqdm import tqdm

    return tqdm(desc=name, total=total, unit="task", disable=not shown)
