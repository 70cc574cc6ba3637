"""Tokens, and the spans that lie on them."""

from itertools import count, islice
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.operator import Stage
from prodflow.preprocess import add_tokens

NLP = spacy.blank("en")
ROCKET = "👩‍🚀 e\u0301tude: Ann’s 👍🏽 ok"


def test_tokens_have_text_place_number_and_the_space_behind_them() -> None:
    [task] = add_tokens(NLP, [{"text": "Don't go!"}])

    assert task["tokens"] == [
        {"text": "Do", "start": 0, "end": 2, "id": 0, "ws": False},
        {"text": "n't", "start": 2, "end": 5, "id": 1, "ws": True},
        {"text": "go", "start": 6, "end": 8, "id": 2, "ws": False},
        {"text": "!", "start": 8, "end": 9, "id": 3, "ws": False},
    ]
    assert "spans" not in task


def test_the_last_token_of_a_span_is_inclusive() -> None:
    [task] = add_tokens(NLP, [{"text": "I saw New York.", "spans": [{"start": 6, "end": 14, "label": "GPE"}]}])

    assert task["spans"] == [{"start": 6, "end": 14, "label": "GPE", "token_start": 2, "token_end": 3}]


@given(st.text(alphabet=st.sampled_from("a é\u0301👩\u200d🚀👍🏽\n.'x")), st.booleans())
def test_tokens_lie_in_the_text_as_they_say(text: str, use_chars: bool) -> None:
    [task] = add_tokens(NLP, [{"text": text}], use_chars=use_chars)

    assert [text[token["start"] : token["end"]] for token in task["tokens"]] == [t["text"] for t in task["tokens"]]
    assert "".join(token["text"] + " " * token["ws"] for token in task["tokens"]) == text
    assert [token["id"] for token in task["tokens"]] == list(range(len(task["tokens"])))


def test_an_emoji_and_a_combining_accent_count_one_character_each() -> None:
    start = ROCKET.index("Ann")

    [task] = add_tokens(NLP, [{"text": ROCKET, "spans": [{"start": start, "end": start + 3, "label": "PERSON"}]}])
    [chars] = add_tokens(NLP, [{"text": ROCKET, "spans": [{"start": start, "end": start + 3}]}], use_chars=True)

    [span] = task["spans"]
    assert task["tokens"][span["token_start"]]["text"] == "Ann"
    assert [token["text"] for token in chars["tokens"]] == list(ROCKET)
    assert (chars["spans"][0]["token_start"], chars["spans"][0]["token_end"]) == (start, start + 2)


@pytest.mark.parametrize(("start", "end"), [(0, 3), (1, 5), (5, 6), (3, 3), (6, 6)])
def test_a_span_that_is_not_whole_tokens_raises_naming_the_task(start: int, end: int) -> None:
    stream: list[Any] = [{"text": "fine"}, {"text": "Hello world", "spans": [{"start": start, "end": end}]}]

    with pytest.raises(ValueError, match=rf"add_tokens: task 1: span .* \({start} to {end}\) is not made of whole"):
        list(add_tokens(NLP, stream))


def test_a_span_of_nothing_between_two_tokens_is_refused() -> None:
    with pytest.raises(TaskError, match=r"span '' \(2 to 2\)"):
        list(add_tokens(NLP, [{"text": "Don't", "spans": [{"start": 2, "end": 2}]}]))


def test_the_error_says_which_tokens_lie_around_the_span() -> None:
    with pytest.raises(TaskError, match=r"span 'llo wor' \(2 to 9, X\).* from 0 to 11: change its offsets, set skip="):
        list(add_tokens(NLP, [{"text": "Hello world", "spans": [{"start": 2, "end": 9, "label": "X"}]}]))


def test_such_a_task_is_dropped_on_request_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    stream: list[Any] = [{"text": "Hello", "spans": [{"start": 0, "end": 2}]}, {"image": "a.jpg"}, {"text": "fine"}]

    assert [task["text"] for task in add_tokens(NLP, stream, skip=True)] == ["fine"]
    assert "task 0: span 'He'" in caplog.text
    assert "task 1: no 'text' (keys: 'image') (skipped)" in caplog.text


def test_such_a_task_fits_once_characters_are_tokens() -> None:
    [task] = add_tokens(NLP, [{"text": "Hello", "spans": [{"start": 0, "end": 2}]}], use_chars=True)

    assert task["spans"] == [{"start": 0, "end": 2, "token_start": 0, "token_end": 1}]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([{"start": 0, "end": 99}], "span 0 to 99 is outside the text of 5 characters"),
        ([{"start": -1, "end": 5}], "span -1 to 5 is outside"),
        ([{"points": [[0, 0]]}], "has no whole numbers 'start' and 'end'"),
        ([{"start": 0.0, "end": 5}], "has no whole numbers"),
        (["Hello"], "is not a list of spans"),
        ("Hello", "is not a list of spans"),
    ],
)
def test_broken_spans_are_named(spans: Any, words: str) -> None:
    with pytest.raises(TaskError, match=f"add_tokens: task 0: .*{words}"):
        list(add_tokens(NLP, [{"text": "Hello", "spans": spans}]))


def test_tokens_that_are_there_stay_with_all_they_say() -> None:
    tokens = [{"text": "Hello world", "start": 0, "end": 11, "id": 7, "disabled": True}]
    task = {"text": "Hello world", "tokens": tokens, "spans": [{"start": 0, "end": 11}]}

    [kept] = add_tokens(NLP, [task])
    [new] = add_tokens(NLP, [task], overwrite=True)

    assert kept["tokens"] == tokens
    assert kept["spans"] == [{"start": 0, "end": 11, "token_start": 7, "token_end": 7}]
    assert [token["text"] for token in new["tokens"]] == ["Hello", "world"]
    assert new["spans"] == [{"start": 0, "end": 11, "token_start": 0, "token_end": 1}]


def test_broken_tokens_are_named() -> None:
    with pytest.raises(TaskError, match=r"token 0 to 9 is outside the text of 2 characters"):
        list(add_tokens(NLP, [{"text": "Hi", "tokens": [{"start": 0, "end": 9}], "spans": []}]))
    with pytest.raises(TaskError, match=r"token 'Hi' is not a dict"):
        list(add_tokens(NLP, [{"text": "Hi", "tokens": ["Hi"], "spans": []}]))


def test_the_task_given_is_not_changed_and_keeps_its_hashes() -> None:
    task = set_hashes({"text": "Hi Ann", "spans": [{"start": 3, "end": 6}]})
    before = {**task, "spans": [dict(span) for span in task["spans"]]}

    [made] = add_tokens(NLP, [task])

    assert task == before
    assert (made["_input_hash"], made["_task_hash"]) == (task["_input_hash"], task["_task_hash"])


def test_reads_no_further_than_it_must() -> None:
    read: list[int] = []
    stream = ({"text": f"task {number}"} for number in count() if read.append(number) is None)  # type: ignore[func-returns-value]

    assert len(list(islice(add_tokens(NLP, stream), 2))) == 2
    assert read == [0, 1]


def test_positions_are_right_behind_a_task_that_was_quarantined() -> None:
    kept: list[Any] = []
    stage = add_tokens(nlp=NLP, on_error="quarantine")

    assert [task["text"] for task in stage([{}, {"text": "a"}, {}], sink=kept.append)] == ["a"]
    assert [item.position for item in kept] == [0, 2]


def test_settings_go_by_name_or_in_the_order_of_the_reference() -> None:
    stream = [{"text": "Hi", "tokens": [], "spans": [{"start": 0, "end": 1}]}]

    assert [len(task["tokens"]) for task in add_tokens(NLP, stream, False, True, True)] == [2]
    assert isinstance(add_tokens(nlp=NLP, skip=True), Stage)
    assert isinstance(add_tokens(nlp="blank:en"), Stage)


@pytest.mark.parametrize(
    ("nlp", "words"),
    [
        ("no_such_model", "no spaCy model 'no_such_model'; install its package, name its folder, or use 'blank:en'"),
        ([{"text": "a"}], "is no spaCy language"),
        (None, "nlp=None is no spaCy language"),
    ],
)
def test_a_language_that_is_none_is_refused_when_declared(nlp: Any, words: str) -> None:
    with pytest.raises(SettingError, match=f"add_tokens: .*{words}"):
        add_tokens(nlp=nlp)


def test_a_language_that_spacy_cannot_load_is_told_in_one_line(tmp_path: Any) -> None:
    with pytest.raises(SettingError, match=r"add_tokens: spaCy cannot load 'blank:xxx'") as told:
        list(add_tokens("blank:xxx", [{"text": "a"}]))
    assert "\n" not in str(told.value)
    with pytest.raises(SettingError, match=r"add_tokens: spaCy cannot load"):
        list(add_tokens(str(tmp_path), [{"text": "a"}]))


def test_a_text_longer_than_spacy_takes_is_an_error_of_the_task() -> None:
    small = spacy.blank("en")
    small.max_length = 3

    with pytest.raises(TaskError, match=r"add_tokens: task 0: \[E088\]"):
        list(add_tokens(small, [{"text": "abcd"}]))
