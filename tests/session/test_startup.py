"""What is wrong with a configuration is said before the server starts."""

import pytest

from prodflow.core.errors import SettingError
from prodflow.session.startup import check_start
from prodflow.session.views.base import LABEL_SETS

LABELS = {"labels": ["A", "B"]}


@pytest.mark.parametrize("view_id", LABEL_SETS)
def test_a_view_that_offers_labels_needs_some(view_id):
    check_start(view_id, LABELS)
    for config in ({}, {"labels": []}, {"labels": None}):
        with pytest.raises(SettingError, match=f"the view '{view_id}' needs labels; give --label A,B"):
            check_start(view_id, config)


def test_tasks_may_bring_their_own_labels():
    check_start("ner_manual", {}, [{"text": "a", "config": LABELS}])
    check_start("relations", {"relations_span_labels": ["A"]})
    check_start("text", {})


def test_labels_may_have_colours():
    check_start("ner_manual", {"labels": {"A": "#f00", "B": "#0f0"}})


@pytest.mark.parametrize(
    ("view_id", "config", "words"),
    [
        ("imgae", {}, "no view named 'imgae'; did you mean 'image'"),
        ("ner_manual", {"labels": ["A", " "]}, "labels has an empty label or one that is no text: ' '"),
        ("ner_manual", {"labels": ["A", 5]}, "one that is no text: 5"),
        ("ner_manual", {"labels": ["A", "B", "A"]}, "labels has 'A' twice"),
        ("ner_manual", {"labels": "A,B"}, "labels='A,B' is not a list of labels"),
        ("relations", {**LABELS, "relations_span_labels": ["X", "X"]}, "relations_span_labels has 'X' twice"),
        (
            "ner_manual",
            {**LABELS, "keymap_by_label": {"A": "q", "B": "Q"}},
            "keymap_by_label gives the key 'Q' to both 'A' and 'B'; change one of them",
        ),
        ("ner_manual", {**LABELS, "keymap_by_label": {"A": 1}}, "gives 'A' the key 1, which is no text"),
        ("ner_manual", {**LABELS, "keymap_by_label": ["q"]}, "keymap_by_label=['q'] is not an object"),
        ("html", {"html_template": ["<b>"]}, "html_template=['<b>'] is not a text"),
        ("html", {"javascript": 5}, "javascript=5 is not a text"),
        ("choice", {"choice_style": "double"}, "choice_style='double' is none of single, multiple"),
        ("blocks", {}, "blocks: None; the view 'blocks' needs a list of blocks"),
        ("blocks", {"blocks": {"view_id": "text"}}, "needs a list of blocks"),
        ("blocks", {"blocks": ["text"]}, "blocks.0: 'text' is no object"),
        (
            "blocks",
            {"blocks": [{"view_id": "text"}, {"html": "a"}]},
            "blocks.1.view_id: None; each block names its view",
        ),
        ("blocks", {"blocks": [{"view_id": "txet"}]}, "blocks.0: no view named 'txet'; did you mean 'text'"),
        ("blocks", {"blocks": [{"view_id": "blocks"}]}, "blocks.0.view_id: 'blocks' cannot be a block"),
        ("blocks", {"blocks": [{"view_id": "ner_manual"}]}, "blocks.0: the view 'ner_manual' needs labels"),
        ("blocks", {"blocks": [{"view_id": "html", "html_template": 5}]}, "blocks.0: config: html_template=5"),
    ],
)
def test_a_wrong_configuration_is_named(view_id, config, words):
    with pytest.raises(SettingError) as told:
        check_start(view_id, config)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_a_block_has_its_own_settings():
    check_start("blocks", {"blocks": [{"view_id": "ner_manual", "labels": ["A"]}, {"view_id": "text"}]})
    check_start("blocks", {}, [{"config": {"blocks": [{"view_id": "text"}]}}])
