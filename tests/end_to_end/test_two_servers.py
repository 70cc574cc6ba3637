"""Two servers, one store: on the same dataset the second is refused; on different ones both work."""

import json

import pytest

from tests.server_process import ServerProcess, run


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "news.jsonl"
    file.write_text("".join(f'{{"text": "text {number}"}}\n' for number in range(40)))
    return file


def mark(home, dataset, source, **options):
    return ServerProcess(home, "mark", dataset, source, "--view-id", "text", **options)


def test_a_second_server_on_the_same_dataset_is_refused_and_told_of_the_first(tmp_path, source):
    home = tmp_path / "home"
    with mark(home, "news", source) as first:
        second = run(home, "mark", "news", source, "--view-id", "text", "--port", 0)
        assert second.returncode == 1
        assert f"'news' is served already, by process {first.process.pid} on" in second.stderr
        assert len(second.stderr.splitlines()) == 1
        first.answer(*({**task, "answer": "accept"} for task in first.questions()))
        first.kill()
    with mark(home, "news", source) as third:
        assert third.questions()[0]["text"] == "text 10"


def test_two_servers_on_different_datasets_and_commands_beside_them(tmp_path, source):
    home = tmp_path / "home"
    with mark(home, "news", source) as news, mark(home, "other", source) as other:
        for _ in range(4):
            for server in (news, other):
                server.answer(*({**task, "answer": "accept"} for task in server.questions()))
        imported = run(home, "db-in", "news", source)
        assert imported.returncode == 0, imported.stderr
        stats = json.loads(run(home, "stats", "--format", "json").stdout)
        assert {row["dataset"]: row["answers"] for row in stats} == {"news": 80, "other": 40}
        counted = run(home, "sql", "select dataset, count(*) as n from answers group by all order by all")
        assert "news" in counted.stdout and "80" in counted.stdout
        refused = run(home, "drop", "news", "--yes")
        assert refused.returncode == 1
        assert f"served by process {news.process.pid}" in refused.stderr
    assert run(home, "store", "check").returncode == 0
    assert run(home, "drop", "news", "--yes").returncode == 0
