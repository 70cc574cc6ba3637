"""Recipes for annotating by hand as a user starts them, answered over HTTP; and what is refused at the start."""

import json
import wave

import pytest

from tests.server_process import ServerProcess, run


@pytest.fixture
def texts(tmp_path):
    file = tmp_path / "texts.jsonl"
    rows = [{"text": "Ann met Bo 😀 in Ulm"}, {"title": "no text here"}, {"text": "Bo slept"}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def exported(home):
    done = run(home, "db-out", "set")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_entities_are_marked_and_a_broken_task_is_skipped(tmp_path, texts):
    patterns = tmp_path / "patterns.jsonl"
    patterns.write_text('{"label": "CITY", "pattern": "Ulm"}\n')
    home = tmp_path / "home"
    command = ("ner.manual", "set", "blank:en", texts, "-l", "PERSON,CITY", "-pt", patterns)
    with ServerProcess(home, *command, imports=("spacy",)) as server:
        assert server.client.get("/project").json()["labels"] == ["PERSON", "CITY"]
        first, broken, last = server.questions()
        assert [token["text"] for token in first["tokens"]] == ["Ann", "met", "Bo", "😀", "in", "Ulm"]
        assert first["spans"][0].items() >= {"start": 16, "end": 19, "token_start": 5, "label": "CITY"}.items()
        assert "text: Field required (its keys: title)" in broken["_error"]
        span = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PERSON"}
        server.answer(
            {"_task_hash": first["_task_hash"], "spans": [span, *first["spans"]], "answer": "accept"},
            {"_task_hash": broken["_task_hash"], "answer": "ignore"},
            {"_task_hash": last["_task_hash"], "answer": "reject"},
        )
    assert "task 2 is shown as broken" in server.words

    stored = exported(home)
    assert [answer["answer"] for answer in stored] == ["accept", "ignore", "reject"]
    assert stored[0]["spans"][0] == span
    assert stored[0]["_view_id"] == "ner_manual"


def test_relations_are_drawn(tmp_path, texts):
    command = ("rel.manual", "set", "blank:en", texts, "--label", "A,B")
    with ServerProcess(tmp_path, *command, imports=("spacy",)) as server:
        assert server.questions()[0]["tokens"][3]["text"] == "😀"


def test_shapes_are_drawn(tmp_path):
    from prodflow.samples import fashion_images

    photos = fashion_images(tmp_path / "photos", limit=2)
    home = tmp_path / "home"
    with ServerProcess(home, "image.manual", "set", photos, "-l", "SOLE,HEEL", "--darken", "-w", "500") as server:
        config = server.client.get("/project").json()
        assert (config["labels"], config["config"]["image_manual_width"]) == (["SOLE", "HEEL"], 500)
        task = server.questions()[0]
        assert server.client.get("/" + task["image"]).status_code == 200
        box = {"label": "SOLE", "type": "rect", "x": 1, "y": 2, "width": 3, "height": 4, "points": [[1, 2], [4, 6]]}
        server.answer({"_task_hash": task["_task_hash"], "spans": [box], "answer": "accept"})
    [stored] = exported(home)
    assert stored["spans"] == [box]
    assert stored["image"] == str(photos / "train-00000.png")


def test_recordings_and_categories(tmp_path, texts):
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    tasks = tmp_path / "recordings.jsonl"
    tasks.write_text(json.dumps({"audio": str(tmp_path / "a.wav")}) + "\n")
    with ServerProcess(tmp_path, "audio.manual", "heard", tasks, "--label", "SPEECH", "-A") as server:
        assert server.client.get("/" + server.questions()[0]["audio"]).headers["content-type"] == "audio/x-wav"
        assert server.client.get("/project").json()["config"]["audio_autoplay"] is True
    with ServerProcess(tmp_path, "textcat.manual", "sorted", texts, "--label", "NEWS,SPORT", "--exclusive") as server:
        task = server.questions()[0]
        assert [option["id"] for option in task["options"]] == ["NEWS", "SPORT"]
        assert server.client.get("/project").json()["choice_auto_accept"] is True


@pytest.mark.parametrize(
    ("view_id", "config", "words"),
    [
        ("image_manual", {}, "the view 'image_manual' needs labels; give --label A,B"),
        ("blocks", {"blocks": [{"html": "a"}]}, "blocks.0.view_id: None; each block names its view"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_before_the_server_starts(tmp_path, view_id, config, words):
    (tmp_path / "t.jsonl").write_text('{"image": "a.png"}\n')
    (tmp_path / "prodflow.json").write_text(json.dumps(config))
    done = run(tmp_path / "home", "mark", "set", "t.jsonl", "--view-id", view_id, "--port", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_source_of_which_nothing_fits_is_refused(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"title": "a"}\n' * 30)
    done = run(tmp_path / "home", "mark", "set", "t.jsonl", "--view-id", "text", "--port", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "prodflow: a task does not fit the view 'text': text: Field required (its keys: title)\n"
