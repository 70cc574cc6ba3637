"""The app shows the example of every interface, and what the server says of a task that does not fit."""

import json
import re

import pytest
from playwright.sync_api import expect

from prodflow.samples import example, examples
from tests.browser.annotator import Annotator, write_tasks
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser


def hashes(number):
    """Some examples show the same text with the same spans."""
    return {"_input_hash": number, "_task_hash": number}


def test_every_example_is_shown(serve, open_page, tmp_path):
    made = [example(one.view_id, tmp_path / "media") for one in examples()]
    tasks = [
        {**one.task, "_view_id": one.view_id, "config": one.config, "meta": {"view": one.view_id}, **hashes(number)}
        for number, one in enumerate(made)
    ]
    annotator = Annotator(open_page(), serve(write_tasks(tmp_path / "t.jsonl", tasks)))
    for number, one in enumerate(made):
        expect(annotator.page.locator(".pf-meta").last).to_have_text(re.compile(rf"view:?\s*{one.view_id}"))
        expect(annotator.page.locator(".pf-cannot")).to_have_count(0)
        annotator.button("Ignore").click()
        expect(annotator.history).to_have_count(number + 1)

    stored = annotator.stored()
    assert [answer["_view_id"] for answer in stored] == [one.view_id for one in made]
    assert not any("_error" in answer for answer in stored)


def test_a_task_that_does_not_fit_names_the_field_and_can_be_skipped(serve, open_page, tmp_path):
    tasks = [{"text": "sound"}, {"text": "ab", "_view_id": "ner", "spans": [{"start": 1, "end": 9, "label": "X"}]}]
    annotator = Annotator(open_page(), serve(write_tasks(tmp_path / "t.jsonl", tasks)))
    annotator.press("a")

    expect(annotator.card).to_contain_text("This task cannot be shown")
    expect(annotator.card).to_contain_text("spans.0: span 'b' (1 to 9, X) is outside the text of 2 characters")
    annotator.press("Space")

    assert [answer["answer"] for answer in annotator.stored()] == ["accept", "ignore"]


def test_a_preview_starts_over_when_the_page_is_loaded_again(open_page, tmp_path, home):
    source = write_tasks(tmp_path / "t.jsonl", [{"text": "one"}, {"text": "two"}])
    settings = json.dumps({"show_stats": False})
    with ServerProcess(home, "preview", "text", source, "--no-open", PRODFLOW_CONFIG_OVERRIDES=settings) as server:
        annotator = Annotator(open_page(), server)
        annotator.press("a", "x")
        expect(annotator.card).to_contain_text("Nothing more for now")

        annotator.page.reload()

        annotator.ready()
        expect(annotator.text).to_have_text("one")
        expect(annotator.history).to_have_count(0)
