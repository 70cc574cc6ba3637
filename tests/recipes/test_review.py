"""The recipe `review`: what is asked, what is stored without asking, and what a decision keeps."""

import json

import pytest

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.recipes.review import review
from prodflow.session.controller import Controller
from prodflow.store.database import connect

OPTIONS = [{"id": "A", "text": "A"}, {"id": "B", "text": "B"}]


@pytest.fixture
def store(home):
    with connect() as database:
        yield database


def say(store, text, picks, dataset="set", **more):
    """Let annotators, by name, answer a choice; `-` rejects it, `?` ignores it."""
    task = {"text": text, "options": OPTIONS, "_view_id": "choice", **more}
    verdict = {"-": "reject", "?": "ignore"}
    answers = [
        {"accept": [] if pick in verdict else [pick], "answer": verdict.get(pick, "accept"), "_session_id": who}
        for who, pick in ((f"{dataset}-{name}", pick) for name, pick in picks.items())
    ]
    store.add_examples([{**task, **answer} for answer in answers], dataset)


@pytest.fixture
def answered(store):
    """Three annotators: two agree on all, the third disagrees at one."""
    for text in ("one", "two", "three"):
        say(store, text, {"ada": "A", "bob": "A", "cy": "B" if text == "two" else "A"})
    say(store, "alone", {"ada": "B"})
    return store


def asked(*arguments, **options):
    components = review("gold", *(arguments or (["set"],)), **options)
    if components is None:
        return []
    stream = components["stream"]
    texts = [task["text"] for task in stream]
    components["on_exit"](None)
    return texts


def test_everything_is_asked_with_what_most_said_first(answered):
    components = review("gold", ["set"])
    tasks = {task["text"]: task["versions"] for task in components["stream"]}
    assert list(tasks) == ["one", "two", "three", "alone"]
    assert [(version["accept"], len(version["sessions"])) for version in tasks["two"]] == [(["A"], 2), (["B"], 1)]


def test_what_annotators_agree_on_is_stored_without_asking(answered):
    assert asked(auto_accept=True) == ["two", "alone"]
    stored = answered.get_dataset_examples("gold")
    assert [(task["text"], task["accept"], task["_annotator_id"]) for task in stored] == [
        ("one", ["A"], "auto-accept"),
        ("three", ["A"], "auto-accept"),
    ]
    assert stored[0]["_review"] == {"decided_by": None, "version": 0, "for": ["ada", "bob", "cy"], "against": []}
    assert [vote["annotator"] for vote in stored[0]["versions"][0]["_votes"]] == ["ada", "bob", "cy"]


def test_a_single_answer_is_stored_where_that_is_wished(answered):
    assert asked(accept_single=True) == ["two"]


def test_a_second_run_stores_nothing_twice_and_says_why_there_is_nothing_to_ask(store, capsys):
    say(store, "one", {"ada": "A", "bob": "A"})
    assert asked(auto_accept=True) == asked(auto_accept=True) == []
    assert store.count("gold") == 1
    assert "Nothing to ask about set: 1 decided before" in capsys.readouterr().err


def test_only_disagreements_or_a_sample(store):
    for number in range(60):
        say(store, f"{number}", {"ada": "A", "bob": "B" if number < 10 else "A"})
    disputed = [str(number) for number in range(10)]
    assert asked(disagreements=True) == disputed
    sample = asked(sample=0.5)
    assert 15 < len(sample) < 45
    both = asked(disagreements=True, sample=0.2)
    assert both[:10] == disputed and 0 < len(both) - 10 < 25
    assert asked(sample=0.2, auto_accept=True) == both
    assert store.count("gold") == 60 - len(both)


def test_a_rejection_is_no_version_of_what_is_made_but_nobody_agrees_with_it(store):
    say(store, "none fits", {"ada": "A", "bob": "A", "cy": "-"})
    say(store, "skipped", {"ada": "A", "bob": "A", "cy": "?"})
    say(store, "all skipped", {"ada": "?", "bob": "-"})
    assert asked(auto_accept=True) == ["none fits"]
    assert asked(["set"], show_skipped=True) == ["none fits", "skipped", "all skipped"]


def test_votes_for_and_against_are_asked_in_views_where_nothing_is_made(store):
    for who, answer in (("ada", "accept"), ("bob", "reject")):
        task = {"text": "Rain", "label": "WEATHER", "_view_id": "classification", "answer": answer}
        store.add_examples([{**task, "_session_id": f"set-{who}"}], "set")
        store.add_examples([{**task, "label": "NEWS", "answer": "reject", "_session_id": f"set-{who}"}], "set")
    [task] = review("gold", ["set"], auto_accept=True)["stream"]
    assert task["label"] == "WEATHER"
    assert [version["answer"] for version in task["versions"]] == ["accept", "reject"]
    assert [(done["label"], done["answer"]) for done in store.iter_dataset_examples("gold")] == [("NEWS", "reject")]


def test_several_datasets_are_reviewed_together(store):
    say(store, "one", {"ada": "A"}, dataset="first")
    say(store, "one", {"bob": "B"}, dataset="second")
    [task] = review("gold", ["first", "second"])["stream"]
    assert [version["sessions"] for version in task["versions"]] == [["first-ada"], ["second-bob"]]


def test_labels_to_mark_with_are_those_in_the_answers(store):
    spans = [{"start": 0, "end": 1, "label": "PER"}]
    store.add_examples([{"text": "ab", "spans": spans, "_view_id": "ner_manual", "_session_id": "set-ada"}], "set")
    assert review("gold", ["set"])["config"]["labels"] == ["PER"]
    assert review("gold", ["set"], label="PER,ORG")["config"]["labels"] == ["PER", "ORG"]


def controller_of(**options):
    return Controller.from_components("review", review("gold", ["set"], **options))


def decide(controller, task, picks):
    """Answer as the app does: with the keys that changed."""
    answer = {"_task_hash": task["_task_hash"], "answer": "accept", "accept": picks}
    return controller.receive_answers([answer], "gold-kim")


def test_goes_on_as_answers_come(store):
    say(store, "early", {"ada": "A", "bob": "B"})
    say(store, "half", {"ada": "A"})
    controller = controller_of(live=True)
    [early] = controller.get_questions("gold-kim")
    decide(controller, early, ["B"])
    assert controller.get_questions("gold-kim") == []
    assert "1 need more answers" in controller.done_reason("gold-kim")
    say(store, "half", {"bob": "B"})
    say(store, "late", {"ada": "B", "bob": "A"})
    assert [task["text"] for task in controller.get_questions("gold-kim")] == ["half", "late"]
    assert controller.done_reason("gold-kim") is None
    controller.save()


def test_waits_for_as_many_annotators_as_are_wanted(store):
    say(store, "one", {"ada": "A", "bob": "B"})
    controller = controller_of(live=True, votes=3)
    assert controller.get_questions("gold-kim") == []
    say(store, "one", {"cy": "B"})
    [task] = controller.get_questions("gold-kim")
    assert [version["accept"] for version in task["versions"]] == [["B"], ["A"]]
    controller.save()


@pytest.mark.parametrize("restarted", [False, True])
def test_what_was_agreed_on_is_taken_back_and_asked_when_somebody_disagrees(store, restarted):
    say(store, "one", {"ada": "A", "bob": "A"})
    controller = controller_of(live=True, auto_accept=True)
    assert controller.get_questions("gold-kim") == []
    assert store.count("gold") == 1
    say(store, "one", {"cy": "B"})
    if restarted:
        controller.save()
        controller = controller_of(live=True, auto_accept=True)
    [task] = controller.get_questions("gold-kim")
    assert store.count("gold") == 0
    decide(controller, task, ["B"])
    [stored] = store.get_dataset_examples("gold")
    assert (stored["accept"], stored["_review"]["decided_by"]) == (["B"], "kim")
    controller.save()
    assert asked(auto_accept=True) == []


def test_a_decision_keeps_the_answers_behind_it_also_where_names_were_hidden_and_the_server_was_restarted(answered):
    controller = controller_of(blind=True, disagreements=True)
    [shown] = controller.get_questions("gold-kim")
    assert not any(name in json.dumps(shown) for name in ("ada", "bob", "cy"))
    controller.save()
    controller = controller_of(blind=True, disagreements=True)
    [again] = controller.get_questions("gold-kim")
    decide(controller, again, ["B"])
    controller.save()
    [stored] = answered.get_dataset_examples("gold")
    assert stored["_review"] == {"decided_by": "kim", "version": 1, "for": ["cy"], "against": ["ada", "bob"]}
    assert [version["sessions"] for version in stored["versions"]] == [["set-ada", "set-bob"], ["set-cy"]]
    [dissent] = stored["versions"][1]["_votes"]
    assert (dissent["annotator"], dissent["dataset"], dissent["answer"]) == ("cy", "set", "accept")
    assert answered.sql("select event_id from answers where annotator = 'cy' and text = 'two'").fetchall() == [
        (dissent["event_id"],)
    ]


def test_what_a_client_says_about_the_versions_does_not_count(answered):
    controller = controller_of(disagreements=True)
    [task] = controller.get_questions("gold-kim")
    forged = [{"accept": ["B"], "answer": "accept", "sessions": ["set-nobody"], "_votes": []}]
    controller.receive_answers([{**task, "answer": "accept", "accept": ["B"], "versions": forged}], "gold-kim")
    [stored] = answered.get_dataset_examples("gold")
    assert [version["sessions"] for version in stored["versions"]] == [["set-ada", "set-bob"], ["set-cy"]]
    controller.save()


def test_what_is_decided_is_not_asked_again_and_an_undone_decision_is(answered):
    controller = controller_of(disagreements=True)
    [task] = controller.get_questions("gold-kim")
    decide(controller, task, ["A"])
    controller.save()
    assert asked(disagreements=True) == []
    controller = controller_of()
    controller.undo("gold-kim", task["_task_hash"])
    controller.save()
    assert asked(disagreements=True) == ["two"]


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("gold", ["gold"]), {}, "into itself"),
        (("gold", []), {}, "no dataset to review"),
        (("gold", ["set"]), {"sample": 2.0}, "--sample 2.0 is no share"),
        (("gold", ["set"]), {"votes": 0}, "--votes 0 is below 1"),
        (("gold", ["set"]), {"iou": 0.0}, "--iou 0.0"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(answered, arguments, options, words):
    with pytest.raises(SettingError, match=words):
        review(*arguments, **options)


def test_a_dataset_that_is_not_there_is_named_with_those_that_are(answered):
    with pytest.raises(UnknownNameError, match="no dataset named 'sett'; did you mean 'set'"):
        review("gold", ["sett"])


def test_answers_without_an_interface_need_one(store):
    store.add_examples([{"text": "a", "answer": "accept"}], "set")
    with pytest.raises(SettingError, match="does not say in which interface it was answered; give --view-id"):
        review("gold", ["set"])
    assert asked(["set"], view_id="text") == ["a"]
