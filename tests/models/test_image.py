"""The image classifier: it learns, it remembers what it should, and it says what is wrong."""

import json
import threading
from collections.abc import Iterable
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from prodflow.core.errors import MediaError, SettingError, SourceError, SourceNotFoundError, TaskError
from prodflow.core.media import file_to_b64
from prodflow.core.task import Task
from prodflow.models import ImageClassifier, score
from prodflow.models.protocol import Model
from prodflow.samples import fashion_images, fashion_labels
from prodflow.sorters import choose_from_window, prefer_uncertain

TRUTH = fashion_labels()
SHOES = ["SANDAL", "SNEAKER", "BAG"]


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return sorted(fashion_images(tmp_path_factory.mktemp("train"), "train", limit=600).iterdir())


@pytest.fixture(scope="module")
def test(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return sorted(fashion_images(tmp_path_factory.mktemp("test"), "test", limit=300).iterdir())


def asked(paths: Iterable[Path], label: str = "SANDAL") -> list[Task]:
    return [{"image": str(path), "label": label} for path in paths]


def answered(tasks: Iterable[Task]) -> list[Task]:
    """What one who knows the truth answers."""
    return [
        {**task, "answer": "accept" if TRUTH[Path(task["image"]).name] == task["label"] else "reject"} for task in tasks
    ]


def chosen(paths: Iterable[Path], labels: list[str]) -> list[Task]:
    options = [{"id": label, "text": label} for label in labels]
    return [
        {"image": str(path), "options": options, "accept": [TRUTH[path.name]], "answer": "accept"}
        for path in paths
        if TRUTH[path.name] in labels
    ]


def scores(model: ImageClassifier, tasks: Iterable[Task]) -> list[float]:
    return [number for number, _ in model(tasks)]


def recall_of_both(model: ImageClassifier, answers: list[Task]) -> float:
    parts = [[answer for answer in answers if answer["answer"] == said] for said in ("accept", "reject")]
    return sum(model.accuracy(part) for part in parts) / 2


def test_before_the_first_answer_it_knows_nothing(train: list[Path]) -> None:
    model = ImageClassifier("SANDAL")

    assert scores(model, asked(train[:3])) == [0.5, 0.5, 0.5]
    assert scores(ImageClassifier(SHOES), asked(train[:1], "OTHER")) == [0.5]
    assert isinstance(model, Model)


@pytest.mark.parametrize("strategy", ["prefer_uncertain", "choose_from_window"])
def test_learns_within_200_answers_what_a_sandal_is(train: list[Path], test: list[Path], strategy: str) -> None:
    model = ImageClassifier("SANDAL")
    scoring = score(model=model)
    sorting = scoring | prefer_uncertain() if strategy == "prefer_uncertain" else choose_from_window(score=scoring)

    with (asked(train) | sorting).run() as stream:
        for _ in range(20):
            model.update(answered(islice(stream, 10)))

    assert model.version >= 10
    assert recall_of_both(model, answered(asked(test))) > 0.85


def test_learns_to_choose_among_several(train: list[Path], test: list[Path]) -> None:
    model = ImageClassifier(SHOES)

    model.update(chosen(train[:300], SHOES))

    assert model.accuracy(chosen(test, SHOES)) > 0.85


def test_learns_several_labels_from_binary_answers(train: list[Path], test: list[Path]) -> None:
    model = ImageClassifier(SHOES)
    paths = [path for path in train if TRUTH[path.name] in SHOES]

    model.update(answered(task for label in SHOES for task in asked(paths[:90], label)))

    assert model.accuracy(chosen(test, SHOES)) > 0.85


def test_the_score_of_a_binary_question_is_the_probability_of_its_label(train: list[Path]) -> None:
    model = ImageClassifier(SHOES)
    model.update(chosen(train[:200], SHOES))
    [path] = [path for path in train[200:] if TRUTH[path.name] == "BAG"][:1]

    [told] = model.predict([{"image": str(path)}])

    assert scores(model, asked([path], "BAG")) == [told["BAG"]]
    first, second, _ = sorted(told.values(), reverse=True)
    assert scores(model, [{"image": str(path)}]) == [0.5 + (first - second) / 2]
    assert told["BAG"] > 0.5


def test_the_same_answers_give_the_same_scores(train: list[Path]) -> None:
    first, second = ImageClassifier("SANDAL", seed=3), ImageClassifier("SANDAL", seed=3)
    for batch in (train[:20], train[20:40]):
        for model in (first, second):
            model.update(answered(asked(batch)))

    assert scores(first, asked(train[40:60])) == scores(second, asked(train[40:60]))


def test_the_score_does_not_depend_on_the_batch(train: list[Path]) -> None:
    big, small = ImageClassifier("SANDAL"), ImageClassifier("SANDAL", batch_size=1)
    for model in (big, small):
        model.update(answered(asked(train[:20])))

    assert scores(big, asked(train[:50])) == pytest.approx(scores(small, asked(train[:50])), abs=1e-4)


def test_a_correction_takes_the_place_of_the_earlier_answer(train: list[Path]) -> None:
    answers = answered(asked(train[:30]))
    [wrong] = [{**answer, "answer": "reject"} for answer in answers if answer["answer"] == "accept"][:1]
    corrected, right = ImageClassifier("SANDAL"), ImageClassifier("SANDAL")

    corrected.update([wrong if answer["image"] == wrong["image"] else answer for answer in answers])
    before = scores(corrected, [wrong])[0]
    corrected.update([{**wrong, "answer": "accept"}])
    right.update(answers)

    assert before < 0.5 < scores(corrected, [wrong])[0]
    assert scores(corrected, asked(train)) == pytest.approx(scores(right, asked(train)), abs=0.02)


def test_ignore_teaches_nothing_and_makes_it_forget(train: list[Path]) -> None:
    model = ImageClassifier("SANDAL")
    ignored = [{**task, "answer": "ignore"} for task in asked(train[:10])]

    assert model.update(ignored) is None
    assert model.version == 0
    model.update(answered(asked(train[:10])))
    model.update(ignored)

    assert scores(model, asked(train[:2])) == [0.5, 0.5]
    assert model.version == 2


def test_other_labels_teach_nothing(train: list[Path]) -> None:
    assert ImageClassifier("SANDAL").update(answered(asked(train[:5], "BAG"))) is None


def test_the_replay_is_bounded(train: list[Path]) -> None:
    model = ImageClassifier("SANDAL", replay_size=25)

    for start in range(0, 100, 10):
        model.update(answered(asked(train[start : start + 10])))

    assert len(model._replay) == 25
    assert len(set(model._replay._hashes)) == len(model._replay._slots) == 25


def test_features_are_kept_so_that_an_update_reads_no_file(tmp_path: Path, train: list[Path]) -> None:
    copies = [tmp_path / path.name for path in train[:20]]
    for path, copy in zip(train, copies, strict=False):
        copy.write_bytes(path.read_bytes())
    model = ImageClassifier("SANDAL", cache_size=10)
    list(model(asked(copies)))
    for copy in copies:
        copy.unlink()

    assert model.update(answered(asked(copies[10:]))) is not None
    with pytest.raises(MediaError, match="cannot read"):
        model.update(answered(asked(copies[:10])))


def test_the_loss_falls_and_progress_rises_as_it_learns(train: list[Path]) -> None:
    model = ImageClassifier("SANDAL")
    losses = [model.update(answered(asked(train[start : start + 50]))) for start in range(0, 300, 50)]

    assert losses[0] == pytest.approx(0.693, abs=0.001)
    assert losses[-1] is not None and losses[-1] < 0.3
    assert model.progress(losses[0]) == pytest.approx(0, abs=0.001)
    assert 0.5 < model.progress(losses[-1]) <= 1
    assert model.progress(None) == 0


def test_a_saved_model_gives_the_same_scores_and_goes_on_learning(tmp_path: Path, train: list[Path]) -> None:
    model = ImageClassifier(["SANDAL", "SNEAKER"], seed=1)
    model.update(chosen(train[:150], ["SANDAL", "SNEAKER"]))
    model.save(tmp_path / "model.pt")
    loaded = ImageClassifier.load(tmp_path / "model.pt")

    assert scores(loaded, asked(train[:40], "SANDAL")) == scores(model, asked(train[:40], "SANDAL"))
    assert (loaded.labels, loaded.version) == (("SANDAL", "SNEAKER"), 1)
    for one in (model, loaded):
        one.update(chosen(train[150:300], ["SANDAL", "SNEAKER"]))
    assert scores(loaded, asked(train[:40], "SANDAL")) == scores(model, asked(train[:40], "SANDAL"))
    assert [path.name for path in tmp_path.iterdir()] == ["model.pt"]


def test_a_model_that_learnt_nothing_is_saved_too(tmp_path: Path, train: list[Path]) -> None:
    ImageClassifier("SANDAL").save(tmp_path / "model.pt")

    assert scores(ImageClassifier.load(tmp_path / "model.pt"), asked(train[:1])) == [0.5]


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 cut short"])
def test_a_broken_model_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=r"model\.pt"):
        ImageClassifier.load(path)


def test_a_file_of_another_kind_or_with_code_is_refused(tmp_path: Path) -> None:
    torch.save({"format": "other 2"}, tmp_path / "other.pt")
    torch.save(nn.Linear(2, 2), tmp_path / "code.pt")

    with pytest.raises(SourceError, match=r"is not of the format .* \(found: 'other 2'\)"):
        ImageClassifier.load(tmp_path / "other.pt")
    with pytest.raises(SourceError, match="cannot be read"):
        ImageClassifier.load(tmp_path / "code.pt")
    with pytest.raises(SourceNotFoundError, match=r"nothing\.pt"):
        ImageClassifier.load(tmp_path / "nothing.pt")


class Summed(nn.Module):
    """No backbone: it gives one number an image."""

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1).sum(1)


class Patches(nn.Module):
    """A backbone for tests: gray values of an 8x8 grid, as a map of one cell or as plain rows."""

    def __init__(self, as_map: bool) -> None:
        super().__init__()
        self.as_map = as_map

    def forward(self, images: Tensor) -> Tensor:
        rows = nn.functional.adaptive_avg_pool2d(images, 8).flatten(1)
        return rows[:, :, None, None] if self.as_map else rows


@pytest.mark.parametrize("as_map", [True, False])
def test_a_module_serves_as_backbone(tmp_path: Path, train: list[Path], test: list[Path], as_map: bool) -> None:
    model = ImageClassifier("SANDAL", backbone=Patches(as_map), size=32)
    model.update(answered(asked(train[:200])))
    model.save(tmp_path / "model.pt")

    assert model.accuracy(answered(asked(test))) > 0.9
    loaded = ImageClassifier.load(tmp_path / "model.pt", backbone=Patches(as_map))
    assert scores(loaded, asked(test[:20])) == scores(model, asked(test[:20]))
    with pytest.raises(SettingError, match="give it as backbone="):
        ImageClassifier.load(tmp_path / "model.pt")


def test_a_backbone_that_gives_no_features_says_what_came(train: list[Path]) -> None:
    with pytest.raises(SettingError, match=r"the backbone gave \(2,\) for 2 images"):
        list(ImageClassifier("SANDAL", backbone=Summed(), size=8)(asked(train[:2])))


def broken_images(folder: Path, whole: Path) -> dict[str, Path]:
    data = whole.read_bytes()
    contents = {
        "cut.png": data[:300],
        "empty.png": b"",
        "text.png": b"this is no image",
        "bomb.png": data[:16] + (200_000).to_bytes(4, "big") * 2 + data[24:],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in [*contents, "missing.png"]}


def test_a_broken_image_is_named(tmp_path: Path, train: list[Path]) -> None:
    for name, path in broken_images(tmp_path, train[0]).items():
        with pytest.raises(MediaError, match=name):
            list(ImageClassifier("SANDAL")(asked([path])))


def test_an_image_with_too_many_pixels_is_refused(train: list[Path]) -> None:
    with pytest.raises(MediaError, match=r"28x28 pixels are more than 783"):
        list(ImageClassifier("SANDAL", max_pixels=783)(asked(train[:1])))


def test_scoring_goes_on_behind_broken_images_if_it_may(tmp_path: Path, train: list[Path]) -> None:
    broken = broken_images(tmp_path, train[0])
    tasks = asked([train[0], *broken.values(), train[1]])

    out = list(score(tasks, model=ImageClassifier("SANDAL"), skip=True))

    assert [task["image"] for task in out] == [str(train[0]), str(train[1])]
    with pytest.raises(MediaError, match="score: tasks 0 to 6: cannot decode"):
        list(score(tasks, model=ImageClassifier("SANDAL")))


def test_an_answer_with_a_broken_image_costs_the_others_nothing(
    tmp_path: Path, train: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    model = ImageClassifier("SANDAL")

    gone = {**asked([tmp_path / "gone.png"])[0], "answer": "reject"}

    loss = model.update([*answered(asked(train[:10])), gone])

    assert loss is not None
    assert "an answer is left out: cannot read" in caplog.text


def test_a_url_asks_for_fetch_media() -> None:
    with pytest.raises(MediaError, match="put fetch_media before"):
        list(ImageClassifier("SANDAL")([{"image": "https://host.example/a.png"}]))


def test_a_task_without_an_image_is_told_by_its_keys() -> None:
    with pytest.raises(TaskError, match=r"has no 'image' \(keys: 'text', 'meta'\)"):
        list(ImageClassifier("SANDAL")([{"text": "a", "meta": {}}]))


def test_data_uris_and_paths_are_the_same_image(train: list[Path]) -> None:
    model = ImageClassifier("SANDAL")
    model.update(answered(asked(train[:30])))

    assert scores(model, [{"image": file_to_b64(train[40])}]) == pytest.approx(
        scores(model, asked([train[40]])), abs=1e-6
    )


def test_a_photo_is_turned_upright_as_its_camera_says(tmp_path: Path, train: list[Path]) -> None:
    with Image.open(train[0]) as image:
        upright = image.convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side: to be turned by 90 degrees clockwise
    upright.rotate(90).save(tmp_path / "turned.png", exif=exif)
    upright.save(tmp_path / "upright.png")
    model = ImageClassifier("SANDAL")
    model.update(answered(asked(train[:40])))

    turned, plain = scores(model, asked([tmp_path / "turned.png", tmp_path / "upright.png"]))

    assert turned == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("L", "a.png"),
        ("P", "a.gif"),
        ("RGBA", "a.png"),
        ("I;16", "a.png"),
        ("CMYK", "a.jpg"),
        ("1", "a.png"),
        ("LA", "a.png"),
        ("F", "a.tif"),
    ],
)
def test_images_of_every_mode_are_scored(tmp_path: Path, mode: str, name: str) -> None:
    Image.new(mode, (50, 20)).save(tmp_path / name)

    assert scores(ImageClassifier("SANDAL"), asked([tmp_path / name])) == [0.5]


def test_reads_a_batch_ahead_and_changes_no_task(train: list[Path]) -> None:
    read: list[int] = []
    tasks = asked(train[:40])
    stream = (tasks[n] for n in count() if read.append(n) is None)  # type: ignore[func-returns-value]

    running = ImageClassifier("SANDAL", batch_size=8)(stream)
    assert read == []
    out = [task for _, task in islice(running, 9)]

    assert read == list(range(16))
    assert out == asked(train[:9])
    assert list(ImageClassifier("SANDAL")([])) == []


def test_scoring_and_learning_may_happen_at_once(train: list[Path]) -> None:
    model = ImageClassifier("SANDAL")
    seen: list[float] = []

    def keep_scoring() -> None:
        for _ in range(5):
            seen.extend(scores(model, asked(train[:100])))

    scorer = threading.Thread(target=keep_scoring)
    scorer.start()
    for start in range(0, 50, 10):
        model.update(answered(asked(train[start : start + 10])))
    scorer.join()

    assert len(seen) == 500
    assert all(0 <= number <= 1 for number in seen)


def test_scored_tasks_travel_as_json_and_do_not_tell_the_guess(train: list[Path]) -> None:
    model = ImageClassifier(SHOES)
    model.update(chosen(train[:60], SHOES))

    [task] = score(asked(train[:1]), model=model)

    assert json.loads(json.dumps(task)) == task
    assert set(task) == {"image", "label", "score", "model", "model_version"}
    assert (task["model"], task["model_version"]) == ("ImageClassifier", 1)


@pytest.mark.parametrize(
    ("labels", "settings", "message"),
    [
        ([], {}, "labels="),
        (["A", "A"], {}, "labels="),
        (["A", None], {}, "labels="),
        ("A", {"batch_size": 0}, "batch_size=0"),
        ("A", {"size": -1}, "size=-1"),
        ("A", {"replay_size": "many"}, "replay_size='many'"),
        ("A", {"device": "abacus"}, "device='abacus'"),
        ("A", {"backbone": "resnet18"}, "backbone='resnet18' is not of the form"),
    ],
)
def test_wrong_settings_fail_at_once(labels: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        ImageClassifier(labels, **settings)


def test_accuracy_needs_answers_that_say_something(train: list[Path]) -> None:
    with pytest.raises(SettingError, match="none of the answers"):
        ImageClassifier("SANDAL").accuracy([{**asked(train[:1])[0], "answer": "ignore"}])


def test_learning_leaves_the_number_of_threads_as_it_was(train: list[Path]) -> None:
    before = torch.get_num_threads()

    ImageClassifier("SANDAL", threads=before + 1).update(answered(asked(train[:10])))

    assert torch.get_num_threads() == before
