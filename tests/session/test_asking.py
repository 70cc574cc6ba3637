"""Who is asked what: with routers that do odd things, and with settings that change between runs."""

import logging

import pytest

from prodflow.core.errors import AnswerError
from prodflow.session.controller import Controller
from prodflow.session.session import Session


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def tasks(count):
    return [{"text": f"text {number}"} for number in range(count)]


def make(stream, router=None, **config):
    return Controller("news", "text", stream, task_router=router, config=config)


def answer_all(controller, *names):
    """Let annotators take turns until nobody gets anything; return how many answers each gave."""
    given = dict.fromkeys(names, 0)
    while batches := {name: batch for name in names if (batch := controller.get_questions(f"news-{name}"))}:
        for name, batch in batches.items():
            controller.receive_answers([{**task, "answer": "accept"} for task in batch], f"news-{name}")
            given[name] += len(batch)
    return given


def texts(batch):
    return [task["text"] for task in batch]


@pytest.mark.parametrize("name", ["x" * 500, "a/../b", "a\nb"])
def test_a_name_that_no_session_may_have_costs_no_task(name, caplog):
    controller = make(tasks(30), lambda controller, session_id, task: [name, session_id])
    assert answer_all(controller, "alex") == {"alex": 30}
    assert [record.levelno for record in caplog.records] == [logging.WARNING]  # said once, not for each task
    controller.save()


def test_a_session_named_in_two_ways_gets_a_task_once():
    controller = make(tasks(3), lambda controller, session_id, task: ["alex", "news-alex", session_id])
    assert answer_all(controller, "alex") == {"alex": 3}
    assert controller.open_tasks() == []
    controller.save()


@pytest.mark.parametrize("answer", [5, [1, 2], [None], [""]])
def test_a_router_that_names_no_texts_is_told_so_and_who_asked_gets_the_task(answer, caplog):
    controller = make(tasks(3), lambda controller, session_id, task: answer)
    assert answer_all(controller, "alex") == {"alex": 3}
    assert sum("Traceback" in (record.exc_text or "") for record in caplog.records) <= 1
    assert all("the router raised" in record.message for record in caplog.records)
    controller.save()


def test_a_task_that_could_not_be_routed_is_routed_when_it_can_be():
    failing = [True]

    def make_session(controller, session_id):
        if session_id == "news-jo" and failing:
            failing.clear()
            raise OSError("no space left on device")
        return Session(session_id)

    controller = Controller(
        "news",
        "text",
        tasks(2),
        task_router=lambda controller, session_id, task: ["alex", "jo"],
        session_factory=make_session,
    )
    with pytest.raises(OSError, match="no space"):
        controller.get_questions("news-alex")
    assert texts(controller.get_questions("news-alex")) == ["text 0", "text 1"]
    assert texts(controller.get_questions("news-jo")) == ["text 0", "text 1"]
    controller.save()


def test_more_answers_to_a_task_are_asked_for_where_the_one_who_gave_the_first_reads_the_source_again():
    first = make(tasks(30))
    assert answer_all(first, "alex") == {"alex": 30}
    first.save()

    second = make(tasks(30), annotations_per_task=2)
    assert second.get_questions("news-alex") == []
    assert answer_all(second, "alex", "jo") == {"alex": 0, "jo": 30}
    second.save()


def test_more_answers_to_an_open_task_are_asked_for_after_a_restart():
    first = make(tasks(12), annotations_per_task=2)
    answer_all(first, "alex")
    first.get_questions("news-jo")
    first.save()

    second = make(tasks(12), annotations_per_task=3)
    assert answer_all(second, "alex", "jo", "kim") == {"alex": 0, "jo": 12, "kim": 12}
    second.save()


@pytest.mark.parametrize(
    ("before_db", "words"),
    [
        (lambda answers: answers[0]["nope"], "before_db raised KeyError: 'nope'; the answers are not stored"),
        (lambda answers: ["a"], "before_db returned 'a', which is no task; the answers are not stored"),
    ],
)
def test_what_is_wrong_with_before_db_is_said(before_db, words):
    controller = Controller("news", "text", tasks(1), before_db=before_db)
    [task] = controller.get_questions()
    with pytest.raises(AnswerError) as caught:
        controller.receive_answers([{**task, "answer": "accept"}])
    assert (str(caught.value), caught.value.status) == (words, 500)
    assert controller.get_questions() == [task]
    controller.save()


def test_a_task_with_parts_that_json_has_not_is_left_out_and_the_rest_comes(caplog):
    odd = [{"text": "a"}, {"text": b"b"}, {"text": "c", 1: 2}, {"text": "d", "tags": {1}}, {"text": "e"}]
    controller = make(iter(odd))
    asked = texts(controller.get_questions())
    assert asked[0] == "a" and asked[-1] == "e" and "b" not in asked
    assert "task 2 is left out" in caplog.text and "_record" not in caplog.text
    controller.save()


def test_on_exit_may_ask_for_the_examples_of_the_unnamed_session_though_it_never_came():
    found = []
    controller = Controller(
        "news",
        "text",
        tasks(1),
        on_exit=lambda controller: found.append(controller.db.get_dataset_examples(controller.session_id)),
    )
    controller.load()
    answer_all(controller, "alex")
    controller.save()
    assert found == [[]]


def test_a_stream_that_goes_round_until_all_is_answered_holds_up_nobody():
    answered = set()

    def until_all_is_answered():
        while left := [task for task in tasks(12) if task["text"] not in answered]:
            yield from left

    controller = make(until_all_is_answered())
    mine, theirs = controller.get_questions("news-alex"), controller.get_questions("news-jo")
    assert (len(mine), len(theirs)) == (10, 2)
    assert controller.get_questions("news-kim") == []
    words = "There is nothing new right now: 12 tasks are still with other annotators."
    assert controller.done_reason("news-kim") == words
    for name, batch in (("alex", mine), ("jo", theirs)):
        controller.receive_answers([{**task, "answer": "accept"} for task in batch], f"news-{name}")
        answered.update(texts(batch))
    assert controller.get_questions("news-kim") == []
    assert controller.done_reason("news-kim").startswith("You have reached the end")
    controller.save()
