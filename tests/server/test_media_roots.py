"""Media is shown from the folders that the tasks come from, and from nowhere else on the machine."""

import json
import os

import pytest
from starlette.testclient import TestClient

from prodflow import loaders
from prodflow.core.errors import ConfigError
from prodflow.loaders.stream import get_stream
from prodflow.server.app import create_app
from prodflow.session.controller import Controller
from tests.preprocess.test_media import picture

PNG = picture()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("home", "work", "data", "private", "shelf"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work")


def statuses(stream, view_id="image", **config):
    """What each task's picture is answered with."""
    controller = Controller("set", view_id, stream, config={"batch_size": 50, **config})
    with TestClient(create_app(controller)) as client:
        tasks = client.post("/get_session_questions", json={}).json()["tasks"]
        return [client.get("/" + task["image"]).status_code for task in tasks]


def put(path, content=PNG):
    path.write_bytes(content)
    return str(path)


def jsonl(tmp_path, *images):
    file = tmp_path / "data" / "tasks.jsonl"
    file.write_text("".join(json.dumps({"image": image}) + "\n" for image in images))
    return get_stream(str(file))


def test_a_file_may_name_media_beside_it_and_where_the_server_was_started(tmp_path, caplog):
    (tmp_path / "data" / "deep").mkdir()
    shown = [put(tmp_path / "data" / "deep" / "a.png"), put(tmp_path / "work" / "b.png")]
    put(tmp_path / "work" / "c.png")
    hidden = put(tmp_path / "private" / "d.png")

    assert statuses(jsonl(tmp_path, *shown, "c.png", hidden)) == [200, 200, 200, 403]
    [line] = [message for message in caplog.messages if "media_roots" in message]
    assert repr(hidden) in line


@pytest.mark.parametrize("dots", ["../private/d.png", "deep/../../private/d.png", "~/../private/d.png"])
def test_dots_lead_nowhere_else(tmp_path, monkeypatch, dots):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "work" / "deep").mkdir()
    put(tmp_path / "private" / "d.png")
    assert statuses(jsonl(tmp_path, dots)) == [403]


def test_a_link_leads_nowhere_else(tmp_path):
    folder = tmp_path / "data"
    put(folder / "a.png")
    (folder / "b.png").symlink_to(put(tmp_path / "private" / "secret.png"))
    (folder / "c.png").symlink_to("/etc/passwd")
    (folder / "d.png").symlink_to(folder / "d.png")
    (folder / "e.png").symlink_to(folder / "a.png")
    os.mkfifo(folder / "f.png")
    (folder / "g.png").mkdir()

    names = [str(folder / f"{letter}.png") for letter in "abcdefg"]
    assert statuses(jsonl(tmp_path, *names)) == [200, 403, 404, 404, 200, 404, 404]


def test_a_folder_that_is_itself_a_link_is_shown(tmp_path):
    put(tmp_path / "shelf" / "a.png")
    link = tmp_path / "photos"
    link.symlink_to(tmp_path / "shelf")
    assert statuses(loaders.images(link)) == [200]


def test_the_configuration_names_folders(tmp_path):
    shelf, data, work = (put(tmp_path / name / "a.png") for name in ("shelf", "data", "work"))
    stream = [shelf, data, work]
    assert statuses(jsonl(tmp_path, *stream)) == [403, 200, 200]
    assert statuses(jsonl(tmp_path, *stream), media_roots=[str(tmp_path / "shelf")]) == [200, 200, 403]


def test_a_folder_whose_name_begins_alike_is_another(tmp_path):
    (tmp_path / "data2").mkdir()
    assert statuses(jsonl(tmp_path, put(tmp_path / "data2" / "a.png"))) == [403]


def test_a_program_answers_for_its_own_paths_but_shows_media_alone(tmp_path):
    (tmp_path / "data" / "b.png").symlink_to("/etc/passwd")
    tasks = [{"image": put(tmp_path / "private" / "a.png")}, {"image": str(tmp_path / "data" / "b.png")}]
    assert statuses(tasks) == [200, 404]
    assert statuses(tasks, media_roots=str(tmp_path / "shelf")) == [403, 404]


@pytest.mark.parametrize("given", ["/no/such/folder", 5, [""], [5]])
def test_what_is_no_folder_is_refused_at_the_start(given):
    with pytest.raises(ConfigError, match="media_roots"):
        create_app(Controller("set", "text", [{"text": "a"}], config={"media_roots": given}))
