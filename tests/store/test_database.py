"""The store as recipes and scripts know it, and data in and out of it."""

import csv
import io
import json

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import loaders
from prodflow.core import registry
from prodflow.core.errors import AnswerError, SettingError, UnknownNameError
from prodflow.core.hashing import set_hashes
from prodflow.formats.export import export_to, get_format
from prodflow.formats.selection import Choice
from prodflow.loaders.dataset import dataset as dataset_loader
from prodflow.store.database import Database, connect
from prodflow.store.export import write_aside
from prodflow.store.imports import Imported, import_tasks
from prodflow.store.place import promoted_columns, store_folder


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "store") as database:
        yield database


def exported():
    """Tasks of the shape that Prodigy exports: signed hashes of 32 bits, no session, tokens and spans."""
    return [
        {
            "text": "Uber’s Lesson",
            "meta": {"source": "The New York Times"},
            "_input_hash": 1886699658,
            "_task_hash": -1952856502,
            "tokens": [{"text": "Uber", "start": 0, "end": 4, "id": 0}],
            "_session_id": None,
            "_view_id": "ner_manual",
            "spans": [{"start": 0, "end": 4, "token_start": 0, "token_end": 0, "label": "ORG"}],
            "answer": "accept",
        },
        {"text": "b", "priority": 0.6815195, "_input_hash": -1080010644, "_task_hash": -2147483648, "answer": "reject"},
        {"text": "c", "_input_hash": 3, "_task_hash": 3, "answer": "ignore", "_session_id": "old_set-zoe"},
    ]


def lines(db, name, *, file_format="jsonl", answer=None):
    out = io.BytesIO()
    export_to(db.folder, name, out, get_format(file_format, "-"), choice=Choice(answer))
    return out.getvalue()


def test_a_missing_dataset_is_falsy_and_does_not_raise(db):
    assert "news" not in db
    assert not db.get_dataset("news")
    assert not db.get_dataset_examples("news")
    assert not db.get_meta("news")
    assert list(db.iter_dataset_examples("news")) == []
    assert (db.get_input_hashes("news"), db.get_task_hashes("news")) == (set(), set())
    assert (db.count("news"), db.count_dataset("news"), db.drop_dataset("news")) == (0, 0, False)
    assert (db.datasets, db.sessions, len(db), bool(db)) == ([], [], 0, True)
    assert not db.folder.exists(), "asking makes nothing"


def test_examples_come_back_as_they_were_added(db):
    examples = [set_hashes({"text": "a", "answer": "accept"}), set_hashes({"text": "b"})]
    db.add_examples(examples, ["news"])

    assert db.get_dataset_examples("news") == db.get_dataset("news") == examples
    assert list(db.iter_dataset_examples("news", answer="accept")) == examples
    assert db.count("news") == 2


def test_works_with_and_without_a_context_manager(tmp_path):
    plain = connect(tmp_path)
    plain.add_examples([{"text": "a"}], "news")
    with connect(str(tmp_path)) as database:
        assert database.datasets == ["news"]
    plain.close()
    assert plain.count("news") == 1
    plain.add_examples([{"text": "b"}], "news")
    assert plain.count("news") == 2
    plain.close()


def test_examples_go_to_several_datasets_and_none_make_an_empty_one(db):
    db.add_examples(iter([{"text": "a"}]), datasets=("one", "two"))
    db.add_examples([], ["three"])
    db.add_dataset("four", {"language": "en"})
    db.add_dataset("four")

    assert db.datasets == ["one", "two", "three", "four"]
    assert [db.count(name) for name in db.datasets] == [1, 1, 0, 0]
    assert db.get_dataset("three") == []
    assert db.get_meta("four")["meta"] == {"language": "en"}


def test_hashes_of_several_datasets(db):
    a, b = set_hashes({"text": "a", "label": "X"}), set_hashes({"text": "b"})
    db.add_examples([a], "one")
    db.add_examples([a, b], "two")

    both = {a["_task_hash"], b["_task_hash"]}
    assert db.get_task_hashes("one", "two") == db.get_task_hashes(["one", "two"]) == both
    assert db.get_input_hashes("one") == {a["_input_hash"]}


def test_a_session_is_a_dataset_too(db):
    db.add_examples([{"text": "a", "_session_id": "news-alex"}, {"text": "b", "_session_id": "news-kim"}], "news")

    assert db.sessions == ["news-alex", "news-kim"]
    assert [task["text"] for task in db.get_dataset_examples("news-kim")] == ["b"]
    assert [task["text"] for task in db.iter_dataset_examples("news", "news-alex")] == ["a"]
    assert db.count_dataset("news-alex", session=True) == 1


def test_a_dropped_dataset_can_be_made_again(db):
    db.add_examples([{"text": "a"}], ["news", "other"])

    assert db.drop_dataset("news", batch_size=10) is True
    assert db.datasets == ["other"]
    db.add_examples([{"text": "a"}], "news")
    assert db.count("news") == 1


@pytest.mark.parametrize("name", ["a/b", "", ".."])
def test_a_wrong_dataset_name_is_refused(db, name):
    with pytest.raises(SettingError):
        db.add_dataset(name)
    with pytest.raises(SettingError):
        db.add_examples([{"text": "a"}], [name])


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"text": float("nan")}, r"task 2\.text: nan is not a number of JSON"),
        ({"text": "a", "answer": "yes"}, r"task 2\.answer: 'yes' is none of"),
        ({"text": "a", "_task_hash": "x", "_input_hash": 1}, r"task 2\._task_hash: 'x' is not an integer"),
        ({"text": "a", "_timestamp": -5}, r"task 2\._timestamp: -5 is not"),
        ("text", "task 2: a task is an object, got str"),
    ],
)
def test_a_wrong_example_is_named_by_its_position(db, task, message):
    with pytest.raises(AnswerError, match=message):
        db.add_examples([{"text": "fine"}, task], "news")
    assert db.count("news") == 0


def test_data_of_prodigy_goes_in_and_out_unchanged(db):
    done = import_tasks(db.journal, "ner", exported(), answer="accept")

    assert done == Imported(new=3)
    assert [json.loads(line) for line in lines(db, "ner").splitlines()] == exported()
    assert [list(json.loads(line)) for line in lines(db, "ner").splitlines()] == [list(task) for task in exported()]
    assert db.get_task_hashes("ner") == {-1952856502, -2147483648, 3}
    assert db.sessions == ["ner-import", "old_set-zoe"]


def test_the_same_file_twice_is_stored_once(db):
    import_tasks(db.journal, "ner", exported())

    assert import_tasks(db.journal, "ner", [*exported(), exported()[0]]) == Imported(known=4)
    assert import_tasks(db.journal, "ner", [{**exported()[0], "answer": "reject"}]) == Imported(changed=1)
    assert db.count("ner") == 3
    assert db.count("ner", answer="reject") == 2


def test_a_missing_answer_is_filled_in(db):
    import_tasks(db.journal, "news", [{"text": "a"}, {"text": "b", "answer": "ignore"}], answer="reject")

    assert [task["answer"] for task in db.get_dataset("news")] == ["reject", "ignore"]


@pytest.mark.parametrize(
    ("session", "says", "annotator"),
    [
        ("news-alex", None, "alex"),
        ("news-ann-marie", None, "ann-marie"),
        ("news-ann-marie", "news-ann-marie", "ann-marie"),
        ("old-zoe", None, "zoe"),
        ("set-rater-0", None, "rater-0"),
        ("my-old-set-rater-0", None, "rater-0"),
        ("my-other-set-rater-0", "rater-0", "rater-0"),
        ("2026-01-02_03-04-05", "news-alex", "alex"),
        ("2026-01-02_03-04-05", "rater-0", "rater-0"),
        (None, "news-rater-0", "rater-0"),
        ("2026-01-02_03-04-05", None, "2026-01-02_03-04-05"),
        ("plain", None, "plain"),
        (None, None, None),
    ],
)
def test_the_annotator_is_the_name_alone(db, session, says, annotator):
    db.add_dataset("my-old-set")
    import_tasks(db.journal, "news", [{"text": "a", "_session_id": session, "_annotator_id": says}])

    assert db.journal.events_since("news", 0, 1)[0].annotator == annotator


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters="\0")), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(notes=st.lists(JSON, min_size=1, max_size=5))
def test_any_json_goes_in_and_out_unchanged(tmp_path_factory, notes):
    tasks = [set_hashes({"text": str(number), "note": note, "answer": "accept"}) for number, note in enumerate(notes)]
    with connect(tmp_path_factory.mktemp("store")) as database:
        import_tasks(database.journal, "news", tasks)

        assert [json.loads(line) for line in lines(database, "news").splitlines()] == tasks


def test_csv_and_parquet_have_a_column_for_each_key(db):
    tasks = [
        {
            "text": 'a "quoted"\ntext',
            "n": 1,
            "mixed": 1,
            "half": 1,
            "_input_hash": 1,
            "_task_hash": 1,
            "answer": "accept",
        },
        {
            "text": "b",
            "n": None,
            "mixed": "x",
            "half": 0.5,
            "more": {"k": [1]},
            "_input_hash": 2,
            "_task_hash": 2,
            "answer": "reject",
        },
    ]
    import_tasks(db.journal, "news", tasks)

    rows = list(csv.DictReader(io.StringIO(lines(db, "news", file_format="csv").decode(), newline="")))
    assert rows[0]["text"] == 'a "quoted"\ntext'
    assert (rows[1]["n"], rows[1]["more"], rows[0]["more"]) == ("", '{"k":[1]}', "")
    table = pyarrow.parquet.read_table(io.BytesIO(lines(db, "news", file_format="parquet")))
    assert table.column_names == ["text", "n", "mixed", "half", "_input_hash", "_task_hash", "answer", "more"]
    assert table["n"].to_pylist() == [1, None]
    assert table["half"].to_pylist() == [1.0, 0.5]
    assert table["mixed"].to_pylist() == ["1", '"x"']
    assert table["more"].to_pylist() == [None, '{"k":[1]}']


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "parquet"])
def test_an_empty_dataset_is_an_empty_file(db, file_format):
    db.add_dataset("news")

    done = export_to(db.folder, "news", io.BytesIO(), get_format(file_format, "-"))
    assert done.counts == {"tasks": 0}


def test_an_export_can_be_of_one_answer(db):
    import_tasks(db.journal, "ner", exported())

    assert [json.loads(line)["text"] for line in lines(db, "ner", answer="reject").splitlines()] == ["b"]


def test_an_export_names_what_is_wrong(db):
    db.add_dataset("news")
    with pytest.raises(UnknownNameError, match="no dataset named 'newz'; did you mean 'news'"):
        lines(db, "newz")
    with pytest.raises(UnknownNameError, match="no format named 'xml'"):
        lines(db, "news", file_format="xml")


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("before")

    def fail(out):
        out.write(b"half")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write_aside(path, fail)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.jsonl", "before")]
    with pytest.raises(SettingError, match="cannot be written: No such file"):
        write_aside(tmp_path / "nowhere" / "out.jsonl", fail)


def test_the_store_is_where_the_configuration_says(home, tmp_path, monkeypatch):
    assert store_folder() == home / "store"
    assert store_folder(tmp_path) == tmp_path
    monkeypatch.setenv("PRODFLOW_STORE", str(tmp_path / "elsewhere"))
    assert connect().folder == tmp_path / "elsewhere"
    monkeypatch.setenv("PRODFLOW_STORE", "postgresql://host/db")
    with pytest.raises(SettingError, match="not a folder"):
        connect()


@pytest.mark.parametrize("columns", ["x", {"a b": "$.a"}, {"a": "meta.a"}, {"a": 1}])
def test_wrong_promoted_columns_are_named(monkeypatch, columns):
    monkeypatch.setenv("PRODFLOW_CONFIG_OVERRIDES", json.dumps({"store": {"columns": columns}}))

    with pytest.raises(SettingError, match=r"store\.columns"):
        promoted_columns()


def test_the_default_store_is_registered():
    assert registry.stores.get("default") is connect


def test_a_dataset_is_a_source(db):
    import_tasks(db.journal, "ner", exported())
    source = dataset_loader("ner", store=db.folder)

    assert list(source) == exported()
    assert [task["text"] for task in dataset_loader("ner", answer="accept", store=db.folder)] == ["Uber’s Lesson"]
    stream = iter(source)
    next(stream)
    assert (source.position, source.size, source.progress) == (1, 3, 1 / 3)
    with pytest.raises(UnknownNameError, match="no dataset named 'nerr'; did you mean 'ner'"):
        list(dataset_loader("nerr", store=db.folder))
    with pytest.raises(SettingError, match="answer='yes' is wrong"):
        dataset_loader("ner", answer="yes")


def test_a_stream_of_a_dataset(home):
    with Database(home / "store") as database:
        import_tasks(database.journal, "ner", exported())

    assert [task["text"] for task in loaders.get_stream("dataset:ner:reject")] == ["b"]
    assert len(list(loaders.get_stream("dataset:ner"))) == 3
