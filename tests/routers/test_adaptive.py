"""One more person is asked until the answers are clear."""

import random

import pytest

from prodflow.core.errors import SettingError
from prodflow.routers import route_until_agreed, route_until_certain
from prodflow.session.controller import Controller

NAMES = [f"news-{name}" for name in ("alex", "jo", "kim", "lu", "mo")]


def annotate(controller, decide):
    """Let everybody answer until nobody gets anything; return the answers by text."""
    answers = {}
    while True:
        went = False
        for name in NAMES:
            for task in controller.get_questions(name):
                answers.setdefault(task["text"], []).append((name, decide(name, task["text"])))
                controller.receive_answers([{**task, "answer": answers[task["text"]][-1][1]}], name)
                went = True
        if not went:
            return answers


def test_a_tie_goes_to_people_who_have_not_seen_the_task_until_a_majority_or_the_limit(home):
    said = []

    def decide(name, text):
        if text == "hopeless":
            said.append(name)
            return ("accept", "reject")[len(said) % 2]
        return "reject" if text == "one differs" and name == NAMES[0] else "accept"

    texts = ["clear", "one differs", "hopeless"]
    controller = Controller(
        "news", "text", [{"text": text} for text in texts], task_router=route_until_agreed(least=2, most=4)
    )
    answers = annotate(controller, decide)
    assert len(answers["clear"]) == 2
    assert len(answers["hopeless"]) == 3
    for given in answers.values():
        assert len({name for name, _ in given}) == len(given), "somebody was asked twice"
        verdicts = [decision for _, decision in given]
        assert max(map(verdicts.count, verdicts)) * 2 > len(verdicts) or len(verdicts) == 4
    controller.save()


def test_what_ties_when_the_server_stops_is_looked_at_when_it_starts_again(home):
    def start():
        return Controller("news", "text", [{"text": "a"}], task_router=route_until_agreed(least=2, most=3))

    controller = start()
    for name, decision in zip(NAMES, ("accept", "reject"), strict=False):
        [task] = controller.get_questions(name)
        controller.receive_answers([{**task, "answer": decision}], name)
    controller.save()
    controller = start()
    assert controller.get_questions(NAMES[0]) == []
    assert [task["text"] for task in controller.get_questions(NAMES[2])] == ["a"]
    controller.save()


def test_people_who_are_mostly_right_need_fewer_answers_to_be_certain():
    rng, router = random.Random(0), route_until_certain(probability=0.95, least=2, most=5)
    right = {"ada": 0.97, "bob": 0.97, "cy": 0.6, "di": 0.6}
    for number in range(300):
        truth = rng.choice(["accept", "reject"])
        wrong = "reject" if truth == "accept" else "accept"
        answers = [
            {"_task_hash": number, "_session_id": who, "answer": truth if rng.random() < skill else wrong}
            for who, skill in right.items()
        ]
        router.missing({}, answers)

    def said(*names):
        return [{"_task_hash": -1, "_session_id": name, "answer": "accept"} for name in names]

    assert router.missing({}, said("ada", "bob")) == 0
    assert router.missing({}, said("cy", "di")) == 1
    assert router.missing({}, said("ada", "bob", "cy", "di", "eve")) == 0


def test_the_server_asks_until_it_is_certain(home):
    router = route_until_certain(probability=0.9, least=2, most=4)
    controller = Controller("news", "text", [{"text": str(number)} for number in range(8)], task_router=router)
    answers = annotate(controller, lambda name, text: "accept" if name != NAMES[4] else "reject")
    assert all(2 <= len(given) <= 4 for given in answers.values())
    assert all(len({name for name, _ in given}) == len(given) for given in answers.values())
    controller.save()


@pytest.mark.parametrize("settings", [{"least": 0}, {"least": 3, "most": 2}])
def test_numbers_that_do_not_go_together_are_refused(settings):
    for router in (route_until_agreed, route_until_certain):
        with pytest.raises(SettingError, match="do not go together"):
            router(**settings)
    with pytest.raises(SettingError, match="probability=1"):
        route_until_certain(probability=1)
