"""Captions of images and questions about several images."""

import pytest

from prodflow.cli.serve import prepare
from prodflow.core.errors import SettingError
from prodflow.core.hashing import set_hashes
from prodflow.recipes.classify_images import captcha, classify_images
from prodflow.recipes.image_caption import diff_as_html, image_caption, image_caption_correct, image_caption_diff
from prodflow.samples import fashion_images, fashion_labels
from prodflow.session.controller import Controller
from prodflow.store.database import connect


@pytest.fixture
def photos(tmp_path):
    return fashion_images(tmp_path / "photos", limit=40)


def controller(name, components):
    made = Controller.from_components(name, components)
    made.load()
    return made


def test_captions_are_suggested_corrected_and_counted(photos, tmp_path, caplog):
    (tmp_path / "mine.py").write_text("def caption(image):\n    return 'a thing'\n")
    made = controller("image.caption", image_caption("captions", photos, model=f"{tmp_path / 'mine.py'}:caption"))
    first, second, third, *_ = made.get_questions()
    assert first["caption"] == first["suggested_caption"] == "a thing"
    made.receive_answers(
        [
            {"_task_hash": first["_task_hash"], "answer": "accept", "caption": "a shoe"},
            {"_task_hash": second["_task_hash"], "answer": "accept"},
            {"_task_hash": third["_task_hash"], "answer": "ignore"},
        ]
    )
    made.save()
    assert "captions: 1 kept, 1 changed (50% of the suggestions), 0 written anew, 1 tasks without" in caplog.text

    [task] = image_caption_diff("errors", "captions")["stream"]
    assert task["html"] == "a <del>thing</del> <ins>shoe</ins>"
    assert {"SUBJECT", "ATTRIBUTES", "BACKGROUND", "NUMBER", "WORDING"} <= {option["id"] for option in task["options"]}


def test_captions_are_corrected_where_there_is_a_model(photos, tmp_path):
    (tmp_path / "mine.py").write_text("def caption(image):\n    return 'a thing'\n")
    made = image_caption_correct("captions", photos, model=f"{tmp_path / 'mine.py'}:caption")
    assert next(made["stream"])["caption"] == "a thing"
    with pytest.raises(SettingError, match="model"):
        prepare(f"image.caption.correct captions {photos}")


def test_the_captioner_learns_while_captions_are_written(photos, tmp_path):
    labels = fashion_labels()
    model = tmp_path / "captions.pt"
    made = controller("image.caption", image_caption("captions", photos, model=str(model)))
    for _ in range(3):
        batch = made.get_questions()
        made.receive_answers(
            [
                {
                    "_task_hash": task["_task_hash"],
                    "answer": "accept",
                    "caption": f"a picture of a {labels[task['path'].rpartition('/')[2]].lower()}",
                }
                for task in batch
            ]
        )
    made.save()
    assert model.is_file()

    again = image_caption("more", photos, model=str(model))["stream"]
    suggested = [task.get("caption", "") for task in again]
    assert all(caption.startswith("a picture of a ") for caption in suggested)
    right = sum(
        caption.endswith(f" {labels[path.name].lower()}") for caption, path in zip(suggested, sorted(photos.iterdir()))
    )
    assert right >= 20, f"of 30 captions that it has learnt and 10 new ones {right} are right"


def test_without_a_model_captions_are_written_from_nothing(photos):
    components = image_caption("captions", photos)
    assert "caption" not in next(iter(components["stream"]))
    assert [block["view_id"] for block in components["config"]["blocks"]] == ["image", "text_input"]


def test_a_model_that_is_none_is_refused(photos, tmp_path):
    (tmp_path / "mine.py").write_text("caption = 3\n")
    with pytest.raises(SettingError, match="cannot be called"):
        image_caption("captions", photos, model=f"{tmp_path / 'mine.py'}:caption")


def test_a_diff_is_escaped():
    assert diff_as_html("a < b", "a > b") == "a <del>&lt;</del> <ins>&gt;</ins> b"


def test_captions_that_were_kept_are_not_looked_at():
    task = {"image": "https://x.example/a.png", "caption": "same", "suggested_caption": "same", "answer": "accept"}
    with connect() as db:
        db.add_examples([set_hashes(task)], ["captions"])
    assert list(image_caption_diff("errors", "captions")["stream"]) == []


def test_captcha_shows_several_images_whose_ids_stay(photos):
    tasks = list(captcha("cars", photos, label="SANDAL", size=6)["stream"])
    assert [len(task["options"]) for task in tasks] == [6] * 6 + [4]
    ids = [option["id"] for task in tasks for option in task["options"]]
    assert len(set(ids)) == 40
    assert ids == [
        option["id"] for task in captcha("cars", photos, label="SANDAL", size=6)["stream"] for option in task["options"]
    ]


def test_classify_images_offers_labels(photos):
    components = classify_images("shoes", photos, label="SANDAL,SNEAKER,OTHER")
    assert [option["id"] for option in next(iter(components["stream"]))["options"]] == ["SANDAL", "SNEAKER", "OTHER"]
    assert components["config"] == {"choice_style": "single", "choice_auto_accept": True}
    with pytest.raises(SettingError, match="two labels or more"):
        classify_images("shoes", photos, label="SANDAL")
