"""The tour of docs/three-annotators.md, as a person goes it: three annotators, agreement, review, export.

With PRODFLOW_TOUR_PICTURES=docs/images/tour it takes the page's pictures on the way.
"""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pycocotools.coco import COCO

from prodflow.samples import fashion_images, fashion_labels
from prodflow.samples.fashion import LABELS
from tests.browser.annotator import Annotator, write_tasks
from tests.server_process import ServerProcess, run

pytestmark = pytest.mark.browser

PICTURES = 60
MISTAKES = {
    "ada": {},
    "bob": {"SHIRT": "T_SHIRT"},
    "cy": {"COAT": "PULLOVER", "DRESS": "SHIRT", "SANDAL": "SNEAKER"},
}


def take_picture(of, name):
    folder = os.environ.get("PRODFLOW_TOUR_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        of.screenshot(path=Path(folder) / f"{name}.png")


def begin_by_hand(page, server, truth):
    """Ada answers her first pictures in the browser, by keys."""
    ada = Annotator(page, server, "ada")
    ada.session = "ada"
    tasks = server.questions("clothes-ada")[:4]
    for number, task in enumerate(tasks):
        label = truth[task["meta"]["file"]]
        option = page.get_by_role("radio", name=label, exact=True)
        page.keyboard.press(str((LABELS.index(label) + 1) % 10))
        expect(option).to_be_checked()
        if number == 3:
            take_picture(page, "annotate")
        ada.press("a")
    ada.saved()


def answer_the_rest(server, name, truth):
    session = f"clothes-{name}"
    while tasks := server.questions(session):
        labels = [truth[task["meta"]["file"]] for task in tasks]
        picked = [MISTAKES[name].get(label, label) for label in labels]
        server.answer(
            *(
                {"_task_hash": task["_task_hash"], "answer": "accept", "accept": [label], "_seconds": 2.5}
                for task, label in zip(tasks, picked, strict=True)
            ),
            session_id=session,
        )


def read_the_dashboard(page, server):
    """Alpha from the headline, and the table of who is least sure."""
    page.goto(f"{server.address}dashboard")
    panel = page.locator("#panel-confusion")
    expect(panel.locator("summary").first).to_contain_text("cy", timeout=60_000)
    headline = page.locator(".tile", has=page.get_by_role("heading", name="Agreement")).inner_text()
    table = panel.locator("table").first
    columns = table.locator("thead th").all_inner_texts()
    said = {}
    for row in table.locator("tbody tr").all():
        cells = row.locator("td").all_inner_texts()
        said[row.locator("th").inner_text()] = {
            label: int(cell) for label, cell in zip(columns, cells, strict=True) if cell
        }
    take_picture(page, "dashboard")
    take_picture(panel, "confusion")
    return float(re.search(r"\d\.\d\d", headline)[0]), said


def decide(page, server, disputed):
    """Pick Ada's version of every disputed picture, until there are no more."""
    reviewer = Annotator(page, server)
    for number in range(disputed):
        version = page.locator(".pf-given", has_text="ada")
        expect(page.locator(".pf-given")).to_have_count(2)
        if number == 0:
            expect(page.locator("main img")).to_have_js_property("naturalWidth", 28)
            take_picture(page, "review")
        version.click()
        expect(version.get_by_role("radio")).to_be_checked()
        reviewer.press("a")
    expect(page.locator(".pf-done-reason")).to_contain_text("stored without asking")
    reviewer.saved()


def boxes_around(decided):
    """The labels of whole pictures as COCO can hold them."""
    corners = [[0, 0], [0, 28], [28, 28], [28, 0]]
    box = {"x": 0, "y": 0, "width": 28, "height": 28, "points": corners}
    return [
        {"image": task["image"], "spans": [{**box, "label": task["accept"][0]}], "_view_id": "image_manual"}
        for task in decided
    ]


def test_three_annotators_are_compared_reviewed_and_exported(home, open_page, tmp_path):
    images, truth = fashion_images(tmp_path / "clothes", limit=PICTURES), fashion_labels()
    mark = ("mark", "clothes", images, "--view-id", "choice", "--label", ",".join(LABELS), "--feed-overlap")
    with ServerProcess(home, *mark) as server:
        begin_by_hand(open_page(color_scheme="light"), server, truth)
        for name in MISTAKES:
            answer_the_rest(server, name, truth)
        alpha, confusion = read_the_dashboard(open_page(viewport={"width": 1280, "height": 1000}), server)

    told = json.loads(run(home, "agreement", "clothes", "--format", "json", "--resamples", 0).stdout)
    assert alpha == round(told["overall"]["alpha"]["value"], 2) < 0.8
    assert {true: list(confusion[true]) for true in MISTAKES["cy"]} == {
        true: [said] for true, said in MISTAKES["cy"].items()
    }
    mistaken = MISTAKES["bob"] | MISTAKES["cy"]
    disputed = [file for file, label in truth.items() if (images / file).exists() and label in mistaken]

    with ServerProcess(home, "review", "decided", "clothes", "--auto-accept") as server:
        decide(open_page(color_scheme="light"), server, len(disputed))

    assert run(home, "db-out", "decided", tmp_path / "decided.jsonl").returncode == 0
    decided = [json.loads(line) for line in (tmp_path / "decided.jsonl").read_text().splitlines()]
    assert {Path(task["image"]).name: task["accept"] for task in decided} == {
        path.name: [truth[path.name]] for path in images.iterdir()
    }
    asked = [task for task in decided if task["_review"]["decided_by"] is not None]
    assert len(asked) == len(disputed)
    assert {tuple(task["_review"]["for"]) for task in asked} == {("ada", "bob"), ("ada", "cy")}
    assert all(sum(len(version["_votes"]) for version in task["versions"]) == 3 for task in decided)

    write_tasks(tmp_path / "boxes.jsonl", boxes_around(decided))
    assert run(home, "db-in", "boxes", tmp_path / "boxes.jsonl").returncode == 0
    assert run(home, "db-out", "boxes", tmp_path / "clothes.json", "--format", "coco").returncode == 0
    loaded = COCO(str(tmp_path / "clothes.json"))
    names = {number: Path(image["file_name"]).name for number, image in loaded.imgs.items()}
    assert {names[one["image_id"]]: loaded.cats[one["category_id"]]["name"] for one in loaded.anns.values()} == {
        path.name: truth[path.name] for path in images.iterdir()
    }
