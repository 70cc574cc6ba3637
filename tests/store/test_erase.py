"""What is erased is gone from every byte of the store, whatever happens meanwhile."""

import json
import signal
import subprocess
import sys

import pyarrow.parquet
import pytest

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.failures import Quarantined
from prodflow.core.hashing import set_hashes
from prodflow.formats.export import export, get_format
from prodflow.formats.selection import Choice
from prodflow.store.database import connect
from prodflow.store.erase import Target, count_erased
from prodflow.store.event import Event
from prodflow.store.journal import Journal
from prodflow.store.reader import connect as connect_reader
from prodflow.store.reader import verify

HIS, HERS, THEIRS = "secret-of-alex", "words-of-kim", "task-of-nobody"


def fill(folder):
    """Sealed and unsealed answers of two people, an undo, a changed answer, leases, quarantine, an export."""
    with connect(folder) as db:
        db.add_examples(
            [
                {
                    "text": f"t{number}",
                    "note": f"{note}-{number}",
                    "_session_id": f"news-{name}",
                    "_annotator_id": name,
                    "answer": "accept",
                }
                for name, note in (("alex", HIS), ("kim", HERS))
                for number in range(40)
            ],
            "news",
        )
        journal = db.journal
        journal._segments.seal()
        task = set_hashes({"text": "t1", "note": f"{HIS}-changed"})
        event = Event("e1", "answer", "news-alex", task["_task_hash"], task["_input_hash"], "reject", task)
        journal.submit("news", [event]).result()
        served = set_hashes({"text": THEIRS, "_session_id": "news-alex"})
        journal.lease("news", "news-alex", [served], 2e9).result()
        journal.quarantine("news", Quarantined("x", 1, "", "", {"text": HIS, "_session_id": "news-alex"})).result()
        journal.quarantine("news", Quarantined("x", 1, "", "", {"text": "t2"})).result()
    out = folder.parent / "out.jsonl"
    export(folder, "news", out, get_format("jsonl", ""), choice=Choice(annotators=["alex"]))
    out.unlink()  # what was exported is the user's: the manifest is the store's


def bytes_of(folder):
    """All bytes below a folder, with those that are packed in Parquet files."""
    found = b""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found += path.read_bytes()
            if path.suffix == ".parquet":
                found += json.dumps(pyarrow.parquet.read_table(path).to_pylist(), default=str).encode()
    return found


def test_a_person_is_gone_from_every_byte(tmp_path):
    store = tmp_path / "store"
    fill(store)
    before = bytes_of(tmp_path)
    assert all(word in before for word in (HIS.encode(), b"alex", HERS.encode(), THEIRS.encode()))
    assert count_erased(store, ["news"], Target(annotator="alex")) == 40

    with Journal.open(store) as journal:
        done = journal.erase(["news"], Target(annotator="alex"))
        found = bytes_of(tmp_path)
        assert HIS.encode() not in found
        assert b"alex" not in found

    assert (done.answers, done.events, done.quarantined, done.mentions) == (40, 41, 1, {})
    assert done.exports == [tmp_path / "out.jsonl.manifest.json"]
    manifest = json.loads(done.exports[0].read_text())
    assert manifest["annotators"] == ["(erased)"]
    assert [note["answers_in_the_store"] for note in manifest["erased"]] == [40]
    with connect(store) as db:
        assert [task["note"] for task in db.iter_dataset_examples("news")] == [f"{HERS}-{n}" for n in range(40)]
        assert [task["text"] for task in db.journal.tasks("news")] == [THEIRS]
    assert verify(store) == []
    counts = connect_reader(store).sql("select annotator, count(*) from answers group by all").fetchall()
    assert counts == [("kim", 40)]


@pytest.mark.parametrize("by", ["task", "input"])
def test_a_task_is_gone_from_every_byte(tmp_path, by):
    store = tmp_path / "store"
    fill(store)
    doomed = {"text": "t2", "note": f"{HIS}-2"}
    hashes = {"task": set_hashes(doomed)["_task_hash"], "input": set_hashes(doomed)["_input_hash"]}
    assert f"{HERS}-2,".replace(",", '"').encode() in bytes_of(tmp_path)

    with Journal.open(store) as journal:
        done = journal.erase(["news"], Target(**{by: hashes[by]}))

    assert (done.answers, done.quarantined) == (2, 1)
    found = bytes_of(tmp_path)
    assert f'{HERS}-2"'.encode() not in found and f'{HIS}-2"'.encode() not in found
    assert b'"t2"' not in found
    assert f'{HERS}-3"'.encode() in found


KILLED = """
import os, signal, sys
from pathlib import Path
from prodflow.store.erase import Target
from prodflow.store.journal import Journal

def after(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

with Journal.open(Path(sys.argv[1])) as journal:
    journal.erase(["news"], Target(annotator="alex"), after)
"""


@pytest.mark.parametrize("step", ["struck", "noted", "sealed", "vacuumed"])
def test_an_erase_that_was_killed_is_finished_by_whoever_opens_the_store(tmp_path, step):
    store = tmp_path / "store"
    fill(store)
    killed = subprocess.run([sys.executable, "-c", KILLED, store, step])
    assert killed.returncode == -signal.SIGKILL
    assert connect_reader(store).sql("select distinct annotator from answers").fetchall() == [("kim",)]

    Journal.open(store).close()

    found = bytes_of(tmp_path)
    assert HIS.encode() not in found and b"alex" not in found
    assert verify(store) == []
    assert len(json.loads((tmp_path / "out.jsonl.manifest.json").read_text())["erased"]) == 1


def test_answers_of_others_that_name_the_person_are_told(tmp_path):
    with connect(tmp_path) as db:
        db.add_examples([{"text": "a", "_session_id": "news-alex"}], "news")
        db.add_examples([{"text": "a", "versions": [{"_session_id": "news-alex"}], "_session_id": "r-jo"}], "reviewed")
        assert db.journal.erase(["news"], Target(annotator="alex")).mentions == {"reviewed": 1}


def test_what_cannot_be_erased_is_named(tmp_path):
    with connect(tmp_path) as db:
        db.add_examples([{"text": "a", "_session_id": "news-alex"}], "news")
    with pytest.raises(UnknownNameError, match="no annotator named 'alix'; did you mean 'alex'"):
        count_erased(tmp_path, ["news"], Target(annotator="alix"))
    with pytest.raises(UnknownNameError, match="no dataset named 'newz'"):
        count_erased(tmp_path, ["newz"], Target(annotator="alex"))
    with pytest.raises(SettingError, match="no task with the hash 7 in news"):
        count_erased(tmp_path, ["news"], Target(task=7))
    with pytest.raises(SettingError, match="say what"):
        Target()
