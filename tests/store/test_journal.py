"""The journal stores each answer once, or says why not."""

import os
import sqlite3
import threading
import time
from concurrent.futures import wait

import pytest

from prodflow.core.errors import AnswerError, SettingError, StoreError, StoreVersionError
from prodflow.core.failures import Quarantined
from prodflow.store.journal import Ack, Event, Journal
from prodflow.store.place import refuse_network_disk
from prodflow.store.reads import rows_of


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "store") as journal:
        journal.add_dataset("news")
        journal.add_session("news", "news-alex", "alex")
        journal.add_session("news", "news-kim", "kim")
        yield journal


def answer(event_id, task_hash=1, decision="accept", session="news-alex", **content):
    task = {"text": f"text {task_hash}", "_input_hash": task_hash, "_task_hash": task_hash, "answer": decision}
    return Event(event_id, "answer", session, task_hash, task_hash, decision, {**task, **content})


def undo(event_id, task_hash=1, session="news-alex"):
    return Event(event_id, "undo", session, task_hash, task_hash, None, {})


def submit(journal, *events):
    return journal.submit("news", events).result(timeout=20)


def events_stored(journal):
    return [event.event_id for event in journal.events_since("news", 0, 1000)]


def test_an_answer_has_a_place_and_is_current(journal):
    assert submit(journal, answer("a"), answer("b", 2, "reject")) == [
        Ack("a", 1, False, None),
        Ack("b", 2, False, None),
    ]
    assert list(journal.answered("news")) == [("news-alex", 1, 1, "accept"), ("news-alex", 2, 2, "reject")]
    assert journal.totals("news") == {"news-alex": 2, "news-kim": 0}


def test_another_answer_of_the_session_replaces_the_first(journal):
    submit(journal, answer("a"))

    assert submit(journal, answer("b", decision="reject")) == [Ack("b", 2, False, replaced=1)]
    assert list(journal.answered("news")) == [("news-alex", 1, 1, "reject")]
    assert events_stored(journal) == ["a", "b"]


def test_a_batch_goes_by_its_own_order(journal):
    acks = submit(journal, answer("a"), undo("u"), answer("b", decision="reject"), undo("v"), answer("c"))

    assert [ack.replaced for ack in acks] == [None, 1, None, 3, None]
    assert list(journal.answered("news")) == [("news-alex", 1, 1, "accept")]
    with pytest.raises(AnswerError) as refused:
        submit(journal, undo("w"), undo("x"))
    assert refused.value.status == 404
    assert journal.totals("news")["news-alex"] == 1


def test_a_job_that_fails_half_way_leaves_nothing(journal):
    def half(connection):
        connection.execute("delete from sessions")
        raise ValueError("half way")

    failed, fine = journal._writer.submit(half), journal.submit("news", [answer("a")])

    assert str(failed.exception(timeout=10)) == "half way"
    assert fine.result(timeout=10)[0].seq == 1


def test_what_nobody_waits_for_is_written_soon_all_the_same(journal):
    asleep = 0.2  # longer than the writer stays awake after a commit
    for rest in (0.0, asleep):
        time.sleep(rest)
        wanted = journal._writer.submit(lambda connection: connection.in_transaction, patient=True)
        assert wanted.result(timeout=10) is True


def test_what_nobody_waits_for_keeps_its_place_and_goes_into_the_same_commit(journal):
    order = []
    for number in range(600):
        journal._writer.submit(
            lambda connection, number=number: order.append((number, connection.total_changes)), patient=number % 3 != 0
        )
    journal.flush().result(timeout=10)

    assert [number for number, _ in order] == list(range(600))


def test_closing_writes_what_nobody_waits_for(tmp_path):
    with Journal.open(tmp_path) as journal:
        journal.add_dataset("news")
        left = journal._writer.submit(
            lambda connection: connection.execute("update datasets set meta = 'left'"), patient=True
        )
    assert left.done()


def test_answers_of_two_sessions_stand_beside_each_other(journal):
    submit(journal, answer("a"), answer("b", session="news-kim"))

    assert journal.totals("news") == {"news-alex": 1, "news-kim": 1}


def test_an_undo_is_an_event_too(journal):
    submit(journal, answer("a"))

    assert submit(journal, undo("u")) == [Ack("u", 2, False, replaced=1)]
    assert list(journal.answered("news")) == []
    assert events_stored(journal) == ["a", "u"]


def test_the_same_event_twice_is_stored_once(journal):
    first = submit(journal, answer("a"), undo("u"))
    again = submit(journal, answer("a"), undo("u"))

    assert [(ack.seq, ack.duplicate) for ack in again] == [(ack.seq, True) for ack in first]
    assert [ack.duplicate for ack in submit(journal, answer("b", 3), answer("b", 3))] == [False, True]
    assert events_stored(journal) == ["a", "u", "b"]


def test_a_second_try_may_have_another_timestamp(journal):
    submit(journal, answer("a", _timestamp=1))

    assert submit(journal, answer("a", _timestamp=2))[0].duplicate


@pytest.mark.parametrize(
    "other",
    [answer("a", decision="reject"), answer("a", 2), answer("a", session="news-kim"), answer("a", note="x"), undo("a")],
)
def test_the_same_event_id_with_something_else_is_refused(journal, other):
    submit(journal, answer("a"))

    with pytest.raises(AnswerError, match=r"\$\.answers\[1\]\._event_id: 'a' came before") as refused:
        submit(journal, answer("fine", 9), other)
    assert refused.value.status == 409
    assert events_stored(journal) == ["a"]


def test_an_undo_of_nothing_or_of_anothers_answer_is_refused(journal):
    with pytest.raises(AnswerError) as nothing:
        submit(journal, undo("u"))
    submit(journal, answer("a", session="news-kim"))
    with pytest.raises(AnswerError) as others:
        submit(journal, undo("u"))

    assert (nothing.value.status, others.value.status) == (404, 403)
    assert events_stored(journal) == ["a"]


def deep(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (answer("b", meta={"score": float("nan")}), "$.answers[1].meta.score"),
        (answer("b", meta=[1, float("inf")]), "$.answers[1].meta[1]"),
        (answer("b", note="a\ud800"), "$.answers[1].note"),
        (answer("b", **{"a\udfff": 1}), "$.answers[1]"),
        (answer("b", note=["fine", {"x": "a\0"}]), "$.answers[1].note[1].x"),
        (answer("b", 2**53), "$.answers[1]._task_hash"),
        (answer("b", -(2**53)), "$.answers[1]._task_hash"),
        (answer("b", 1.0), "$.answers[1]._task_hash"),
        (answer("b", True), "$.answers[1]._task_hash"),
        (answer("b", "7"), "$.answers[1]._task_hash"),
        (answer("b", decision="maybe"), "$.answers[1].answer"),
        (answer("b", decision=None), "$.answers[1].answer"),
        (answer("b", note={1: "a"}), "$.answers[1].note"),
        (answer("b", note={1, 2}), "$.answers[1].note"),
        (answer("b", note=2**64), "$.answers[1].note"),
        (answer(""), "$.answers[1]._event_id"),
        (answer("b\n"), "$.answers[1]._event_id"),
        (answer(7), "$.answers[1]._event_id"),
    ],
)
def test_bad_input_is_refused_with_its_path_and_the_whole_batch(journal, event, path):
    with pytest.raises(AnswerError) as refused:
        submit(journal, answer("fine", 9), event, answer("fine too", 10))

    assert (refused.value.path, refused.value.status) == (path, 400)
    assert str(refused.value).startswith(path)
    assert events_stored(journal) == []


@pytest.mark.parametrize("levels", [201, 300, 5000])
def test_too_deep_content_is_refused(journal, levels):
    with pytest.raises(AnswerError, match=r"\$\.answers\[0\]\.note.*nested too deeply") as refused:
        submit(journal, answer("b", note=deep(levels)))

    assert refused.value.status == 400
    assert submit(journal, answer("c", note=deep(199)))


def test_content_comes_back_as_it_was(journal):
    content = {"z": None, "a": [1, 2.5, 1e300, "ü\U0001f600", {}], "b": {"y": True, "x": -(2**63)}, "n": "\\u0000 null"}
    submit(journal, answer("a", **content))

    _, stored, decision = journal.current("news", "news-alex", 1)
    assert list(stored.items())[4:] == list(content.items())
    assert decision == "accept"


def test_unknown_datasets_and_sessions_are_named(journal):
    with pytest.raises(AnswerError, match="no dataset named 'newz'") as dataset:
        journal.submit("newz", [answer("a")]).result()
    with pytest.raises(AnswerError, match="no session 'news-zoe'") as session:
        submit(journal, answer("a", session="news-zoe"))

    assert (dataset.value.status, session.value.status) == (404, 404)


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", "a\\b", "a\0b", "a\nb", "x" * 201])
def test_a_name_that_could_be_a_path_is_refused(journal, name):
    with pytest.raises(SettingError):
        journal.add_dataset(name)
    with pytest.raises(AnswerError):
        journal.add_session("news", name, None)


def test_answering_ends_the_lease(journal):
    tasks = [{"text": str(number), "_task_hash": number, "_input_hash": number} for number in (1, 2, 3)]
    journal.lease("news", "news-alex", tasks, 100.5).result()
    journal.lease("news", "news-kim", tasks[:1], 200.0).result()
    submit(journal, answer("a", 1))
    journal.release("news", "news-alex", [2]).result()

    assert sorted(journal.leases("news"), key=str) == [("news-alex", 100.5, tasks[2]), ("news-kim", 200.0, tasks[0])]


def test_a_task_is_known_once_it_was_handed_out_or_answered(journal):
    task = {"text": "x", "_task_hash": 5, "_input_hash": 5}
    journal.lease("news", "news-alex", [task], 1.0).result()
    submit(journal, answer("a", 6))

    assert journal.has_task("news", 5) == task
    assert journal.has_task("news", 6)["text"] == "text 6"
    assert journal.has_task("news", 7) is None


def test_history_is_newest_first(journal):
    submit(journal, answer("a", 1, _timestamp=5), answer("b", 2, "reject"), answer("c", 3, session="news-kim"))
    history = journal.history("news", "news-alex", 10)

    assert [(task["text"], task["answer"]) for task in history] == [("text 2", "reject"), ("text 1", "accept")]
    assert history[1]["_timestamp"] == 5
    assert isinstance(history[0]["_timestamp"], int)
    assert journal.history("news", "news-alex", 1) == history[:1]


def test_many_threads_share_commits_and_lose_nothing(journal):
    def work(name):
        futures = [
            journal.submit("news", [answer(f"{name}-{number}", hash((name, number)) % 2**50)]) for number in range(50)
        ]
        wait(futures)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(events_stored(journal)) == 200


def test_a_refused_batch_does_not_harm_those_it_shares_a_commit_with(journal):
    futures = [
        journal.submit("news", [answer(f"e{number}", number), undo(f"u{number}", number + 100)]) for number in range(5)
    ]
    futures += [journal.submit("news", [answer(f"f{number}", number)]) for number in range(5)]

    assert [type(future.exception()) for future in futures] == [AnswerError] * 5 + [type(None)] * 5
    assert events_stored(journal) == [f"f{number}" for number in range(5)]


def test_a_full_disk_gives_no_acknowledgement_and_can_be_tried_again(journal):
    pages = "pragma max_page_count = {}"
    used = journal._writer.submit(lambda connection: connection.execute("pragma page_count").fetchone()[0]).result()
    journal._writer.submit(lambda connection: connection.execute(pages.format(used)).fetchone()).result()
    large = answer("large", note="x" * 100_000)

    with pytest.raises(AnswerError, match="the disk is full") as refused:
        submit(journal, large)
    journal._writer.submit(lambda connection: connection.execute(pages.format(2**30)).fetchone()).result()

    assert refused.value.status == 507
    assert submit(journal, large)[0].duplicate is False


def test_waits_for_another_process_that_writes(journal):
    other = sqlite3.connect(journal.folder / "prodflow.db", isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    future = journal.submit("news", [answer("a")])
    threading.Timer(0.2, lambda: other.execute("rollback")).start()

    assert future.result(timeout=10)[0].seq == 1
    other.close()


def test_a_dropped_dataset_leaves_nothing_and_its_numbers_are_not_given_again(journal):
    submit(journal, answer("a"))
    journal.lease("news", "news-alex", [{"text": "x", "_task_hash": 5, "_input_hash": 5}], 1.0).result()

    assert journal.drop_dataset("news") is True
    assert journal.drop_dataset("news") is False
    tables = ("datasets", "sessions", "tasks", "events", "current", "leases")
    assert [rows_of(journal.folder, f"select count(*) from {table}") for table in tables] == [[(0,)]] * 6
    journal.add_dataset("news")
    journal.add_session("news", "news-alex", "alex")
    assert submit(journal, answer("a"))[0].seq == 2


def test_quarantined_records_are_kept_whatever_they_hold(journal):
    for record in ({"text": "a"}, "a\ud800", object, b"\xff", {1: "a"}):
        journal.quarantine("news", Quarantined("fetch_media", 3, "broken \ud800", "Traceback \0", record)).result()
    journal.quarantine(None, Quarantined("load", 0, "x", "y", None)).result()

    assert rows_of(journal.folder, "select count(*), count(dataset_id) from quarantine") == [(6, 5)]


def test_a_newer_store_is_refused_with_who_wrote_it(tmp_path):
    with Journal.open(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "prodflow.db")
    connection.execute("update about set value = '9.1.0' where key = 'written_by'")
    connection.execute("pragma user_version = 2")
    connection.commit()
    connection.close()

    with pytest.raises(StoreVersionError, match=r"written by prodflow 9\.1\.0"):
        Journal.open(tmp_path)
    with pytest.raises(StoreVersionError):
        rows_of(tmp_path, "select 1")


def test_what_is_no_store_is_refused(tmp_path):
    (tmp_path / "prodflow.db").write_text("this is a text file, and rather long for one at that" * 50)

    with pytest.raises(StoreError, match="cannot be opened"):
        Journal.open(tmp_path)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_a_network_disk_is_refused(tmp_path, kind):
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 {os.major(device)}:{os.minor(device)} / /mnt rw,noatime shared:1 - {kind} server:/x rw\n")

    with pytest.raises(StoreError, match=f"network disk \\({kind}\\)"):
        refuse_network_disk(tmp_path, mounts)
    mounts.write_text(mounts.read_text().replace(kind, "ext4"))
    refuse_network_disk(tmp_path, mounts)


def test_every_commit_waits_for_the_disk(journal):
    settings = journal._writer.submit(
        lambda connection: [
            connection.execute(f"pragma {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
    ).result()

    assert settings == ["wal", 2]


def test_a_closed_journal_says_so(journal):
    journal.close()
    journal.close()

    with pytest.raises(StoreError, match="closed"):
        journal.submit("news", [answer("a")])


def test_a_caller_that_goes_away_does_not_stop_the_writer(tmp_path):
    with Journal.open(tmp_path) as journal:
        journal.add_dataset("news")
        journal.add_session("news", "news-alex", "alex")
        for number in range(200):
            journal.lease("news", "news-alex", [{"_task_hash": number, "_input_hash": number}], 0.0).cancel()
        journal.lease("news", "news-alex", [{"_task_hash": 999, "_input_hash": 999}], 0.0).result(20)
        assert journal.has_task("news", 999)
