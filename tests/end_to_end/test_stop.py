"""SIGTERM ends a server soon, whatever its source is doing: open answers are stored, `on_exit` is called."""

import os
import signal
import threading
import time

import pytest

from tests.server_process import ServerProcess, run, wait_until

RECIPE = """
import threading, time
import prodflow

def some_then_none():
    yield {"text": "a"}
    yield {"text": "b"}
    time.sleep(600)

def learn(answers):
    time.sleep(0.5)
    open(FILE + ".learnt", "a").write(f"{len(answers)}\\n")

def leave(controller):
    open(FILE, "w").write(str(controller.total_annotated))

@prodflow.recipe("blocking")
def blocking(dataset, source):
    global FILE
    FILE = source
    return {"dataset": dataset, "view_id": "text", "stream": some_then_none(), "update": learn, "on_exit": leave,
            "config": {"batch_size": 2}}
"""


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stdin, os.fdopen(writing, "wb", buffering=0) as program:
        yield stdin, program


def test_a_live_pipe_is_shown_at_once_and_the_server_ends_while_it_waits_for_more(tmp_path, pipe):
    stdin, program = pipe
    program.write(b'{"text": "a"}\n{"text": "b"}\n')
    server = ServerProcess(tmp_path / "home", "mark", "live", "-", "--view-id", "text", stdin=stdin)
    asking = threading.Thread(target=server.client.post, args=("/get_session_questions",), kwargs={"json": {"n": 5}})
    first = server.post("/get_session_questions", n=2)["tasks"]
    assert [task["text"] for task in first] == ["a", "b"]
    server.answer(*({**task, "answer": "accept"} for task in first))
    asking.start()
    program.write(b'{"text": "c"}\n')
    asking.join(10)
    assert not asking.is_alive()
    threading.Thread(target=server.client.post, args=("/get_session_questions",), kwargs={"json": {"n": 5}}).start()
    began = time.monotonic()
    assert server.stop(signal.SIGTERM) == 0
    assert time.monotonic() - began < 4
    assert "Traceback" not in server.words
    assert run(tmp_path / "home", "db-out", "live").stdout.count("\n") == 2


def test_a_source_that_blocks_in_python_keeps_nobody(tmp_path):
    recipe, file = tmp_path / "recipe.py", tmp_path / "left"
    recipe.write_text(RECIPE)
    server = ServerProcess(tmp_path / "home", "blocking", "set", file, "-F", recipe)
    for task in server.questions():
        server.answer({**task, "answer": "accept"})
    waiting = threading.Thread(target=server.client.post, args=("/get_session_questions",), kwargs={"json": {}})
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()  # somebody has the page open, and hopes for more
    assert server.stop(signal.SIGTERM) == 0
    waiting.join(10)
    assert file.read_text() == "2"
    assert sum(map(int, file.with_name("left.learnt").read_text().split())) == 2
    assert "Traceback" not in server.words and "Fatal" not in server.words


HANGING = """
import threading
import prodflow

@prodflow.recipe("hanging")
def hanging(dataset, where, patience_s: float):
    hang = lambda given: threading.Event().wait()
    return {"dataset": dataset, "view_id": "text", "stream": [{"text": "a"}, {"text": "b"}], where: hang,
            "config": {"exit_patience_s": patience_s}}
"""


def start_hanging(tmp_path, where, patience_s):
    recipe = tmp_path / "recipe.py"
    recipe.write_text(HANGING)
    server = ServerProcess(tmp_path / "home", "hanging", "set", where, patience_s, "-F", recipe)
    server.answer(*({**task, "answer": "accept"} for task in server.questions()))
    return server


@pytest.mark.parametrize("where", ["update", "on_exit"])
def test_a_recipe_that_hangs_at_the_end_is_not_waited_for_for_ever(tmp_path, where):
    server = start_hanging(tmp_path, where, 1.5)
    assert server.stop(signal.SIGTERM) == 1
    assert f"waiting for {where}, for 1 s at most" in server.words
    assert f"ended after 1.5 s without waiting any longer for {where}" in server.words
    assert run(tmp_path / "home", "db-out", "set").stdout.count("\n") == 2


def test_a_second_ctrl_c_ends_a_server_at_once(tmp_path):
    server = start_hanging(tmp_path, "on_exit", 600)
    server.process.send_signal(signal.SIGINT)
    wait_until(lambda: "waiting for on_exit" in server.words)
    assert server.stop(signal.SIGINT) == 130
    assert "ended at once" in server.words
    assert run(tmp_path / "home", "db-out", "set").stdout.count("\n") == 2
