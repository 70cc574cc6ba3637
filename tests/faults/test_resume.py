"""kill -9 in the midst of sources that are no JSONL: every record is asked, none twice, and reading goes on."""

import csv

import pytest

from prodflow.store.accounts import ledger
from tests.server_process import ServerProcess

RECORDS = 260


def a_table(folder):
    path = folder / "texts.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("text",), *((f'text\n"{number}"',) for number in range(RECORDS))])
    return path, "text"


def pictures(folder):
    (folder / "pictures").mkdir()
    for number in range(RECORDS):
        (folder / "pictures" / f"{number}.png").write_bytes(b"\x89PNG")
    return folder / "pictures", "image"


@pytest.mark.parametrize("make", [a_table, pictures])
def test_a_killed_server_goes_on_in_the_midst(tmp_path, make):
    source, view = make(tmp_path)
    asked = []
    for batches in (7, 9, 100):
        server = ServerProcess(tmp_path / "home", "mark", "news", source, "--view-id", view)
        for _ in range(batches):
            if not (tasks := server.questions()):
                break
            server.answer(*({**task, "answer": "accept"} for task in tasks))
            asked += [task["_task_hash"] for task in tasks]
        server.kill()
    assert len(asked) == len(set(asked)) == RECORDS
    counts = {outcome: n for _, _, outcome, _, _, n in ledger(tmp_path / "home" / "store")}
    assert counts == {"answered": RECORDS}
    assert "read from its beginning" not in server.words
