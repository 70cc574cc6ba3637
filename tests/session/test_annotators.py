"""Nothing is lost and nothing doubled, whoever comes and goes; and each way to break that is noticed."""

import dataclasses
import uuid
from concurrent.futures import Future

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from prodflow.session import answers
from prodflow.session.asking import Asking
from prodflow.session.assign import Assigner
from prodflow.session.broker import Broker, OpenTask
from prodflow.session.record import Recorder, _done
from prodflow.store.journal import Ack, Journal
from tests.session.annotators import Annotators

TestAnnotators = Annotators.TestCase
TestAnnotators.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)


def before(kind, name, change):
    """Call something before a method."""
    sound = getattr(kind, name)

    def broken(self, *args, **kwargs):
        change(self, *args, **kwargs)
        return sound(self, *args, **kwargs)

    return kind, name, broken


def after(kind, name, change):
    """Change what a method returns."""
    sound = getattr(kind, name)
    return kind, name, lambda self, *args, **kwargs: change(self, sound(self, *args, **kwargs), *args, **kwargs)


def instead(kind, name, result):
    """Let a method do nothing and return something."""
    return kind, name, lambda self, *args, **kwargs: result


def serve_again(broker, relieved, session, task, sessions):
    session.held[task["_task_hash"]] = task
    broker.open[task["_task_hash"]] = OpenTask(task, 1, assigned={session.id})
    return relieved


def stay_with_who_had_it(broker, lost, entry, session, sessions, now):
    if isinstance(lost, str):
        entry.assigned.add(lost)
        sessions[lost].held[entry.task["_task_hash"]] = entry.task
    return lost


def give_back_to_who_was_relieved(broker, relieved, session, task, sessions):
    for name in relieved:
        sessions[name].held[task["_task_hash"]] = task
        broker.open[task["_task_hash"]] = OpenTask(task, 2, assigned={name}, answered={session.id})
    return relieved


def forget_what_is_held(self, session, *args, **kwargs):
    session.held.clear()


RESTORE = Broker.restore
SUBMIT = Journal.submit


def submit_without_late(journal, dataset, events):
    """Acknowledge what is late, and do not store it."""
    if not any(event.late for event in events):
        return SUBMIT(journal, dataset, events)
    acknowledged = Future()
    acknowledged.set_result([Ack(event.event_id, 1, duplicate=False, replaced=None) for event in events])
    return acknowledged


def without_late(asking, session, recorded, before_db):
    recorded[:] = [dataclasses.replace(one, late=False) for one in recorded]


FAULTS = {
    "a lease never runs out": (
        "no_overlap",
        instead(Broker, "overdue", []),
        "answers of 1",
    ),
    "a lease runs out at once": (
        "no_overlap",
        before(Broker, "overdue", lambda self, *_: setattr(self, "lease_s", -1)),
        "taken away before its time",
    ),
    "what was answered is asked again": (
        "no_overlap",
        after(Broker, "answered", serve_again),
        "what was answered comes again",
    ),
    "an answer that is sent again is stored again": (
        "no_overlap",
        (answers, "event_id_of", lambda answer, path: str(uuid.uuid4())),
        "stored twice",
    ),
    "the router's rule does not count when a task is handed on": (
        "by_language",
        after(Assigner, "next_of", lambda self, found, entry, task, late, asking, now: asking),
        "the router's rule does not count",
    ),
    "a task is handed on, and stays with who had it": (
        "no_overlap",
        after(Broker, "hand_on", stay_with_who_had_it),
        "more people have a task|a late answer|answers comes again",
    ),
    "a late answer is dropped": (
        "no_overlap",
        (Journal, "submit", submit_without_late),
        "the journal does not say what was answered",
    ),
    "a late answer is not flagged": (
        "no_overlap",
        before(Asking, "store", without_late),
        "a late answer is not told",
    ),
    "a late answer relieves nobody": (
        "no_overlap",
        after(Broker, "answered", give_back_to_who_was_relieved),
        "an answer too many|more people have a task|a restart changes who has what",
    ),
    "undo forgets the task": (
        "no_overlap",
        instead(Broker, "reopen", None),
        "an undone task is gone|answers of 1",
    ),
    "a page that is loaded again gets other tasks": (
        "no_overlap",
        before(Broker, "take", forget_what_is_held),
        "a page that was loaded again lost a task",
    ),
    "a restart forgets who waits": (
        "for_others",
        instead(Recorder, "route", _done(None)),
        "a restart changes who has what|answers of 1",
    ),
    "a clock that was set back keeps tasks with who had them": (
        "no_overlap",
        (Broker, "restore", lambda self, *args: RESTORE(self, *args[:-1], float("inf"))),
        "kept for too long",
    ),
    "what is handed out is not written first": (
        "no_overlap",
        (Recorder, "lease", lambda self, *args, sound=Recorder.lease, routed=False: sound(self, *args, routed=True)),
        "a kill takes a task away from who has it|a restart changes who has what",
    ),
    "who joins late is not asked": (
        "two",
        after(Assigner, "wanted", lambda self, n, task, names: len(names)),
        "answers of 2",
    ),
    "more are asked than were wanted": (
        "two",
        after(Assigner, "wanted", lambda self, n, task, names: n + 1),
        "more people have a task",
    ),
    "the stream is drained": (
        "for_others",
        (Asking, "crowded", property(lambda self: False)),
        "the stream is drained into queues",
    ),
    "a task comes twice": (
        "no_overlap",
        after(Broker, "take", lambda self, batch, *_: batch[:1] + batch[:1]),
        "a task comes twice in a reply",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_broker_is_noticed(fault, monkeypatch):
    router, (kind, name, broken), words = FAULTS[fault]
    monkeypatch.setattr(kind, name, broken)
    monkeypatch.setattr(Annotators, "routers", (router,))
    once = settings(
        max_examples=200,
        stateful_step_count=25,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError, match=words):
        run_state_machine_as_test(Annotators, settings=once)
