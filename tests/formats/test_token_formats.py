"""CoNLL 2003 and CoNLL-U: texts token by token."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodflow.core.errors import SourceError
from prodflow.loaders import get_stream

words = st.lists(st.text("aé!中=#|_", min_size=1, max_size=4), min_size=1, max_size=6)
labels = st.sampled_from(["ORG", "PER", "B-X"])


def make_task(tokens, spaces, marks, relations=()):
    """A task of tokens, spans on them that do not overlap, and relations."""
    text, made, place = "", [], 0
    for number, (word, space) in enumerate(zip(tokens, spaces)):
        space = space and number < len(tokens) - 1
        made.append({"text": word, "start": place, "end": place + len(word), "id": number, "ws": space})
        text += word + " " * space
        place = len(text)
    spans = [
        {
            "start": made[a]["start"],
            "end": made[b]["end"],
            "token_start": a,
            "token_end": b,
            "label": label,
        }
        for a, b, label in marks
    ]
    return {"text": text, "tokens": made, "spans": spans, **({"relations": list(relations)} if relations else {})}


@st.composite
def tokenized(draw, *, spaced):
    tokens = draw(words)
    spaces = (
        [True] * len(tokens) if spaced else draw(st.lists(st.booleans(), min_size=len(tokens), max_size=len(tokens)))
    )
    marks, place = [], 0
    while place < len(tokens):
        first = draw(st.integers(place, len(tokens)))
        if first < len(tokens):
            last = draw(st.integers(first, len(tokens) - 1))
            marks.append((first, last, draw(labels)))
            place = last + 1
        else:
            break
    children = draw(st.sets(st.integers(0, len(tokens) - 1))) if not spaced else ()
    relations = [
        {"head": draw(st.integers(0, len(tokens) - 1)), "child": child, "label": draw(labels)}
        for child in sorted(children)
    ]
    return make_task(tokens, spaces, marks, relations)


def essence(task):
    return {key: task[key] for key in ("text", "tokens", "spans", "relations", "meta") if key in task}


LAW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAW
@given(tasks=st.lists(tokenized(spaced=True), max_size=3, unique_by=lambda task: str(task)))
def test_conll_holds_spans_on_tokens_with_a_space_between(journeys, tasks):
    assert [essence(task) for task in journeys(tasks, "conll")] == tasks
    assert journeys.losses == {}


@LAW
@given(tasks=st.lists(tokenized(spaced=False), max_size=3, unique_by=lambda task: str(task)))
def test_conllu_holds_spaces_and_relations_too(journeys, tasks):
    assert [essence(task) for task in journeys(tasks, "conllu")] == tasks
    assert journeys.losses == {}


def test_what_conll_cannot_hold_is_told(journey):
    tokens = make_task(
        ["Ada", "Lovelace", "wrote"], [True, True, True], [(0, 1, "PER"), (0, 0, "FIRST"), (2, 2, "a b")]
    )
    tokens["spans"].append({"start": 1, "end": 3, "label": "OFF"})
    tasks = [tokens, {"text": "Hi, you", "label": "X"}, {"image": "a.png"}]
    found = journey(tasks, "conll")

    assert [(span["label"], span["start"], span["end"]) for span in found[0]["spans"]] == [
        ("PER", 0, 12),
        ("a_b", 13, 18),
    ]
    assert journey.losses == {
        "left out, spans that overlap a longer one": 1,
        "left out, spans that do not begin and end with a token": 1,
        "written with _, spaces in labels": 1,
        "texts cut at spaces and punctuation, as they had no tokens": 1,
        "texts that have other spaces than one between two tokens": 1,
        "left out, tasks without a text": 1,
        "left out, the key 'label'": 1,
        "left out, the key 'image'": 1,
    }


def test_parts_of_speech_are_held_where_the_format_has_a_place(journey):
    task = make_task(["Cats", "sleep"], [True, False], [(0, 0, "NOUN"), (1, 1, "VERB")])
    task["meta"] = {"source": "zoo"}
    (found,) = journey([{**task, "_view_id": "pos_manual"}], "conllu")

    assert [token["pos"] for token in found["tokens"]] == ["NOUN", "VERB"]
    assert (found["spans"], found["meta"]) == ([], {"source": "zoo"})
    task["tokens"] = [{**token, "pos": "X", "chunk": "B-NP"} for token in task["tokens"]]
    (found,) = journey([task], "conll")
    assert [(token["pos"], token["chunk"]) for token in found["tokens"]] == [("X", "B-NP")] * 2


def test_spaces_at_the_ends_of_texts_are_told(journey):
    tokens = [{"text": "Hi", "start": 1, "end": 3, "id": 0}, {"text": "you", "start": 5, "end": 8, "id": 1}]
    (found,) = journey([{"text": " Hi  you ", "tokens": tokens}], "conllu")

    assert found["text"] == "Hi  you"
    assert journey.losses == {"left out, spaces at the ends of texts": 1}


def read(tmp_path, text, loader="conll", **settings):
    path = tmp_path / f"in.{loader}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(get_stream(str(path), **settings))


REUTERS = (
    "-DOCSTART- -X- -X- O\n\nEU NNP I-NP {}ORG\nrejects VBZ I-VP O\nGerman JJ I-NP {}MISC\n\t\nPeter NNP I-NP {}PER\n"
)


@pytest.mark.parametrize("mark", ["I-", "B-", "S-"])
def test_all_schemes_and_what_is_no_sentence(tmp_path, caplog, mark):
    found = read(tmp_path, REUTERS.replace("{}", mark))

    assert [(task["text"], [span["label"] for span in task["spans"]]) for task in found] == [
        ("EU rejects German", ["ORG", "MISC"]),
        ("Peter", ["PER"]),
    ]
    assert found[0]["tokens"][1] | {"start": 0} == {
        "text": "rejects",
        "start": 0,
        "end": 10,
        "id": 1,
        "ws": True,
        "pos": "VBZ",
        "chunk": "I-VP",
    }
    told = [record.getMessage().partition("conll: ")[2] for record in caplog.records]
    assert told == [
        "left out, beginnings of documents: 1 (e.g. line 1)",
        "taken as empty, lines of spaces or tabs: 1 (e.g. line 6)",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a O\nb I-X\n\nc B-X\n",
            r"line 4: tags of two schemes: 'B-X' where I- would do is bioes or iob2, line 2 \('I-X'",
        ),
        (
            "a B-X\nb O\nc S-X\n",
            r"line 3: tags of two schemes: 'S-X' is bioes, line 1 \(the end of 'X' without E-",
        ),
        ("a O\nb X-Y\n", r"line 2: the tag 'X-Y' is none of O, B-LABEL"),
        ("a N O\nb O\n", r"line 2: 3 columns are expected as before, this line has 2"),
        ("a\n", r"line 1: a token and its tag are expected, this line has one column: 'a'"),
        (b"a O\n\xe9 O\n", r"line 2: not UTF-8: byte 0xe9"),
    ],
)
def test_broken_conll_is_named_with_its_line(tmp_path, text, message):
    with pytest.raises(SourceError, match=f"in.conll, {message}"):
        read(tmp_path, text)


def test_mixed_schemes_can_be_read_when_asked_for(tmp_path):
    found = read(tmp_path, "a O\nb I-X\nb I-Y\n\nc B-X\nd I-X\ne S-X\n", scheme="any")

    assert [[(s["token_start"], s["token_end"], s["label"]) for s in task["spans"]] for task in found] == [
        [(1, 1, "X"), (2, 2, "Y")],
        [(0, 1, "X"), (2, 2, "X")],
    ]


UD = """# sent_id = 1
# text = Il va  au lit.
1\tIl\til\tPRON\t_\tGender=Masc|Number=Sing\t2\tnsubj\t_\t_
2\tva\taller\tVERB\tV\t_\t0\troot\t2:root\t_
3\tlit\tlit\tNOUN\t_\t_\t2\tobl\t_\tSpaceAfter=No
4\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_
"""


def test_universal_dependencies_with_their_text(tmp_path, caplog):
    (found,) = read(tmp_path, UD, "conllu")

    assert found["text"] == "Il va  au lit."
    assert [found["text"][token["start"] : token["end"]] for token in found["tokens"]] == ["Il", "va", "lit", "."]
    assert found["tokens"][0]["morph"] == "Gender=Masc|Number=Sing"
    assert found["relations"][:2] == [
        {"head": 1, "child": 0, "label": "nsubj"},
        {"head": 1, "child": 1, "label": "root"},
    ]
    assert found["meta"] == {"sent_id": "1"}
    assert [record.getMessage().partition("conllu: ")[2] for record in caplog.records] == [
        "left out, values in the columns DEPS and MISC: 1 (e.g. line 1)"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (UD.replace("\tobl", ""), r"line 5: 10 columns with tabs between are expected, this line has 9"),
        (UD.replace("2\tobl", "two\tobl"), r"line 1: this sentence is no CoNLL-U: "),
        (UD.encode().replace(b"aller", b"\xe9"), r"line 4: not UTF-8"),
    ],
)
def test_broken_conllu_is_named_with_its_line(tmp_path, text, message):
    with pytest.raises(SourceError, match=f"in.conllu, {message}"):
        read(tmp_path, text, "conllu")
