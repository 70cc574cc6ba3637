"""Questions with known answers come now and then, and look like the others."""

import pytest

from prodflow import set_hashes
from prodflow.core.errors import SettingError
from prodflow.routers import full_overlap, no_overlap, route_average_per_task, with_gold
from prodflow.session.controller import Controller

GOLD = [
    {
        **set_hashes({"text": f"known {number}", "label": "NEWS"}),
        "answer": "accept",
        "accept": ["A"],
        "_session_id": "gold-boss",
        "_annotator_id": "boss",
        "_timestamp": 1,
        "_view_id": "classification",
        "flagged": True,
        "versions": [{"answer": "accept", "sessions": ["gold-boss"]}],
        "view_id": "classification",
        "_review": {"decided_by": "boss"},
    }
    for number in range(12)
]


def annotate(controller, name, count):
    tasks = []
    while len(tasks) < count and (batch := controller.get_questions(name)):
        controller.receive_answers([{**task, "answer": "accept"} for task in batch], name)
        tasks += batch
    return tasks


@pytest.fixture
def controller(home):
    stream = ({"text": f"text {number}", "label": "NEWS"} for number in range(1000))
    controller = Controller("news", "classification", stream, task_router=with_gold(no_overlap, GOLD, rate=0.2))
    yield controller
    controller.save()


def test_each_annotator_gets_them_at_the_rate_and_each_once(controller):
    for name in ("news-alex", "news-jo"):
        texts = [task["text"] for task in annotate(controller, name, 40)]
        known = [text for text in texts if text.startswith("known")]
        assert 2 <= len(known) <= 12
        assert len(set(texts)) == len(texts)
    everything = annotate(controller, "news-alex", 200)
    assert sum(task["text"].startswith("known") for task in everything) <= 12


def test_who_did_not_ask_first_and_who_comes_late_get_as_many(home):
    stream = ({"text": f"text {number}", "label": "NEWS"} for number in range(40))
    controller = Controller("news", "classification", stream, task_router=with_gold(full_overlap, GOLD, rate=0.5))
    controller.confirm_session("news-jo")
    for name in ("news-alex", "news-jo", "news-late"):
        texts = [task["text"] for task in annotate(controller, name, 60)]
        assert len(set(texts)) == len(texts)
        assert sum(text.startswith("text") for text in texts) == 40, name
        known = [place for place, text in enumerate(texts) if text.startswith("known")]
        assert len(known) >= 8, name
        assert known[-1] - known[0] > len(known), "scattered"
    controller.save()


def test_nothing_in_a_question_says_that_its_answer_is_known(controller):
    tasks = annotate(controller, "news-alex", 60)
    shapes = {tuple(task) for task in tasks}  # in order, as the browser gets them
    assert any(task["text"].startswith("known") for task in tasks)
    assert len(shapes) == 1, shapes


def test_the_places_cannot_be_worked_out_unless_a_seed_is_given():
    def places(seed):
        router = with_gold(no_overlap, GOLD, rate=0.5, seed=seed)
        return [router.extra("news-alex", lambda task: False) is None for _ in range(200)]

    assert places(None) != places(None)
    assert places(1) == places(1)


def test_the_answers_can_be_compared_with_the_known_ones(controller):
    tasks = annotate(controller, "news-alex", 60)
    hashes = {task["_task_hash"] for task in GOLD}
    assert {task["_task_hash"] for task in tasks if task["text"].startswith("known")} <= hashes


def test_the_router_of_the_other_questions_keeps_its_rules():
    router = with_gold(route_average_per_task(3), GOLD)
    assert router.wanted({"text": "a"}) == 3


@pytest.mark.parametrize(("gold", "rate"), [([], 0.1), (GOLD, 0), (GOLD, 1)])
def test_settings_that_cannot_be_meant_are_refused(gold, rate):
    with pytest.raises(SettingError, match="with_gold"):
        with_gold(no_overlap, gold, rate=rate)
