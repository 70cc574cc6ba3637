"""spaCy's DocBin: documents with entities, span groups and categories, for `spacy train` or your own scripts."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from prodflow.core.errors import SettingError, SourceError
from prodflow.core.extras import needs_extra
from prodflow.core.settings import InputPath
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, label_said_no, name_of
from prodflow.formats.tokens import (
    Token,
    TokenSpan,
    as_span,
    overlap,
    text_task,
    token_spans,
    tokens_of,
)

GROUP = "sc"
"""The span group that spaCy's spancat reads by default."""
_MAX_DOCUMENTS = 50_000


def write_docbin(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write one file; spaCy holds it whole in memory, so there is a limit.

    Raises:
        SettingError: where there are too many documents for one file.
    """
    with needs_extra("spacy", "the format docbin"):
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    bin_, vocab = DocBin(), Vocab()
    for document in _documents(answers, vocab, losses):
        if len(bin_) == _MAX_DOCUMENTS:
            raise SettingError(
                f"docbin: more than {_MAX_DOCUMENTS:,} texts, and spaCy holds a file whole in memory; "
                "write jsonl, or use --split"
            )
        bin_.add(document)
    out.write(bin_.to_bytes())
    return {"documents": len(bin_)}


def _documents(answers: Answers, vocab: Any, losses: Losses) -> Iterator[Any]:
    from spacy.tokens import Doc

    for task in answers:
        if task.get("answer") == "reject" and label_said_no(task) is None:
            losses.add("left out, answered 'reject'", name_of(task))
            continue
        tokens = tokens_of(task, losses)
        if tokens is None:
            continue
        words, spaces, places = _words(task["text"], tokens)
        document = Doc(vocab, words=words, spaces=spaces)
        if document.text != task["text"]:
            losses.add("written with a space at their end, texts that do not end with a token", name_of(task))
        _set_spans(document, [_moved(span, places) for span in token_spans(task, tokens, losses)])
        document.cats = _categories(task, losses)
        yield document


def _words(text: str, tokens: list[Token]) -> tuple[list[str], list[bool], list[int]]:
    """Return spaCy's words, whether a space follows each, and which word each token is.

    Between two words spaCy has one space or none: what is more becomes words of its own.
    """
    words: list[str] = []
    spaces: list[bool] = []
    places: list[int] = []
    place = 0
    for token in [*tokens, Token("", len(text), len(text), {})]:
        between = text[place : token.start]
        if between.startswith(" ") and words:
            spaces[-1], between = True, between[1:]
        if between:
            words.append(between)
            spaces.append(False)
        if token.text:
            places.append(len(words))
            words.append(token.text)
            spaces.append(False)
        place = token.end
    return words, spaces, places


def _moved(span: TokenSpan, places: list[int]) -> TokenSpan:
    return TokenSpan(places[span.first], places[span.last], span.label)


def _set_spans(document: Any, spans: list[TokenSpan]) -> None:
    """Make entities of spans, or a span group where they overlap."""
    from spacy.tokens import Span

    made = [Span(document, span.first, span.last + 1, label=span.label) for span in spans]
    if overlap(spans):
        document.spans[GROUP] = made
    else:
        document.set_ents(made, default="outside")


def _categories(task: Task, losses: Losses) -> dict[str, float]:
    options = task.get("options")
    if options is not None:
        chosen = {str(option) for option in task.get("accept") or ()}
        if any(option.get("text", option.get("id")) != option.get("id") for option in options):
            losses.add("left out, texts of options other than their ids", name_of(task))
        return {str(option["id"]): float(str(option["id"]) in chosen) for option in options}
    if (label := label_said_no(task)) is not None:
        return {label: 0.0}
    return {task["label"]: 1.0} if isinstance(task.get("label"), str) else {}


@loader(extensions=("spacy",))
def docbin(path: InputPath, *, cursor: HiddenCursor) -> Iterator[Task]:
    """Read spaCy's DocBin: a task a document, with its tokens; entities and the group "sc" as spans.

    Categories become options, of which those from 0.5 are accepted; a single one becomes the label, accepted or not.

    Args:
        path: the file, or a folder of them.

    Raises:
        SourceError: if it is no DocBin.
    """
    with needs_extra("spacy", "the loader docbin"):
        from spacy.vocab import Vocab
    files = sorted(path.glob("*.spacy")) if path.is_dir() else [path]
    read = whole = 0
    cursor.track(lambda: read, size=sum(file.stat().st_size for file in files), unit="bytes")
    losses = Losses()
    for file in files:
        bytes_, found = file.stat().st_size, _opened(file)
        for number, document in enumerate(found.get_docs(Vocab()), start=1):
            read = whole + bytes_ * number // len(found)
            yield _task(document, losses)
        read = whole = whole + bytes_
    losses.warn(str(path))


def _opened(file: Path) -> Any:
    import zlib

    from spacy.tokens import DocBin

    try:
        return DocBin().from_bytes(file.read_bytes())
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{file}: no DocBin of spaCy: {' '.join(str(error).split())[:100]}") from error


def _task(document: Any, losses: Losses) -> Task:
    words = [token.text for token in document]
    spaces = [bool(token.whitespace_) for token in document]
    spans = {(span.start, span.end - 1, span.label_) for span in document.ents}
    for name, group in document.spans.items():
        if name == GROUP:
            spans |= {(span.start, span.end - 1, span.label_) for span in group}
        else:
            losses.add(f"left out, the span group {name!r}", document.text[:30])
    task = text_task(words, spaces, ())
    task["spans"] = [as_span(TokenSpan(*span), task["tokens"]) for span in sorted(spans)]
    if len(document.cats) == 1 and next(iter(document.cats.values())) in (0.0, 1.0):
        ((task["label"], value),) = document.cats.items()
        task["answer"] = "accept" if value else "reject"
    elif document.cats:
        task["options"] = [{"id": name, "text": name} for name in document.cats]
        task["accept"] = [name for name, value in document.cats.items() if value >= 0.5]
    return task


DOCBIN = Format(
    "docbin",
    "spans, also overlapping ones, and categories of texts, for spaCy",
    (".spacy",),
    write_file=write_docbin,
    loader="docbin",
    keys=frozenset(("text", "tokens", "spans", "label", "options", "accept", "consensus")),
    decisions=("accept", "reject"),
)
