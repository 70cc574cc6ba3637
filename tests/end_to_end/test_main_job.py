"""The main job, as its user does it: images, a model that learns, answers in SQL."""

import json
import sqlite3
import subprocess
import sys

import pytest

from prodflow.samples import fashion_images, fashion_labels
from tests.server_process import PRODFLOW, ServerProcess, environment, run, wait_until


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return fashion_images(tmp_path_factory.mktemp("photos"), limit=300)


def decided(task, label):
    true = fashion_labels("train")[task["meta"]["file"]]
    return {"_task_hash": task["_task_hash"], "answer": "accept" if true == label else "reject"}


def sql(home, query):
    done = run(home, "sql", query, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_annotate_with_a_model_that_learns_and_query_while_the_server_runs(photos, tmp_path):
    with ServerProcess(tmp_path, "image.teach", "shoes", photos, "--label", "SANDAL", imports=("torch",)) as server:
        for _ in range(4):
            tasks = server.questions()
            assert {task["label"] for task in tasks} == {"SANDAL"}
            assert server.client.get("/" + tasks[0]["image"]).headers["content-type"] == "image/png"
            server.answer(*(decided(task, "SANDAL") for task in tasks))
        [row] = sql(tmp_path, "select count(*) as n, count(score) as scored, max(model) as model from answers")
        assert row == {"n": 40, "scored": 40, "model": "ImageClassifier"}
        learnt = wait_until(lambda: server.questions()[-1]["model_version"])
        assert learnt > 0
        assert server.stop() == 0
    assert server.words.count("\n") == 1, server.words


def test_a_restart_goes_on_where_it_was_and_the_model_knows_what_it_learnt(photos, tmp_path):
    command = ("image.teach", "shoes", photos, "--label", "SANDAL")
    with ServerProcess(tmp_path, *command) as server:
        first = server.questions()
        server.answer(*(decided(task, "SANDAL") for task in first[:7]))
        held = [task["_task_hash"] for task in server.questions()]
        picture = first[8]["image"]
        server.kill()
    with ServerProcess(tmp_path, *command) as server:
        assert server.client.get("/" + picture).status_code == 200
        again = server.questions()
        assert [task["_task_hash"] for task in again] == held
        assert server.client.get("/progress").json()["total"] == 7

        def learnt():
            """Tasks that were made ready before the kill were scored by a model that knew nothing yet."""
            tasks = server.questions()
            server.answer(*(decided(task, "SANDAL") for task in tasks))
            return tasks[-1].get("model_version")

        assert wait_until(learnt)


def test_several_labels_are_options_to_choose_from(photos, tmp_path):
    with ServerProcess(
        tmp_path, "image.teach", "kinds", photos, "--label", "SANDAL,BAG,DRESS", imports=("torch",)
    ) as server:
        for _ in range(2):
            tasks = server.questions()
            answers = []
            for task in tasks:
                assert [option["id"] for option in task["options"]] == ["SANDAL", "BAG", "DRESS"]
                true = fashion_labels("train")[task["meta"]["file"]]
                known = true in ("SANDAL", "BAG", "DRESS")
                answer = {"answer": "accept", "accept": [true]} if known else {"answer": "reject"}
                answers.append({"_task_hash": task["_task_hash"], **answer})
            server.answer(*answers)
        rows = sql(tmp_path, "select choice, count(*) as n from choices group by choice order by n desc")
        assert 0 < sum(row["n"] for row in rows) <= 20
        assert {row["choice"] for row in rows} <= {"SANDAL", "BAG", "DRESS"}


def test_mark_asks_about_a_label_and_db_out_gives_the_answers(photos, tmp_path):
    command = ("mark", "my_set", photos, "--loader", "images", "--label", "SANDAL", "--view-id", "classification")
    with ServerProcess(tmp_path, *command) as server:
        tasks = server.questions("my_set-alex")
        server.answer(*(decided(task, "SANDAL") for task in tasks), session_id="my_set-alex")
        lines = run(tmp_path, "db-out", "my_set").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert len(answers) == 10
    assert {answer["label"] for answer in answers} == {"SANDAL"}
    assert {answer["_annotator_id"] for answer in answers} == {"alex"}
    assert all(answer["image"] == str(photos / answer["meta"]["file"]) for answer in answers)


def test_the_pipe_form(photos, tmp_path):
    (tmp_path / "my.py").write_text(
        "from prodflow.models import ImageClassifier\n\nmodel = ImageClassifier('SANDAL')\n"
    )
    stages = [["load", str(photos)], ["fetch-media"], ["score", "--model", "my.py:model"], ["prefer-uncertain"]]
    env = environment(tmp_path / "home")
    running, pipe = [], None
    for stage in stages:
        process = subprocess.Popen([*PRODFLOW, *stage], stdin=pipe, stdout=subprocess.PIPE, env=env, cwd=tmp_path)
        if pipe is not None:
            pipe.close()
        running.append(process)
        pipe = process.stdout
    with ServerProcess(tmp_path / "home", "mark", "my_set", "-", "--view-id", "image", stdin=pipe) as server:
        pipe.close()
        tasks = server.questions()
        assert len(tasks) == 10
        assert all(task["image"].startswith("data:image/png;base64,") for task in tasks)
        assert all(0 <= task["score"] <= 1 for task in tasks)
        server.answer(*({"_task_hash": task["_task_hash"], "answer": "accept"} for task in tasks))
        assert server.stop() == 0
    for process in running:
        assert process.wait(20) == 0
    stored = json.loads(run(tmp_path / "home", "db-out", "my_set").stdout.splitlines()[0])
    assert stored["image"].startswith(str(photos)), "the path is stored, not the picture"


def test_the_simulated_demo_learns(tmp_path):
    done = run(tmp_path, "demo", "--simulate", "100")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.strip()[:1].isdigit()]
    assert rows[-1][0] == "100"
    assert float(rows[-1][1]) > 0.93
    [row] = sql(tmp_path, "select count(*) as n from answers where dataset = 'demo-simulated'")
    assert row["n"] == 100


def test_a_taken_port_is_said_and_the_store_is_let_go(photos, tmp_path):
    command = ("mark", "my_set", photos, "--view-id", "image")
    with ServerProcess(tmp_path / "a", *command) as server:
        done = run(tmp_path / "b", *command, "--port", server.port)
        assert done.returncode == 2
        assert f"port {server.port} on 127.0.0.1 is taken" in done.stderr


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_stream_ends_with_status_1(tmp_path, content):
    (tmp_path / "empty.jsonl").write_text(content)
    done = run(tmp_path / "home", "mark", "my_set", tmp_path / "empty.jsonl", "--port", "0")
    assert done.returncode == 1
    assert "the source is empty" in done.stderr
    assert "my_set" not in run(tmp_path / "home", "stats").stdout, "a start that failed leaves no dataset behind"


def test_a_start_that_fails_keeps_a_dataset_that_was_there_before(tmp_path):
    home, empty = tmp_path / "home", tmp_path / "empty.jsonl"
    empty.write_text("")
    run(home, "db-in", "my_set", "-", "--loader", "jsonl", stdin=b'{"text": "a", "answer": "accept"}\n')
    assert run(home, "mark", "my_set", empty, "--port", "0").returncode == 1
    assert run(home, "db-out", "my_set").stdout.count("\n") == 1


def test_a_stream_that_breaks_at_once_ends_with_status_1(tmp_path):
    (tmp_path / "x.jsonl").write_text("no json\n")
    done = run(tmp_path / "home", "mark", "my_set", tmp_path / "x.jsonl", "--port", "0")
    assert done.returncode == 1
    assert "x.jsonl, line 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_task_that_does_not_fit_its_view_is_said_before_the_server_starts(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n')
    done = run(tmp_path / "home", "mark", "my_set", tmp_path / "x.jsonl", "--view-id", "image", "--port", "0")
    assert done.returncode == 1
    assert "does not fit the view 'image': image: Field required (its keys: text)" in done.stderr


def test_broken_pictures_are_skipped_where_that_is_asked_for(tmp_path):
    folder = fashion_images(tmp_path / "photos", limit=40)
    (folder / "train-00003.png").write_bytes((folder / "train-00003.png").read_bytes()[:100])
    (folder / "train-00004.png").write_bytes(b"no picture")
    refused = run(tmp_path / "a", "image.teach", "x", folder, "--label", "SANDAL", "--port", "0")
    assert refused.returncode == 1
    assert "train-00003.png" in refused.stderr
    with ServerProcess(
        tmp_path / "b", "image.teach", "x", folder, "--label", "SANDAL", "--on-error", "skip", imports=("torch",)
    ) as server:
        assert len(server.questions()) == 10
        assert "train-00003.png" in server.words


def test_only_allowed_sessions_come_in_and_nobody_else_gets_a_share(tmp_path):
    (tmp_path / "x.jsonl").write_text("".join(f'{{"text": "t{number}"}}\n' for number in range(12)))
    command = ("mark", "my_set", tmp_path / "x.jsonl", "--view-id", "text", "--annotations-per-task", "2")
    with ServerProcess(tmp_path / "home", *command, PRODFLOW_ALLOWED_SESSIONS="alex,jo") as server:
        assert server.client.get("/project?session=eve").status_code == 403
        for name in ("alex", "jo"):
            assert server.client.get(f"/project?session={name}").status_code == 200
        for name in ("my_set-alex", "my_set-jo", "my_set-alex"):
            while tasks := server.questions(name):
                answers = ({"_task_hash": task["_task_hash"], "answer": "accept"} for task in tasks)
                server.answer(*answers, session_id=name)
        [row] = sql(tmp_path / "home", "select count(*) as n, count(distinct task_hash) as tasks from answers")
        assert row == {"n": 24, "tasks": 12}


def test_any_host_but_this_machine_asks_for_a_token(photos, tmp_path):
    with ServerProcess(tmp_path, "mark", "x", photos, "--view-id", "image", "--host", "0.0.0.0") as server:
        assert "?token=" in server.address
        token = server.address.partition("?token=")[2]
        base = f"http://127.0.0.1:{server.port}"
        import httpx2

        assert httpx2.get(f"{base}/project").status_code == 401
        assert httpx2.get(f"{base}/project", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_serve_from_python(photos, tmp_path):
    code = f"import prodflow; prodflow.serve('mark my_set {photos} --view-id image', port=0, batch_size=3)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, env=environment(tmp_path)
    )
    assert process.stderr is not None
    address = process.stderr.readline().split()[2]
    import httpx2

    tasks = httpx2.post(address + "get_session_questions", json={}).json()["tasks"]
    assert len(tasks) == 3
    process.terminate()
    assert process.wait(20) == 0
    process.stderr.close()


def test_a_store_of_a_newer_version_is_refused_by_every_command(photos, tmp_path):
    (tmp_path / "one.jsonl").write_text('{"text": "a"}\n')
    assert run(tmp_path, "db-in", "old", tmp_path / "one.jsonl").returncode == 0
    with sqlite3.connect(tmp_path / "store" / "prodflow.db") as journal:
        journal.execute("pragma user_version = 99")
        journal.execute("update about set value = '7.1' where key = 'written_by'")
    journal.close()
    for command in (("mark", "x", photos, "--view-id", "image", "--port", "0"), ("sql", "select 1"), ("db-out", "old")):
        done = run(tmp_path, *command)
        assert done.returncode == 1, done.stderr
        assert "7.1" in done.stderr
        assert "Traceback" not in done.stderr
