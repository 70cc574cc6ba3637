"""Agreement and consensus over a store, from Python and the command line."""

import json

import pytest

from prodflow.core.errors import UnknownNameError
from prodflow.quality.agreement import measure_agreement
from prodflow.quality.consensus import find_consensus
from prodflow.quality.span_agreement import measure_span_agreement
from prodflow.store.imports import import_tasks
from prodflow.store.journal import Journal
from prodflow.store.place import store_folder
from tests.quality.test_coefficients import BINARY, KRIPPENDORFF_C
from tests.server_process import run


def store(dataset, tasks):
    with Journal.open(store_folder(None)) as journal:
        import_tasks(journal, dataset, tasks)


def by(annotator, dataset="set", **task):
    return {"answer": "accept", **task, "_session_id": f"{dataset}-{annotator}", "_annotator_id": annotator}


def of_table(table, make):
    return [
        by(f"rater-{rater}", text=f"unit {unit}", **make(value))
        for rater, line in enumerate(table.strip().splitlines())
        for unit, value in enumerate(line.split())
        if value != "."
    ]


def picked(value):
    return {"options": [{"id": name} for name in "12345"], "accept": [value]}


def test_alpha_of_answers_is_that_of_the_publication():
    store("set", of_table(KRIPPENDORFF_C, picked))
    found = measure_agreement("set", level="ordinal", resamples=200)
    assert found.overall["alpha"].value == pytest.approx(0.815388, abs=5e-7)
    assert (found.tasks, found.compared, len(found.annotators), len(found.pairs)) == (12, 11, 4, 6)
    assert set(found.labels) == set("12345")
    [day] = found.days.values()
    assert day.value == found.overall["alpha"].value


def test_binary_answers_and_cohens_kappa():
    store("set", of_table(BINARY, lambda value: {"answer": "accept" if value == "1" else "reject"}))
    found = measure_agreement("set", resamples=0)
    assert found.overall["alpha"].value == pytest.approx(0.095238, abs=5e-7)
    [pair] = found.pairs
    assert (pair.tasks, pair.agreement) == (10, 0.6)


def test_several_choices_are_compared_option_by_option():
    both = {"options": [{"id": "a"}, {"id": "b"}]}
    store("set", [by("ada", text=f"t{n}", **both, accept=["a"] if n % 2 else ["a", "b"]) for n in range(6)])
    store("set", [by("bob", text=f"t{n}", **both, accept=["b", "a"] if n % 2 == 0 else ["a"]) for n in range(6)])
    found = measure_agreement("set", resamples=0)
    assert found.overall["alpha"].value == 1
    assert found.labels["b"].value == 1
    assert "same value" in found.labels["a"].reason


def test_one_annotator_alone_and_ignored_tasks_say_nothing():
    store("set", [by("ada", text="a"), by("ada", text="b", answer="reject"), by("bob", text="a", answer="ignore")])
    found = measure_agreement("set")
    assert found.compared == 0
    assert "nothing to compare" in found.overall["alpha"].reason
    assert found.pairs == []


def test_why_there_is_nothing_to_compare_is_said():
    def reason(dataset):
        return measure_agreement(dataset).overall["alpha"].reason

    store("empty", [by("ada", "empty", text="a", answer="ignore")])
    store("alone", [by("ada", "alone", text="a")])
    store("apart", [by("ada", "apart", text="a"), by("bob", "apart", text="b")])
    assert reason("empty").startswith("nobody has answered yet")
    assert reason("alone").startswith("only one annotator has answered (ada)")
    assert reason("apart").startswith("no task was answered by two of the 2 annotators")


def test_each_annotator_among_the_others():
    store("set", [by(name, text=f"t{n}", answer="accept" if n % 2 else "reject") for name in "ab" for n in range(20)])
    store("set", [by("c", text=f"t{n}", answer="accept" if n % 3 else "reject") for n in range(20)])
    people = {one.name: one for one in measure_agreement("set", resamples=200).people}
    assert people["c"].alpha_without.value == 1
    assert people["c"].agreement.value == pytest.approx(0.5, abs=0.06)
    assert people["a"].agreement.low < people["a"].agreement.value < people["a"].agreement.high
    among = measure_agreement("set", annotators=["a", "b"], resamples=0)
    assert (among.annotators, among.overall["alpha"].value) == (["a", "b"], 1)
    with pytest.raises(UnknownNameError, match="no annotator named 'd'"):
        measure_agreement("set", annotators=["d"])


def test_days_and_pairs_have_intervals():
    for day in (1, 2):
        for name, every in (("ada", 2), ("bob", 3)):
            tasks = [(f"t{day}{n}", "accept" if n % every else "reject") for n in range(30)]
            store("set", [by(name, text=text, answer=said, _timestamp=day * 86_400) for text, said in tasks])
    found = measure_agreement("set", resamples=200)
    assert list(found.days) == ["1970-01-02", "1970-01-03"]
    for estimate in (*found.days.values(), found.pairs[0].kappa):
        assert estimate.low < estimate.value < estimate.high


def test_labels_that_differ_in_case_or_spaces_are_pointed_out():
    options = [{"id": "Cat"}, {"id": "cat "}]
    store("set", [by("ada", text="a", options=options, accept=["Cat"])])
    store("set", [by("bob", text="a", options=options, accept=["cat "])])
    assert measure_agreement("set").warnings == ["'Cat', 'cat ' differ in case or spaces only and count as different"]


def test_spans_are_matched_and_tokens_compared():
    tokens = [{"text": letter, "start": 2 * n, "end": 2 * n + 1, "id": n} for n, letter in enumerate("abcdef")]
    first = {"start": 0, "end": 3, "token_start": 0, "token_end": 1, "label": "X"}
    longer = {"start": 0, "end": 5, "token_start": 0, "token_end": 2, "label": "X"}
    for annotator, span in (("ada", first), ("bob", longer)):
        store("set", [by(annotator, text="a b c d e f", tokens=tokens, spans=[span], _input_hash=1, _task_hash=1)])
    assert measure_span_agreement("set").overall.f1 == 0
    found = measure_span_agreement("set", criterion="overlap")
    assert found.labels["X"].f1 == 1
    assert found.tokens.value == pytest.approx(1 - 11 * (2 / 12) * 12 / (2 * 5 * 7), abs=1e-9)


def test_consensus_believes_the_reliable():
    truth = ["accept" if n % 3 else "reject" for n in range(40)]
    other = {"accept": "reject", "reject": "accept"}
    for name, wrong in (("ada", set()), ("bob", {3, 5, 9, 11}), ("dan", {0}), ("eve", set(range(0, 40, 2)))):
        store(
            "set",
            [by(name, text=f"t{n}", answer=other[one] if n in wrong else one) for n, one in enumerate(truth)],
        )
    found = find_consensus("set")
    assert [name for name, _, _ in found.annotators] == ["eve", "bob", "dan", "ada"]
    assert len(found.tasks) == 40
    assert sum(row["value"] == "accept" for row in found.tasks) == truth.count("accept")
    assert {row["probability"] for row in find_consensus("set", method="majority").tasks} == {1.0, 0.75, 0.5}


def test_an_unknown_dataset_is_named_with_what_is_close():
    store("news", [by("ada", text="a")])
    with pytest.raises(UnknownNameError, match="did you mean 'news'"):
        measure_agreement("newz")


def test_the_commands_print_tables_and_json(home):
    store("set", of_table(KRIPPENDORFF_C, picked))
    table = run(home, "agreement", "set", "--level", "ordinal", "--resamples", "50")
    assert table.returncode == 0, table.stderr
    assert "Krippendorff's alpha  0.815" in table.stdout
    found = json.loads(run(home, "agreement", "set", "--format", "json").stdout)
    assert found["overall"]["alpha"]["value"] == pytest.approx(0.743421, abs=5e-7)
    consensus = run(home, "consensus", "set")
    assert len(consensus.stdout.splitlines()) == 12
    assert "likely right" in consensus.stderr
    spans = run(home, "agreement", "set", "--spans", "exact")
    assert "undefined: nobody marked anything" in spans.stdout
    by_pair = run(home, "agreement", "set", "--by", "pair", "--resamples", "50").stdout.splitlines()
    assert (by_pair[0].split(), len(by_pair)) == (["annotator", "and", "tasks", "agreement", "kappa", "95", "%"], 7)
    weighted = run(home, "agreement", "set", "--level", "interval", "--by", "annotator", "--resamples", "0").stdout
    assert weighted.splitlines()[0].split()[:3] == ["annotator", "answers", "agreement"]
    recipe = run(home, "metric.iaa.span", "set", "--partial")
    assert (recipe.returncode, "undefined" in recipe.stdout + recipe.stderr) == (0, True)
    recipe = run(home, "metric.iaa.doc", "set", "multiclass", "-l", "1,2", "-a", "set-rater-0,rater-1")
    assert (recipe.returncode, "alpha by label" in recipe.stdout) == (0, True)
    wrong = run(home, "metric.iaa.binary", "dataset:set")
    assert (wrong.returncode, "has choices ('1')" in wrong.stderr) == (2, True)
    wrong = run(home, "agreement", "sett")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
