"""What programs written for Prodigy rely on beyond names and arguments, one by one."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import prodflow
from prodflow import Controller
from prodflow.compat import install
from prodflow.core.errors import AnswerError, SettingError
from prodflow.store.database import connect
from tests.server_process import environment


@pytest.fixture(autouse=True)
def prodigy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    install()
    return importlib.import_module("prodigy")


def python(code: str, folder: Path, **env: str) -> str:
    """Run a program in a process of its own; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(folder / "home", **env),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def make(stream: Any, **components: Any) -> Controller:
    overrides = components.pop("overrides", None)
    return Controller.from_components(
        "test", {"dataset": "news", "view_id": "text", "stream": stream} | components, overrides
    )


def tasks(count: int) -> list[dict[str, Any]]:
    return [{"text": f"text {n}"} for n in range(count)]


def texts(stream: Any) -> list[str]:
    return [task["text"] for task in stream]


def accept(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**task, "answer": "accept"} for task in batch]


# 1. Imports and streams


def test_import_prodigy_alone_is_enough(tmp_path: Path) -> None:
    code = "import prodflow.compat as c; c.install(); import prodigy; print(prodigy.util.split_string('a, b'), "
    code += "'x' in prodigy.components.db.connect())"
    root = Path(prodflow.__file__).parents[1]
    assert python(code, tmp_path, PYTHONPATH=str(root)) == "['a', 'b'] False"


def test_without_install_prodigy_is_not_there_and_a_real_one_is_left_alone(tmp_path: Path) -> None:
    root = str(Path(prodflow.__file__).parents[1])
    code = "import importlib.util as u; print(u.find_spec('prodigy'))"
    assert python(code, tmp_path, PYTHONPATH=root) == "None"
    install = "import prodflow.compat; prodflow.compat.install(); import prodigy; print(prodigy.{name})"
    (tmp_path / "prodigy").mkdir()
    assert python(install.format(name="__version__"), tmp_path, PYTHONPATH=root) == "1.15.0"
    (tmp_path / "prodigy" / "__init__.py").write_text("real = True\n")
    assert python(install.format(name="real"), tmp_path, PYTHONPATH=root) == "True"


def test_every_name_of_the_table_leads_somewhere() -> None:
    from prodflow.compat import names
    from prodflow.compat.finder import resolve

    places = [place for module in names.MODULES.values() for place in module.values()]
    assert len(places) > 100
    assert None not in [resolve(place) for place in places]


def test_what_has_nothing_in_its_place_is_an_import_error(prodigy: Any) -> None:
    with pytest.raises(ImportError, match=r"cannot import name 'magic' from 'prodigy.util' \(.*names.py\)"):
        exec("from prodigy.util import magic")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("prodigy.magic")
    assert not hasattr(prodigy, "magic")


def test_apply_reads_nothing_and_returns_the_stream(prodigy: Any) -> None:
    from prodigy.components.stream import get_stream

    read: list[int] = []

    def source() -> Any:
        for n in range(3):
            read.append(n)
            yield {"text": str(n)}

    stream = get_stream(source())
    assert stream.apply(lambda stream: ({**task, "new": 1} for task in stream)) is stream
    assert read == []
    assert (next(stream)["new"], read) == (1, [0])
    assert texts(list(stream)) == ["1", "2"]


@pytest.mark.parametrize("form", ["implicit", "keyword", "placeholder", "positional", "positional keyword"])
def test_apply_gives_the_stream_once(form: str) -> None:
    from prodigy.components.preprocess import add_tokens
    from prodigy.components.stream import STREAM_PLACEHOLDER, get_stream

    stream = get_stream([{"text": "a b"}])
    arguments: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        "implicit": ((), {"nlp": "blank:en"}),
        "keyword": ((), {"nlp": "blank:en", "stream": stream}),
        "placeholder": (("blank:en", STREAM_PLACEHOLDER), {}),
        "positional": (("blank:en", stream), {}),
        "positional keyword": (("blank:en",), {"stream": stream, "skip": True}),
    }
    args, kwargs = arguments[form]
    seen: list[tuple[Any, ...]] = []

    def plain(*args: Any, **kwargs: Any) -> Any:
        seen.append((args, tuple(kwargs.values())))
        return next(value for value in (*args, *kwargs.values()) if hasattr(value, "__next__"))

    stream.apply(add_tokens, *args, **kwargs)
    stream.apply(plain, *args, **kwargs)
    assert [len(task["tokens"]) for task in stream] == [2]
    [(given, named)] = seen
    assert sum(hasattr(value, "__next__") for value in (*given, *named)) == 1


def test_a_generator_works_wherever_a_stream_does(prodigy: Any) -> None:
    from prodigy.components.filters import filter_empty
    from prodigy.components.preprocess import add_tokens
    from prodigy.components.stream import Stream

    generator = (task for task in tasks(2))
    assert len(list(add_tokens("blank:en", filter_empty(generator, "text")))) == 2
    controller = make(task for task in tasks(2))
    assert texts(controller.get_questions()) == ["text 0", "text 1"]
    controller.save()
    assert texts(Stream.from_iterable(task for task in tasks(1))) == ["text 0"]


# 2. Hashes and arguments of recipes


def test_questions_that_a_recipe_makes_of_one_text_are_all_asked() -> None:
    from prodigy.components.stream import get_stream

    def each_label(stream: Any) -> Any:
        return ({**task, "label": label} for task in stream for label in ("A", "B"))

    controller = make(get_stream([{"text": "a"}], dedup=True).apply(each_label), view_id="classification")
    assert [task["label"] for task in controller.get_questions()] == ["A", "B"]
    controller.save()


@pytest.mark.parametrize("keys", [("text",), ["text"], {"text"}, "text"], ids=["tuple", "list", "set", "text"])
def test_input_keys_come_in_any_kind(keys: Any) -> None:
    one = prodflow.set_hashes({"text": "a", "other": 1}, input_keys=keys, task_keys=keys, ignore=["score"])
    two = prodflow.set_hashes({"text": "a", "other": 2}, input_keys=("text",), task_keys=("text",), ignore="score")
    assert one["_input_hash"] == two["_input_hash"]
    assert one["_task_hash"] == two["_task_hash"]


def test_options_without_a_default_are_none_and_paths_stay_paths(prodigy: Any) -> None:
    from prodflow.cli.serve import prepare

    came: dict[str, Any] = {}

    @prodigy.recipe(
        "takes-all",
        dataset=("D", "positional", None, str),
        file_path=("F", "positional", None, Path),
        label=("L", "option", "l", prodigy.util.split_string),
        number=("N", "option", "n", int),
        shout=("S", "flag", "S", bool),
        more=("M", "positional", None, str),
    )
    def takes_all(
        dataset: Any, file_path: Any, label: Any, number: Any, shout: Any, more: Any = "x", **rest: Any
    ) -> None:
        came.update({name: value for name, value in locals().items() if name != "came"})

    assert prepare("takes-all set texts.jsonl") is None
    assert came == {
        "dataset": "set",
        "file_path": Path("texts.jsonl"),
        "label": None,
        "number": None,
        "shout": False,
        "more": "x",
        "rest": {},
    }
    prepare("takes_all set texts.jsonl y --label A,B -n 3 -S")
    assert (came["label"], came["number"], came["shout"], came["more"]) == (["A", "B"], 3, True, "y")
    takes_all(False, Path("x"), None, 1, True)
    assert (came["dataset"], came["file_path"]) == (False, Path("x"))


def test_an_option_of_one_letter_is_given_with_one_dash(prodigy: Any) -> None:
    from prodflow.cli.serve import prepare

    came: list[Any] = []
    prodigy.recipe("one-letter")(lambda dataset, n=1, k=False: came.append((dataset, n, k)))
    prepare("one-letter set -n 3 -k")
    prepare("one-letter set --n 4")
    assert came == [("set", 3, True), ("set", 4, False)]


def test_an_argument_with_only_a_default_is_given_by_its_place_or_as_an_option(prodigy: Any) -> None:
    from prodflow.cli.serve import prepare

    came: list[Any] = []

    @prodigy.recipe("untold", dataset=("The dataset", "positional", None, str))
    def untold(dataset, source, lang="en", limit=3, view_id=None):  # type: ignore[no-untyped-def]
        came.append((dataset, source, lang, limit, view_id))

    prepare("untold set texts.jsonl")
    prepare("untold set texts.jsonl de 7 text")
    prepare("untold set texts.jsonl de --limit 5")
    assert came == [
        ("set", "texts.jsonl", "en", 3, None),
        ("set", "texts.jsonl", "de", 7, "text"),
        ("set", "texts.jsonl", "de", 5, None),
    ]
    with pytest.raises(SettingError, match="lang is given twice: by its place as 'de', and as an option"):
        prepare("untold set texts.jsonl de --lang fr")


def test_serve_takes_the_values_of_arguments_in_their_order(prodigy: Any) -> None:
    came: list[Any] = []

    @prodigy.recipe("by-place", words=("W", "option", "w", str), loud=("L", "flag", "l", bool))
    def by_place(dataset: Any, words: Any, loud: Any, more: Any = 5) -> None:
        came.append((dataset, words, loud, more))

    prodigy.serve("by-place", "set", ["a", "b"], True, 6)
    prodigy.serve("by-place", "set", port=9000)
    prodigy.serve("by-place", "set", "--words", "x")
    assert came == [("set", ["a", "b"], True, 6), ("set", None, False, 5), ("set", "x", False, 5)]
    with pytest.raises(SettingError, match="by-place: 5 values for 4 arguments"):
        prodigy.serve("by-place", 1, 2, 3, 4, 5)


def test_the_configuration_that_prodigy_writes_starts_a_server(prodigy: Any, tmp_path: Path) -> None:
    from prodflow.server.app import create_app
    from prodflow.session.startup import check_start

    usual = {"theme": "basic", "instructions": False, "html_template": False, "global_css": None, "javascript": None}
    more = {"db": "sqlite", "db_settings": {}, "custom_theme": {}, "swipe": False, "split_sents_threshold": False}
    (tmp_path / "prodigy.json").write_text(json.dumps(usual | more | {"keymap": {}, "cors": True, "port": 8080}))
    controller = make(tasks(1))
    check_start("text", controller.config)
    assert create_app(controller) is not None
    assert texts(controller.get_questions()) == ["text 0"]
    controller.save()


def test_callbacks_find_the_dataset_also_where_nobody_answered() -> None:
    found: list[Any] = []
    look = lambda ctrl: found.append(ctrl.db.get_dataset(ctrl.dataset))  # noqa: E731
    controller = make(tasks(1), on_load=look, on_exit=look)
    controller.load()
    controller.load()
    controller.save()
    assert found == [[], []]


def test_a_recipe_that_stores_nothing() -> None:
    controller = make(tasks(1), dataset=False)
    controller.receive_answers(accept(controller.get_questions()))
    assert controller.total_annotated == 1
    controller.save()
    with connect() as database:
        assert len(database) == 0


def test_names_of_recipes_with_a_dash_or_an_underscore_are_the_same(prodigy: Any, tmp_path: Path) -> None:
    made = prodigy.set_recipe("two_words.here", lambda dataset: None)
    assert prodigy.get_recipe("two-words.here") is made
    (tmp_path / "more.py").write_text("import prodigy\n@prodigy.recipe('from-file')\ndef f(dataset): return None\n")
    assert prodigy.get_recipe("from_file", path=tmp_path / "more.py")("x") is None


def test_recipes_come_from_entry_points_of_both_kinds(tmp_path: Path) -> None:
    info = tmp_path / "site" / "plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[prodflow.recipes]\nours = plugin_recipes:ours\n[prodigy_recipes]\ntheirs = plugin_recipes:theirs\n"
    )
    (tmp_path / "site" / "plugin_recipes.py").write_text(
        "import prodigy\n"
        "@prodigy.recipe('ours')\ndef ours(dataset): print('ours', dataset)\n"
        "@prodigy.recipe('theirs')\ndef theirs(dataset): print('theirs', dataset)\n"
    )
    root = Path(prodflow.__file__).parents[1]
    for name in ("ours", "theirs"):
        code = f"import sys; from prodflow.cli.main import main; main(['{name}', 'my_set'])"
        path = f"{root}:{tmp_path / 'site'}"
        assert python(code, tmp_path, PYTHONPATH=path) == f"{name} my_set"


# 3. Routers


def test_session_ids_are_a_fresh_list_that_is_also_a_set() -> None:
    controller = make(tasks(3))
    for name in ("news-alex", "news-jo"):
        controller.confirm_session(name)
    ids = controller.session_ids
    assert (ids.pop(0), ids) == ("news-alex", ["news-jo"])
    assert controller.session_ids == {"news-alex", "news-jo"}
    assert controller.session_ids - {"news-jo"} == {"news-alex"}
    controller.save()


@pytest.mark.parametrize("answer", [["news-jo"], ("news-jo",), {"news-jo"}, "news-jo"], ids=str)
def test_a_router_names_sessions_in_any_kind(answer: Any) -> None:
    controller = make(tasks(2), task_router=lambda ctrl, session_id, item: answer)
    assert controller.get_questions("news-alex") == []
    assert texts(controller.get_questions("news-jo")) == ["text 0", "text 1"]
    controller.save()


@pytest.mark.parametrize("nobody", [[], None])
def test_a_router_may_name_nobody(nobody: Any) -> None:
    controller = make(tasks(3), task_router=lambda ctrl, id, item: [id] if item["text"] == "text 1" else nobody)
    assert texts(controller.get_questions("news-alex")) == ["text 1"]
    controller.save()


def test_a_router_is_asked_with_who_is_there_and_all_that_are_allowed() -> None:
    seen: list[list[str]] = []

    def router(ctrl: Any, session_id: str, item: Any) -> list[str]:
        seen.append(sorted(ctrl.session_ids))
        return ctrl.session_ids

    make_overrides = {"batch_size": 1}
    controller = make(tasks(2), task_router=router, overrides=make_overrides)
    assert texts(controller.get_questions("news-alex")) == ["text 0"]
    controller.save()
    assert seen == [["news-alex"]]
    controller = make(
        tasks(2), dataset="set", task_router=router, overrides=make_overrides | {"allowed_sessions": "a,b"}
    )
    controller.get_questions("set-a")
    assert seen[-1] == ["set-a", "set-b"]
    assert texts(controller.get_questions("set-b")) == ["text 0"]
    controller.save()


# 4. Sessions and answers


def test_open_tasks_come_again_and_answers_need_no_session() -> None:
    controller = make(tasks(3))
    first = controller.get_questions()
    assert controller.get_questions(session_id=None) == first
    controller.receive_answers(accept(first))
    [answer, *_] = controller.db.get_dataset("news") or []
    assert answer["_session_id"] == answer["_annotator_id"] == controller.session_id
    assert answer["_session_id"][:2] == "20"
    assert type(answer["_timestamp"]) is int
    controller.save()


def test_option_ids_may_be_integers() -> None:
    options = [{"id": 0, "text": "no"}, {"id": -1, "text": "other"}, {"id": "x", "text": "x"}]
    controller = make([{"text": "a", "options": options}], view_id="choice")
    [task] = controller.get_questions()
    controller.receive_answers([{**task, "answer": "accept", "accept": [-1]}])
    assert (controller.db.get_dataset("news") or [])[0]["accept"] == [-1]
    controller.save()


def test_token_end_is_inclusive() -> None:
    from prodigy.components.preprocess import add_tokens

    [task] = add_tokens("blank:en", [{"text": "a b c", "spans": [{"start": 0, "end": 3, "label": "X"}]}])
    assert (task["spans"][0]["token_start"], task["spans"][0]["token_end"]) == (0, 1)


# 5. Media


def test_images_are_chosen_by_extension_only(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.txt", "c.JPG"):
        (tmp_path / "photos" / name).write_bytes(b"no image at all")
    assert [Path(task["path"]).name for task in prodflow.get_stream("photos", loader="images")] == ["a.png", "c.JPG"]


# 6. Configuration


def test_configuration_may_be_texts_and_unknown_keys_go_through() -> None:
    controller = make(tasks(9), config={"batch_size": "5", "feed_overlap": "false", "my_key": {"a": 1}})
    assert len(controller.get_questions()) == 5
    assert controller.config["my_key"] == {"a": 1}
    assert controller.config["feed_overlap"] is False
    controller.save()


def test_a_tasks_own_configuration_reaches_the_app() -> None:
    controller = make([{"text": "a", "config": {"choice_style": "multiple"}}])
    assert controller.get_questions()[0]["config"] == {"choice_style": "multiple"}
    controller.save()


def test_prodigy_json_and_variables_count_where_prodflows_own_are_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prodigy.json").write_text(json.dumps({"batch_size": 3, "theme": "basic", "my_key": 1}))
    assert prodflow.get_config().items() >= {"batch_size": 3, "my_key": 1}.items()
    (tmp_path / "prodflow.json").write_text(json.dumps({"batch_size": 4}))
    assert "my_key" not in prodflow.get_config()
    monkeypatch.setenv("PRODIGY_PORT", "9001")
    monkeypatch.setenv("PRODIGY_ALLOWED_SESSIONS", "alex,jo")
    monkeypatch.setenv("PRODIGY_CONFIG_OVERRIDES", '{"my_key": 2}')
    (tmp_path / "other.json").write_text('{"from_file": 3}')
    monkeypatch.setenv("PRODIGY_CONFIG", str(tmp_path / "other.json"))
    config = prodflow.get_config()
    assert (config["port"], config["allowed_sessions"]) == (9001, ["alex", "jo"])
    assert (config["my_key"], config["from_file"]) == (2, 3)
    monkeypatch.setenv("PRODFLOW_PORT", "9002")
    assert prodflow.get_config()["port"] == 9002
    monkeypatch.delenv("PRODFLOW_HOME")
    monkeypatch.setenv("PRODIGY_HOME", str(tmp_path / "theirs"))
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "prodigy.json").write_text('{"at_home": true}')
    assert prodflow.get_config()["at_home"] is True


# 7. Messages and a new stream


def test_a_message_may_end_the_program(prodigy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    msg = prodigy.util.msg
    msg.good("Saved", "to model.bin")
    msg.table({"a": 1}, header=("name", "count"), divider=True)
    with pytest.raises(SystemExit) as error:
        msg.fail("No such model", "look again", exits=1)
    assert error.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[:2] == ["✔ Saved", "to model.bin"]
    assert "✘ No such model\nlook again" in said.err


def test_a_new_stream_may_have_the_wrappers_of_the_old_one(prodigy: Any) -> None:
    from prodigy.components.stream import get_stream

    def shout(stream: Any) -> Any:
        return ({**task, "text": task["text"].upper()} for task in stream)

    def ask(stream: Any) -> Any:
        return ({**task, "text": task["text"] + "?"} for task in stream)

    controller = make(get_stream([{"text": "a"}]).apply(shout))
    controller.reset_stream(get_stream([{"text": "b"}]).apply(ask), prepend_old_wrappers=True)
    assert texts(controller.get_questions()) == ["B?"]
    controller.reset_stream([{"text": "c"}], True)
    assert texts(controller.get_questions()) == ["C?"]
    controller.reset_stream([{"text": "d"}])
    assert texts(controller.get_questions()) == ["d"]
    controller.save()


# 8. Deduplication


def answered(name: str, count: int, **components: Any) -> None:
    controller = make(tasks(count), **components)
    controller.receive_answers(accept(controller.get_questions(f"news-{name}")), f"news-{name}")
    controller.save()


def asked(names: list[str], **components: Any) -> list[list[str]]:
    controller = make(tasks(4), **components)
    for name in names:
        controller.confirm_session(f"news-{name}")
    found = [texts(controller.get_questions(f"news-{name}")) for name in names]
    controller.save()
    return found


def test_without_overlap_everybodys_answers_count() -> None:
    answered("alex", 2)
    assert asked(["jo"]) == [["text 2", "text 3"]]


def test_with_overlap_a_sessions_own_answers_count() -> None:
    answered("alex", 2, overrides={"feed_overlap": True})
    everything = texts(tasks(4))
    assert asked(["alex", "jo", "kim"], overrides={"feed_overlap": True}) == [everything[2:], everything, everything]


def test_the_current_dataset_can_be_asked_again() -> None:
    answered("alex", 2)
    [found] = asked(["alex"], overrides={"auto_exclude_current": False})
    assert found == texts(tasks(4))


@pytest.mark.parametrize(("exclude_by", "left"), [("task", ["text 0", "text 1"]), ("input", ["text 1"])])
def test_exclude_goes_by_task_or_by_input(exclude_by: str, left: list[str]) -> None:
    with connect() as database:
        database.add_examples([{"text": "text 0", "label": "OTHER", "answer": "accept"}], ["old"])
    stream = [{**task, "label": "NEWS"} for task in tasks(2)]
    controller = make(stream, exclude="old", config={"exclude_by": exclude_by})
    assert texts(controller.get_questions()) == left
    controller.save()


# Callbacks


def test_progress_in_all_its_forms() -> None:
    class Model:
        def progress(self, loss: float) -> float:
            return loss / 2

    def oldest(session: int = 0, total: int = 0, loss: float | None = None) -> float:
        return session / 10 + total / 100

    forms = [
        (lambda ctrl, update_return_value: update_return_value, 0.5),
        (lambda ctrl, update_return_value=None: update_return_value, 0.5),
        (lambda *args: args[1], 0.5),
        (Model().progress, 0.25),
        (oldest, 0.11),
    ]
    for number, (form, value) in enumerate(forms):
        controller = make(tasks(1), dataset=f"set{number}", update=lambda answers: 0.5, progress=form)
        controller.receive_answers(accept(controller.get_questions()))
        assert controller.progress == pytest.approx(value)
        controller.save()


@pytest.mark.parametrize(
    "before_db",
    [
        lambda examples: [{**eg, "new": 1} for eg in examples],
        lambda examples: ({**eg, "new": 1} for eg in examples),
        lambda examples: [eg.update(new=1) for eg in examples] and None,
    ],
    ids=["a list", "a generator", "in place"],
)
def test_before_db_replaces_examples(before_db: Any) -> None:
    controller = make(tasks(2), before_db=before_db)
    controller.receive_answers(accept(controller.get_questions()))
    assert [task["new"] for task in controller.db.get_dataset("news") or []] == [1, 1]
    controller.save()


@pytest.mark.parametrize("error", [ValueError("no"), AssertionError("no"), KeyError("no"), Exception("no")], ids=repr)
def test_validate_answer_may_raise_anything(error: Exception) -> None:
    def validate(example: Any) -> None:
        raise error

    controller = make(tasks(1), validate_answer=validate)
    with pytest.raises(AnswerError, match="no"):
        controller.receive_answers(accept(controller.get_questions()))
    assert controller.total_annotated == 0
    controller.save()


def test_answers_also_go_to_a_storage_of_the_recipes_own() -> None:
    kept: list[Any] = []

    class Storage:
        def add_examples(self, examples: Any, datasets: Any) -> None:
            kept.append((datasets, texts(examples)))

    for number, storage in enumerate((Storage(), lambda examples: kept.append(texts(examples)))):
        controller = make(tasks(1), dataset=f"set{number}", db=storage)
        controller.receive_answers(accept(controller.get_questions()))
        assert controller.total_annotated == 1
        controller.save()
    assert kept == [(["set0"], ["text 0"]), ["text 0"]]


def test_a_component_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(SettingError, match="update='no' cannot be called"):
        make(tasks(1), update="no")
    with pytest.raises(SettingError, match=r"config=.* is not a dict"):
        make(tasks(1), config=[1])


def test_an_error_when_it_ends_closes_the_store_all_the_same() -> None:
    def on_exit(ctrl: Any) -> None:
        raise RuntimeError("on_exit failed")

    controller = make(tasks(1), on_exit=on_exit)
    controller.receive_answers(accept(controller.get_questions()))
    with pytest.raises(RuntimeError, match="on_exit failed"):
        controller.save()
    with connect() as database:
        assert database.count("news") == 1


# The database


def test_the_database_as_programs_use_it(prodigy: Any) -> None:
    db = prodigy.components.db.connect()
    with prodigy.components.db.connect("sqlite", {}) as again:
        assert "news" not in again
    assert not db.get_dataset("news") and not db.get_dataset_examples("news")
    assert (db.get_input_hashes("news"), db.get_task_hashes(["news", "other"])) == (set(), set())
    assert list(db.iter_dataset_examples("news")) == []
    assert not db.drop_dataset("news")
    db.add_dataset("empty")
    db.add_examples([], datasets=["empty"])
    assert "empty" in db and db.get_dataset("empty") == [] and not db.get_dataset("empty")
    examples = [prodigy.set_hashes({"text": text, "answer": "accept"}) for text in "ab"]
    db.add_examples(examples, datasets=["one", "two"])
    db.add_examples(examples[:1], "three")
    assert db.datasets == ["empty", "one", "two", "three"]
    hashes = {example["_input_hash"] for example in examples}
    assert db.get_input_hashes("one", "three") == db.get_input_hashes(["one", "three"]) == hashes
    assert db.get_task_hashes("three") == {examples[0]["_task_hash"]}
    assert texts(db.get_dataset_examples("two")) == texts(db.iter_dataset_examples("two")) == ["a", "b"]
    assert len(db.sessions) == 3
    assert db.drop_dataset("two") and "two" not in db
    assert prodflow.connect().sql("select count(*) from answers").fetchall() == [(3,)]
    db.close()


def test_sessions_can_be_asked_for_as_datasets_can(prodigy: Any) -> None:
    controller = make(tasks(3))
    controller.receive_answers(accept(controller.get_questions("news-alex")[:2]), "news-alex")
    db = controller.db
    assert texts(db.get_dataset_examples("news-alex") or []) == ["text 0", "text 1"]
    assert db.get_input_hashes("news-alex") == db.get_input_hashes("news")
    assert texts(db.get_sessions_examples(["news-alex"])) == ["text 0", "text 1"]
    assert "news-alex" in db.get_dataset_sessions("news")
    controller.save()
