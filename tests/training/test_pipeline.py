"""spaCy pipelines from answers: read, split, trained and measured."""

import io
import random

import pytest

from prodflow.core.errors import SettingError, UnknownNameError
from prodflow.core.hashing import set_hashes
from prodflow.store.database import connect
from prodflow.training.annotations import read_annotations
from prodflow.training.pipeline import Settings, data_to_spacy, train, train_curve

NAMES = ["Ada", "Bob", "Eve", "Dan", "Kim", "Lea"]
CITIES = ["Rome", "Oslo", "Bern", "Lima", "Cairo", "Paris"]
QUICK = Settings(max_steps=60, seed=1)


def sentence(number):
    chance = random.Random(number)
    name, city = chance.choice(NAMES), chance.choice(CITIES)
    verb = chance.choice(["flew to", "lives in", "saw"])
    text = f"{name} {verb} {city} in {1900 + number} ."
    start = text.index(city)
    return text, [(0, len(name), "PERSON"), (start, start + len(city), "CITY")]


def entities(count, **more):
    for number in range(count):
        text, spans = sentence(number)
        listed = [{"start": start, "end": end, "label": label} for start, end, label in spans]
        yield set_hashes({"text": text, "spans": listed, "answer": "accept", "_view_id": "ner_manual", **more})


def topics(count):
    options = [{"id": name, "text": name} for name in ("SPORT", "MONEY")]
    for number in range(count):
        topic = "SPORT" if number % 2 else "MONEY"
        words = "the team won the match" if number % 2 else "the bank cut its rates"
        yield set_hashes({"text": f"{words} {number}", "options": options, "accept": [topic], "answer": "accept"})


@pytest.fixture
def db():
    with connect() as database:
        yield database


def test_entities_are_learnt_and_measured_on_texts_kept_aside(db, tmp_path):
    db.add_examples(entities(80), ["people"])
    found = train({"ner": ["people"]}, db=db, output=tmp_path / "out", settings=QUICK, log=io.StringIO())
    assert found.scores["ner"] > 0.8
    assert (found.train, found.dev) == (64, 16)
    assert {ent.label_ for ent in found.nlp("Ada flew to Rome in 1950 .").ents} == {"PERSON", "CITY"}
    assert (tmp_path / "out" / "model-best" / "config.cfg").is_file()


def test_topics_and_spans_together(db, tmp_path):
    db.add_examples(topics(60), ["topics"])
    db.add_examples(entities(60, _view_id="spans_manual"), ["spans"])
    found = train({"textcat": ["topics"], "spancat": ["spans"]}, db=db, settings=QUICK, log=io.StringIO())
    assert found.scores["textcat"] > 0.8
    assert found.nlp("the team won the match 99").cats["SPORT"] > 0.5
    assert "spancat" in found.scores


def test_the_corpora_are_those_that_spacy_reads(db, tmp_path):
    import spacy
    from spacy.tokens import DocBin

    db.add_examples(entities(20), ["people"])
    db.add_examples(entities(4), ["held-out"])
    data_to_spacy(tmp_path / "corpus", {"ner": ["people", "eval:held-out"]}, db=db)
    nlp = spacy.blank("en")
    train_docs, dev_docs = (
        list(DocBin().from_disk(tmp_path / "corpus" / f"{name}.spacy").get_docs(nlp.vocab)) for name in ("train", "dev")
    )
    assert (len(train_docs), len(dev_docs)) == (16, 4)  # what is measured on is not learnt from
    assert dev_docs[0].ents[0].label_ == "PERSON"
    assert '"CITY"' in (tmp_path / "corpus" / "labels" / "ner.json").read_text()
    assert "incorrect_spans" in (tmp_path / "corpus" / "config.cfg").read_text()


def test_yes_and_no_to_single_entities_leave_the_rest_open(db):
    text, spans = sentence(1)
    for (start, end, label), answer in zip(spans, ("accept", "reject")):
        task = {"text": text, "spans": [{"start": start, "end": end, "label": label}], "_view_id": "ner"}
        db.add_examples([set_hashes({**task, "answer": answer})], ["binary"])
    db.add_examples(entities(1), ["held-out"])
    [found] = read_annotations(db, {"ner": ["binary", "eval:held-out"]}).train
    assert found.spans["ner"] == {spans[0]}
    assert found.wrong_spans["ner"] == {spans[1]}
    assert found.complete == set()


def test_a_later_answer_takes_the_place_of_an_earlier_one(db):
    db.add_examples(entities(10), ["people"])
    changed = next(entities(1)) | {"spans": [], "_session_id": "people-bob"}
    db.add_examples([changed], ["people"])
    found = read_annotations(db, {"ner": ["people"]})
    assert found.changed == 1
    assert sum(one.spans["ner"] == set() for one in [*found.train, *found.dev]) == 1


def test_the_same_texts_are_kept_aside_when_more_are_annotated(db):
    db.add_examples(entities(40), ["people"])
    before = {found.text for found in read_annotations(db, {"ner": ["people"]}).dev}
    db.add_examples(topics(40), ["topics"])
    after = {found.text for found in read_annotations(db, {"ner": ["people"], "textcat": ["topics"]}).dev}
    assert len(before & after) >= len(before) * 0.6


def test_the_curve_grows(db):
    db.add_examples(topics(60), ["topics"])
    seen = []
    points = train_curve(
        {"textcat": ["topics"]},
        db=db,
        settings=Settings(max_steps=30),
        samples=2,
        report=lambda share, trained: seen.append((share, trained.train)),
    )
    assert seen == [(0.5, 24), (1.0, 48)]
    assert points[-1][1].scores["textcat"] > 0.9


def test_what_cannot_be_learnt_is_said(db):
    with pytest.raises(UnknownNameError, match="no dataset named 'nothing'"):
        train({"ner": ["nothing"]}, db=db)
    db.add_examples([next(entities(1))], ["one"])
    with pytest.raises(SettingError, match="too few"):
        train({"ner": ["one"]}, db=db)
    db.add_examples(entities(9), ["people"])
    with pytest.raises(SettingError, match="nothing to learn textcat from"):
        train({"textcat": ["people"]}, db=db)
    with pytest.raises(SettingError, match=r"has no 'training\.nosuch\.key'"):
        train({"ner": ["people"]}, db=db, settings=Settings(overrides={"training.nosuch.key": 1}))
