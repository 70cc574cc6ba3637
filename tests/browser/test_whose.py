"""One browser, several people and datasets: an answer is stored as its giver's, where it was given, or it waits."""

import pytest
from playwright.sync_api import expect

from prodflow.server.invites import Invites
from prodflow.store.database import connect
from tests.browser.annotator import Annotator, texts, write_tasks
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser


def stored(home, dataset="set"):
    """Who answered what."""
    with connect(home / "store") as database:
        return [(event.session, event.answer) for event in database.journal.events_since(dataset, 0, 100)]


def test_answers_wait_for_their_annotator_when_another_opens_a_link(serve, open_page, tmp_path, home):
    server = serve(write_tasks(tmp_path / "t.jsonl", texts(8)), "--feed-overlap", PRODFLOW_REQUIRE_LOGIN="true")
    base = server.address.partition("?")[0]
    invites = Invites(home / "store")
    links = {name: f"{base}?token={invites.token(invites.make('set', name, lasts_s=600))}" for name in ("alex", "jo")}
    page = open_page()
    page.goto(links["alex"])
    alex = Annotator(page, server)
    alex.press("a")
    alex.saved()
    other_tab = page.context.new_page()
    other_tab.goto(links["jo"])
    jo = Annotator(other_tab, server)
    alex.press("a", "a", "a")
    expect(page.get_by_role("heading", name="Somebody else is signed in now")).to_be_visible()
    expect(alex.button("Accept")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("a")
    expect(page.get_by_text("3 answers kept: somebody else is signed in")).to_be_visible()
    jo.press("x")
    jo.saved()
    assert stored(home) == [("set-alex", "accept"), ("set-jo", "reject")]
    other_tab.goto(links["alex"])
    Annotator(other_tab, server).saved()
    assert stored(home) == [("set-alex", "accept"), ("set-jo", "reject")] + [("set-alex", "accept")] * 3


def test_answers_of_an_admin_without_a_name_are_nobody_elses(serve, open_page, tmp_path, home):
    source = write_tasks(tmp_path / "t.jsonl", texts(8))
    server = serve(source, "--feed-overlap", PRODFLOW_REQUIRE_LOGIN="true", PRODFLOW_TOKEN="a-long-token-of-the-admin")
    base = server.address.partition("?")[0]
    invites = Invites(home / "store")
    page = open_page()
    page.goto(f"{base}?token=a-long-token-of-the-admin")
    lead = Annotator(page, server)
    other_tab = page.context.new_page()
    other_tab.goto(f"{base}?token={invites.token(invites.make('set', 'jo', lasts_s=600))}")
    Annotator(other_tab, server)
    lead.press("a", "a")
    lead.send()
    expect(page.get_by_text("2 answers kept: somebody else is signed in")).to_be_visible()
    assert stored(home) == []


def test_answers_to_one_dataset_are_not_given_to_the_next_at_the_same_address(open_page, tmp_path, home):
    source = write_tasks(tmp_path / "t.jsonl", texts(8))
    page = open_page()
    with ServerProcess(home, "mark", "set", source, "--view-id", "text") as server:
        annotator = Annotator(page, server)
        port = int(server.address.rpartition(":")[2].strip("/"))
    annotator.press("a", "a")
    with ServerProcess(home, "mark", "next", source, "--view-id", "text", port=port) as server:
        other_tab = page.context.new_page()
        Annotator(other_tab, server)
        annotator.send()
        expect(page.get_by_text("2 answers kept: another dataset is open here")).to_be_visible()
        page.reload()
        expect(page.get_by_text("2 unsent answers of other sessions")).to_be_visible()
        assert stored(home, "next") == []
    with ServerProcess(home, "mark", "set", source, "--view-id", "text", port=port) as server:
        Annotator(page, server).saved()
    assert [answer for _, answer in stored(home)] == ["accept", "accept"]
