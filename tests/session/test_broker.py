"""Open tasks go to who they were routed to, and to nobody twice; the whole of it is tested in `test_annotators`."""

from prodflow.session.broker import Broker
from prodflow.session.session import Session


def a_task(number):
    return {"text": str(number), "_task_hash": number, "_input_hash": number}


def numbers(tasks):
    return [task["_task_hash"] for task in tasks]


def a_broker(*names, stealing=True):
    return Broker(lease_s=60, stealing=stealing), {name: Session(name) for name in names}


def test_asking_again_gives_the_same_tasks():
    broker, sessions = a_broker("alex")
    for number in range(5):
        broker.add(a_task(number), sessions.values(), now=0)

    first = broker.take(sessions["alex"], 3, now=0)
    again = broker.take(sessions["alex"], 3, now=1)

    assert numbers(first) == numbers(again) == [0, 1, 2]


def test_an_answered_task_makes_room_for_the_next():
    broker, sessions = a_broker("alex")
    for number in range(4):
        broker.add(a_task(number), sessions.values(), now=0)
    broker.take(sessions["alex"], 2, now=0)

    broker.answered(sessions["alex"], a_task(0), sessions)

    assert numbers(broker.take(sessions["alex"], 2, now=0)) == [1, 2]
    assert 0 not in broker.open


def test_an_open_task_is_not_added_twice():
    broker, sessions = a_broker("alex", "jo")
    assert broker.add(a_task(1), [sessions["alex"]], now=0) == ["alex"]
    assert broker.add(a_task(1), [sessions["jo"]], now=0) == []
    assert numbers(broker.take(sessions["jo"], 5, now=0)) == []


def test_a_task_for_two_closes_when_both_have_answered():
    broker, sessions = a_broker("alex", "jo")
    broker.add(a_task(1), sessions.values(), now=0)

    broker.answered(sessions["alex"], a_task(1), sessions)
    assert numbers(broker.take(sessions["alex"], 5, now=0)) == []
    assert numbers(broker.take(sessions["jo"], 5, now=0)) == [1]

    broker.answered(sessions["jo"], a_task(1), sessions)
    assert broker.open == {}


def test_a_hold_that_ran_out_may_go_to_another_session_and_only_then():
    broker, sessions = a_broker("alex", "jo")
    alex, jo = sessions.values()
    broker.add(a_task(1), [alex], now=0)
    broker.take(alex, 1, now=0)

    assert broker.overdue(jo, now=59) == []
    [entry] = broker.overdue(jo, now=61)
    assert broker.hand_on(entry, jo, sessions, now=61) == "alex"
    assert numbers(broker.take(jo, 5, now=61)) == [1]
    assert numbers(broker.take(alex, 5, now=61)) == []


def test_asking_again_keeps_a_hold_from_running_out():
    broker, sessions = a_broker("alex", "jo")
    broker.add(a_task(1), [sessions["alex"]], now=0)
    for now in (0, 50, 100):
        broker.take(sessions["alex"], 1, now=now)

    assert broker.overdue(sessions["jo"], now=159) == []
    assert len(broker.overdue(sessions["jo"], now=161)) == 1


def test_without_stealing_a_task_waits_for_who_has_it():
    broker, sessions = a_broker("alex", "jo", stealing=False)
    broker.add(a_task(1), [sessions["alex"]], now=0)
    assert broker.overdue(sessions["jo"], now=1000) == []


def test_a_place_that_nobody_has_is_offered_to_each_once():
    broker, sessions = a_broker("alex", "jo")
    alex, jo = sessions.values()
    broker.add(a_task(1), [alex], now=0, wanted=2)

    assert broker.next_vacant(alex) is None
    assert broker.next_vacant(jo) is broker.open[1]
    assert broker.next_vacant(jo) is None
    broker.offer_again(sessions.values())
    assert broker.next_vacant(jo) is broker.open[1]


def test_a_late_answer_relieves_who_has_not_seen_the_task():
    broker, sessions = a_broker("alex", "jo", "kim")
    alex, jo, kim = sessions.values()
    broker.add(a_task(1), [alex, jo], now=0)
    broker.take(alex, 1, now=0)
    broker.take(jo, 1, now=30)
    [entry] = broker.overdue(kim, now=61)
    broker.hand_on(entry, kim, sessions, now=61)

    assert broker.answered(alex, a_task(1), sessions) == ["kim"]

    assert numbers(broker.take(kim, 5, now=62)) == []
    assert numbers(broker.take(jo, 5, now=62)) == [1]


def test_an_undone_task_comes_first():
    broker, sessions = a_broker("alex")
    alex = sessions["alex"]
    for number in range(3):
        broker.add(a_task(number), [alex], now=0)
    broker.take(alex, 3, now=0)
    broker.answered(alex, a_task(2), sessions)

    broker.reopen(alex, a_task(2), now=1)

    assert numbers(broker.take(alex, 5, now=1)) == [2, 0, 1]


def test_what_nobody_has_keeps_only_its_hashes_in_memory():
    broker, sessions = a_broker("alex")
    broker.add(a_task(1), sessions.values(), now=0, wanted=2)
    broker.answered(sessions["alex"], a_task(1), sessions)
    assert broker.open[1].task == {"_task_hash": 1, "_input_hash": 1}
    assert broker.find(1) is None


def test_the_row_of_leases_does_not_grow_with_each_question():
    broker, sessions = a_broker("alex")
    broker.add(a_task(1), sessions.values(), now=0)
    for now in range(1000):
        broker.take(sessions["alex"], 1, now=now / 100)
    assert len(broker._ends) == 1


def test_where_nobody_takes_over_no_ends_are_kept():
    broker, sessions = a_broker("alex", stealing=False)
    for number in range(10):
        broker.add(a_task(number), sessions.values(), now=0)
        broker.take(sessions["alex"], 1, now=0)
        broker.answered(sessions["alex"], a_task(number), sessions)
    assert (len(broker._ends), len(broker._awaited)) == (0, 0)
