"""Records are numbered, and counted wherever they pass."""

from hypothesis import given
from hypothesis import strategies as st

from prodflow.core.tracking import MARK_EVERY, Mark, Tracker, record_of


def test_tasks_and_scored_tasks_carry_the_number_of_their_record_and_the_originals_do_not():
    tasks = [{"text": "a"}, (0.5, {"text": "b"}), "no task"]
    numbered = list(Tracker().numbered(tasks))
    assert [record_of(item) for item in numbered] == [0, 1, None]
    assert tasks == [{"text": "a"}, (0.5, {"text": "b"}), "no task"]


@given(st.lists(st.booleans(), max_size=300), st.data())
def test_what_passed_before_any_record_is_counted(passes, data):
    """Asked for at rising numbers, in the midst of the stream, each once or several times."""
    tracker = Tracker()
    source = tracker.counted(tracker.numbered({} for _ in passes))
    kept = tracker.counted(task for task in source if passes[record_of(task)])
    for task in kept:
        if data.draw(st.integers(0, 9)) == 0:
            record = record_of(task)
            assert tracker.passed(record) == [record, sum(passes[:record])]
    assert tracker.passed(len(passes)) == [len(passes), sum(passes)]


def test_a_record_that_makes_several_tasks_counts_once():
    tracker = Tracker()
    list(tracker.counted(task for task in tracker.numbered([{}, {}]) for _ in range(3)))
    assert tracker.passed(2) == [2]


def test_reading_goes_on_from_the_latest_mark_before_a_record():
    places = iter(range(100))
    tracker = Tracker(mark=lambda: next(places))
    list(tracker.numbered({} for _ in range(3 * MARK_EVERY + 5)))
    assert tracker.mark_before(MARK_EVERY - 1) == Mark(0, None)
    assert tracker.mark_before(2 * MARK_EVERY) == Mark(2 * MARK_EVERY, 1)
    assert tracker.mark_before(10**9) == Mark(3 * MARK_EVERY, 2)


def test_records_that_were_dealt_with_are_passed_over():
    tracker = Tracker(Mark(100, "there"))
    assert [record_of(task) for task in tracker.numbered(({} for _ in range(5)), skip=3)] == [103, 104]


def test_a_long_row_that_is_dropped_takes_no_memory():
    tracker = Tracker()
    every_other = (
        task for task in tracker.counted(tracker.numbered({} for _ in range(100_000))) if record_of(task) % 2
    )
    assert not any(False for _ in tracker.counted(every_other))
    assert all(len(boundary._ranges) <= 10_000 for boundary in tracker.boundaries)
    assert tracker.passed(100_000) == [100_000, 50_000]
