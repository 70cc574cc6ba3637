"""Recipes: functions that return components."""

import json

import pytest

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.registry import recipes
from prodflow.recipes import recipe
from prodflow.recipes.image_teach import image_teach
from prodflow.recipes.labels import get_labels, split_string
from prodflow.recipes.mark import choice, mark
from prodflow.recipes.options import Exclude, Loader


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_mark_asks_about_a_label_and_makes_it_part_of_the_tasks_identity():
    plain = next(mark("x", [{"text": "a"}])["stream"])
    news = next(mark("x", [{"text": "a"}], label="NEWS")["stream"])
    sport = next(mark("x", [{"text": "a"}], label="SPORT")["stream"])
    assert news["label"] == "NEWS"
    assert len({plain["_input_hash"], news["_input_hash"], sport["_input_hash"]}) == 1
    assert len({plain["_task_hash"], news["_task_hash"], sport["_task_hash"]}) == 3


def test_mark_with_several_labels_asks_each():
    stream = mark("x", [{"text": "a"}, {"text": "b"}], label="NEWS,SPORT")["stream"]
    assert [(task["text"], task["label"]) for task in stream] == [
        ("a", "NEWS"),
        ("a", "SPORT"),
        ("b", "NEWS"),
        ("b", "SPORT"),
    ]


def test_mark_with_the_choice_view_offers_the_labels():
    [task] = mark("x", [{"text": "a"}], view_id="choice", label="NEWS,SPORT")["stream"]
    assert task["options"] == [{"id": "NEWS", "text": "NEWS"}, {"id": "SPORT", "text": "SPORT"}]


@pytest.mark.parametrize(("multiple", "style"), [(False, "single"), (True, "multiple")])
def test_choice_offers_labels_or_the_options_of_each_task(tmp_path, multiple, style):
    own = [{"id": 1, "text": "one"}, {"id": 2, "text": "two"}]
    source = tmp_path / "texts.jsonl"
    source.write_text(json.dumps({"text": "a", "options": own}) + "\n")
    made = choice("set", source, multiple=multiple)
    assert [task["options"] for task in made["stream"]] == [own]
    config = made["config"]
    assert (made["view_id"], config["choice_style"], config["choice_auto_accept"]) == ("choice", style, not multiple)
    source.write_text(json.dumps({"text": "a"}) + "\n")
    [task] = choice("set", source, label="CAT,DOG")["stream"]
    assert [option["id"] for option in task["options"]] == ["CAT", "DOG"]


def test_image_teach_needs_a_label():
    with pytest.raises(SettingError, match="names no label"):
        image_teach("x", [], label=" , ")


def test_labels_come_from_a_text_or_a_file(tmp_path):
    (tmp_path / "labels.txt").write_text("A\n\n B \n")
    assert get_labels(str(tmp_path / "labels.txt")) == ["A", "B"]
    assert get_labels("A, B,") == split_string("A, B,") == ["A", "B"]
    assert get_labels("") == get_labels(None) == []


def test_a_recipe_stays_a_function_and_is_found_by_its_name():
    @recipe("say-hello", name=("Who", "positional", None, str))
    def say_hello(name, loud=False):
        return name.upper() if loud else name

    assert say_hello("alex", loud=True) == "ALEX"
    assert recipes.get("say_hello") is recipes.get("say-hello") is say_hello
    assert say_hello.arguments["name"].help == "Who"
    assert say_hello.arguments["loud"].style == "flag"


def test_what_an_annotation_tells_of_an_argument_is_in_its_command_and_its_docstring():
    @recipe("told")
    def told(dataset: str, loader: Loader = None, exclude: Exclude = None, loud: bool = False):
        """Do it.

        Args:
            dataset: where to.
            exclude: not these.
        """

    loader, exclude = told.arguments["loader"], told.arguments["exclude"]
    assert (loader.help, loader.shortcut) == ("how to read the source; guessed if not given.", "lo")
    assert (exclude.help, exclude.shortcut) == ("not these.", "e")
    assert told.__doc__.splitlines()[2:] == [
        "Args:",
        "    dataset: where to.",
        "    loader: how to read the source; guessed if not given.",
        "    exclude: not these.",
    ]


def test_an_annotation_of_no_argument_is_refused():
    with pytest.raises(SettingError, match="has no argument 'nmae'"):
        recipe("wrong", nmae="Who")(lambda name: name)


def test_an_unknown_recipe_names_what_comes_close():
    with pytest.raises(UnknownNameError, match=r"no recipe named 'image.tech'; did you mean 'image.teach'\?"):
        recipes.get("image.tech")
