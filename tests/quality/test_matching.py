"""Spans and shapes of two annotators are matched one to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow.quality.matching import match


def text(start, end, label="ORG"):
    return {"start": start, "end": end, "label": label}


def box(x, y, width, height, label="CELL"):
    return {"x": x, "y": y, "width": width, "height": height, "label": label}


def test_exact_overlap_and_other_labels():
    ours, theirs = [text(0, 5), text(10, 20), text(30, 35)], [text(0, 5), text(15, 25), text(30, 35, "PERSON")]
    assert match(ours, theirs, "exact").both == 1
    assert match(ours, theirs, "overlap").both == 2
    assert match(ours, theirs, "overlap").f1 == pytest.approx(2 / 3)


def test_touching_is_no_overlap():
    assert match([text(0, 5)], [text(5, 9)], "overlap").both == 0


def test_boxes_by_intersection_over_union():
    ours, theirs = [box(0, 0, 10, 10)], [box(0, 0, 10, 6), box(5, 5, 10, 10)]
    assert match(ours, theirs, "iou").both == 1
    assert match(ours, theirs, "iou", iou=0.7).both == 0


def test_each_span_matches_once_and_the_nearest_first():
    found = match([box(0, 0, 10, 10), box(1, 0, 10, 10)], [box(0, 0, 10, 10)], "iou")
    assert (found.ours, found.theirs, found.both) == (2, 1, 1)


def test_without_spans_there_is_no_score():
    assert match([], []).f1 is None
    assert match([text(0, 1)], []).f1 == 0


spans = st.lists(st.builds(lambda start, size: text(start, start + size), st.integers(0, 20), st.integers(1, 9)))


@given(spans, spans, st.sampled_from(["exact", "overlap", "iou"]))
def test_the_score_is_the_same_both_ways_and_full_for_equals(ours, theirs, criterion):
    assert match(ours, theirs, criterion).f1 == match(theirs, ours, criterion).f1
    assert match(ours, ours, criterion).f1 in (None, 1.0)
