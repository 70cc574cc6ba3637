"""The commands about answers: data on stdout, words on stderr, no traceback."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest

from prodflow.store.database import connect
from tests.warm import WarmProcess, run_warm


@pytest.fixture
def run(home, tmp_path):
    """Run `prodflow`; the result has `code`, `out` (bytes) and `err`."""

    def run(*arguments, stdin="", text=True):
        env = {**os.environ, "PRODFLOW_HOME": str(home)}
        return run_warm(arguments, env=env, stdin=stdin.encode(), cwd=tmp_path, text=text, strict=True)

    return run


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "in.jsonl"
    tasks = [
        {"text": "a", "_input_hash": -1, "_task_hash": -2147483648, "_session_id": None, "answer": "reject"},
        {
            "text": "ü",
            "meta": {"n": [1, 2.5]},
            "_input_hash": 2,
            "_task_hash": 2,
            "_session_id": "news-kim",
            "answer": "accept",
        },
        {"text": "c"},
    ]
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks))
    return path


def test_data_goes_in_and_out(run, file, tmp_path):
    first = run("db-in", "news", file)
    second = run("db-in", "news", file)
    out = run("db-out", "news")

    assert (first.returncode, first.stdout) == (0, "")
    assert first.stderr == "news: read 3 tasks: 3 new, 0 changed an earlier answer, 0 known\n"
    assert second.stderr == "news: read 3 tasks: 0 new, 0 changed an earlier answer, 3 known\n"
    given = [json.loads(line) for line in file.read_text().splitlines()]
    found = [json.loads(line) for line in out.stdout.splitlines()]
    assert found[:2] == given[:2]
    assert (found[2]["text"], found[2]["answer"]) == ("c", "accept")
    written = run("db-out", "news", tmp_path / "out.jsonl", "--answer", "reject")
    assert (written.stdout, written.stderr) == ("", f"news: wrote 1 tasks to {tmp_path / 'out.jsonl'}\n")
    assert json.loads((tmp_path / "out.jsonl").read_text()) == given[0]
    assert run("db-out", "news", tmp_path / "out.csv").returncode == 0
    assert (tmp_path / "out.csv").read_text().startswith("text,_input_hash,_task_hash,_session_id,answer,meta\n")


def test_data_comes_from_standard_input_too(run):
    assert run("db-in", "news", "-", "--answer", "ignore", stdin='{"text": "a"}\n').returncode == 0
    assert json.loads(run("db-out", "news").stdout)["answer"] == "ignore"


def test_a_broken_line_ends_the_import_or_is_skipped(run, tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text('{"text": "a"}\n{"text":\n{"text": "b"}\n')

    ended = run("db-in", "news", path)
    assert ended.returncode == 1
    assert "broken.jsonl, line 2" in ended.stderr and "Traceback" not in ended.stderr
    skipped = run("db-in", "news", path, "--on-error", "skip")
    assert skipped.returncode == 0
    assert "read 2 tasks" in skipped.stderr


def test_a_task_that_cannot_be_stored_is_named(run, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b", "answer": "yes"}\n')
    done = run("db-in", "news", path)

    assert done.returncode == 1
    assert done.stderr.startswith(f"prodflow: {path}, task 2.answer: 'yes' is none of accept, reject, ignore")
    assert "Traceback" not in done.stderr


def test_stats_of_all_and_of_one(run, file):
    empty = run("stats")
    run("db-in", "news", file)

    assert (empty.returncode, empty.stdout) == (0, "")
    assert "no datasets" in empty.stderr
    assert run("stats").stdout.splitlines()[1].split()[:6] == ["news", "3", "2", "1", "0", "2"]
    lines = [line.split() for line in run("stats", "news").stdout.splitlines()]
    assert ["unknown", "2", "1", "1", "0"] in lines
    assert ["kim", "1", "1", "0", "0"] in lines
    assert ["all", "3", "2", "1", "0"] in lines
    assert json.loads(run("stats", "news", "--format", "json").stdout)["decisions"] == {
        "accept": 2,
        "reject": 1,
        "ignore": 0,
    }


def test_drop_asks_first(run, file, home):
    run("db-in", "news", file)

    kept = run("drop", "news", stdin="n\n")
    assert kept.returncode != 0
    assert connect(home / "store").datasets == ["news"]
    dropped = run("drop", "news", "--yes")
    assert (dropped.returncode, dropped.stdout, dropped.stderr) == (0, "", "news: deleted 3 answers\n")
    assert connect(home / "store").datasets == []


@pytest.mark.parametrize("command", [("stats",), ("db-out",), ("drop", "--yes")])
def test_an_unknown_dataset_is_answered_with_those_that_exist(run, file, command):
    run("db-in", "news", file)
    done = run(*command, "newz")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "prodflow: no dataset named 'newz'; did you mean 'news'? (known: news)\n"


QUERY = """select text, answer, content, [1, 2] as list, null as nothing, 'nan'::double as nan,
    task_hash::hugeint * 100000000000 as huge, '2026-01-02'::date as day, 1.5::decimal(9, 2) as price
    from answers where text = 'ü'"""


def test_sql_in_every_format(run, file):
    run("db-in", "news", file)
    record = {"text": "ü", "answer": "accept", "list": [1, 2], "nothing": None, "nan": None, "huge": 200000000000}
    record |= {"day": "2026-01-02", "price": "1.50", "content": json.loads(file.read_text().splitlines()[1])}

    assert json.loads(run("sql", QUERY, "--format", "json").stdout) == [record]
    assert [json.loads(line) for line in run("sql", QUERY, "--format", "ndjson").stdout.splitlines()] == [record]
    assert (
        run("sql", "select 1 as a, null as b, true as c, [1] as d", "--format", "csv").stdout
        == "a,b,c,d\n1,,true,[1]\n"
    )
    assert "│ ü" in run("sql", QUERY).stdout
    stream = run("sql", "select text from answers order by seq", "--format", "arrow", text=False).stdout
    assert pyarrow.ipc.open_stream(stream).read_all().to_pydict() == {"text": ["a", "ü", "c"]}
    table = pyarrow.parquet.read_table(
        io.BytesIO(run("sql", "select text from answers", "--format", "parquet", text=False).stdout)
    )
    assert table.num_rows == 3


def test_sql_from_a_file_and_from_standard_input(run, tmp_path):
    (tmp_path / "query.sql").write_text("select 42 as answer;\n")

    by_file = run("sql", "--file", "query.sql", "--format", "csv")
    assert by_file.stdout == run("sql", "--format", "csv", stdin="select 42 as answer").stdout == "answer\n42\n"
    assert run("sql", "select 1", "--file", "query.sql").returncode == 2
    assert run("sql", "select 1 as a", "--format", "csv", "--output", "out.csv").stdout == ""
    assert (tmp_path / "out.csv").read_text() == "a\n1\n"


def test_the_output_says_its_format_and_is_not_written_over(run, file, tmp_path):
    run("db-in", "news", file)
    for name in ("out.csv", "out.parquet", "out.ndjson", "out.arrow", "out.txt"):
        assert run("sql", "select text from answers order by seq", "-o", name).returncode == 0
    assert (tmp_path / "out.csv").read_text() == "text\na\nü\nc\n"
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").num_rows == 3
    assert json.loads((tmp_path / "out.ndjson").read_text().splitlines()[1]) == {"text": "ü"}
    assert pyarrow.ipc.open_stream((tmp_path / "out.arrow").read_bytes()).read_all().num_rows == 3
    assert "│ ü" in (tmp_path / "out.txt").read_text()

    again = run("sql", "select 1 as a", "-o", "out.csv")
    assert (again.returncode, "'out.csv' is there already" in again.stderr) == (2, True)
    broken = run("sql", "select error('late') from range(3)", "-o", "out.csv", "--force")
    assert broken.returncode == 1
    assert (tmp_path / "out.csv").read_text() == "text\na\nü\nc\n"
    assert run("sql", "select 1 as a", "-o", "out.csv", "--force").returncode == 0
    assert (tmp_path / "out.csv").read_text() == "a\n1\n"
    assert sorted(path.name for path in tmp_path.glob(".*.tmp")) == []
    assert "cannot be written" in run("sql", "select 1", "-o", "missing/out.csv").stderr


def test_what_a_query_must_not_do_is_said_in_a_line(run, file, tmp_path):
    run("db-in", "news", file)
    wrong = {
        "copy answers to 'out.csv'": "prodflow: sql: COPY is refused: a query reads the store",
        f"from '{file}'": "is not opened: a query reads the store and no other file",
        f"from sniff_csv('{file}')": "is not opened: a query reads the store and no other file",
        "from alpha('newz')": "prodflow: no dataset named 'newz'; did you mean 'news'? (known: news)",
    }

    for query, words in wrong.items():
        done = run("sql", query, "--format", "csv")
        assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (1, True, 1), done.stderr
    empty = run("sql", "select text from answers where dataset = 'newz'", "--format", "csv")
    assert empty.stderr == "note: no dataset named 'newz'; did you mean 'news'? (known: news)\n"
    assert run("sql", "select text from answers", "--as-of", "1", "--format", "csv").stdout == "text\na\n"


def test_watch_writes_each_answer_that_differs(home, tmp_path):
    with connect(home / "store") as store, (tmp_path / "out").open("w+b") as out:
        query = ["sql", "select count(*) as n from answers", "--format", "csv", "--watch", "0.1"]
        with Path(os.devnull).open("rb") as nothing, (tmp_path / "err").open("wb") as err:
            files = (nothing.fileno(), out.fileno(), err.fileno())
            watching = WarmProcess(query, files, env={**os.environ, "PRODFLOW_HOME": str(home)})
        for count in range(1, 4):
            store.add_examples([{"text": str(count), "answer": "accept"}], "news")
            wait_for(lambda count=count: f"n\n{count}\n" in (tmp_path / "out").read_text())
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 130
    seen = (tmp_path / "out").read_text().split()[1::2]
    assert seen == sorted(set(seen))
    assert (tmp_path / "err").read_text().strip() == ""


def wait_for(happened):
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("file_format", ["table", "csv", "json", "ndjson", "parquet", "arrow"])
def test_a_query_without_rows_is_no_error(run, file_format):
    done = run("sql", "from answers", "--format", file_format, text=False)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("selec 1", 'Parser Error: syntax error at or near "selec"'),
        ("from nowhere", "Catalog Error: Table with name nowhere does not exist"),
        ("select error('on purpose') from range(3)", "on purpose"),
    ],
)
@pytest.mark.parametrize("file_format", ["table", "csv", "parquet"])
def test_a_wrong_query_is_answered_in_duckdbs_words(run, query, message, file_format):
    done = run("sql", query, "--format", file_format, text=False)

    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize("command", [["sql", "from range(1000000)", "--format", "csv"], ["db-out", "news"]])
def test_a_broken_pipe_ends_quietly(run, command, home):
    with connect(home / "store") as database:
        database.add_examples([{"text": "x" * 1000, "n": number} for number in range(2000)], "news")
    process = subprocess.Popen(
        [sys.executable, "-m", "prodflow", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    )
    process.stdout.readline()
    process.stdout.close()

    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_a_damaged_file_is_found_and_made_again(home):
    from click.testing import CliRunner

    from prodflow.cli.store import store_command

    with connect(home / "store") as database:
        database.add_examples([{"text": "a"}], "news")
        database.journal._segments.seal()
    (home / "store" / "segments" / "1-1.parquet").unlink()

    checked = CliRunner().invoke(store_command, ["check"])
    assert checked.exit_code == 1
    assert "1-1.parquet' is missing" in checked.output
    assert CliRunner().invoke(store_command, ["rebuild"]).exit_code == 0
    assert CliRunner().invoke(store_command, ["check"]).output == "1 files with 1 events, 0 events not sealed yet\n"
