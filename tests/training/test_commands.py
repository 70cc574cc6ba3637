"""The training commands, as a user calls them."""

import pytest

from prodflow.core.errors import SettingError
from prodflow.samples import fashion_images, fashion_labels
from prodflow.store.database import connect
from prodflow.training.images import train_images
from tests.server_process import run
from tests.training.test_pipeline import entities, topics


def pictures(folder, count):
    labels = fashion_labels()
    for path in sorted(fashion_images(folder, limit=count).iterdir()):
        name = labels[path.name]
        yield {"image": str(path), "label": "SANDAL", "answer": "accept" if name == "SANDAL" else "reject"}


def test_data_to_spacy_writes_what_spacy_trains_on(home, tmp_path):
    with connect() as db:
        db.add_examples(entities(30), ["people"])
    done = run(home, "data-to-spacy", tmp_path / "corpus", "--ner", "people", "--set", "training.dropout=0.3")
    assert done.returncode == 0, done.stderr
    assert "24 texts to learn from and 6 to measure on" in done.stderr
    assert done.stdout.startswith("python -m spacy train")
    assert "dropout = 0.3" in (tmp_path / "corpus" / "config.cfg").read_text()


def test_train_and_the_curve_with_its_plot(home, tmp_path):
    with connect() as db:
        db.add_examples(topics(24), ["topics"])
    done = run(home, "train", tmp_path / "model", "--textcat", "topics", "--max-steps", "10")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("textcat")
    assert (tmp_path / "model" / "model-best" / "meta.json").is_file()
    curve = run(
        home, "train-curve", "--textcat", "topics", "--max-steps", "4", "--samples", "2", "--plot", tmp_path / "c.png"
    )
    assert curve.returncode == 0, curve.stderr
    assert [line.split()[0] for line in curve.stdout.splitlines()] == ["share", "50%", "100%"]
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


def test_images_train_the_classifier(tmp_path):
    with connect() as db:
        db.add_examples(pictures(tmp_path / "images", 300), ["shoes"])
        found = train_images(["shoes"], db=db, output=tmp_path / "shoes.pt")
    assert (found.train, found.dev) == (240, 60)
    assert found.accuracy > 0.9
    assert (tmp_path / "shoes.pt").is_file()


def test_images_need_answers_about_images():
    with connect() as db:
        db.add_examples(topics(5), ["topics"])
        with pytest.raises(SettingError, match="too few answers about images"):
            train_images(["topics"], db=db)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "say what to learn"),
        (["train", "--ner", "nothing"], "no dataset named 'nothing'"),
        (["train-curve", "--ner", "a", "--plot", "c.txt"], "name a .png, .svg or .pdf"),
        (["data-to-spacy", "out", "--ner", "a", "--set", "x"], "PATH=VALUE"),
    ],
)
def test_mistakes_get_one_line(home, arguments, words):
    done = run(home, *arguments)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
