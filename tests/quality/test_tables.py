"""Quality as tables of SQL: majority, posteriors, confusion, label errors, annotators, gold questions."""

import datetime

import duckdb
import pytest

from prodflow.quality.agreement import measure_agreement
from prodflow.quality.consensus import find_consensus
from prodflow.store.database import connect
from prodflow.store.event import Event
from tests.quality.test_agreement import by, of_table, picked, store
from tests.quality.test_coefficients import KRIPPENDORFF_C
from tests.quality.test_dawid_skene import PATIENTS, TRUTH

CHOICES = {"options": [{"id": name} for name in "1234"]}


def ask(query, **options):
    return connect().sql(query, **options).fetchall()


@pytest.fixture
def patients():
    """The paper's table; one observer saw the patients three times: three people here, as far as answers go."""
    store(
        "patients",
        [
            by(f"o{place}", "patients", text=f"patient {number}", _input_hash=number, _task_hash=number, **CHOICES)
            | {"accept": [said]}
            for number, row in enumerate(PATIENTS, 1)
            for place, said in enumerate(row)
        ],
    )


def test_posteriors_and_confusion_are_those_of_the_consensus(patients):
    best = ask("select task_hash, arg_max(label, probability), max(probability) from posteriors group by 1 order by 1")
    found = {row["task_hash"]: (row["value"], row["probability"]) for row in find_consensus("patients").tasks}
    assert {task: (label, pytest.approx(chance)) for task, label, chance in best} == found
    assert sum(label == true for (_, label, _), true in zip(best, TRUTH, strict=True)) >= 44
    sums = ask("select task_hash, sum(probability) from posteriors('patients') group by all")
    assert [total for _, total in sums] == pytest.approx([1.0] * 45)
    shares = ask("""select annotator, "true", sum(share) from confusion group by all""")
    assert [total for _, _, total in shares] == pytest.approx([1.0] * 28)
    [(answers,)] = ask("select sum(answers) from confusion('patients')")
    assert answers == pytest.approx(315)


def test_tables_follow_the_answers_as_they_come():
    store("set", [by("ada", text="a"), by("bob", text="a")])
    before = ask("select label, probability > 0.99 from posteriors('set')")
    store("set", [by(name, text="a", answer="reject") for name in ("cy", "dan", "eve")])
    assert before == [("accept", True)]
    assert ask("select arg_max(label, probability) from posteriors('set')") == [("reject",)]
    assert ask("select label, votes, answers, share, tie from majority") == [("reject", 3, 5, 0.6, False)]


def test_estimates_are_made_for_the_datasets_that_a_query_names(patients):
    store("other", [by("ada", "other", text="x")])
    assert ask("select distinct dataset from posteriors order by all") == [("other",), ("patients",)]
    assert ask("select distinct dataset from posteriors('other')") == [("other",)]
    joined = "select count(*) from majority m join posteriors p using (dataset, task_hash, label) where m.votes = 7"
    assert ask(joined)[0][0] > 10
    with pytest.raises(duckdb.Error, match="did you mean 'other'"):
        ask("from posteriors('othr')")
    with pytest.raises(duckdb.Error, match="estimated for a query that names it"):
        connect().connection().execute("from posteriors").fetchall()
    assert connect().connection("from posteriors").execute("select count(*) from posteriors('other')").fetchone() == (
        1,
    )


def test_a_tie_goes_to_the_label_that_comes_first():
    store("set", [by("ada", text="a", answer="reject"), by("bob", text="a")])
    assert ask("select label, tie from majority('set')") == [("accept", True)]


def test_many_annotators_are_estimated_as_few_are():
    """Their patterns do not fit into a number: they are lists then."""
    truth = {number: "accept" if number % 3 else "reject" for number in range(20)}
    other = {"accept": "reject", "reject": "accept"}
    store(
        "crowd",
        [
            by(f"w{worker:03}", "crowd", text=f"t{number}", _task_hash=number, _input_hash=number)
            | {"answer": other[said] if (worker * 7 + number) % 11 == 0 else said}
            for number, said in truth.items()
            for worker in range(100)
        ],
    )
    best = dict(ask("select task_hash, arg_max(label, probability) from posteriors('crowd') group by 1"))
    assert best == truth
    assert ask("select count(distinct annotator) from confusion('crowd')") == [(100,)]
    assert len(measure_agreement("crowd", resamples=0).pairs) == 4950


def test_label_errors_by_the_other_annotators():
    store("set", [by(name, text=f"t{n}", label="A") for name in ("ada", "bob", "cy") for n in range(12)])
    wrong = [by("dan", text=f"t{n}", label="A", answer="reject" if n in (3, 7) else "accept") for n in range(12)]
    store("set", wrong)
    found = ask('select annotator, said, likely, source, "text", quality < 0.5 from label_errors order by "text"')
    assert found == [
        ("dan", "reject", "accept", "annotators", "t3", True),
        ("dan", "reject", "accept", "annotators", "t7", True),
    ]


def test_label_errors_by_the_model():
    """One annotator, so that only the model's score can tell; a score near that of the others is no error."""
    scores = {n: 0.9 if n % 2 else 0.1 for n in range(20)} | {4: 0.95, 5: 0.05, 6: 0.4}
    store(
        "set",
        [by("ada", text=f"t{n}", score=score, answer="accept" if n % 2 else "reject") for n, score in scores.items()],
    )
    found = sorted(ask("""select "text", said, likely, round(quality, 2), source from label_errors('set')"""))
    assert found == [("t4", "reject", "accept", 0.05, "model"), ("t5", "accept", "reject", 0.05, "model")]


def test_label_errors_of_choices_by_the_scores_of_the_options():
    def chosen(n, said, cat):
        options = [{"id": "CAT", "score": cat}, {"id": "DOG", "score": 1 - cat}]
        return by("ada", text=f"t{n}", options=options, accept=[said])

    answers = [chosen(n, "CAT" if n % 2 else "DOG", 0.9 if n % 2 else 0.2) for n in range(10)]
    store("set", [*answers, chosen(10, "DOG", 0.97)])
    assert ask("""select "text", said, likely from label_errors""") == [("t10", "DOG", "CAT")]


def test_annotators_with_their_pace_and_drift():
    start = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC).timestamp()
    with connect() as database:
        database.add_dataset("set")
        for name, wrong in (("ada", ()), ("bob", ()), ("cy", (6, 7, 8, 9))):
            database.journal.add_session("set", f"set-{name}", name)
            events = [
                Event(
                    *(f"{name}-{n}", "answer", f"set-{name}", n, n, "reject" if n in wrong else "accept", {}),
                    seconds=4.0 if n < 5 else 2.0,
                    answered_at=start + n,
                )
                for n in range(10)
            ]
            database.journal.submit("set", events).result()
    rows = ask(
        """select annotator, answers, ignored, agreement, agreement_before, agreement_after, first_at::varchar,
        seconds, seconds_before, seconds_after from annotators order by annotator"""
    )
    pace = ("2026-01-05 09:00:00", 3.0, 4.0, 2.0)
    assert rows == [
        ("ada", 10, 0.0, 1.0, 1.0, 1.0, *pace),
        ("bob", 10, 0.0, 1.0, 1.0, 1.0, *pace),
        ("cy", 10, 0.0, 0.6, 1.0, pytest.approx(0.2), *pace),
    ]


def test_gold_questions():
    store("gold", [by("expert", "gold", text=f"t{n}", label="A", answer="accept") for n in range(4)])
    store("set", [by("ada", text=f"t{n}", label="A") for n in range(8)])
    store("set", [by("bob", text=f"t{n}", label="A", answer="reject" if n < 3 else "accept") for n in range(8)])
    assert ask("from gold('set', 'gold')") == [("bob", 4, 1, 0.25), ("ada", 4, 4, 1.0)]
    wrong = (
        """select annotator, "text", said, gold from gold_answers('set', 'gold') where not "right" order by "text" """
    )
    assert ask(wrong) == [("bob", f"t{n}", "reject", "accept") for n in range(3)]
    with pytest.raises(duckdb.Error, match="no dataset named 'golden'"):
        ask("from gold('set', 'golden')")


def test_sql_python_and_the_recipe_show_the_same_numbers(capsys):
    from prodflow.core.registry import recipes

    store("set", of_table(KRIPPENDORFF_C, picked))
    [(alpha, tasks, votes)] = ask("from alpha('set')")
    found = measure_agreement("set", resamples=100)
    assert (alpha, tasks, votes) == (pytest.approx(found.overall["alpha"].value, abs=1e-12), 11, 40)
    for pair, row in zip(found.pairs, ask("from agreement('set')"), strict=True):
        assert row == (pair.a, pair.b, pair.tasks, pytest.approx(pair.agreement), pytest.approx(pair.kappa.value))
    recipes.get("metric.iaa.doc")("dataset:set", "multiclass")
    shown = capsys.readouterr()
    assert "0.7434 (95 %:" in shown.out + shown.err
