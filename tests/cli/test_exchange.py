"""db-in and db-out in the formats of other tools, and erase: words on stderr, no traceback, nothing half done."""

import json
import os

import pytest
from PIL import Image

from prodflow.store.database import connect
from tests.server_process import ServerProcess
from tests.warm import run_warm


@pytest.fixture
def run(home, tmp_path):
    """Run `prodflow`."""

    def run(*arguments, stdin=""):
        env = {**os.environ, "PRODFLOW_HOME": str(home)}
        return run_warm(arguments, env=env, stdin=stdin.encode(), cwd=tmp_path, text=True, strict=True)

    return run


@pytest.fixture
def boxes(tmp_path):
    """Two pictures with a box each, one polygon, one rejected."""
    for name in "abc":
        Image.new("1", (100, 100)).save(tmp_path / f"{name}.png")
    box = {"label": "CAT", "x": 10, "y": 20, "width": 30, "height": 40}
    polygon = {"label": "DOG", "type": "polygon", "points": [[1, 1], [5, 1], [1, 5]]}
    tasks = [
        {"image": "a.png", "spans": [box], "_session_id": "boxes-alex"},
        {"image": "b.png", "spans": [box, polygon], "_session_id": "boxes-kim"},
        {"image": "c.png", "spans": [], "answer": "reject", "_session_id": "boxes-kim"},
    ]
    (tmp_path / "boxes.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    return tmp_path / "boxes.jsonl"


def test_a_dataset_goes_out_as_coco_and_comes_in_again(run, boxes, tmp_path):
    run("db-in", "boxes", boxes)
    out = run("db-out", "boxes", "out.coco.json")
    back = run("db-in", "again", "out.coco.json", "--format", "coco")

    assert (out.returncode, out.stdout) == (0, "")
    assert out.stderr.splitlines() == [
        "boxes: wrote 2 tasks, 2 images, 3 annotations, 2 categories to out.coco.json",
        "coco: left out, answered 'reject': 1",
    ]
    assert back.stderr == "again: read 2 tasks: 2 new, 0 changed an earlier answer, 0 known\n"
    manifest = json.loads((tmp_path / "out.coco.json.manifest.json").read_text())
    assert manifest["left_out_or_changed"] == {"left out, answered 'reject'": {"count": 1, "examples": []}}
    refused = run("db-out", "boxes", "out.coco.json")
    assert refused.returncode == 2 and "is there already; give --force" in refused.stderr
    assert run("db-out", "boxes", "out.coco.json", "--force", "--annotator", "alex").returncode == 0
    assert len(json.loads((tmp_path / "out.coco.json").read_text())["images"]) == 1


def test_a_session_goes_out_by_its_id_in_place_of_a_dataset(run, boxes):
    run("db-in", "boxes", boxes)
    texts = [json.loads(line) for line in run("db-out", "boxes-kim").stdout.splitlines()]
    assert [(task["image"], task["answer"]) for task in texts] == [("b.png", "accept"), ("c.png", "reject")]
    run("db-in", "boxes-kim", "-", stdin='{"text": "of a dataset of this name", "_session_id": "twice"}\n')
    assert "of a dataset of this name" in run("db-out", "boxes-kim").stdout
    run("db-in", "others", "-", stdin='{"text": "b", "_session_id": "twice"}\n')
    refused = run("db-out", "twice")
    assert refused.returncode == 2
    assert "session 'twice' is in several datasets (boxes-kim, others)" in refused.stderr


def test_folders_and_splits(run, boxes, tmp_path):
    run("db-in", "boxes", boxes)
    done = run("db-out", "boxes", "yolo", "--format", "yolo")

    assert "yolo: written as the box around them, polygons and lines: 1 (e.g. task " in done.stderr
    assert (tmp_path / "yolo" / "classes.txt").read_text() == "CAT\nDOG\n"
    assert run("db-in", "again", "yolo", "--format", "yolo").returncode == 0
    assert run("db-out", "boxes", "s.jsonl", "--split", "0.5").returncode == 0
    assert {path.name for path in tmp_path.glob("s.*.jsonl")} == {"s.train.jsonl", "s.test.jsonl"}
    assert "--split makes two files: name the output" in run("db-out", "boxes", "--split", "0.5").stderr
    assert "voc is a folder of files; name it" in run("db-out", "boxes", "--format", "voc").stderr


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.conll", "a O\nb B-X\n\nc I-Y\n", "a.conll, line 4: tags of two schemes"),
        ("a.xml", "<annotation>", "a.xml, line 1: not XML"),
        ("a.coco.json", '{"images": [{"id": 1, "file_name": "gone.png"}]}', "no image 'gone.png' in "),
    ],
)
def test_a_broken_file_is_named_and_leaves_nothing_half_imported(run, tmp_path, home, name, text, words):
    (tmp_path / name).write_text(text)
    done = run("db-in", "news", name, *(["--format", "coco"] if "coco" in name else []))

    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr
    assert not (home / "store").exists()


def test_settings_of_a_format_can_be_given(run, tmp_path):
    (tmp_path / "a.conll").write_text("a O\nb B-X\n\nc I-Y\n")

    assert run("db-in", "news", "a.conll", "--scheme", "any").returncode == 0
    assert [task["text"] for task in map(json.loads, run("db-out", "news").stdout.splitlines())] == ["a b", "c"]


def test_the_consensus_can_be_exported(run, tmp_path):
    answers = [("a", "accept", "alex"), ("a", "accept", "kim"), ("a", "reject", "zoe")]
    lines = [{"text": text, "answer": answer, "_session_id": f"n-{name}"} for text, answer, name in answers]
    (tmp_path / "n.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run("db-in", "n", "n.jsonl")
    (found,) = map(json.loads, run("db-out", "n", "--consensus", "majority").stdout.splitlines())

    assert (found["answer"], found["consensus"]["votes"]) == ("accept", {"accept": 2, "reject": 1})


def test_erase_asks_first_and_tells_what_it_cannot_reach(run, boxes, tmp_path, home):
    run("db-in", "boxes", boxes)
    run("db-out", "boxes", "out.jsonl")

    kept = run("erase", "boxes", "--annotator", "kim", stdin="n\n")
    assert kept.returncode != 0
    assert "Erase what kim answered from boxes, 2 answers?" in kept.stderr
    assert connect(home / "store").count("boxes") == 3
    done = run("erase", "boxes", "--annotator", "kim", "--yes")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "boxes: erased 2 answers (2 events)",
        f"note: {tmp_path / 'out.jsonl'} was exported before: delete it, or export it again",
    ]
    assert connect(home / "store").count("boxes") == 1
    assert "say what to erase" in run("erase", "boxes").stderr
    gone = run("erase", "boxes", "--annotator", "kim", "--yes")
    assert gone.returncode == 2
    assert gone.stderr == "prodflow: no annotator named 'kim' (known: alex)\n"


def test_a_running_server_keeps_an_erase_out_also_of_other_datasets(run, boxes, tmp_path, home):
    run("db-in", "boxes", boxes)
    (tmp_path / "texts.jsonl").write_text('{"text": "a"}\n')
    with ServerProcess(home, "mark", "other", tmp_path / "texts.jsonl", "--view-id", "text"):
        refused = run("erase", "boxes", "--annotator", "kim", "--yes")
    assert refused.returncode == 1
    assert "is in use by a server, process" in refused.stderr
    assert connect(home / "store").count("boxes") == 3
    assert run("erase", "boxes", "--annotator", "kim", "--yes").returncode == 0


def test_an_erased_person_has_no_link_and_no_name_in_the_register_of_links(run, boxes, tmp_path, home):
    run("db-in", "boxes", boxes)
    run("invite", "boxes", "kim", "alex")
    assert run("erase", "boxes", "--annotator", "kim", "--yes").returncode == 0
    register = home / "store" / "invites.jsonl"
    assert b"kim" not in register.read_bytes()
    assert b"alex" in register.read_bytes()
    assert register.stat().st_mode & 0o777 == 0o600
    assert [path for path in (home / "store").rglob("*") if path.is_file() and b"boxes-kim" in path.read_bytes()] == []
