"""CoNLL 2003: a token a line, its tag in the last column, an empty line after each text."""

from collections.abc import Iterator
from typing import IO

from prodflow.core.failures import broken
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of
from prodflow.formats.sentences import sentences_of
from prodflow.formats.tag_schemes import Scheme, Tags
from prodflow.formats.tokens import (
    TokenSpan,
    tags_of,
    text_task,
    token_spans,
    tokens_of,
    without_blanks,
    without_overlaps,
)

_DOCUMENT = "-DOCSTART-"
_NOTHING = ("_", "-X-", "-")
_COLUMNS = 4


def write_conll(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write `TOKEN POS CHUNK TAG`, the tags in the scheme IOB2."""
    count = entities = 0
    for task in answers:
        tokens = tokens_of(task, losses)
        if tokens is None:
            continue
        if " ".join(token.text for token in tokens) != task["text"]:
            losses.add("texts that have other spaces than one between two tokens", name_of(task))
        tokens = without_blanks(tokens, task, losses)
        spans = without_overlaps(token_spans(task, tokens, losses), task, losses)
        named = [span._replace(label=_word(span, task, losses)) for span in spans]
        count, entities = count + 1, entities + len(spans)
        for token, tag in zip(tokens, tags_of(named, len(tokens)), strict=True):
            pos, chunk = (str(token.known.get(key) or "_") for key in ("pos", "chunk"))
            out.write(f"{token.text} {pos} {chunk} {tag}\n".encode())
        out.write(b"\n")
    return {"texts": count, "spans": entities}


def _word(span: TokenSpan, task: Task, losses: Losses) -> str:
    words = span.label.split()
    if len(words) > 1:
        losses.add("written with _, spaces in labels", name_of(task))
    return "_".join(words) or "_"


@loader(extensions=("conll", "iob"))
def conll(path: InputFile, *, scheme: Scheme | None = None, cursor: HiddenCursor) -> Iterator[Task]:
    r"""Read a CoNLL 2003 file: a task a sentence, with its tokens, and the spans that the last column tags.

    The text is put together with a space between two tokens, since the file does not say more.

    Args:
        path: the file; columns are separated by spaces or tabs.
        scheme: how spans are tagged: iob1, iob2 or bioes; found out if not given, and more than one is refused. "any"
            reads what is mixed too.

    Raises:
        SourceError: at a line with too few or too many columns, an unknown tag, or one of another scheme.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.conll").write_text("Ada B-PER\nLovelace I-PER\n")
    ...     next(iter(conll(f"{folder}/a.conll")))["text"]
    'Ada Lovelace'
    """
    losses, tags, columns = Losses(), Tags(path, scheme), 0
    for lines in sentences_of("conll", path, cursor, losses):
        if lines[0][1].startswith(_DOCUMENT):
            losses.add("left out, beginnings of documents", f"line {lines[0][0]}")
            lines = lines[1:]
        if not lines:
            continue
        rows = [(number, _split(line)) for number, line in lines]
        columns = columns or len(rows[0][1])
        _check(str(path), rows, columns)
        yield _task(rows, tags)
    losses.warn(str(path))


def _split(line: str) -> list[str]:
    return line.rstrip().split("\t") if "\t" in line else line.split()


def _check(where: str, rows: list[tuple[int, list[str]]], columns: int) -> None:
    for number, row in rows:
        if len(row) < 2:
            raise broken(where, number, f"a token and its tag are expected, this line has one column: {row[0]!r:.40}")
        if len(row) != columns:
            raise broken(where, number, f"{columns} columns are expected as before, this line has {len(row)}")


def _task(rows: list[tuple[int, list[str]]], tags: Tags) -> Task:
    spans = tags.spans((number, row[-1]) for number, row in rows)
    words = [row[0] for _, row in rows]
    task = text_task(words, [True] * (len(words) - 1) + [False], spans)
    for token, (_, row) in zip(task["tokens"], rows, strict=True):
        if len(row) == _COLUMNS:
            token |= {
                key: value for key, value in zip(("pos", "chunk"), row[1:3], strict=True) if value not in _NOTHING
            }
    return task


CONLL = Format(
    "conll",
    "spans of texts that do not overlap, token by token, as in CoNLL 2003",
    (".conll", ".iob"),
    write_file=write_conll,
    loader="conll",
    keys=frozenset(("text", "tokens", "spans", "consensus")),
)
