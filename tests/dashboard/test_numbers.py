"""The numbers of a dataset: the same as SQL and `prodflow agreement` give, whatever it holds."""

from contextlib import closing

import duckdb
import pytest

from prodflow.core.errors import UnknownNameError
from prodflow.dashboard.agreed import read_agreed
from prodflow.dashboard.moment import OneMoment
from prodflow.dashboard.numbers import read_counts, read_numbers
from prodflow.quality.agreement import measure_agreement
from prodflow.store import reader
from prodflow.store.database import connect
from prodflow.store.event import Event

OPTIONS = [{"id": name, "text": f"the {name}"} for name in ("CAT", "DOG")]
START = 1_700_000_000


@pytest.fixture
def store(home):
    with connect() as database:
        yield database


def answer(text, who, at_s=0, **made):
    task = {"text": text, "answer": "accept", "_session_id": f"set-{who}", "_timestamp": START + at_s, **made}
    return {"_view_id": "choice", "options": OPTIONS, **task} if "accept" in made else task


def choices(store):
    """Ada and Bob agree; Cy takes every dog for a cat."""
    rows = []
    for number in range(20):
        truth = "DOG" if number % 4 == 0 else "CAT"
        said = {"ada": truth, "bob": truth, "cy": "CAT"}
        rows += [answer(f"{number}", who, 60 * number, accept=[pick]) for who, pick in said.items()]
    store.add_examples(rows, "set")


def numbers():
    return read_numbers(reader.connect(), "set")


def test_counts_are_those_of_the_answers(store):
    choices(store)
    counts = numbers()["counts"]
    totals = {key: counts["totals"][key] for key in ("answers", "tasks", "people", "accept", "first", "last")}
    assert totals == {
        "answers": 60,
        "tasks": 20,
        "people": 3,
        "accept": 60,
        "first": START,
        "last": START + 19 * 60,
    }
    assert counts["labels"] == [
        {"label": "CAT", "accept": 50, "reject": 0},
        {"label": "DOG", "accept": 10, "reject": 0},
    ]
    assert sum(row["answers"] for row in counts["times"]["rows"]) == sum(counts["buckets"]) == 60


def test_agreement_is_that_of_the_command(store):
    choices(store)
    found, asked = numbers()["agreement"], measure_agreement("set", resamples=0)
    assert found["overall"]["alpha"]["value"] == asked.overall["alpha"].value
    assert [(pair["a"], pair["b"], pair["kappa"]["value"]) for pair in found["pairs"]] == [
        (pair.a, pair.b, pair.kappa.value) for pair in asked.pairs
    ]


def test_the_least_sure_annotator_comes_first_with_what_they_mistake(store):
    choices(store)
    worst = numbers()["agreement"]["consensus"]["people"][0]
    assert (worst["name"], worst["right"], worst["answers"]) == ("cy", 0.75, 20)
    assert worst["said"] == {"CAT": {"CAT": 15}, "DOG": {"CAT": 5}}


def test_disagreements_come_with_who_said_what_the_most_divided_first(store):
    choices(store)
    store.add_examples([answer("even", "ada", accept=["CAT"]), answer("even", "bob", accept=["DOG"])], "set")
    found = numbers()["disagreements"]
    assert found["count"] == 6
    assert found["tasks"][0]["task"]["text"] == "even"
    assert found["tasks"][1]["votes"] == [
        {"value": "DOG", "people": ["ada", "bob"]},
        {"value": "CAT", "people": ["cy"]},
    ]


def test_days_where_there_are_several_and_hours_where_there_are_not(store):
    store.add_examples([answer(f"{day}", "ada", day * 86_400) for day in range(4)], "set")
    assert [row["answers"] for row in numbers()["counts"]["times"]["rows"]] == [1, 1, 1, 1]
    assert numbers()["counts"]["times"]["step_s"] == 86_400
    store.add_examples([answer("a", "ada"), answer("b", "ada", 7_200)], "short")
    first, *_ = read_counts(reader.connect(), "short")
    assert first.numbers["times"]["step_s"] == 3_600


def test_the_models_guesses_are_compared_with_the_answers(store):
    rows = [
        answer(f"{number}", "ada", score=0.9 if number % 2 else 0.1, answer="accept" if number < 50 else "reject")
        for number in range(100)
    ]
    store.add_examples(rows, "set")
    curve = numbers()["counts"]["model"]
    assert [row["answers"] for row in curve] == list(range(10, 101, 10))
    assert [row["accuracy"] for row in curve] == [0.5] * 10


def test_labels_of_spans_and_how_they_match(store):
    def span(end):
        return [{"start": 0, "end": end, "label": "PER"}]

    asked = {"_input_hash": 1, "_task_hash": 2}
    store.add_examples([answer("abcd", who, spans=span(n), **asked) for n, who in ((2, "ada"), (3, "bob"))], "set")
    found = numbers()
    assert found["counts"]["labels"] == [{"label": "PER", "accept": 2, "reject": 0}]
    assert (found["agreement"]["spans"]["criterion"], found["agreement"]["spans"]["overall"]["f1"]) == ("exact", 0.0)


def test_what_is_quick_to_count_comes_before_what_is_not(store):
    rows = [answer(f"{number}", who, number) for number in range(4) for who in ("ada", "bob")]
    store.add_examples(rows, "set")
    first, last = read_counts(reader.connect(), "set")
    assert (first.whole, first.numbers["totals"]["answers"], first.numbers["totals"]["tasks"]) == (False, 8, None)
    assert (last.whole, last.numbers["totals"]["answers"], last.numbers["totals"]["tasks"]) == (True, 8, 4)
    assert [step.part for step in read_agreed(reader.connect(), "set")] == ["disagreements", "agreement"]


def test_medians_are_of_each_person_and_of_all(store):
    for who, seconds in {"ada": [1, 2, 4, 100], "bob": [3.006, 3.5, 9]}.items():
        store.journal.add_dataset("set")
        store.journal.add_session("set", f"set-{who}", who)
        events = [
            Event(f"{who}{place}", "answer", f"set-{who}", place, place, "accept", {"text": "a"}, seconds=taken)
            for place, taken in enumerate(seconds)
        ]
        store.journal.submit("set", events).result()
    counts = numbers()["counts"]
    assert {person["name"]: person["seconds"] for person in counts["people"]} == {"ada": 3.0, "bob": 3.5}
    assert counts["totals"]["seconds"] == 3.5


def test_questions_with_labels_are_counted_by_answer(store):
    task = {"text": "a", "label": "NEWS"}
    store.add_examples([{**task, "_session_id": "set-a"}, {**task, "answer": "reject", "_session_id": "set-b"}], "set")
    assert numbers()["counts"]["labels"] == [{"label": "NEWS", "accept": 1, "reject": 1}]


def test_a_dataset_without_answers_has_numbers_too(store):
    store.add_dataset("set")
    found = numbers()
    assert found["counts"]["totals"]["answers"] == found["disagreements"]["count"] == 0
    assert found["agreement"]["overall"]["alpha"]["reason"].startswith("nobody has answered yet")


def test_a_dataset_that_is_not_there_is_named_with_those_that_are(store):
    store.add_dataset("set")
    with pytest.raises(UnknownNameError, match="did you mean 'set'"):
        read_numbers(reader.connect(), "sett")


def test_the_dashboard_copies_no_task_that_was_handed_out(tmp_path):
    """It asks nothing about them, and they may have megabytes each."""
    with closing(OneMoment(reader.connect(tmp_path))) as moment, pytest.raises(duckdb.CatalogException):
        moment.connection().execute("from internal.served_tasks")
