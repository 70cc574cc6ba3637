"""The writer goes on whatever becomes of a job, and of the disk."""

import sqlite3

import pytest

from prodflow.core.errors import AnswerError
from prodflow.store.schema import open_for_writing
from prodflow.store.writer import Writer


@pytest.fixture
def writer(tmp_path):
    writer = Writer(open_for_writing(tmp_path))
    yield writer
    writer.close()


def note(text):
    def work(connection):
        connection.execute("insert into about values (?, '')", (text,))

    return work


def notes(writer):
    query = "select key from about where value = '' order by key"
    rows = writer.submit(lambda connection: connection.execute(query).fetchall())
    return [key for (key,) in rows.result(timeout=20)]


def of_no_table(connection):
    connection.execute("select * from nowhere")


def with_a_broken_disk(connection):
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


def test_a_job_that_can_never_be_done_holds_up_no_other(writer):
    broken = writer.submit(of_no_table, patient=True)
    beside, later = writer.submit(note("beside")), writer.submit(note("later"))

    assert "nowhere" in str(broken.exception(timeout=20))
    assert [beside.result(timeout=20), later.result(timeout=20)] == [None, None]
    assert notes(writer) == ["beside", "later"]


def test_a_broken_disk_that_cannot_be_asked_why_stops_no_later_answer(tmp_path):
    def why_not():
        raise OSError(5, "Input/output error")

    writer = Writer(open_for_writing(tmp_path), why_not)
    with pytest.raises(AnswerError, match="Input/output error"):
        writer.submit(with_a_broken_disk).result(timeout=20)
    assert writer.submit(note("later")).result(timeout=20) is None
    writer.close()


def test_what_is_owed_is_done_first_and_in_its_order(writer):
    order = []
    broken = [True]

    def work(name):
        def run(connection):
            if broken[0]:
                with_a_broken_disk(connection)
            order.append(name)

        return run

    failed = [writer.submit(work(name), patient=name != "answer") for name in ("one", "answer", "two")]
    assert all(isinstance(one.exception(timeout=20), AnswerError) for one in failed)
    broken[0] = False
    writer.submit(work("three")).result(timeout=20)
    assert order == ["one", "two", "three"]


def test_who_waits_is_not_behind_a_pause_for_every_commit_of_patient_jobs(writer, monkeypatch):
    """A stream that is exchanged leaves a job behind for each task that was open: thousands."""
    monkeypatch.setattr("prodflow.store.writer._LINGER_S", 3600.0)
    done = []
    for number in range(1000):
        writer.submit(lambda connection, number=number: done.append(number), patient=True)
    writer.submit(lambda connection: None).result(timeout=20)
    assert done == list(range(1000))
