"""Three annotators, then somebody who decides: the recipe `review` on the real server in the real browser."""

import json
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.annotator import Annotator, write_tasks
from tests.server_process import ServerProcess, run

pytestmark = pytest.mark.browser

PICKS = {"ada": "CAT", "bob": "CAT", "cy": "DOG"}


@pytest.fixture
def pictures(tmp_path):
    """Three pictures that are there."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, colour in enumerate(("red", "green", "blue")):
        Image.new("RGB", (64, 48), colour).save(folder / f"{number}.png")
    return folder


def answer_all(server, name, pick):
    """Answer every task as an annotator of a name."""
    session = f"animals-{name}"
    for task in server.questions(session):
        server.answer(
            {"_task_hash": task["_task_hash"], "answer": "accept", "accept": [pick(task)]}, session_id=session
        )


def stored(home, dataset):
    done = run(home, "db-out", dataset)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_disagreements_are_reviewed_while_annotators_go_on(home, open_page, pictures):
    """One process annotates, another reviews the same store: what all agree on is stored, the rest is asked."""
    mark = ("mark", "animals", pictures, "--view-id", "choice", "--label", "CAT,DOG", "--feed-overlap")
    review = ("review", "decided", "animals", "--auto-accept", "--live", "--votes", "3", "--blind")
    with ServerProcess(home, *mark) as asking, ServerProcess(home, *review) as deciding:
        page = open_page()
        page.goto(deciding.address + "?session=kim")
        expect(page.locator(".pf-done-reason")).to_contain_text("nothing more right now")
        for name, pick in PICKS.items():
            answer_all(asking, name, lambda task, pick=pick: pick if task["meta"]["file"] == "1.png" else "CAT")
        page.locator(".pf-done").get_by_role("button").click()
        reviewer = Annotator.__new__(Annotator)
        reviewer.page, reviewer.server, reviewer.session = page, deciding, "kim"
        reviewer.ready()

        expect(page.locator(".pf-given")).to_have_text(
            [re.compile("CAT.*2 annotators"), re.compile("DOG.*1 annotator")]
        )
        expect(page.get_by_role("img")).to_be_visible()
        assert not any(name in page.content() for name in PICKS)
        page.keyboard.press("2")
        expect(page.get_by_role("radio", name="DOG", exact=True)).to_be_checked()
        reviewer.press("a")
        reviewer.saved()

    decisions = {task["path"].rpartition("/")[2]: task for task in stored(home, "decided")}
    assert {name: (task["accept"], task["_review"]["decided_by"]) for name, task in decisions.items()} == {
        "0.png": (["CAT"], None),
        "1.png": (["DOG"], "kim"),
        "2.png": (["CAT"], None),
    }
    votes = [[vote["annotator"] for vote in version["_votes"]] for version in decisions["1.png"]["versions"]]
    assert votes == [["ada", "bob"], ["cy"]]
    assert decisions["1.png"]["image"] == str(pictures / "1.png")


def test_spans_shapes_written_texts_and_votes_are_decided_in_their_own_editor(home, open_page, tmp_path, pictures):
    box = {"x": 8, "y": 8, "width": 30, "height": 20, "label": "CELL", "type": "rect"}
    box["points"] = [[8, 8], [8, 28], [38, 28], [38, 8]]
    tokens = [{"text": "Ada", "start": 0, "end": 3, "id": 0}, {"text": "ran", "start": 4, "end": 7, "id": 1}]
    person = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}
    made = [
        ({"text": "Ada ran", "tokens": tokens, "_view_id": "ner_manual"}, {"spans": [person]}, {"spans": []}),
        ({"image": str(pictures / "0.png"), "_view_id": "image_manual"}, {"spans": []}, {"spans": [box]}),
        ({"text": "Say it", "_view_id": "text_input"}, {"user_input": "one"}, {"user_input": "two"}),
        ({"text": "Rain", "label": "WEATHER", "_view_id": "classification"}, {}, {"answer": "reject"}),
    ]
    answers = [
        {"answer": "accept", **task, **said, "_session_id": f"set-{who}"}
        for task, *all_said in made
        for who, said in zip(("ada", "bob"), all_said, strict=True)
    ]
    assert run(home, "db-in", "set", write_tasks(tmp_path / "t.jsonl", answers)).returncode == 0
    with ServerProcess(home, "review", "gold", "set") as server:
        reviewer = Annotator(open_page(), server)
        page = reviewer.page
        for shown in ("PER", "CELL", "one"):
            expect(page.locator(".pf-review")).to_contain_text(shown)
            expect(page.locator(".pf-given")).to_have_count(2)
            page.keyboard.press("Alt+2")
            expect(page.locator(".pf-versions-state")).to_have_text("As version 2")
            reviewer.press("a")
        expect(page.locator(".pf-vote")).to_have_count(2)
        reviewer.press("x")
        reviewer.saved()

    spans, shapes, written, votes = stored(home, "gold")
    assert (spans["spans"], shapes["spans"], written["user_input"]) == ([], [box], "two")
    assert votes["answer"] == "reject"
    assert [task["_review"]["version"] for task in (spans, shapes, written, votes)] == [1, 1, 1, 1]
