"""SIGTERM in each phase of sealing: the server ends in good order, with every answer, and no half of a file.

SIGKILL in each phase, of sealing and of merging, is in `tests/store/test_segments.py`.
"""

import pytest

from prodflow.store.database import connect
from prodflow.store.reader import Reader, verify
from tests.server_process import ServerProcess
from tests.store.test_segments import STEPS

TASKS = 30
RECIPE = """
import os, signal, time
from pathlib import Path
import prodflow

step = Path(__file__).with_name("step").read_text()

def stop_in_the_midst(name):
    if name == step and not Path("stopped").exists():
        Path("stopped").touch()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1.0)

def seal_soon(controller):
    journal = controller.db.journal
    journal._segments._after = stop_in_the_midst
    journal._sealer._rows = 10

def left(controller):
    Path("left").write_text(str(controller.total_annotated))

@prodflow.recipe("sealed", dataset=("", "positional", None, str))
def sealed(dataset):
    stream = ({"text": f"text {number}"} for number in range(30))
    return {"dataset": dataset, "view_id": "text", "stream": stream, "on_load": seal_soon, "on_exit": left}
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_is_stopped_while_it_seals_ends_in_good_order(home, tmp_path, monkeypatch, step):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "step").write_text(step)
    (tmp_path / "sealed.py").write_text(RECIPE)
    server = ServerProcess(home, "sealed", "news", "-F", tmp_path / "sealed.py")
    tasks = server.post("/get_session_questions", n=TASKS)["tasks"]
    answers = [{"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": task["text"]} for task in tasks]
    server.answer(*answers[:20])
    acknowledged = [answer["_event_id"] for answer in answers[:20]]
    assert server.wait() == 0, server.words
    assert (tmp_path / "stopped").exists(), f"sealing never came to {step!r}"
    assert (tmp_path / "left").read_text() == "20"
    assert "Traceback" not in server.words, server.words

    store = home / "store"
    assert not list(store.rglob("*.tmp")), "half of a file was left"
    assert verify(store) == []
    assert texts(store) == acknowledged
    with connect(store) as database:
        database.journal._segments.seal(grace_s=0)
    assert texts(store) == acknowledged
    assert [path.name for path in (store / "segments").iterdir()] == ["1-20.parquet"]


def texts(store):
    return [text for (text,) in Reader(store).sql("select event_id from events order by seq").fetchall()]
