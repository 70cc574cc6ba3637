"""`prodflow preview`: any task in any interface, nothing stored."""

import json

import pytest

from tests.server_process import ServerProcess, run


def preview(home, *arguments, **options):
    return ServerProcess(home, "preview", *arguments, "--no-open", imports=("spacy",), **options)


def open_page(server):
    """What the app does when the page is loaded: a session, and its first tasks."""
    project = server.client.get("/project").json()
    return project, server.questions(project["session_id"])


def test_tasks_are_shown_and_loading_the_page_again_starts_over(tmp_path):
    file = tmp_path / "tasks.jsonl"
    file.write_text('{"text": "Ann met Bo"}\n{"text": "Bo"}\n')
    home = tmp_path / "home"
    with preview(home, "ner_manual", file, "--label", "A,B", "--config", "lang=de") as server:
        project, tasks = open_page(server)
        assert (project["view_id"], project["labels"], project["lang"]) == ("ner_manual", ["A", "B"], "de")
        assert project["annotator"] is None
        assert [len(task["tokens"]) for task in tasks] == [3, 1]
        answer = {"_task_hash": tasks[0]["_task_hash"], "answer": "accept"}
        server.answer(answer, session_id=project["session_id"])
        assert len(server.questions(project["session_id"])) == 1

        again, tasks_again = open_page(server)

        assert again["session_id"] != project["session_id"]
        assert [task["text"] for task in tasks_again] == ["Ann met Bo", "Bo"]
        assert server.post("/get_session_questions", session_id=again["session_id"])["session_total"] == 0
    assert "nothing is stored" in server.words
    assert run(home, "sql", "select count(*) from answers", "--format", "csv").stdout.split()[-1] == "0"


def test_tasks_come_from_a_pipe_with_settings_of_a_file(tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"blocks": [{"view_id": "text"}, {"view_id": "text_input", "field_rows": 3}]}))
    piped = tmp_path / "tasks.jsonl"
    piped.write_text('{"text": "a"}\n')
    with piped.open() as stdin, preview(tmp_path, "blocks", "-", "--config", settings, stdin=stdin) as server:
        project, tasks = open_page(server)
        assert [block["view_id"] for block in project["config"]["blocks"]] == ["text", "text_input"]
        assert [task["text"] for task in tasks] == ["a"]


def test_without_a_source_it_shows_an_example(tmp_path):
    with preview(tmp_path, "image_manual", "--label", "THING") as server:
        project, [task] = open_page(server)
        assert project["labels"] == ["THING"]
        assert task["spans"]
        assert server.client.get("/" + task["image"]).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["imgae"], "no view named 'imgae'; did you mean 'image'"),
        (["text", "nowhere.jsonl"], "no such file"),
        (["text", "--config", "nowhere.json"], "'nowhere.json' is neither KEY=VALUE nor a file"),
        (["blocks", "--config", 'blocks=[{"view_id": "txet"}]'], "blocks.0: no view named 'txet'"),
    ],
)
def test_a_mistake_gives_one_line_and_status_2(tmp_path, arguments, words):
    done = run(tmp_path, "preview", *arguments, "--port", "0", "--no-open", cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_tasks_that_do_not_fit_are_named(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"title": "a"}\n')
    done = run(tmp_path, "preview", "text", tmp_path / "t.jsonl", "--port", "0", "--no-open")
    assert done.returncode == 1
    assert "a task does not fit the view 'text': text: Field required (its keys: title)" in done.stderr
