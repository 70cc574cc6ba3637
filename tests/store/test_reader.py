"""SQL over the store: one line a question, always fresh, and no way to harm the store."""

import datetime
import gc
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow
import pytest

import prodflow
from prodflow.core.errors import QueryError, SettingError
from prodflow.core.failures import Quarantined
from prodflow.store.database import Database
from prodflow.store.reader import Reader, connect

VIEWS = ["events", "answers", "choices", "spans", "tasks", "datasets", "sessions", "quarantine", "ledger", "duplicates"]
ADDED = ["majority", "annotators", "posteriors", "confusion", "label_errors"]


@pytest.fixture
def store(tmp_path):
    with Database(tmp_path) as database:
        yield database


@pytest.fixture(params=["unsealed", "sealed"])
def ask(request, store):
    """Ask the store, once with everything in the journal, once with everything in Parquet."""

    def ask(query):
        if request.param == "sealed":
            store.journal._segments.seal()
        return Reader(store.folder).sql(query).fetchall()

    return ask


def vote(task, annotator, answer="accept", **keys):
    return {
        "text": f"text {task}",
        "_task_hash": task,
        "_input_hash": task,
        "_session_id": f"news-{annotator}",
        "answer": answer,
        **keys,
    }


@pytest.mark.parametrize("place", ["missing", "empty", "new"])
def test_a_store_without_answers_has_empty_tables(tmp_path, place):
    folder = tmp_path / "store"
    if place != "missing":
        folder.mkdir()
    if place == "new":
        Database(folder).journal.close()

    assert [connect(folder).sql(f"from {view}").fetchall() for view in VIEWS] == [[]] * len(VIEWS)
    assert [connect(folder).sql(f"from {view}").fetchall() for view in ADDED] == [[]] * len(ADDED)
    assert folder.exists() == (place != "missing")


def test_counts_by_annotator(store, ask):
    store.add_examples([vote(1, "alex"), vote(2, "alex", "reject"), vote(1, "kim"), vote(2, "kim")], "news")

    query = "select annotator, answer, count(*) from answers where dataset = 'news' group by all order by all"
    assert ask(query) == [("alex", "accept", 1), ("alex", "reject", 1), ("kim", "accept", 2)]


def test_gold_by_majority(store, ask):
    votes = [vote(1, name, label=label) for name, label in zip("abc", ["X", "Y", "X"])]
    store.add_examples([*votes, vote(2, "a", label="X"), vote(3, "a", "reject", label="X")], "news")

    query = """select task_hash, mode(label) as gold, count(*) as votes from answers where answer = 'accept'
        group by task_hash having votes >= 3"""
    assert ask(query) == [(1, "X", 3)]


def test_every_kind_of_column_is_typed(store, ask):
    span = {"start": 5, "end": 6, "label": "N", "token_start": 1, "token_end": 1}
    task = vote(
        1,
        "alex",
        label="X",
        accept=[1, "b"],
        spans=[span],
        meta={"score": 0.25, "source": "s"},
        model="m",
        _timestamp=86_400,
    )
    store.add_examples([task], "news")

    query = """select dataset, session, annotator, kind, input_hash, task_hash, answer, label, accept, "text", score,
        model, seconds, ts::varchar, spans[1].label, content->>'$.meta.source', replaces, late from events"""
    head = ("news", "news-alex", "alex", "answer", 1, 1, "accept", "X", ["1", "b"], "text 1", 0.25, "m")
    assert ask(query) == [(*head, None, "1970-01-02 00:00:00", "N", "s", None, False)]


def test_odd_content_is_null_and_breaks_nothing(store, ask):
    odd = [
        {"label": ["A"], "accept": "x", "spans": "none", "score": "high", "meta": "m"},
        {"label": 7, "accept": [None, {"a": 1}], "spans": [1, {"start": "a"}], "score": True, "meta": [1]},
        {"text": {"a": 1}, "spans": [{"points": [[1, 2], "x"]}], "score": 1e308},
    ]
    store.add_examples([vote(number, "alex", **keys) for number, keys in enumerate(odd)], "news")

    assert ask("select label, accept, score from answers order by seq") == [
        ('["A"]', None, None),
        ("7", [None, '{"a":1}'], 1.0),
        (None, None, 1e308),
    ]
    assert len(ask("from spans")) == 3


def test_choices_have_a_row_for_each_accepted_option(store, ask):
    store.add_examples(
        [vote(1, "alex", accept=["a", 2]), vote(2, "alex", accept=[]), vote(3, "alex", "reject", accept=["a"])], "news"
    )

    assert ask("select task_hash, choice from choices order by all") == [(1, "2"), (1, "a")]


def test_spans_have_their_text_or_their_box(store, ask):
    text = {
        "text": "Grüße 😀 an Ada",
        "spans": [{"start": 11, "end": 14, "label": "PERSON"}, {"start": 6, "end": 7, "label": "E"}],
    }
    boxes = [
        {"label": "CAT", "x": 1, "y": 2, "width": 3, "height": 4.5},
        {"label": "DOG", "type": "polygon", "points": [[5, 1], [9, 2], [7, 8]]},
    ]
    store.add_examples([vote(1, "alex") | text, vote(2, "alex", image="a.png", spans=boxes)], "news")

    assert ask('select label, "start", "end", "text" from spans where task_hash = 1 order by seq, label') == [
        ("E", 6, 7, "😀"),
        ("PERSON", 11, 14, "Ada"),
    ]
    assert ask("select label, x, y, width, height from spans where task_hash = 2 order by label") == [
        ("CAT", 1.0, 2.0, 3.0, 4.5),
        ("DOG", 5.0, 1.0, 4.0, 7.0),
    ]


def test_tasks_are_those_that_were_handed_out_and_those_that_were_answered(store, ask):
    store.add_examples([vote(1, "alex"), vote(1, "kim"), vote(2, "kim")], "news")
    handed_out = [{"text": str(number), "_task_hash": number, "_input_hash": number} for number in (2, 3)]
    store.journal.lease("news", "news-alex", handed_out, 1.0).result()

    assert ask("select task_hash, content->>'$.text' from tasks order by all") == [(1, "text 1"), (2, "2"), (3, "3")]
    assert ask("select dataset, count(*) from tasks group by all") == [("news", 3)]


def test_datasets_sessions_and_quarantine(store, ask):
    store.add_dataset("empty", {"by": "me"})
    store.add_examples([vote(1, "alex")], "news")
    store.journal.quarantine("news", Quarantined("fetch_media", 3, "no file", "trace", {"image": "a.png"})).result()

    assert ask("select dataset, meta->>'$.by' from datasets") == [("empty", "me"), ("news", None)]
    assert ask("select dataset, session, annotator from sessions") == [("news", "news-alex", "alex")]
    assert ask("select dataset, operator, position, error, record->>'$.image' from quarantine") == [
        ("news", "fetch_media", 3, "no file", "a.png")
    ]


def coders(*rows):
    for name, row in zip("ABCD", rows):
        for unit, value in enumerate(row.split()):
            if value != ".":
                yield vote(unit, name, accept=[value])


@pytest.mark.parametrize(
    ("rows", "alpha"),
    [
        (
            (
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . 3",
                ". 3 3 3 2 3 4 2 2 5 1 .",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ),
            0.743421,
        ),
        (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095238),
        (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.691964),
        (("* * * * * 3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 * * * * * * *", "* * 2 1 3 4 4 * 2 1 1 3 3 * 4"), 0.691358),
    ],
)
def test_alpha_is_krippendorffs(store, ask, rows, alpha):
    store.add_examples(coders(*(row.replace("*", ".") for row in rows)), "news")

    assert ask("select round(alpha, 6) from alpha('news')") == [(alpha,)]


@pytest.mark.parametrize(
    ("table", "kappa"), [(((20, 5), (10, 15)), 0.4), (((45, 15), (25, 15)), 0.130435), (((25, 35), (5, 35)), 0.259259)]
)
def test_agreement_is_cohens(store, ask, table, kappa):
    answers = ("accept", "reject")
    pairs = [(a, b) for a, row in zip(answers, table) for b, count in zip(answers, row) for _ in range(count)]
    for name, at in (("kim", 1), ("alex", 0)):
        store.add_examples([vote(number, name, pair[at]) for number, pair in enumerate(pairs)], "news")

    same = table[0][0] + table[1][1]
    expected = [("alex", "kim", len(pairs), round(same / len(pairs), 6), kappa)]
    assert (
        ask("select * replace (round(agreement, 6) as agreement, round(kappa, 6) as kappa) from agreement('news')")
        == expected
    )


def test_agreement_is_undefined_where_all_say_the_same(store, ask):
    store.add_examples([vote(1, "alex"), vote(1, "kim")], "news")

    assert ask("select agreement, kappa from agreement('news')") == [(1.0, None)]
    assert ask("select alpha from alpha('news')") == [(None,)]


def test_every_query_sees_what_is_committed(store):
    reader = Reader(store.folder)
    counts = []
    for number in range(3):
        store.add_examples([vote(number, "alex")], "news")
        counts += reader.sql("select count(*) from answers").fetchall()

    assert counts == [(1,), (2,), (3,)]


def test_a_result_outlives_its_reader(store):
    store.add_examples([vote(1, "alex")], "news")
    store.journal._segments.seal()
    result = connect(store.folder).sql("select session from answers")
    batches = connect(store.folder).sql("select session from answers").to_arrow_reader()
    gc.collect()

    assert result.filter("session like 'news%'").fetchall() == [("news-alex",)]
    assert batches.read_all().to_pylist() == [{"session": "news-alex"}]


def test_queries_leave_no_file_open(store):
    store.add_examples([vote(1, "alex")], "news")
    store.journal._segments.seal()
    open_files = []
    for _ in range(5):
        assert connect(store.folder).sql("select count(*) from answers").fetchall() == [(1,)]
        open_files.append(len(list(Path("/dev/fd").iterdir())))

    assert open_files[-1] <= open_files[0]


HOSTILE = {
    "delete from events": "DELETE is refused",
    "update answers set answer = 'reject'": "UPDATE is refused",
    "insert into sessions values ('a', 'b', 'c', now()::timestamp)": "INSERT is refused: .*; 'prodflow db-in'",
    "drop view answers": "DROP is refused: .*; 'prodflow drop' deletes",
    "truncate internal.unsealed": "DELETE is refused",
    "with gone as (delete from internal.unsealed returning seq) select * from gone": "DELETE is refused",
    "copy answers to '{folder}/out.csv'": "COPY is refused: .* -o FILE",
    "copy (select 1) to '{segment}' (format parquet, use_tmp_file false)": "COPY is refused",
    "copy (select 1) to '{folder}/prodflow.db' (format csv)": "COPY is refused",
    "with x as (copy (select 1) to '{segment}' (format parquet, use_tmp_file false)) select 1": "COPY is refused",
    "with x as (/* c */ cOpY (select 1) to '{segment}' (use_tmp_file false)) select 1": "COPY is refused",
    "with x as (\u00a0copy (select 1) to '{segment}' (use_tmp_file false)) select 1": "COPY is refused",
    "select e'\\'' ; copy (select 1) to '{segment}' --'": "COPY is refused",
    "explain analyze copy (select 1) to '{segment}' (use_tmp_file false)": "COPY is refused",
    "from query('with x as (copy (select 1) to ''{segment}'') select 1')": r"query\(\) is refused",
    "prepare p as copy (select 1) to '{segment}'": "COPY is refused",
    "prepare p as select 1": "PREPARE is refused",
    "call duckdb_tables()": "CALL is refused",
    "export database '{folder}/out'": "EXPORT is refused",
    "import database '{folder}'": "IMPORT is refused",
    "pragma import_database('{folder}')": "PRAGMA import_database is refused",
    "attach '{folder}/prodflow.db' as journal (type sqlite)": "ATTACH is refused",
    "attach '{folder}/new.db' as new": "ATTACH is refused",
    "detach memory": "DETACH is refused",
    "install sqlite": "LOAD is refused",
    "load sqlite": "LOAD is refused",
    "call enable_logging(storage = 'file', storage_path = '{folder}/log')": r"enable_logging\(\) is refused",
    "from enable_logging(storage = 'file', storage_path = '{folder}/log')": r"enable_logging\(\) is refused",
    """from "Enable_Logging" (storage = 'file', storage_path = '{folder}/log')""": r"enable_logging\(\) is refused",
    "from query('from enable_' || 'logging()')": r"query\(\) is refused",
    "pragma profiling_output = '{folder}/profile'": "locked|PRAGMA profiling_output is refused",
    "set enable_external_access = true": "locked",
    "set allowed_directories = ['/']": "locked",
    "reset lock_configuration": "locked",
    "create secret s (type s3)": "refused|not opened|does not exist|not found",
    "from '{outside}'": "outside.csv' is not opened: a query reads the store and no other file",
    "from read_csv('{outside}')": "is not opened",
    "from read_text('/etc/hostname')": "is not opened",
    "from glob('{folder}/*')": "is not opened",
    "from sniff_csv('{outside}')": "is not opened|disabled by configuration",
    "from read_parquet('https://example.com/x.parquet')": "is not opened|refused|disabled",
    "create table x as from '{outside}'": "is not opened",
}


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


@pytest.fixture(scope="module")
def besieged(tmp_path_factory):
    """A store with a sealed answer and a fresh one, and a file beside it."""
    folder = tmp_path_factory.mktemp("besieged")
    outside = folder / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    with Database(folder / "store") as store:
        store.add_examples([vote(1, "alex")], "news")
        store.journal._segments.seal()
        store.add_examples([vote(2, "alex")], "news")
    [segment] = (folder / "store" / "segments").iterdir()
    return {"folder": folder / "store", "segment": segment, "outside": outside}


@pytest.mark.parametrize("statement", HOSTILE)
def test_no_statement_writes_anything_or_reads_another_file(besieged, monkeypatch, statement):
    outside = besieged["outside"].parent
    monkeypatch.chdir(outside)
    before = content(outside)
    query = statement
    for name, path in besieged.items():
        query = query.replace(f"{{{name}}}", str(path))

    for ask in (Reader(besieged["folder"]).sql, Reader(besieged["folder"]).execute):
        with pytest.raises((QueryError, duckdb.Error), match=HOSTILE[statement]):
            ask(query).fetchall()

    assert content(outside) == before
    assert Reader(besieged["folder"]).sql("select count(*) from answers").fetchall() == [(2,)]


OPENS = (
    "from",
    "copy",
    "with x as",
    "explain",
    "prepare p as copy",
    "attach",
    "export",
    "import",
    "pragma",
    "create table",
)
RAW = [
    *(statement for statement in HOSTILE if statement.lower().startswith(OPENS)),
    "copy (select 1) to 'sealed://{name}' (format parquet, use_tmp_file false)",
    "copy (select 1) to 'sealed://{name}' (format csv, per_thread_output, overwrite)",
    "copy (select 1) to 'sealed://new.parquet' (format parquet, use_tmp_file false)",
    "copy (select 1) to '{folder}/segments/../segments/{name}' (format parquet, use_tmp_file false)",
    "copy (select 1) to 'file://{segment}' (format parquet, use_tmp_file false)",
    "copy (select 1 as a) to '{folder}/segments' (format parquet, partition_by a, overwrite_or_ignore)",
    "attach '{segment}' as other",
    "attach '{folder}/analytics.duckdb' as other (read_only)",
    "from read_blob('sealed://../../prodflow.db')",
    "from 'sealed://{folder}/prodflow.db'",
    "set temp_directory = '{folder}'",
    "pragma profile_output = '{folder}/profile'",
]


def test_a_connection_that_was_given_away_writes_no_file_and_opens_no_other(besieged, monkeypatch):
    outside = besieged["outside"].parent
    monkeypatch.chdir(outside)
    places = {**besieged, "name": besieged["segment"].name}

    with connect(besieged["folder"]).connection() as connection:
        before = content(outside)
        for statement in RAW:
            query = statement
            for name, path in places.items():
                query = query.replace(f"{{{name}}}", str(path))
            with pytest.raises(duckdb.Error):
                print(statement, connection.execute(query).fetchall())
            assert content(outside) == before, statement
        relation = connection.sql("select 1")
        with pytest.raises(duckdb.Error):
            relation.query("one", f"copy (select 1) to '{besieged['segment']}' (format parquet, use_tmp_file false)")
        assert content(outside) == before
        assert connection.execute("select count(*) from answers").fetchall() == [(2,)]


@pytest.mark.parametrize(
    "query",
    [
        "select 'copy' as \"copy\", count(*) from answers -- copy it",
        "with a as (from answers), b as (select count(*) as n from a) from b",
        "explain select * from answers",
        "create temp table x as from answers; select count(*) from x",
        "summarize answers",
        "set variable name = 'alex'; select count(*) from answers where annotator = getvariable('name')",
        "pragma table_info('answers')",
        "select 1 as query, 'query(1)' as \"import\" from answers -- enable_logging()",
    ],
)
def test_what_reads_is_answered(store, query):
    store.add_examples([vote(1, "alex")], "news")

    assert Reader(store.folder).execute(query).fetchall()


def test_a_connection_is_locked_unless_asked_otherwise(store, tmp_path):
    store.add_examples([vote(1, "alex")], "news")
    store.journal._segments.seal()
    file = tmp_path / "more.csv"
    file.write_text("annotator,team\nalex,blue\n")
    query = f"select team, count(*) from answers join '{file}' using (annotator) group by all"

    with pytest.raises(duckdb.PermissionException):
        store.connection().sql(query)
    assert store.connection(locked=False).sql(query).fetchall() == [("blue", 1)]
    frame = pyarrow.table({"annotator": ["alex"], "team": ["red"]})
    with store.connection() as connection:
        connection.register("teams", frame)
        assert connection.execute("select team from answers join teams using (annotator)").fetchall() == [("red",)]


def test_the_store_as_it_was(store):
    store.add_examples([vote(1, "alex", _timestamp=100), vote(2, "alex", _timestamp=86_400)], "news")
    store.add_examples([vote(1, "alex", "reject", _timestamp=200_000)], "news")
    ask = "select task_hash, answer from answers order by all"

    assert store.sql(ask).fetchall() == [(1, "reject"), (2, "accept")]
    assert store.sql(ask, as_of="1970-01-02").fetchall() == [(1, "accept"), (2, "accept")]
    assert store.sql(ask, as_of="1970-01-02T01:00+01:00").fetchall() == [(1, "accept"), (2, "accept")]
    assert store.sql(ask, as_of=datetime.date(1970, 1, 1)).fetchall() == [(1, "accept")]
    assert store.sql(ask, as_of=2).fetchall() == [(1, "accept"), (2, "accept")]
    assert store.sql("select task_hash, answer from as_of('1970-01-03 00:00:00') order by all").fetchall() == [
        (1, "accept"),
        (2, "accept"),
    ]
    assert store.sql("from datasets", as_of="1970-01-02").fetchall() == []
    with pytest.raises(SettingError, match="'tomorrow' is no moment"):
        store.sql(ask, as_of="tomorrow")


def test_frames_of_arrow_pandas_and_polars(store):
    store.add_examples([vote(1, "alex"), vote(2, "kim")], "news")
    result = store.sql("select annotator, spans, ts from answers order by annotator")

    assert result.to_arrow_table().column("annotator").to_pylist() == ["alex", "kim"]
    assert list(result.df().annotator) == ["alex", "kim"]
    assert result.pl()["annotator"].to_list() == ["alex", "kim"]


@pytest.mark.parametrize("query", ["from agreement('newz')", "from alpha('newz')", "from majority('newz')"])
def test_an_unknown_dataset_is_answered_with_what_is_close(store, query):
    store.add_examples([vote(1, "alex")], "news")
    store.add_dataset("photos")

    with pytest.raises(duckdb.Error, match=r"no dataset named 'newz'; did you mean 'news'\? \(known: news, photos\)"):
        Reader(store.folder).sql(query).fetchall()


def test_somebody_who_answers_in_two_sessions_counts_once(store):
    again = {"_session_id": "news-later", "_annotator_id": "alex"}
    store.add_examples([vote(1, "alex"), vote(1, "kim"), vote(1, "alex", "reject") | again], "news")

    assert Reader(store.folder).sql("select tasks, agreement from agreement('news')").fetchall() == [(1, 0.0)]
    assert Reader(store.folder).sql("select votes from alpha('news')").fetchall() == [(2,)]


def test_a_wrong_name_is_answered_with_those_that_exist(store):
    with pytest.raises(duckdb.CatalogException, match="answers"):
        Reader(store.folder).sql("from answer")
    names = {name for (name,) in Reader(store.folder).sql("show tables").fetchall()}
    assert names == {*VIEWS, *ADDED}


def test_parameters_are_taken(store):
    store.add_examples([vote(1, "alex"), vote(1, "kim")], "news")

    query = "select count(*) from answers where annotator = ?"
    assert Reader(store.folder).sql(query, ["kim"]).fetchall() == [(1,)]
    assert Reader(store.folder).execute(query, ["kim"]).fetchone() == (1,)


def test_connect_uses_the_configured_store(home):
    with Database(home / "store") as database:
        database.add_examples([vote(1, "alex")], "news")

    assert prodflow.connect().sql("select count(*) from answers").fetchall() == [(1,)]


WRITER = """
import sys, time
from prodflow.store.database import connect
from prodflow.store.segments import Segments
with connect(sys.argv[1]) as database:
    for number in range(60):
        database.add_examples([{"text": f"{number}-{n}", "answer": "accept"} for n in range(10)], "news")
        if number % 3 == 0:
            database.journal._segments.seal()
"""


def test_reads_whole_batches_while_another_process_writes_and_seals(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, tmp_path])
    seen = []
    reader = Reader(tmp_path)
    while writer.poll() is None:
        seen += reader.sql("select count(*), count(distinct seq) from answers").fetchall()
        time.sleep(0.01)
    seen += reader.sql("select count(*), count(distinct seq) from answers").fetchall()

    assert writer.returncode == 0
    assert all(count == distinct and count % 10 == 0 for count, distinct in seen)
    assert seen == sorted(seen)
    assert seen[-1] == (600, 600)
    assert len(set(seen)) > 3
