"""Recipes written for Prodigy run as they are: through the command line, over HTTP, into the store."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from prodflow.cli.serve import prepare
from prodflow.core.errors import SettingError
from prodflow.server.app import create_app
from prodflow.store.database import connect
from tests.server_process import ServerProcess
from tests.server_process import run as run_command

RECIPES = Path(__file__).parent / "recipes"


class App:
    """A recipe's app, asked over HTTP as its page would."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def post(self, route: str, **body: Any) -> Any:
        reply = self.client.post(route, json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def project(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("/project").json()
        return found

    def questions(self, session_id: str | None = None) -> list[dict[str, Any]]:
        tasks: list[dict[str, Any]] = self.post("/get_session_questions", session_id=session_id)["tasks"]
        return tasks

    def give(self, *answers: dict[str, Any], session_id: str | None = None) -> Any:
        return self.post("/give_answers", answers=list(answers), session_id=session_id)

    def accept_all(self, session_id: str | None = None) -> list[dict[str, Any]]:
        """Accept everything until there is no more; return what was asked."""
        seen = []
        while tasks := self.questions(session_id):
            seen += tasks
            self.give(
                *({"_task_hash": task["_task_hash"], "answer": "accept"} for task in tasks), session_id=session_id
            )
        return seen


Start = Callable[..., App]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start the recipe of a file with a command line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps({"text": f"text {n}"}) + "\n" for n in range(6)))
    with ExitStack() as stack:

        def start(file: str, command: str, **config: Any) -> App:
            controller = prepare(f"{command} -F {RECIPES / file}", **config)
            assert controller is not None
            controller.load()
            return App(stack.enter_context(TestClient(create_app(controller))))

        yield start


def stored(dataset: str) -> list[dict[str, Any]]:
    with connect() as database:
        return database.get_dataset_examples(dataset) or []


def texts(tasks: list[dict[str, Any]]) -> list[str]:
    return [task["text"] for task in tasks]


def png(path: Path, width: int, height: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def test_text_review(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    with connect() as database:
        database.add_examples([{"text": "text 2", "answer": "accept"}], ["old"])
    app = start("text_review.py", "text_review reviews texts.jsonl -v text -e old,older")

    batch = app.questions()
    assert texts(batch) == ["text 0", "text 1", "text 3"]
    assert texts(app.accept_all()) == ["text 0", "text 1", "text 3", "text 4", "text 5"]
    app.client.__exit__(None, None, None)
    assert "5 of 5 accepted" in capsys.readouterr().err


def test_choose_options(start: Start, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.png"):
        png(tmp_path / "photos" / name, 4 + len(list((tmp_path / "photos").iterdir())), 6)
    (tmp_path / "labels.txt").write_text("CAT\nDOG\nCOW\n")
    app = start("choose_options.py", "choose-options animals photos -l labels.txt -M")

    first, _second = app.questions()
    assert [option["text"] for option in first["options"]] == ["CAT", "DOG", "COW"]
    assert app.project()["choice_style"] == "multiple"
    asked = {"_task_hash": first["_task_hash"], "answer": "accept"}
    refused = app.client.post("/give_answers", json={"answers": [asked | {"accept": []}]})
    assert (refused.status_code, refused.json()["detail"]) == (422, "Select at least one option!")
    refused = app.client.post("/validate_answer", json=asked | {"accept": [0, 1, 2]})
    assert refused.status_code == 422
    app.give(asked | {"accept": [0, 2]})
    [answer] = stored("animals")
    assert (answer["accept"], answer["image"]) == ([0, 2], "photos/a.png")


def test_survey_blocks(start: Start) -> None:
    app = start("survey_blocks.py", "survey-blocks survey texts.jsonl")

    project = app.project()
    config = project["config"]
    assert [block["view_id"] for block in config["blocks"]] == ["html", "choice", "text_input"]
    [script], [style] = project["scripts"], project["styles"]
    assert "prodigymount" in app.client.get(f"/{script}").text
    assert "rebeccapurple" in app.client.get(f"/{style}").text
    assert project["custom_theme"]["cardMaxWidth"] == 900
    first, second, *_ = app.questions()
    assert (first["title"], first["config"], second["config"]) == ("Question 0", {"choice_style": "multiple"}, {})
    app.give({"_task_hash": first["_task_hash"], "answer": "accept", "accept": ["yes"], "comment": "fine"})
    [answer] = stored("survey")
    assert (answer["accept"], answer["comment"]) == (["yes"], "fine")
    assert answer["year"] > 2000
    assert "options" not in answer


def test_route_by_confidence(start: Start) -> None:
    app = start("route_by_confidence.py", "route-by-confidence routed", allowed_sessions=["alex", "jo", "claire"])

    asked = {name: app.accept_all(f"routed-{name}") for name in ("alex", "jo", "claire")}
    number = {f"text {n}": sum(f"text {n}" in texts(tasks) for tasks in asked.values()) for n in range(40) if n != 5}
    assert {text: count for text, count in number.items() if count != (2 if int(text[5:]) % 4 < 2 else 1)} == {}
    assert [name for name, tasks in asked.items() if "text 5" in texts(tasks)] == ["claire"]


def test_uncertain_texts(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mixed.csv").write_text("text\n" + "".join(f"{w} {n}\n" for n in range(40) for w in ("good", "bad")))
    app = start("uncertain_texts.py", "uncertain-texts news mixed.csv --label NEWS --loader csv", batch_size=4)

    assert app.project()["label"] == "NEWS"
    batch = app.questions()
    assert all(task["label"] == "NEWS" and task["score"] == 0.5 for task in batch)
    app.give(*({"_task_hash": task["_task_hash"], "answer": "accept"} for task in batch))
    later = app.questions()
    assert app.client.get("/progress").json()["progress"] == {"value": 0.5, "kind": "custom"}
    assert {task["_task_hash"] for task in later} & {task["_task_hash"] for task in batch} == set()


def test_pattern_entities(start: Start, tmp_path: Path) -> None:
    (tmp_path / "patterns.jsonl").write_text(
        '{"label": "FRUIT", "pattern": "apple"}\n{"label": "COLOR", "pattern": [{"lower": "red"}]}\n'
    )
    (tmp_path / "texts.txt").write_text("I eat an apple. It was red.\nNothing here.\nAn apple, red as an apple.\n")
    app = start("pattern_entities.py", "pattern-entities fruits en texts.txt -pt patterns.jsonl -l FRUIT")

    first, second = app.questions()
    assert (first["text"], second["text"]) == ("I eat an apple.", "An apple, red as an apple.")
    [span] = first["spans"]
    assert (span["label"], span["pattern"], span["token_start"], span["token_end"]) == ("FRUIT", 0, 3, 3)
    assert len(second["spans"]) == 2
    assert app.project()["labels"] == ["FRUIT"]
    app.give({"_task_hash": first["_task_hash"], "answer": "accept"})


def test_older_forms(start: Start) -> None:
    app = start("older_forms.py", "older-forms whatever texts.jsonl -l GOOD,BAD")

    first, *_ = app.questions()
    assert (first["html"], first["label"]) == ("<b>text 0</b>", "GOOD")
    reply = app.give({**first, "answer": "ignore"})
    assert (reply["progress"]["value"], reply["session_id"]) == (0.25, "2020-01-02_03-04-05")
    with connect() as database:
        assert database.datasets == []


def test_detect_boxes(start: Start, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    png(tmp_path / "photos" / "a.png", 10, 6)
    app = start("detect_boxes.py", "detect-boxes boxes photos --remove-base64")

    left, right = app.questions()
    assert [task["spans"][0]["label"] for task in (left, right)] == ["LEFT", "RIGHT"]
    assert right["spans"][0]["points"] == [[5.0, 0], [5.0, 6], [10.0, 6], [10.0, 0]]
    app.give({"_task_hash": left["_task_hash"], "answer": "reject"})
    [answer] = stored("boxes")
    assert (answer["image"], answer["answer"]) == ("photos/a.png", "reject")


def test_targets(start: Start) -> None:
    app = start("targets.py", "targets goals")

    assert len(app.accept_all("goals-alex")) == 2
    assert len(app.accept_all("goals-jo")) == 4
    assert len(app.accept_all("goals-kim")) == 8


def test_change_model(start: Start) -> None:
    app = start("change_model.py", "change-model hooks")

    first, *_ = app.questions()
    assert (first["text"], first["label"]) == ("A", "OLD")
    assert app.post("/event/use_label", example=first, label="X")["label"] == "X"
    assert app.post("/event/switch", words=["new", "newer"]) == {"ok": True, "sessions": 1}
    assert [(task["text"], task["label"]) for task in app.questions()] == [("NEW", "NEW"), ("NEWER", "NEW")]
    failed = app.client.post("/event/fail", json={})
    assert (failed.status_code, failed.json()["detail"]) == (400, "event fail: the model is not there")


def test_wrap_mark(start: Start) -> None:
    app = start("wrap_mark.py", "wrap-mark wrapped -n 4")

    project = app.project()
    assert (project["show_stats"], project["config"]["my_own_key"]) == (False, [1, 2])
    assert [task["meta"]["via"] for task in app.accept_all()] == ["mark"] * 4


def test_suggest_entities(start: Start, tmp_path: Path) -> None:
    tasks = [{"text": "Apple it is"}, {"text": "Nothing"}, {"text": "Apple it is"}]
    (tmp_path / "apples.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    app = start("suggest_entities.py", "suggest-entities apples apples.jsonl")

    [task] = app.questions()
    assert (task["spans"][0]["label"], task["spans"][0]["token_end"], len(task["tokens"])) == ("ORG", 0, 3)


def test_copy_dataset(start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with connect() as database:
        database.add_examples([{"text": "a", "answer": "accept"}, {"text": "b", "answer": "reject"}], ["one"])
        database.add_examples([{"text": "c", "answer": "accept"}], ["two"])
    file = RECIPES / "copy_dataset.py"

    assert prepare(f"copy-dataset one,two both -x all.jsonl -F {file}") is None
    assert prepare(f"copy_dataset one accepted --answer accept -F {file}") is None
    assert "Copied 3 examples" in capsys.readouterr().err
    assert sorted(texts(stored("both"))) == ["a", "b", "c"]
    assert texts(stored("accepted")) == ["a"]
    with pytest.raises(SystemExit) as error:
        prepare(f"copy_dataset one,three all -D -F {file}")
    assert error.value.code == 1
    with pytest.raises(SettingError, match="'maybe' is not one of"):
        prepare(f"copy_dataset one all -a maybe -F {file}")


def test_own_controller(start: Start) -> None:
    app = start("own_controller.py", "own-controller mine")

    assert texts(app.accept_all()) == ["a"]


def test_newer_forms(start: Start) -> None:
    app = start("newer_forms.py", "newer.forms labels --label CAT,DOG -E --limit 2")

    assert app.project()["choice_style"] == "single"
    assert [[option["id"] for option in task["options"]] for task in app.accept_all()] == [["CAT", "DOG"]] * 2
    with pytest.raises(SettingError, match="Too few labels: give two with --label"):
        start("newer_forms.py", "newer.forms labels -l CAT")


def test_numbered_source(start: Start) -> None:
    app = start("numbered_source.py", "numbered-source numbers 5")

    assert texts(app.accept_all()) == ["0", "1", "2"]


def test_csv_project(start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text('text,n\nAda saw Berlin,1\n"Hello, you",2\nAda saw Berlin,3\n')
    (tmp_path / "patterns.jsonl").write_text('{"label": "CITY", "pattern": "Berlin"}\n')
    app = start("csv_project.py", "csv.project set rows.csv -g de -l A|B -go both -pt patterns.jsonl")

    for name in ("ann", "bo"):
        first, second = app.accept_all(f"set-{name}")
        assert first["spans"][0]["token_start"] == 2
        assert (second["options"][1]["id"], second["accept"]) == ("opt_B", ["opt_A"])
        assert second["meta"] == {"row": 1, "file": "rows.csv"}
    assert app.project()["batch_size"] == 10
    app.client.__exit__(None, None, None)
    assert "ann: 2 of blocks, True" in capsys.readouterr().err


def test_beside_helpers(start: Start) -> None:
    app = start("beside_helpers.py", "beside-helpers words texts.jsonl --mode y --extra a,b")

    assert app.questions()[1]["labels"] == ["ONE", "TWO"]
    assert app.project()["config"]["extra"] == ["a", "b"]


def test_mirror_answers(start: Start) -> None:
    app = start("mirror_answers.py", "mirror-answers answers texts.jsonl")

    first, second, third, *_ = app.questions()
    assert (first["_view_id"], second["_view_id"]) == ("text", "classification")
    reply = app.give({**first, "answer": "accept"}, {**second, "answer": "reject"}, {**third, "answer": "accept"})
    assert reply["session_total"] == 2
    assert texts(stored("answers")) == ["text 0", "text 0 again", "text 2", "text 2 again"]
    app.client.__exit__(None, None, None)  # waits for what learns
    assert texts(stored("mirror")) == ["text 0", "text 1", "text 2"]


def test_several_files_in_a_process_of_their_own(tmp_path: Path) -> None:
    """The real command, with two files, an older option's name, and an answer from another process."""
    files = ["-F", RECIPES / "change_model.py", "-F", RECIPES / "survey_blocks.py"]
    (tmp_path / "texts.jsonl").write_text('{"text": "a"}\n{"text": "a"}\n{"text": "b"}\n')
    with ServerProcess(tmp_path / "home", "survey_blocks", "survey", tmp_path / "texts.jsonl", *files) as server:
        first, _second = server.questions("survey-alex")
        server.answer({**first, "answer": "accept", "accept": ["no"]}, session_id="survey-alex")
        assert server.stop() == 0
    with connect(tmp_path / "home" / "store") as database:
        [answer] = database.get_dataset_examples("survey") or []
    assert (answer["_annotator_id"], answer["accept"]) == ("alex", ["no"])


def test_help_of_a_recipe_names_its_arguments(tmp_path: Path) -> None:
    done = run_command(tmp_path, "-F", RECIPES / "text_review.py", "text-review", "--help")

    assert "Dataset to save answers to" in done.stdout
    assert "-v, --view-id" in done.stdout
    assert "Names of datasets to exclude" in done.stdout


def test_standard_input_is_a_source(tmp_path: Path) -> None:
    import subprocess

    with subprocess.Popen(["printf", '{"text": "a"}\\n{"text": "b"}\\n'], stdout=subprocess.PIPE) as data:
        with ServerProcess(
            tmp_path, "numbered-source", "piped", "-", "-F", RECIPES / "numbered_source.py", stdin=data.stdout
        ) as server:
            assert texts(server.questions()) == ["a", "b"]
        if data.stdout is not None:
            data.stdout.close()
