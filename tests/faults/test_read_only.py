"""A store that cannot be written: said in a line at start; while serving, nothing is acknowledged and nothing lost."""

import os
import re
import resource
import subprocess
import sys
from contextlib import contextmanager

import pytest

from prodflow.store.accounts import ledger
from prodflow.store.database import connect
from tests.server_process import PRODFLOW, ServerProcess, environment, run, wait_until

TASKS = 120
RECIPE = """
import prodflow

def keep_from_writing(controller, on):
    controller.db.journal._writer._connection.execute(f"pragma query_only={int(on)}")

@prodflow.recipe("kept", dataset=("", "positional", None, str), source=("", "positional", None, str))
def kept(dataset, source):
    hooks = {"keep_from_writing": keep_from_writing}
    return {"dataset": dataset, "view_id": "text", "stream": prodflow.get_stream(source), "event_hooks": hooks}
"""


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "tasks.jsonl"
    file.write_text("".join(f'{{"text": "text {number}"}}\n' for number in range(TASKS)))
    return file


@pytest.fixture
def serve(home, tmp_path, source):
    recipe = tmp_path / "kept.py"
    recipe.write_text(RECIPE)
    return lambda: ServerProcess(home, "kept", "news", source, "-F", recipe)


def told_by_sqlite(server, store, on):
    """SQLite itself refuses to write, as it does where it finds the file read-only."""
    server.post("/event/keep_from_writing", on=on)


def told_by_the_disk(server, store, on):
    """Writing fails: the file is locked against changes where this user and this disk can do that, else cut short."""
    log = store / "prodflow.db-wal"
    locked = subprocess.run(["chattr", "+i" if on else "-i", log], capture_output=True, check=False).returncode == 0
    limit = 1 if on and not locked else resource.RLIM_INFINITY
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


@contextmanager
def read_only(how, server, store):
    how(server, store, True)
    try:
        yield
    finally:
        how(server, store, False)


def answers(tasks):
    return [
        {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": f"event-{task['text']}"} for task in tasks
    ]


def is_ready(server):
    reply = server.client.get("/health/ready")
    assert server.client.get("/health/live").status_code == 200
    return reply.status_code == 200 or reply.json()["status"]


@pytest.mark.parametrize("how", [told_by_sqlite, told_by_the_disk])
def test_a_store_that_becomes_read_only_takes_nothing_and_goes_on_when_it_can_be_written(home, serve, how):
    store = home / "store"
    with serve() as server:
        first, *rest = server.questions("news-alex")
        server.questions("news-jo")
        server.answer(*answers([first]), session_id="news-alex")
        wait_until(lambda: is_ready(server) is True)
        with read_only(how, server, store):
            refused = server.client.post("/give_answers", json={"session_id": "news-alex", "answers": answers(rest)})
            assert refused.status_code in (503, 507)
            assert "nothing stored" in refused.json()["detail"]
            for name in ("alex", "jo"):  # who asks meanwhile has tasks assigned that the journal does not know of
                body = {"session_id": f"news-{name}", "n": 35}
                assert server.client.post("/get_session_questions", json=body).status_code in (503, 507)
            words = wait_until(lambda: (said := is_ready(server)) is not True and said)
            assert words.startswith("store cannot be written: ")
            assert str(home) not in words
            assert server.client.get("/progress?session_id=news-alex").json()["total"] == 1
        again = server.client.post("/give_answers", json={"session_id": "news-alex", "answers": answers(rest)})
        assert again.status_code == 200, again.text
        assert [result["duplicate"] for result in again.json()["results"]] == [False] * len(rest)
        wait_until(lambda: is_ready(server) is True)
        more = server.post("/get_session_questions", session_id="news-jo", n=45)["tasks"]
        assert len(more) == 45, "the source is read on, past what the journal was not told of"
        server.kill()
        assert "Traceback" not in server.words, server.words
    with serve() as server:
        for _ in range(20):
            for session in ("news-alex", "news-jo"):
                while tasks := server.questions(session):
                    server.answer(*answers(tasks), session_id=session)
        assert server.stop() == 0
    with connect(store) as database:
        texts = [task["text"] for task in database.get_dataset("news")]
        assert sorted(texts) == sorted(f"text {number}" for number in range(TASKS))
    assert [row[2:] for row in ledger(store, "news")] == [("answered", "", "", TASKS)]


def start_without_rights(home, place, *arguments):
    """Run a command as this user, and where that is root without its right to write everywhere."""
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.access(place, os.W_OK) else []
    words = [*bound, *PRODFLOW, *map(str, arguments)]
    return subprocess.run(words, env=environment(home), capture_output=True, text=True, timeout=110, check=False)


@pytest.fixture
def filled(home, source):
    assert run(home, "db-in", "news", source).returncode == 0
    yield home / "store"
    for path in (home / "store", *(home / "store").iterdir()):
        path.chmod(0o755)


@pytest.mark.parametrize("what", ["folder", "journal"])
def test_a_start_says_in_a_line_why_and_what_to_do(home, source, filled, what):
    place = filled if what == "folder" else filled / "prodflow.db"
    place.chmod(0o555 if what == "folder" else 0o444)
    done = start_without_rights(home, place, "mark", "news", source, "--view-id", "text", "--port", 0)
    assert done.returncode == 1
    assert re.fullmatch(
        r"prodflow: store '.*store' cannot be written: .*this user.*; give it that right, or .*\n", done.stderr
    ), done.stderr


def test_what_cannot_be_written_can_be_read(home, source, filled):
    filled.chmod(0o555)
    done = start_without_rights(home, filled, "db-out", "news")
    assert (done.returncode, done.stdout.count("\n")) == (0, TASKS), done.stderr
    assert sorted(path.name for path in filled.iterdir()) == ["prodflow.db"]


def test_a_store_that_was_left_in_the_midst_is_not_read_wrongly(home, source, filled):
    """What lies in the log beside the journal counts; where it cannot be read along with it, that is said."""
    code = f"import os, prodflow; db = prodflow.connect({str(filled)!r}); db.add_dataset('late'); os._exit(0)"
    assert subprocess.run([sys.executable, "-c", code], env=environment(home), check=False).returncode == 0
    assert (filled / "prodflow.db-wal").stat().st_size > 0
    (filled / "prodflow.db-shm").unlink()
    filled.chmod(0o555)
    done = start_without_rights(home, filled, "stats")
    assert done.returncode == 1
    assert "was not stopped in good order; copy the whole folder" in done.stderr
    assert done.stderr.count("\n") == 1
