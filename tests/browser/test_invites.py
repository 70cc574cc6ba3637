"""An annotator comes in with a link, loses it in the middle of the work, and comes back with another."""

import pytest
from playwright.sync_api import expect

from prodflow.server.invites import Invites
from prodflow.store.database import connect
from tests.browser.annotator import Annotator, write_tasks

pytestmark = pytest.mark.browser


def test_answers_given_while_the_link_was_void_are_sent_with_the_next(serve, open_page, tmp_path, home):
    source = write_tasks(tmp_path / "t.jsonl", [{"text": f"text {number}"} for number in range(12)])
    server = serve(source, PRODFLOW_REQUIRE_LOGIN="true")
    base = server.address.partition("?")[0]
    invites = Invites(home / "store")
    first = invites.make("set", "alex", lasts_s=600)
    page = open_page()

    page.goto(base)
    expect(page.get_by_role("heading")).to_have_text("Who are you?")
    page.goto(f"{base}?token={invites.token(first)}")
    assert page.url == base, "no link stays in the address"
    annotator = Annotator(page, server)
    annotator.press("a", "a")
    expect(page.get_by_text("All saved")).to_be_visible()

    invites.revoke(first)
    annotator.press("x")
    annotator.send()
    expect(page.get_by_text("1 answer kept: the link has expired")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading")).to_have_text("Who are you?")
    expect(page.get_by_text("kept in this browser")).to_be_visible()
    page.goto(f"{base}?token={invites.token(first)}")
    expect(page.get_by_text("It was taken back.")).to_be_visible()

    page.goto(f"{base}?token={invites.token(invites.make('set', 'alex', lasts_s=600))}")
    expect(page.get_by_text("All saved")).to_be_visible()
    with connect(home / "store") as database:
        answers = [(event.session, event.answer) for event in database.journal.events_since("set", 0, 100)]
    assert answers == [("set-alex", "accept")] * 2 + [("set-alex", "reject")]

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading")).to_have_text("Who are you?")
    page.goto(base)
    expect(page.get_by_role("heading")).to_have_text("Who are you?")
