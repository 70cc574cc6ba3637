"""How much work is left: the interval holds what it says, and where nothing is known that is said."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.dashboard.remaining import Run, estimate_remaining


def hours_that_were_needed(seed):
    """A project of which a part is done: what is estimated then, and what the rest really took."""
    random = Random(seed)
    kept = [random.random() < 0.4 for _ in range(4_000)]
    read = 1_000
    came, total = sum(kept[:read]), sum(kept)
    pace = [max(1, round(random.gauss(30, 12))) for _ in range(200)]
    answers = done = 0
    worked: list[int] = []
    while answers < came:
        answers += pace[len(worked)]
        worked.append(pace[len(worked)])
    done, stretches = answers, len(worked)
    while done < total:
        done += pace[stretches]
        stretches += 1
    found = estimate_remaining(Run(read, 4_000, came), answers, [3, *reversed(worked)])
    return found["hours"], (stretches - len(worked)) / 6, found["answers"], total - answers


def test_the_interval_holds_the_truth_nearly_always():
    found = [hours_that_were_needed(seed) for seed in range(100)]
    assert sum(low - 1 / 6 <= true <= high + 1 / 6 for (low, _, high), true, _, _ in found) >= 88
    assert sum(low <= missing <= high for _, _, (low, _, high), missing in found) >= 88
    # it is no interval that holds everything
    assert all(high < 2 * true for (_, _, high), true, _, _ in found)


@given(
    read=st.integers(1, 10_000),
    more=st.integers(0, 10_000),
    kept=st.floats(0.01, 1.0),
    answers=st.integers(0, 20_000),
    buckets=st.lists(st.integers(1, 500), min_size=4, max_size=36),
)
def test_low_likely_and_high_are_in_order(read, more, kept, answers, buckets):
    found = estimate_remaining(Run(read, read + more, round(read * kept), 2.5), answers, buckets)
    for name in {"answers", "hours"} & found.keys():
        low, likely, high = found[name]
        assert 0 <= low <= likely <= high


@pytest.mark.parametrize(
    ("run", "answers", "buckets", "words"),
    [
        (Run(read=5, size=None, came=5), 3, [9] * 5, "does not say how long it is"),
        (Run(read=5, size=100, came=5), 3, [9] * 5, "fewer than 10 tasks"),
        (Run(read=50, size=100, came=50), 3, [9] * 3, "too few answers yet"),
    ],
)
def test_says_why_it_cannot_be_told(run, answers, buckets, words):
    assert words in estimate_remaining(run, answers, buckets)["reason"]


def test_a_target_counts_more_than_the_source():
    found = estimate_remaining(Run(read=5, size=None, came=5, target=100), 40, [1, 10, 10, 10])
    assert (found["answers"], found["pace"], found["hours"]) == ([60] * 3, 60.0, [1.0] * 3)


def test_nothing_is_left_where_everything_is_answered():
    assert estimate_remaining(Run(100, 100, 80, 2), 160, [])["hours"] == [0.0, 0.0, 0.0]


def test_each_annotator_of_a_task_is_work():
    assert estimate_remaining(Run(100, 100, 80, 3), 200, [])["answers"] == [40, 40, 40]


def test_answers_that_came_from_elsewhere_do_not_count_as_work_done():
    found = estimate_remaining(Run(read=100, size=1000, came=100, lacking=7), 5_000, [1, 10, 10, 10])
    assert found["answers"][1] == 7 + 900
    assert estimate_remaining(Run(read=100, size=100, came=100, lacking=0), 5_000, [])["answers"] == [0, 0, 0]


def test_what_waits_in_a_window_is_still_to_come():
    low, likely, high = estimate_remaining(Run(read=192, size=4_000, came=24, lacking=20, held=168), 4, [])["answers"]
    assert (low, likely, high) == (496, 3_996, 3_996)
    assert estimate_remaining(Run(read=100, size=100, came=40, lacking=3, held=60), 37, [])["answers"] == [3, 63, 63]
