"""Sealing moves nothing out of the journal, survives a crash at every step, and is seen by readers at once."""

import json
import os
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from prodflow.cli.doctor import examine
from prodflow.core.errors import StoreError
from prodflow.store.database import Database
from prodflow.store.journal import Journal
from prodflow.store.reader import Reader, snapshot_counts, verify
from prodflow.store.sealer import SEAL_BYTES, Sealer
from prodflow.store.segments import Segments
from prodflow.store.writes import drop_dataset

STEPS = ["written", "synced", "renamed", "folder-synced", "listed", "viewed"]


def tasks(start, stop, **keys):
    return [{"text": f"text {n}", "label": "AB"[n % 2], "answer": "accept", **keys} for n in range(start, stop)]


@pytest.fixture
def store(tmp_path):
    with Database(tmp_path / "it's a store") as database:
        yield database


def seal(database, **settings):
    return database.journal._segments.seal(**settings)


def texts(folder):
    return [text for (text,) in Reader(folder).sql("select text from answers order by seq").fetchall()]


def all_texts(count):
    return [f"text {n}" for n in range(count)]


def files(folder):
    return sorted(path.name for path in (folder / "segments").iterdir())


def test_sealed_and_unsealed_answers_are_one_table(store):
    store.add_examples(tasks(0, 30), "news")
    assert texts(store.folder) == all_texts(30)
    assert seal(store) == 1
    store.add_examples(tasks(30, 40), "news")

    assert snapshot_counts(store.folder) == {"files": 1, "sealed": 30, "unsealed": 10}
    assert texts(store.folder) == all_texts(40)
    assert files(store.folder) == ["1-30.parquet"]


def test_an_answer_that_is_changed_after_sealing_is_current(store):
    store.add_examples(tasks(0, 2, _session_id="news-alex"), "news")
    seal(store)
    store.add_examples([{**tasks(0, 1)[0], "_session_id": "news-alex", "answer": "reject"}], "news")

    query = "select text, answer from answers order by all"
    assert Reader(store.folder).sql(query).fetchall() == [("text 0", "reject"), ("text 1", "accept")]
    seal(store)
    assert Reader(store.folder).sql(query).fetchall() == [("text 0", "reject"), ("text 1", "accept")]
    assert Reader(store.folder).sql("select count(*) from events").fetchall() == [(3,)]


def test_nothing_new_makes_no_file(store):
    store.add_examples(tasks(0, 3), "news")

    assert [seal(store), seal(store)] == [1, 0]


def test_small_files_are_merged_in_order(store):
    for start in range(0, 36, 2):
        store.add_examples(tasks(start, start + 2), "news")
        seal(store)

    assert snapshot_counts(store.folder) == {"files": 3, "sealed": 36, "unsealed": 0}
    assert texts(store.folder) == all_texts(36)
    assert verify(store.folder) == []
    assert len(files(store.folder)) == 3 + 16
    seal(store, grace_s=0)
    assert files(store.folder) == ["1-32.parquet", "33-34.parquet", "35-36.parquet"]


def test_a_clock_that_goes_forward_takes_no_file_from_who_reads_it(store, monkeypatch):
    for start in range(16):
        store.add_examples(tasks(start, start + 1), "news")
        seal(store)
    assert len(files(store.folder)) == 17, "the small ones stay for a while beside the one that they were merged to"
    later = time.time() + 86_400
    monkeypatch.setattr("time.time", lambda: later)
    seal(store)
    assert len(files(store.folder)) == 17
    seal(store, grace_s=0)
    assert files(store.folder) == ["1-16.parquet"]


def test_strays_do_not_count_and_are_removed(store):
    store.add_examples(tasks(0, 3), "news")
    seal(store)
    folder = store.folder / "segments"
    (folder / "4-9.parquet").write_bytes((folder / "1-3.parquet").read_bytes())
    (folder / "9-10.parquet.tmp").write_text("half a file")

    assert texts(store.folder) == all_texts(3)
    seal(store, grace_s=0)
    assert files(store.folder) == ["1-3.parquet"]


KILLED = """
import os, signal, sys
from pathlib import Path
from prodflow.store.database import Database
from prodflow.store.segments import Segments

folder, step = Path(sys.argv[1]), sys.argv[2]
database = Database(folder)
journal = database.journal
def die(name):
    if name == step:
        os.kill(os.getpid(), signal.SIGKILL)
Segments(folder, journal._writer.submit, {}, after=die).seal()
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_while_sealing_loses_and_doubles_nothing(store, step):
    store.add_examples(tasks(0, 3), "news")
    seal(store)
    store.add_examples(tasks(3, 8), "news")
    store.close()

    done = subprocess.run([sys.executable, "-c", KILLED, store.folder, step], check=False)

    assert done.returncode == -signal.SIGKILL
    assert texts(store.folder) == all_texts(8)
    seal(store, grace_s=0)
    assert texts(store.folder) == all_texts(8)
    assert snapshot_counts(store.folder) == {"files": 2, "sealed": 8, "unsealed": 0}
    assert files(store.folder) == ["1-3.parquet", "4-8.parquet"]
    assert [path.name for path in store.folder.iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_while_merging_loses_and_doubles_nothing(store, step):
    for start in range(15):
        store.add_examples(tasks(start, start + 1), "news")
        seal(store)
    store.add_examples(tasks(15, 16), "news")
    store.close()

    # The second time: the first is of sealing what is merged then; views are written once, at the end.
    times = 1 if step == "viewed" else 2
    killed = KILLED.replace("name == step", f"name == step and seen.append(1) or len(seen) == {times}").replace(
        "def die", "seen = []\ndef die"
    )
    done = subprocess.run([sys.executable, "-c", killed, store.folder, step], check=False)

    assert done.returncode == -signal.SIGKILL
    assert texts(store.folder) == all_texts(16)
    seal(store, grace_s=0)
    assert texts(store.folder) == all_texts(16)
    assert snapshot_counts(store.folder) == {"files": 1, "sealed": 16, "unsealed": 0}


def test_two_processes_do_not_seal_at_once(store):
    store.add_examples(tasks(0, 3), "news")
    with Journal.open(store.folder) as other:
        assert store.journal._segments._lock.acquire()
        assert other._segments.seal() == 0
        store.journal._segments._lock.release()
        assert other._segments.seal() == 1


def test_a_dropped_dataset_is_gone_from_the_files_too(store):
    store.add_examples(tasks(0, 3), "secret")
    store.add_examples(tasks(3, 5), "news")
    seal(store)
    assert store.drop_dataset("secret")

    assert [text for (text,) in Reader(store.folder).sql("select text from events order by seq").fetchall()] == [
        "text 3",
        "text 4",
    ]
    assert b"text 0" not in b"".join(path.read_bytes() for path in (store.folder / "segments").iterdir())
    assert snapshot_counts(store.folder)["unsealed"] == 0


def test_what_is_dropped_while_it_is_sealed_does_not_come_back(store):
    store.add_examples(tasks(0, 3), "secret")
    store.add_examples(tasks(3, 5), "news")

    def drop(step):
        if step == "renamed":
            store.journal._writer.submit(lambda connection: drop_dataset(connection, "secret")).result()

    Segments(store.folder, store.journal._writer.submit, {}, after=drop).seal()
    assert [text for (text,) in Reader(store.folder).sql("select text from events order by seq").fetchall()] == [
        "text 3",
        "text 4",
    ]
    seal(store)
    assert snapshot_counts(store.folder) == {"files": 1, "sealed": 2, "unsealed": 0}


@pytest.mark.parametrize("damage", ["missing", "flipped", "short"])
def test_a_damaged_file_is_named_and_made_again(store, damage):
    store.add_examples(tasks(0, 3), "news")
    seal(store)
    path = store.folder / "segments" / "1-3.parquet"
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(whole[:-1] if damage == "short" else whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])

    with pytest.raises(StoreError, match=r"1-3\.parquet.* is (missing|damaged).*prodflow store rebuild"):
        texts(store.folder)
    assert len(verify(store.folder)) == 1
    assert store.journal.rebuild() == 1
    assert texts(store.folder) == all_texts(3)
    assert verify(store.folder) == []


def test_a_file_that_was_only_touched_is_fine(store):
    store.add_examples(tasks(0, 3), "news")
    seal(store)
    os.utime(store.folder / "segments" / "1-3.parquet", (1, 1))

    assert texts(store.folder) == all_texts(3)


def test_promoted_columns_are_there_before_and_after_sealing(tmp_path, monkeypatch):
    def ask(columns, query):
        monkeypatch.setenv(
            "PRODFLOW_CONFIG_OVERRIDES", json.dumps({"store": {"path": str(tmp_path), "columns": columns}})
        )
        import prodflow

        return prodflow.connect().sql(query).fetchall()

    def store(columns, start):
        monkeypatch.setenv(
            "PRODFLOW_CONFIG_OVERRIDES", json.dumps({"store": {"path": str(tmp_path), "columns": columns}})
        )
        with Database(tmp_path) as database:
            database.add_examples([{"text": f"{start}", "meta": {"source": f"s{start}", "page": start}}], "news")
            seal(database)

    source, both = {"source": "$.meta.source"}, {"source": "$.meta.source", "page": "$.meta.page"}
    store({}, 1)
    store(source, 2)
    store(both, 3)
    store({"source": "$.meta.page"}, 4)
    with Database(tmp_path) as database:
        database.add_examples([{"text": "5", "meta": {"source": "s5", "page": 5}}], "news")

        rows = [(f"s{n}", str(n)) for n in range(1, 6)]
        assert ask(both, "select source, page from answers order by seq") == rows
        assert ask(source, "select source from answers order by seq") == [row[:1] for row in rows]
        assert ask({}, "select count(*) from answers") == [(5,)]


def test_duckdb_alone_reads_the_sealed_answers(store):
    store.add_examples(tasks(0, 4), "news")
    seal(store)
    store.add_examples(tasks(4, 6), "news")

    with duckdb.connect(str(store.folder / "analytics.duckdb"), read_only=True) as connection:
        assert connection.execute("select label, count(*) from answers group by all order by all").fetchall() == [
            ("A", 2),
            ("B", 2),
        ]
        assert connection.execute("select count(*) from spans").fetchall() == [(0,)]
        seal(store)
        assert connection.execute("select count(*) from answers").fetchall() == [(4,)]
    with duckdb.connect(str(store.folder / "analytics.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from answers").fetchall() == [(6,)]


def ask_duckdb(store, query):
    with duckdb.connect(str(store.folder / "analytics.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_duckdb_alone_reads_an_empty_store_once_the_only_dataset_is_dropped(store):
    store.add_examples(tasks(0, 4), "news")
    seal(store)
    store.drop_dataset("news")

    assert files(store.folder) == []
    assert ask_duckdb(store, "select count(*) from answers") == [(0,)]


def test_files_that_were_replaced_go_only_after_the_views_that_read_them(store):
    store.add_examples(tasks(0, 4), "news")
    seal(store)
    store.journal._writer.submit(lambda connection: drop_dataset(connection, "news")).result()
    there = []

    def note(step):
        there.append((step, files(store.folder)))

    Segments(store.folder, store.journal._writer.submit, {}, after=note).seal(grace_s=0)
    assert there == [("viewed", ["1-4.parquet"])]
    assert files(store.folder) == []


def test_views_that_a_crash_left_behind_are_written_again(store):
    store.add_examples(tasks(0, 3), "news")
    seal(store)
    store.add_examples(tasks(3, 8), "news")
    store.close()
    subprocess.run([sys.executable, "-c", KILLED, store.folder, "listed"], check=False)
    assert ask_duckdb(store, "select count(*) from answers") == [(3,)]

    assert seal(store) == 0
    assert ask_duckdb(store, "select count(*) from answers") == [(8,)]


def test_the_background_seals_when_there_is_enough_and_when_it_is_time(store):
    store.add_examples(tasks(0, 5), "news")
    sealer = Sealer(store.journal._segments, rows=1000, seconds=0.05)
    wait_for(lambda: snapshot_counts(store.folder)["unsealed"] == 0)
    sealer.close()
    store.add_examples(tasks(5, 10), "news")
    sealer = Sealer(store.journal._segments, rows=5, seconds=1000)
    sealer.stored(5)
    wait_for(lambda: snapshot_counts(store.folder)["unsealed"] == 0)
    sealer.close()

    assert snapshot_counts(store.folder)["sealed"] == 10


def test_a_sealer_that_fails_says_so_once_and_tries_again(store, caplog):
    store.add_examples(tasks(0, 5), "news")
    (store.folder / "segments").write_text("in the way")
    sealer = Sealer(store.journal._segments, rows=5, seconds=0.01)
    tries = []
    seal_once = store.journal._segments.seal
    store.journal._segments.seal = lambda **settings: (tries.append(1), seal_once(**settings))
    wait_for(lambda: len(tries) > 2)
    assert caplog.text.count("sealing failed: ") == 1
    assert "no answer is lost" in caplog.text
    [finding] = [finding for finding in examine(store.folder) if finding.check == "sealing"]
    assert finding.state == "warn"
    assert "segments" in finding.words
    (store.folder / "segments").unlink()
    wait_for(lambda: "sealing works again" in caplog.text)
    sealer.close()

    assert snapshot_counts(store.folder)["sealed"] == 5
    assert not [finding for finding in examine(store.folder) if finding.check == "sealing"]


def test_tasks_of_megabytes_are_sealed_in_bounded_memory(store):
    """Eight of 5 MB at once were more than the engine may take; a single one of 30 MB has a file of its own."""
    sizes = [5_000_000] * 8 + [30_000_000, 5, 5]
    words = [f"{n} " + "word " * (size // 5) for n, size in enumerate(sizes)]
    store.add_examples([{"text": text, "label": "A", "answer": "accept"} for text in words], "big")
    seal(store, wait_s=60)

    assert files(store.folder) == ["1-3.parquet", "10-11.parquet", "4-6.parquet", "7-8.parquet", "9-9.parquet"]
    sizes_there = Reader(store.folder).sql("select strlen(text) from answers order by seq").fetchall()
    assert [size for (size,) in sizes_there] == list(map(len, words))


def test_much_json_is_enough_to_seal_however_few_the_events(store):
    store.add_examples(tasks(0, 2), "news")
    sealer = Sealer(store.journal._segments, rows=1000, seconds=1000)
    sealer.stored(2, SEAL_BYTES)
    wait_for(lambda: snapshot_counts(store.folder)["unsealed"] == 0)
    sealer.close()


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
