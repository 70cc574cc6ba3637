"""What is exported, where it goes, and what is said about it."""

import hashlib
import json
import subprocess
import sys

import pytest

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.formats.export import export, export_to, get_format
from prodflow.formats.selection import Choice
from prodflow.quality.consensus import find_agreeing
from prodflow.store.exports import noted_exports
from prodflow.store.reader import connect as connect_reader


def answered(text, answer, name, **more):
    return {"text": text, "answer": answer, "_session_id": f"news-{name}", "_annotator_id": name, **more}


@pytest.fixture
def news(db):
    """Three people's answers: one text that all answered, one that they disagree about."""
    db.add_examples(
        [
            answered("a", "accept", "alex"),
            answered("a", "accept", "kim"),
            answered("a", "reject", "zoe"),
            answered("b", "reject", "alex"),
            answered("c", "ignore", "kim"),
        ],
        "news",
    )
    return db


def texts(path):
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def test_everything_is_written_with_a_manifest_beside_it(news, tmp_path):
    (done,) = export(news.folder, "news", tmp_path / "out.jsonl", get_format(None, "out.jsonl"))

    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    data = (tmp_path / "out.jsonl").read_bytes()
    assert done.counts == manifest["counts"] == {"tasks": 5}
    assert (manifest["sha256"], manifest["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (manifest["dataset"], manifest["format"]) == ("news", "jsonl")
    assert manifest["left_out_or_changed"] == {}
    assert list(noted_exports(news.folder, "news")) == [tmp_path / "out.jsonl.manifest.json"]


def test_a_persons_answers_and_a_decision_can_be_chosen(news, tmp_path):
    def chosen(**choice):
        export(news.folder, "news", tmp_path / "o.jsonl", get_format("jsonl", ""), choice=Choice(**choice), force=True)
        return texts(tmp_path / "o.jsonl")

    assert chosen(annotators=["alex"]) == ["a", "b"]
    assert chosen(annotators=["alex", "kim"], answer="accept") == ["a", "a"]
    assert chosen(answer="reject") == ["a", "b"]
    with pytest.raises(UnknownNameError, match="no annotator named 'alix'; did you mean 'alex'"):
        chosen(annotators=["alix"])


def test_the_consensus_is_one_answer_a_task_with_its_votes(news, tmp_path):
    consensus = find_agreeing("news", method="majority", reader=connect_reader(news.folder))
    export(news.folder, "news", tmp_path / "o.jsonl", get_format("jsonl", ""), choice=Choice(consensus=consensus))

    found = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert [(task["text"], task["answer"], task["_session_id"]) for task in found] == [
        ("a", "accept", "news-kim"),
        ("b", "reject", "news-alex"),
    ]
    assert found[0]["consensus"] == {"value": "accept", "probability": 2 / 3, "votes": {"accept": 2, "reject": 1}}


def test_a_format_for_training_has_the_latest_accepted_answer_and_tells_the_rest(db, picture, tmp_path):
    image = {"image": picture(), "_input_hash": 1, "_task_hash": 1}
    db.add_examples(
        [
            {**image, "spans": [{"label": "CAT", "x": 1, "y": 2, "width": 3, "height": 4}], "_session_id": "news-a"},
            {**image, "spans": [{"label": "DOG", "x": 1, "y": 2, "width": 3, "height": 4}], "_session_id": "news-b"},
            {**image, "answer": "reject", "_session_id": "news-c"},
        ],
        "news",
    )
    (done,) = export(db.folder, "news", tmp_path / "o", get_format("coco", ""))

    written = json.loads((tmp_path / "o").read_text())
    assert [category["name"] for category in written["categories"]] == ["DOG"]
    assert len(written["annotations"]) == 1
    assert done.losses.lines() == [
        "left out, answered 'reject': 1",
        "left out, earlier answers of others to the same task: 1",
    ]
    with pytest.raises(SettingError, match="coco cannot hold tasks answered 'reject'; export them as jsonl"):
        export(db.folder, "news", tmp_path / "p", get_format("coco", ""), choice=Choice("reject"))


def test_a_split_is_the_same_each_time_and_keeps_an_input_on_one_side(db, tmp_path):
    db.add_examples([{"text": str(n), "label": label} for n in range(300) for label in "XY"], "news")
    jsonl = get_format("jsonl", "")
    export(db.folder, "news", tmp_path / "out.jsonl", jsonl, split=0.8)
    first = texts(tmp_path / "out.train.jsonl"), texts(tmp_path / "out.test.jsonl")
    db.add_examples([{"text": str(n), "label": "X"} for n in range(300, 400)], "news")
    done = export(db.folder, "news", tmp_path / "out.jsonl", jsonl, split=0.8, force=True)
    train, test = texts(tmp_path / "out.train.jsonl"), texts(tmp_path / "out.test.jsonl")

    assert not set(train) & set(test)
    assert set(first[0]) <= set(train) and set(first[1]) <= set(test)
    assert sum(one.counts["tasks"] for one in done) == len(train) + len(test) == 700
    assert 0.7 < len(train) / 700 < 0.9
    note = json.loads((tmp_path / "out.test.jsonl.manifest.json").read_text())
    assert note["split"] == {"part": "test", "train_share": 0.8}
    with pytest.raises(SettingError, match="above 0 and below 1"):
        export(db.folder, "news", tmp_path / "x.jsonl", jsonl, split=80)


def test_categories_are_the_same_on_both_sides_of_a_split(db, picture, tmp_path):
    side = {"x": 1, "y": 2, "width": 3, "height": 4}
    tasks = [{"image": picture(f"{n}.png"), "n": n, "spans": [{"label": f"L{n % 7}", **side}]} for n in range(20)]
    db.add_examples([{**task, "_input_hash": n, "_task_hash": n} for n, task in enumerate(tasks)], "news")
    export(db.folder, "news", tmp_path / "out.json", get_format("coco", ""), split=0.5)

    train, test = (json.loads((tmp_path / f"out.{side}.json").read_text()) for side in ("train", "test"))
    assert train["categories"] == test["categories"]
    assert len(train["images"]) + len(test["images"]) == 20 and train["images"] and test["images"]


def test_what_is_there_is_kept_unless_forced(news, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    with pytest.raises(SettingError, match="is there already; give --force"):
        export(news.folder, "news", path, get_format(None, "out.jsonl"))
    assert path.read_text() == "mine"
    export(news.folder, "news", path, get_format(None, "out.jsonl"), force=True)
    assert len(texts(path)) == 5


def test_a_folder_that_is_no_export_is_never_replaced(news, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "mine.jpg").touch()
    with pytest.raises(SettingError, match="is a folder that no export made"):
        export(news.folder, "news", tmp_path / "photos", get_format("voc", ""), force=True)
    for _ in range(2):
        export(news.folder, "news", tmp_path / "voc", get_format("voc", ""), force=True)
    assert (tmp_path / "photos" / "mine.jpg").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"store", "photos", "voc", "voc.manifest.json"}


FULL = """
import resource, signal, sys
from pathlib import Path
from prodflow.core.errors import SettingError
from prodflow.formats.export import export, get_format

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    export(Path(sys.argv[1]), "news", Path(sys.argv[2]), get_format(sys.argv[3], ""), force=True)
except SettingError as error:
    print(error)
"""


@pytest.mark.parametrize("name", ["jsonl", "parquet", "coco", "yolo"])
def test_a_full_disk_leaves_what_was_there(db, tmp_path, name):
    """The kernel refuses to write more than 20 kB, as it would where the disk is full."""
    text = " ".join(f"w{n:04}" for n in range(9000))
    rows = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(900))
    task = {"text": text + rows, "image": "/nowhere/a.png", "width": 990, "height": 990, "label": "A"}
    spans = [{"label": "A", "x": n, "y": n, "width": 3, "height": 4} for n in range(900)]
    db.add_examples([{**task, "spans": spans, "_input_hash": 1, "_task_hash": 1}], "news")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", FULL, db.folder, out, name], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{str(out)!r} cannot be written: File too large\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


def test_standard_output_takes_files_and_no_folders(news, tmp_path):
    with (tmp_path / "out").open("wb") as out:
        done = export_to(news.folder, "news", out, get_format("jsonl", "-"), choice=Choice("reject"))
        assert done.counts == {"tasks": 2}
        with pytest.raises(SettingError, match="yolo is a folder of files; name it"):
            export_to(news.folder, "news", out, get_format("yolo", "-"))
    assert texts(tmp_path / "out") == ["a", "b"]


def test_parquet_comes_back_as_it_was(journey):
    tasks = [
        {"text": "a", "meta": {"n": [1, None]}, "spans": [{"start": 0, "end": 1, "label": "X"}], "answer": "accept"},
        {"text": "b", "score": 0.5, "answer": "reject", "_session_id": "news-a"},
    ]

    found = journey(tasks, "parquet")

    assert [{key: task.get(key) for key in given} for task, given in zip(found, tasks)] == tasks
    assert "score" not in found[0] and "meta" not in found[1]


def test_a_format_is_found_by_the_end_of_a_name():
    assert get_format(None, "A.COCO.JSON").name == "coco"
    assert get_format(None, "a.txt").name == "jsonl"
    assert get_format("voc", "a.csv").name == "voc"


def test_the_latest_answer_is_found_in_a_time_that_grows_with_the_answers_alone(db, picture, tmp_path):
    """Looked up by its key; over all later answers, 20,000 of them took an hour."""
    from prodflow.formats.selection import select

    db.add_examples([{"text": "a", "_session_id": "news-a"}], "news")
    with select(db.folder, "news", Choice()) as selection:
        selection.one_a_task = True
        asked: list[str] = []
        selection.connection.set_trace_callback(asked.append)
        list(selection.rows())
        selection.connection.set_trace_callback(None)
        plan = [row[3] for row in selection.connection.execute(f"explain query plan {asked[-1]}")]

    assert [line for line in plan if " n " in f"{line} "] == [
        "SEARCH n USING PRIMARY KEY (dataset_id=? AND task_hash=?)"
    ]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
