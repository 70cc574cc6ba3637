"""One task a sentence."""

from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from prodflow.core.errors import ConfigError, ModelError, SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.preprocess import add_tokens, split_sentences

NLP = spacy.blank("en")
NLP.add_pipe("sentencizer")
TWO = "spaCy is a library. It is written in Python."


def texts(stream: list[Task], **settings: Any) -> list[str]:
    return [task["text"] for task in split_sentences(NLP, stream, **settings)]


def test_each_sentence_becomes_a_task_with_all_else() -> None:
    assert list(split_sentences(NLP, [{"text": TWO, "meta": {"page": 1}}])) == [
        {"text": "spaCy is a library.", "meta": {"page": 1}},
        {"text": "It is written in Python.", "meta": {"page": 1}},
    ]


def test_only_longer_texts_are_split(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(texts([{"text": TWO}], min_length=len(TWO) - 1)) == 2
    assert len(texts([{"text": TWO}], min_length=len(TWO))) == 1
    assert len(texts([{"text": "Ah. Oh."}], min_length=False)) == 2
    assert len(texts([{"text": "Ah. Oh."}], min_length=None)) == 2

    (home / "prodflow.json").write_text('{"split_sents_threshold": "30"}')
    assert texts([{"text": "Ah. Oh."}, {"text": TWO}], min_length=None) == ["Ah. Oh.", *texts([{"text": TWO}])]
    assert len(texts([{"text": "Ah. Oh."}])) == 2

    monkeypatch.setenv("PRODFLOW_CONFIG_OVERRIDES", '{"split_sents_threshold": "many"}')
    with pytest.raises(ConfigError, match="split_sents_threshold='many' is not a whole number"):
        texts([{"text": TWO}], min_length=None)


def test_spans_move_with_their_sentence_in_characters() -> None:
    text = "👩‍🚀 e\u0301tude 👍🏽 one. Ann sang."
    start = text.index("Ann")
    spans = [{"start": 0, "end": 3, "label": "EMOJI"}, {"start": start, "end": start + 3, "label": "PERSON"}]

    first, second = split_sentences(NLP, [{"text": text, "spans": spans}])

    assert [first["text"][span["start"] : span["end"]] for span in first["spans"]] == ["👩‍🚀"]
    assert second == {"text": "Ann sang.", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]}


def test_sentences_that_a_span_joins_stay_together() -> None:
    text = "He met Dr. Who. They left. All."
    nlp = spacy.blank("xx")
    nlp.add_pipe("sentencizer", config={"overwrite": True})
    split = [{"start": 11, "end": 20}, {"start": 27, "end": 31}]

    made = list(split_sentences(nlp, [{"text": text, "spans": split}]))

    assert [task["text"][span["start"] : span["end"]] for task in made for span in task["spans"]] == [
        "Who. They",
        "All.",
    ]
    assert [task["text"] for task in made] == ["He met Dr.", "Who. They left.", "All."]


@pytest.mark.parametrize(("start", "end"), [(4, 9), (0, 7), (0, 5), (3, 6), (9, 13), (4, 13)])
def test_a_span_over_spaces_or_one_letter_more_is_kept(start: int, end: int) -> None:
    text = "Ah.\n\nOh. \nUh."

    made = list(split_sentences(NLP, [{"text": text, "spans": [{"start": start, "end": end}]}]))

    [found] = [task["text"][span["start"] : span["end"]] for task in made for span in task["spans"]]
    assert found == text[start:end]


@st.composite
def marked_texts(draw: st.DrawFn) -> Task:
    """Texts of many sentences, with spans anywhere."""
    text = "".join(draw(st.lists(st.sampled_from(["Ah.", "Oh!", "é", "👍", " ", "\n\n", " U"]), min_size=1)))
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 8))
    spans = [
        {"start": start, "end": min(start + length, len(text)), "label": str(number)}
        for number, (start, length) in enumerate(draw(st.lists(places, max_size=4)))
    ]
    return {"text": text, "spans": spans}


@given(marked_texts())
def test_nothing_marked_is_lost_or_cut(task: Task) -> None:
    text, spans = task["text"], task["spans"]

    made = list(split_sentences(NLP, [{"text": text, "spans": spans}]))

    found = {s["label"]: task["text"][s["start"] : s["end"]] for task in made for s in task["spans"]}
    assert found == {span["label"]: text[span["start"] : span["end"]] for span in spans}
    assert sum(len(task["spans"]) for task in made) == len(spans)
    assert "".join("".join(task["text"] for task in made).split()) == "".join(text.split())


def test_tokens_move_too_and_are_counted_anew() -> None:
    [task] = add_tokens(NLP, [{"text": TWO, "spans": [{"start": 20, "end": 22, "label": "X"}]}])

    made = list(split_sentences(NLP, [task]))

    assert made == [
        task
        for text, spans in (
            ("spaCy is a library.", []),
            ("It is written in Python.", [{"start": 0, "end": 2, "label": "X"}]),
        )
        for task in add_tokens(NLP, [{"text": text, "spans": spans}])
    ]


def test_token_numbers_without_tokens_go() -> None:
    span = {"start": 20, "end": 22, "token_start": 5, "token_end": 5}

    assert list(split_sentences(NLP, [{"text": TWO, "spans": [span]}]))[1]["spans"] == [{"start": 0, "end": 2}]


def test_spaces_around_sentences_go_and_a_text_of_one_sentence_stays() -> None:
    assert texts([{"text": "  One.\n\nTwo.  "}]) == ["One.", "Two."]
    assert texts([{"text": " One.\n"}, {"text": ""}, {"text": " \n "}]) == [" One.\n", "", " \n "]


def test_each_sentence_has_hashes_of_its_own_if_the_text_had_some() -> None:
    first, second = split_sentences(NLP, [set_hashes({"text": TWO})])

    assert first == set_hashes({"text": "spaCy is a library."})
    assert first["_input_hash"] != second["_input_hash"]


def test_another_key_may_hold_the_text() -> None:
    assert [task["body"] for task in split_sentences(NLP, [{"body": TWO}], "body")] == texts([{"text": TWO}])


def test_a_language_without_sentences_is_refused() -> None:
    with pytest.raises(SettingError, match=r"split_sentences: nlp has no components, .*add_pipe\('sentencizer'\)"):
        split_sentences(nlp=spacy.blank("en"))
    ruler = spacy.blank("en")
    ruler.add_pipe("entity_ruler").add_patterns([{"label": "X", "pattern": "x"}])  # type: ignore[attr-defined]
    with pytest.raises(SettingError, match=r"split_sentences: nlp finds no sentences"):
        list(split_sentences(ruler, [{"text": TWO}]))


def test_the_text_before_a_broken_task_comes_out_first() -> None:
    stream = split_sentences(NLP, [{"text": "a"}, {"text": 5}, {"text": "b"}])

    assert next(stream) == {"text": "a"}
    with pytest.raises(TaskError, match="split_sentences: task 1: text=5 is not a text"):
        next(stream)


def test_broken_tasks_may_be_skipped(caplog: pytest.LogCaptureFixture) -> None:
    small = spacy.blank("en")
    small.add_pipe("sentencizer")
    small.max_length = 7
    stream: list[Any] = [
        {"text": "Ah. Oh."},
        {},
        {"text": "long enough"},
        {"text": "c", "spans": [{"start": 5, "end": 6}]},
    ]

    made = list(split_sentences(nlp=small, on_error="skip")([*stream, {"text": "d"}]))

    assert [task["text"] for task in made] == ["Ah.", "Oh.", "d"]
    assert "task 1: no 'text' (keys: )" in caplog.text
    assert "task 2: 'text' has 11 characters, more than nlp.max_length (7)" in caplog.text
    assert "task 3: span 5 to 6 is outside" in caplog.text


def test_a_component_that_fails_is_an_error_of_the_model() -> None:
    @Language.component("prodflow_tests_broken")
    def broken(document: Any) -> Any:
        raise RuntimeError("out of\nluck")

    nlp = spacy.blank("en")
    nlp.add_pipe("prodflow_tests_broken")

    with pytest.raises(ModelError, match="split_sentences: nlp failed at tasks 0 to 1: RuntimeError: out of luck"):
        list(split_sentences(nlp, [{"text": TWO}, {"text": TWO}]))


def test_no_more_than_a_batch_is_read_ahead() -> None:
    read: list[int] = []
    stream = ({"text": TWO} for number in count() if read.append(number) is None)  # type: ignore[func-returns-value]

    assert len(list(islice(split_sentences(NLP, stream, batch_size=3), 5))) == 5
    assert read == [0, 1, 2]


def test_the_task_given_is_not_changed() -> None:
    task = {"text": TWO, "spans": [{"start": 20, "end": 22, "token_start": 5}]}

    list(split_sentences(NLP, [task]))

    assert task == {"text": TWO, "spans": [{"start": 20, "end": 22, "token_start": 5}]}
