"""CoNLL-U, the format of Universal Dependencies: tokens with their parts of speech, and who depends on whom."""

from collections.abc import Iterator
from typing import IO, Any

from prodflow.core.failures import broken
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.formats.format import Answers, Counts, Format
from prodflow.formats.losses import Losses, name_of
from prodflow.formats.sentences import Line, sentences_of
from prodflow.formats.tag_schemes import Tags
from prodflow.formats.tokens import (
    Token,
    TokenSpan,
    as_span,
    tags_of,
    text_task,
    token_spans,
    tokens_of,
    without_blanks,
    without_overlaps,
)

_COLUMNS = 10
_FIELDS = {"lemma": "lemma", "pos": "upos", "tag": "xpos", "morph": "feats"}
_POS_VIEWS = ("pos", "pos_manual")
_ENTITY = "NER"


def write_conllu(answers: Answers, out: IO[bytes], losses: Losses) -> Counts:
    """Write ten columns a token; spans as `NER=` in the last, or as parts of speech where that is what they are."""
    from conllu.models import Metadata, TokenList
    from conllu.models import Token as Word

    count = 0
    for task in answers:
        tokens = tokens_of(task, losses)
        if tokens is None:
            continue
        count += 1
        tokens = without_blanks(tokens, task, losses)
        words = [Word(record) for record in _records(tokens, task, losses)]
        out.write(TokenList(words, metadata=Metadata(_metadata(task, losses))).serialize().encode())
    return {"texts": count}


def _metadata(task: Task, losses: Losses) -> dict[str, str]:
    meta = task.get("meta") or {}
    plain = {key: value for key, value in meta.items() if isinstance(value, str) and key.isidentifier()}
    if len(plain) < len(meta):
        losses.add("left out, values of 'meta' that are no texts", name_of(task))
    text = " ".join(task["text"].splitlines())
    if text != task["text"]:
        losses.add("written as spaces, ends of lines in texts", name_of(task))
    if text != text.strip():
        losses.add("left out, spaces at the ends of texts", name_of(task))
    return {
        "text": text.strip(),
        **{key: " ".join(value.splitlines()) for key, value in plain.items() if key != "text"},
    }


def _records(tokens: list[Token], task: Task, losses: Losses) -> Iterator[dict[str, Any]]:
    spans = without_overlaps(token_spans(task, tokens, losses), task, losses)
    pos = task.get("_view_id") in _POS_VIEWS
    labels = {number: span.label for span in spans for number in range(span.first, span.last + 1)} if pos else {}
    tags = ["O"] * len(tokens) if pos else tags_of([_one_word(span) for span in spans], len(tokens))
    heads = _heads(task, tokens, losses)
    for number, token in enumerate(tokens):
        last = number + 1 == len(tokens)
        misc = {_ENTITY: tags[number]} if tags[number] != "O" else {}
        if not last and token.end == tokens[number + 1].start:
            misc["SpaceAfter"] = "No"
        head, relation = heads.get(number, (None, None))
        known = {field: token.known.get(key) for key, field in _FIELDS.items()}
        yield {
            "id": number + 1,
            "form": token.text,
            "lemma": known["lemma"] or "_",
            "upos": labels.get(number) or known["upos"] or "_",
            "xpos": known["xpos"] or "_",
            "feats": known["feats"] or "_",
            "head": "_" if head is None else 0 if head == number else head + 1,
            "deprel": relation or "_",
            "deps": "_",
            "misc": misc or "_",
        }


def _one_word(span: TokenSpan) -> TokenSpan:
    return span._replace(label="_".join(span.label.replace("|", " ").split()) or "_")


def _heads(task: Task, tokens: list[Token], losses: Losses) -> dict[int, tuple[int, str]]:
    """Return the head and the relation of each token that depends on one; a second head is reported."""
    places = {token.known.get("id", number): number for number, token in enumerate(tokens)}
    found: dict[int, tuple[int, str]] = {}
    for relation in task.get("relations") or ():
        head, child = places.get(relation.get("head")), places.get(relation.get("child"))
        if head is None or child is None or not relation.get("label"):
            losses.add("left out, relations that are not between two tokens", name_of(task))
        elif child in found:
            losses.add("left out, relations of a token that depends on another already", name_of(task))
        else:
            found[child] = (head, "_".join(str(relation["label"]).split()))
    return found


@loader(extensions=("conllu",))
def conllu(path: InputFile, *, cursor: HiddenCursor) -> Iterator[Task]:
    """Read a CoNLL-U file: a task a sentence, with tokens, parts of speech, relations, and spans of `NER=` tags.

    Args:
        path: the file.

    Raises:
        SourceError: at a line that has not ten columns, or is broken otherwise.
    """
    losses, tags = Losses(), Tags(path)
    for lines in sentences_of("conllu", path, cursor, losses):
        yield _task(lines, str(path), tags, losses)
    losses.warn(str(path))


def _task(lines: list[Line], where: str, tags: Tags, losses: Losses) -> Task:
    words, metadata = _parsed(lines, where)
    number_of = _word_lines(lines)
    single = [word for word in words if isinstance(word["id"], int)]
    if len(single) < len(words):
        losses.add("left out, tokens of several words and empty ones", f"line {lines[0][0]}")
    tagged = [((word["misc"] or {}).get(_ENTITY) or "O") for word in single]
    spans = tags.spans(zip(number_of, tagged, strict=False))
    spaces = [(word["misc"] or {}).get("SpaceAfter") != "No" for word in single]
    spaces[-1:] = [False]
    task = text_task([word["form"] for word in single], spaces, spans)
    _use_text(task, metadata.pop("text", None), spans, lines[0][0], losses)
    _add_columns(task, single, losses, lines[0][0])
    return {**task, "meta": metadata} if metadata else task


def _parsed(lines: list[Line], where: str) -> tuple[list[Any], dict[str, Any]]:
    from conllu import parse
    from conllu.exceptions import ParseException

    for number, line in lines:
        if not line.startswith("#") and (found := line.count("\t") + 1) != _COLUMNS:
            raise broken(where, number, f"{_COLUMNS} columns with tabs between are expected, this line has {found}")
    try:
        (sentence,) = parse("\n".join(line for _, line in lines) + "\n\n")
    except (ParseException, ValueError) as error:
        raise broken(where, lines[0][0], f"this sentence is no CoNLL-U: {' '.join(str(error).split())}") from error
    return list(sentence), {key: value for key, value in sentence.metadata.items() if isinstance(value, str)}


def _word_lines(lines: list[Line]) -> list[int]:
    """The numbers of the lines of plain words."""
    return [number for number, line in lines if line.partition("\t")[0].isdigit()]


def _use_text(task: Task, text: str | None, spans: list[TokenSpan], line: int, losses: Losses) -> None:
    """Take the text that the file gives where the tokens are in it."""
    if text is None or text == task["text"]:
        return
    places, place = [], 0
    for token in task["tokens"]:
        place = text.find(token["text"], place)
        if place < 0:
            losses.add("texts put together from tokens, which are not in '# text'", f"line {line}")
            return
        places.append(place)
        place += len(token["text"])
    for start, token in zip(places, task["tokens"], strict=True):
        token |= {"start": start, "end": start + len(token["text"])}
        token["ws"] = text[token["end"] : token["end"] + 1] == " "
    task["text"], task["spans"] = text, [as_span(span, task["tokens"]) for span in spans]


def _add_columns(task: Task, words: list[Any], losses: Losses, line: int) -> None:
    from conllu.serializer import serialize_field

    relations = []
    for number, (token, word) in enumerate(zip(task["tokens"], words, strict=True)):
        for key, field in _FIELDS.items():
            if word[field] not in (None, "_", {}):
                token[key] = serialize_field(word[field]) if field == "feats" else word[field]
        if word["deprel"] not in (None, "_") and word["head"] is not None:
            head = number if word["head"] == 0 else word["head"] - 1
            relations.append({"head": head, "child": number, "label": word["deprel"]})
        if word["deps"] or set(word["misc"] or ()) - {_ENTITY, "SpaceAfter"}:
            losses.add("left out, values in the columns DEPS and MISC", f"line {line}")
    if relations:
        task["relations"] = relations


CONLLU = Format(
    "conllu",
    "parts of speech, relations between tokens and spans of texts, as in Universal Dependencies",
    (".conllu",),
    write_file=write_conllu,
    loader="conllu",
    keys=frozenset(("text", "tokens", "spans", "relations", "meta", "consensus")),
)
