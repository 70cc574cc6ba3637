"""`prodflow report`: one file, written whole or not at all."""

import pytest

from prodflow.store.database import connect
from tests.server_process import run


@pytest.fixture
def answered(home):
    with connect() as store:
        rows = [{"text": f"{n}", "_session_id": f"set-{who}"} for n in range(4) for who in ("ada", "bob")]
        store.add_examples(rows, "set")
    return home


def test_writes_a_page(answered, tmp_path):
    done = run(answered, "report", "set", "-o", tmp_path / "report.html")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"set: wrote the report to {tmp_path / 'report.html'}\n"
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "8 accepted" in page


def test_a_file_that_is_there_stays_unless_forced(answered, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    done = run(answered, "report", "set", "-o", path)
    assert done.returncode == 2
    assert "is there already; give --force" in done.stderr
    assert path.read_text() == "mine"
    assert run(answered, "report", "set", "-o", path, "--force").returncode == 0
    assert path.read_text().startswith("<!doctype html>")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sett",), "no dataset named 'sett'; did you mean 'set'"),
        (("set", "-o", "no/such/r.html"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(answered, tmp_path, arguments, words):
    done = run(answered, "report", *arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert words in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
