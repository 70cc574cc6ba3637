"""Who gets a task."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow import set_hashes
from prodflow.core.errors import SettingError
from prodflow.routers import full_overlap, no_overlap, route, route_average_per_task

NAMES = ["news-alex", "news-jo", "news-kim", "news-lu"]


class Here:
    """The sessions that have connected."""

    session_ids = NAMES


def tasks(count):
    return [set_hashes({"text": f"text {number}"}) for number in range(count)]


def test_no_overlap_gives_a_task_to_who_asked():
    assert no_overlap(Here(), "news-jo", {"text": "a"}) == ["news-jo"]


def test_full_overlap_gives_a_task_to_everybody_also_to_who_is_new():
    assert full_overlap(Here(), "news-new", {"text": "a"}) == sorted([*NAMES, "news-new"])


@given(st.floats(1, 4))
def test_the_average_is_met(n):
    router = route_average_per_task(n)
    given_out = [len(router(Here(), "news-jo", task)) for task in tasks(400)]
    assert abs(sum(given_out) / 400 - n) < 0.15
    assert set(given_out) <= {int(n), int(n) + 1}


def test_the_same_task_goes_to_the_same_sessions_whoever_asks_and_whenever():
    router, again = route_average_per_task(2.5), route_average_per_task(2.5)
    for task in tasks(50):
        assert router(Here(), "news-alex", task) == again(Here(), "news-lu", {**task, "score": 0.3})


def test_the_average_spreads_over_all_sessions():
    router = route_average_per_task(1)
    got = Counter(router(Here(), "news-jo", task)[0] for task in tasks(2000))
    assert all(400 < got[name] < 600 for name in NAMES)


@pytest.mark.parametrize("n", [0, 0.5, -1, float("nan")])
def test_an_average_below_one_is_refused(n):
    with pytest.raises(SettingError, match="below 1"):
        route_average_per_task(n)


def test_route_assigns_a_stream_offline():
    assigned = list(route(tasks(4), ["alex", "jo"], router="full_overlap"))
    assert [task["_session_id"] for task in assigned] == ["alex", "jo"] * 4
    by_turns = [task["_session_id"] for task in route(tasks(4), ["alex", "jo"])]
    assert by_turns == ["alex", "jo", "alex", "jo"]


def test_route_takes_a_function():
    def by_length(controller, session_id, task):
        return ["alex"] if len(task["text"]) > 6 else []

    assert len(list(route(tasks(12), ["alex", "jo"], router=by_length))) == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sessions": []}, "sessions= is empty"),
        ({"sessions": ["a"], "router": "route_average_per_task"}, "annotations_per_task="),
        ({"sessions": ["a"], "router": "everybody"}, "no router named 'everybody'"),
    ],
)
def test_wrong_settings_are_refused_when_declared(settings, words):
    with pytest.raises(SettingError, match=words):
        route(**settings)
