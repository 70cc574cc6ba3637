"""Settings about who is asked what that cannot go together are refused at the start."""

import pytest

from prodflow.core.config import get_config
from prodflow.core.errors import SettingError
from prodflow.routers import no_overlap
from prodflow.session.policy import chosen_router


@pytest.mark.parametrize(
    ("settings", "router", "words"),
    [
        ({"feed_overlap": True, "annotations_per_task": 2}, None, "feed_overlap and annotations_per_task exclude"),
        ({"feed_overlap": True}, no_overlap, "task_router of its own, which excludes feed_overlap"),
        ({"annotations_per_task": 2}, no_overlap, "which excludes annotations_per_task=2.0"),
        (
            {"annotations_per_task": 2.5, "allowed_sessions": "alex,jo"},
            None,
            "annotations_per_task=2.5 needs as many sessions, and allowed_sessions names 2",
        ),
        ({"allowed_sessions": "alex", "fresh_sessions": True}, None, "fresh_sessions and allowed_sessions exclude"),
        ({"exclude_by": "hash"}, None, "exclude_by='hash' is none of 'task', 'input'"),
        ({"lease_s": -1}, None, "lease_s=-1.0 is below 0"),
        ({"batch_size": 0}, None, "batch_size=0 is below 1"),
        ({"max_waiting": 0}, None, "max_waiting=0 is below 1"),
        ({"annotations_per_task": 0.5}, None, "n=0.5 is below 1"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(settings, router, words):
    with pytest.raises(SettingError) as told:
        chosen_router(get_config(settings), router)
    assert words in str(told.value)


def test_settings_that_go_together_are_taken():
    chosen_router(get_config({"annotations_per_task": 2, "allowed_sessions": "alex,jo"}), None)
    assert chosen_router(get_config(), no_overlap) is no_overlap
