"""The SQL shell: what it completes, when it asks, what it says."""

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from prodflow.cli.shell import Shell, is_whole
from prodflow.store.database import Database
from prodflow.store.reader import Reader


@pytest.fixture
def folder(home):
    with Database(home / "store") as store:
        store.add_examples([{"text": "a", "_session_id": "news-alex", "answer": "accept"}], "news")
        return store.folder


@pytest.fixture
def shell(folder):
    return Shell(Reader(folder))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("from ans", "answers"),
        ("select count(*) from answers join sess", "sessions"),
        ("from alp", "alpha('"),
        ("select annot", "annotator"),
        ("from answers wh", "where"),
        ("from alpha('n", "news"),
        ("from answers where annotator = 'a", "alex"),
    ],
)
def test_completes_tables_columns_words_and_names(shell, text, word):
    found = list(shell.completer().get_completions(Document(text), None))

    assert word in [completion.text for completion in found]
    assert all(-completion.start_position <= len(word) for completion in found)


def test_answers_until_it_is_left_and_remembers_what_was_asked(folder, home, capfdbinary):
    with create_pipe_input() as keys:
        keys.send_text("select annotator,\rcount(*) as n from answers group by all\r")
        keys.send_text(".format csv\rselect anotator from answers\rdelete from answers\r")
        keys.send_text("select text from answers where dataset = 'newz'\rform x\rfrom alpha('newz');\r")
        keys.send_text(".tables\r.nothing\r.format x\r.datasets\r.quit\r")
        Shell(Reader(folder), input=keys, output=DummyOutput()).run()
    out, err = (text.decode() for text in capfdbinary.readouterr())

    assert "│ alex " in out
    assert "FROM clause is missing" not in err
    assert "dataset\nnews\n" in out.replace("\r", "")
    assert 'Candidate bindings: "annotator"' in err
    assert "DELETE is refused" in err
    assert "note: no dataset named 'newz'; did you mean 'news'?" in err
    assert "LINE 1: form x\n        ^^^^" in err
    assert "prodflow: no dataset named 'newz'; did you mean 'news'?" in err
    assert "label_errors   dataset, task_hash" in out
    assert "Tab completes" in out
    assert "the formats are table, csv" in err
    assert "+count(*) as n from answers group by all" in (home / "sql_history").read_text()


def test_it_ends_with_its_input(folder):
    with create_pipe_input() as keys:
        keys.send_text("half a query\x03\x04")
        Shell(Reader(folder), input=keys, output=DummyOutput()).run()


@pytest.mark.parametrize("text", ["from answers", "from answers;", "form x", "select a frm b c d", ".tables", "from\n"])
def test_a_query_is_whole(text):
    assert is_whole(text)


@pytest.mark.parametrize("text", ["select", "select a,", "select 'a", "select (1", "from", "select a from b where"])
def test_a_query_goes_on(text):
    assert not is_whole(text)
