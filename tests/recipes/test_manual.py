"""Recipes for annotating by hand: what they ask, and with which settings."""

import json

import pytest

from prodflow.core.errors import SettingError, SourceNotFoundError
from prodflow.core.registry import recipes
from prodflow.recipes.audio_manual import audio_manual
from prodflow.recipes.audio_transcribe import audio_transcribe
from prodflow.recipes.image_manual import image_manual
from prodflow.recipes.mark import mark
from prodflow.recipes.rel_manual import rel_manual
from prodflow.recipes.text_manual import ner_manual, pos_manual, spans_manual
from prodflow.recipes.textcat_manual import textcat_manual
from prodflow.session.controller import Controller
from prodflow.session.startup import check_start
from tests.sound_files import tone, write_wav

TEXT = {"text": "Ann met Bo in Ulm"}
PERSON = {"start": 0, "end": 3, "label": "PERSON"}


@pytest.fixture
def patterns(tmp_path):
    file = tmp_path / "patterns.jsonl"
    rows = [{"label": "CITY", "pattern": "Ulm"}, {"label": "PERSON", "pattern": [{"lower": "bo"}]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def served(components):
    """The first batch as an annotator gets it, from the real controller; each task fits its view."""
    check_start(components["view_id"], components["config"])
    controller = Controller.from_components("test", components)
    batch = controller.get_questions()
    controller.save()
    assert [task.get("_error") for task in batch] == [None] * len(batch)
    return batch


@pytest.mark.parametrize(("recipe", "view_id"), [(ner_manual, "ner_manual"), (spans_manual, "spans_manual")])
def test_texts_get_tokens_and_spans_their_places(recipe, view_id):
    components = recipe("set", "blank:en", [TEXT, {**TEXT, "text": "Ann!", "spans": [PERSON]}], label="PERSON,CITY")
    [plain, marked] = served(components)

    assert components["view_id"] == view_id
    assert components["config"]["labels"] == ["PERSON", "CITY"]
    assert [token["text"] for token in plain["tokens"]] == TEXT["text"].split()
    assert marked["spans"] == [{**PERSON, "token_start": 0, "token_end": 0}]


def test_parts_of_speech_are_given_to_tokens():
    components = pos_manual("set", "blank:en", [TEXT], label="NOUN,VERB")
    assert len(served(components)[0]["tokens"]) == 5
    assert components["view_id"] == "pos_manual"


def test_tokens_that_are_there_stay():
    tokens = [{"text": "Ann met", "start": 0, "end": 7, "id": 0}, {"text": "Bo", "start": 8, "end": 10, "id": 1}]
    [task] = served(ner_manual("set", "blank:en", [{"text": "Ann met Bo", "tokens": tokens}], label="A"))
    assert task["tokens"] == tokens


def test_where_characters_are_marked_there_are_no_tokens():
    spans = [{"start": 1, "end": 2, "label": "A"}]
    components = ner_manual("set", "blank:en", [{**TEXT, "spans": spans}], label="A", highlight_chars=True)
    [task] = served(components)
    assert "tokens" not in task
    assert components["config"]["ner_manual_highlight_chars"] is True


def test_patterns_mark_beforehand_what_has_one_of_the_labels(patterns):
    [task] = served(ner_manual("set", "blank:en", [TEXT], label="CITY,TITLE", patterns=patterns))
    assert [(span["label"], span["token_start"]) for span in task["spans"]] == [("CITY", 4)]


def test_patterns_that_can_match_nothing_are_refused(patterns, tmp_path):
    with pytest.raises(SettingError, match="has no pattern with a label of TITLE"):
        ner_manual("set", "blank:en", [TEXT], label="TITLE", patterns=patterns)
    with pytest.raises(SourceNotFoundError, match="no such file"):
        ner_manual("set", "blank:en", [TEXT], label="TITLE", patterns=tmp_path / "none.jsonl")


def test_a_span_that_is_not_made_of_tokens_is_shown_as_such_and_the_rest_goes_on(patterns):
    tasks = [{**TEXT, "spans": [{"start": 0, "end": 2, "label": "PERSON"}]}, {"title": "no text"}, {"text": "Bo"}]
    components = ner_manual("set", "blank:en", tasks, label="PERSON", patterns=patterns)
    controller = Controller.from_components("test", components)
    broken, without_text, sound = controller.get_questions()
    controller.save()

    assert "spans.0: span 'An' (0 to 2, PERSON) does not begin and end with a token" in broken["_error"]
    assert "text: Field required" in without_text["_error"]
    assert sound["spans"][0]["token_end"] == 0


def test_labels_may_come_from_the_model():
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("ner").add_label("PERSON")
    assert ner_manual("set", nlp, [TEXT])["config"]["labels"] == ["PERSON"]
    with pytest.raises(SettingError, match=r"spans.manual: no label; give --label A,B \(the model has none"):
        spans_manual("set", nlp, [TEXT])


def test_relations_join_tokens_and_spans(patterns):
    disable = patterns.with_name("disable.jsonl")
    disable.write_text('{"label": "OFF", "pattern": "in"}\n')
    components = rel_manual(
        "set",
        "blank:en",
        [TEXT],
        label="MET",
        span_label="PERSON,CITY",
        wrap=True,
        patterns=patterns,
        disable_patterns=disable,
    )
    [task] = served(components)

    assert [span["label"] for span in task["spans"]] == ["PERSON", "CITY"]
    assert [token["text"] for token in task["tokens"] if token.get("disabled")] == ["in"]
    assert (
        components["config"].items()
        >= {
            "labels": ["MET"],
            "relations_span_labels": ["PERSON", "CITY"],
            "wrap_relations": True,
        }.items()
    )


def test_entities_of_a_model_become_spans():
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "CITY", "pattern": "Ulm"}, {"label": "X", "pattern": "Ann"}])
    [task] = served(rel_manual("set", nlp, [{**TEXT, "spans": [PERSON]}], label="MET", add_ents=True))
    assert [span["label"] for span in task["spans"]] == ["PERSON", "CITY"]
    with pytest.raises(SettingError, match="add_nps needs a model with a parser"):
        rel_manual("set", nlp, [TEXT], label="MET", add_nps=True)
    with pytest.raises(SettingError, match="add_ents needs a model that finds entities"):
        rel_manual("set", "blank:en", [TEXT], label="MET", add_ents=True)


def test_images_keep_their_shapes_and_paths(tmp_path):
    shapes = [{"label": "CAR", "points": [[0, 0], [5, 5]]}]
    components = image_manual("set", [{"image": "a.png", "spans": shapes}], label="CAR", darken=True, width=600)
    [task] = served(components)

    assert (task["image"], task["spans"]) == ("a.png", shapes)
    assert components["config"] == {
        "labels": ["CAR"],
        "darken_image": 0.3,
        "image_manual_width": 600,
        "custom_theme": {"cardMaxWidth": 600},
        "exclude_by": "input",
    }


def test_a_url_that_cannot_be_fetched_is_dropped_or_left_to_the_browser(caplog):
    tasks = [{"image": "http://127.0.0.1:9/a.png"}, {"image": "b.png"}]
    assert [task["image"] for task in served(image_manual("set", tasks, label="CAR"))] == ["b.png"]
    assert "127.0.0.1:9" in caplog.text
    assert len(served(image_manual("set", tasks, label="CAR", no_fetch=True))) == 2


def test_regions_of_recordings_have_labels():
    components = audio_manual("set", [{"audio": "a.wav"}, {"video": "b.mp4"}], label="SPEECH,NOISE", autoplay=True)
    assert len(served(components)) == 2
    assert components["config"].items() >= {"labels": ["SPEECH", "NOISE"], "audio_autoplay": True}.items()


@pytest.mark.parametrize(
    ("exclusive", "style"), [(True, {"choice_style": "single"}), (False, {"choice_style": "multiple"})]
)
def test_categories_are_options(exclusive, style):
    components = textcat_manual("set", [TEXT], label="NEWS,SPORT", exclusive=exclusive)
    [task] = served(components)
    assert [option["id"] for option in task["options"]] == ["NEWS", "SPORT"]
    assert components["config"].items() >= {**style, "choice_auto_accept": exclusive}.items()


def test_one_category_is_a_question():
    components = textcat_manual("set", [TEXT], label="NEWS")
    assert (served(components)[0]["label"], components["view_id"]) == ("NEWS", "classification")


@pytest.mark.parametrize("recipe", [image_manual, audio_manual, textcat_manual])
def test_labels_are_needed(recipe):
    with pytest.raises(SettingError, match="no label; give --label A,B"):
        recipe("set", [{"text": "a"}])


def test_what_was_answered_is_not_asked_again_with_other_labels():
    controller = Controller.from_components("test", image_manual("set", [{"image": "a.png"}], label="CAR"))
    [task] = controller.get_questions()
    spans = [{"label": "CAR", "points": [[0, 0], [5, 5]]}]
    controller.receive_answers([{**task, "spans": spans, "answer": "accept"}])
    controller.save()
    again = image_manual("set", [{"image": "a.png", "spans": spans}, {"image": "b.png"}], label="CAR,BUS")
    assert [task["image"] for task in served(again)] == ["b.png"]


@pytest.mark.parametrize("view_id", ["ner_manual", "spans_manual", "pos_manual", "relations"])
def test_mark_offers_labels_and_adds_tokens_where_they_are_marked(view_id):
    components = mark("set", [TEXT], view_id=view_id, label="A,B")
    [task] = served(components)
    assert components["config"] == {"labels": ["A", "B"]}
    assert "label" not in task
    assert len(task["tokens"]) == 5


def test_mark_asks_of_an_image_once_what_is_on_it():
    components = mark("set", [{"image": "a.png"}], view_id="image_manual", label="CAR,BUS")
    assert len(served(components)) == 1
    assert components["config"]["labels"] == ["CAR", "BUS"]


def test_names_with_dots_dashes_and_underscores():
    assert recipes.get("ner.manual") is ner_manual
    assert recipes.get("textcat.manual").arguments["exclusive"].shortcut == "E"


def test_recordings_are_transcribed_in_a_field_of_ones_own(tmp_path):
    write_wav(tmp_path / "a.wav", tone(1))
    components = audio_transcribe(
        "set", tmp_path, playpause_key="alt+p, f2", field_id="said", text_rows=2, autoplay=True
    )
    [task] = served(components)
    [sound, field] = components["config"]["blocks"]
    assert (sound["view_id"], field["field_id"]) == ("audio", "said")
    assert components["config"]["playpause_key"] == ["alt+p", "f2"]
    assert components["config"]["audio_autoplay"] is True
    assert task["audio"] == str(tmp_path / "a.wav")
