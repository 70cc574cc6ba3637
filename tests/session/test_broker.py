"""Open tasks go to who they were routed to, and to nobody twice."""

from hypothesis import given
from hypothesis import strategies as st

from prodflow.session.broker import Broker
from prodflow.session.session import Session


def a_task(number):
    return {"text": str(number), "_task_hash": number, "_input_hash": number}


def numbers(tasks):
    return [task["_task_hash"] for task in tasks]


def test_asking_again_gives_the_same_tasks():
    broker, alex = Broker(lease_s=60, stealing=True), Session("set-alex")
    for number in range(5):
        broker.add(a_task(number), [alex], now=0)

    first = broker.take(alex, 3, now=0)
    again = broker.take(alex, 3, now=1)

    assert numbers(first) == numbers(again) == [0, 1, 2]


def test_an_answered_task_makes_room_for_the_next():
    broker, alex = Broker(lease_s=60, stealing=True), Session("set-alex")
    for number in range(4):
        broker.add(a_task(number), [alex], now=0)
    broker.take(alex, 2, now=0)

    broker.answered(alex, a_task(0))

    assert numbers(broker.take(alex, 2, now=0)) == [1, 2]
    assert 0 not in broker.open


def test_an_open_task_is_not_added_twice():
    broker, alex, jo = Broker(lease_s=60, stealing=True), Session("set-alex"), Session("set-jo")
    assert broker.add(a_task(1), [alex], now=0)
    assert not broker.add(a_task(1), [jo], now=0)
    assert numbers(broker.take(jo, 5, now=0)) == []


def test_a_task_for_two_closes_when_both_have_answered():
    broker, alex, jo = Broker(lease_s=60, stealing=False), Session("set-alex"), Session("set-jo")
    broker.add(a_task(1), [alex, jo], now=0)

    broker.answered(alex, a_task(1))
    assert numbers(broker.take(alex, 5, now=0)) == []
    assert numbers(broker.take(jo, 5, now=0)) == [1]

    broker.answered(jo, a_task(1))
    assert broker.open == {}


def test_a_hold_that_ran_out_goes_to_another_session():
    broker, alex, jo = Broker(lease_s=60, stealing=True), Session("set-alex"), Session("set-jo")
    sessions = {"set-alex": alex, "set-jo": jo}
    broker.add(a_task(1), [alex], now=0)
    broker.take(alex, 1, now=0)

    assert broker.steal(jo, sessions, 5, now=59) == []
    assert broker.steal(jo, sessions, 5, now=61) == [("set-alex", 1)]
    assert numbers(broker.take(jo, 5, now=61)) == [1]
    assert numbers(broker.take(alex, 5, now=61)) == []


def test_a_late_answer_relieves_the_session_the_task_went_to():
    broker, alex, jo = Broker(lease_s=60, stealing=True), Session("set-alex"), Session("set-jo")
    broker.add(a_task(1), [alex], now=0)
    broker.take(alex, 1, now=0)
    broker.steal(jo, {"set-alex": alex, "set-jo": jo}, 5, now=61)
    broker.take(jo, 1, now=61)

    broker.answered(alex, a_task(1))

    assert broker.open == {}
    assert numbers(broker.take(jo, 5, now=62)) == []


def test_an_undone_task_comes_first():
    broker, alex = Broker(lease_s=60, stealing=True), Session("set-alex")
    for number in range(3):
        broker.add(a_task(number), [alex], now=0)
    broker.take(alex, 3, now=0)
    broker.answered(alex, a_task(2))

    broker.reopen(alex, a_task(2), now=1)

    assert numbers(broker.take(alex, 5, now=1)) == [2, 0, 1]


def test_a_task_restored_after_a_restart_is_not_asked_twice_when_the_stream_comes_by_it():
    broker, alex, jo = Broker(lease_s=60, stealing=False), Session("set-alex"), Session("set-jo")
    broker.restore(alex, a_task(1), expires=50)

    assert not broker.add(a_task(1), [jo], now=0, limit=1)
    assert numbers(broker.take(jo, 5, now=0)) == []
    assert numbers(broker.take(alex, 5, now=0)) == [1]


def test_a_task_for_two_that_one_held_before_a_restart_goes_to_one_more():
    broker, alex, jo = Broker(lease_s=60, stealing=False), Session("set-alex"), Session("set-jo")
    broker.restore(alex, a_task(1), expires=50)

    assert broker.add(a_task(1), [alex, jo], now=0, limit=2)
    assert numbers(broker.take(jo, 5, now=0)) == [1]


@given(st.lists(st.sampled_from(["take", "answer", "steal", "add"]), max_size=60), st.randoms(use_true_random=False))
def test_no_task_is_held_by_two_sessions_without_overlap(steps, random):
    """Whatever happens in whatever order: one holder a task, and what was answered does not come back."""
    broker = Broker(lease_s=10, stealing=True)
    sessions = {name: Session(name) for name in ("set-a", "set-b", "set-c")}
    answered, now, added = set(), 0.0, 0
    for step in steps:
        now += random.random() * 6
        session = random.choice(list(sessions.values()))
        if step == "add":
            broker.add(a_task(added), [session], now)
            added += 1
        elif step == "take":
            assert not answered & set(numbers(broker.take(session, 3, now)))
        elif step == "steal":
            broker.steal(session, sessions, 2, now)
        elif session.held:
            task = random.choice(list(session.held.values()))
            broker.answered(session, task)
            answered.add(task["_task_hash"])
        held = [key for one in sessions.values() for key in one.held if key in broker.open]
        assert len(held) == len(set(held))
        assert set(broker.open) == set(range(added)) - answered
