"""What an earlier run left open, when the next one has other settings; and what others let lie."""

import pytest

from prodflow import set_hashes
from prodflow.session import asking, handing
from prodflow.session.controller import Controller
from prodflow.store.database import Database

TASKS = [set_hashes({"text": f"text {number}"}) for number in range(4)]


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path / "store") as database:
        yield database


def start(database, tasks=TASKS, view_id="text", **settings):
    return Controller("news", view_id, list(tasks), db=database, config=settings)


def accepted(controller, name, tasks):
    return controller.receive_answers([{**task, "answer": "accept"} for task in tasks], name)


@pytest.mark.parametrize("before", [{"annotations_per_task": 2}, {"feed_overlap": True}])
def test_tasks_that_have_enough_answers_now_are_closed_and_late_ones_are_stored(database, before):
    controller = start(database, **before)
    accepted(controller, "news-alex", controller.get_questions("news-alex")[:2])
    shown = controller.get_questions("news-jo")
    controller.save()

    controller = start(database)
    controller.get_questions("news-kim")
    assert {task["text"] for task in controller.open_tasks()} == {"text 2", "text 3"}
    [late] = accepted(controller, "news-jo", [task for task in shown if task["text"] == "text 0"])
    assert late.late
    assert late.stored
    controller.save()

    controller = start(database)
    assert {task["text"] for task in controller.open_tasks()} == {"text 2", "text 3"}
    controller.save()


def test_open_tasks_of_another_view_are_told_of_and_can_be_left_out(database, caplog):
    controller = start(database)
    accepted(controller, "news-alex", controller.get_questions("news-alex")[:1])
    controller.save()
    start(database).save()
    assert not caplog.messages

    others = [{"text": "other", "label": "A"}]
    start(database, others, "classification").save()
    [words] = caplog.messages
    assert words.startswith("3 open tasks of an earlier run")
    assert "come first; --drop-open-tasks leaves them out" in words

    controller = start(database, others, "classification", drop_open_tasks=True)
    assert [task["text"] for task in controller.get_questions("news-alex")] == ["other"]
    assert "are not asked any more" in caplog.messages[-1]
    controller.save()


def test_the_router_is_asked_once_about_what_others_let_lie(database, monkeypatch):
    now, asked = [1000.0], []

    def steady_s():
        return now[0]

    for module in (asking, handing):
        monkeypatch.setattr(module.clock, "steady_s", steady_s)

    def for_alex(controller, session_id, task):
        asked.append(task["text"])
        return ["news-alex"]

    controller = Controller("news", "text", TASKS, db=database, task_router=for_alex, config={"lease_s": 10})
    controller.get_questions("news-alex")
    now[0] += 60
    counts = []
    for _ in range(3):
        asked.clear()
        assert controller.get_questions("news-jo") == []
        counts.append(len(asked))
        now[0] += 1
    assert counts == [4, 0, 0]
    asked.clear()
    controller.get_questions("news-kim")
    controller.get_questions("news-jo")
    assert len(asked) == 8, "who comes is asked about, and changes what was decided"
    controller.save()


def test_two_who_take_a_late_answer_back_keep_the_task_over_a_restart(database, monkeypatch):
    now = [1000.0]
    for module in (asking, handing):
        monkeypatch.setattr(module.clock, "steady_s", lambda: now[0])
    controller = start(database, TASKS[:1], lease_s=10.0)
    [task] = controller.get_questions("news-alex")
    now[0] += 20
    assert controller.get_questions("news-jo") == [task]
    accepted(controller, "news-alex", [task])  # late: jo is relieved of it
    accepted(controller, "news-jo", [task])
    for name in ("news-alex", "news-jo"):
        controller.undo(name, task["_task_hash"])
    held = [controller._asking.broker.open[task["_task_hash"]].places]
    controller.save()

    controller = start(database, TASKS[:1], lease_s=10.0)
    held += [controller._asking.broker.open[task["_task_hash"]].places]
    assert held == [0, 0]
    for name in ("news-alex", "news-jo"):
        [recorded] = accepted(controller, name, controller.get_questions(name))
        assert not recorded.late
    controller.save()
