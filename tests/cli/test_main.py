"""The command line as a whole: help, exit codes, quiet pipes."""

import subprocess
import sys

import pytest

from tests.server_process import PRODFLOW, environment, run


def test_help_lists_every_command_by_what_it_is_for(tmp_path):
    words = run(tmp_path, "--help", cold=True).stdout
    for section in ("Annotate:", "Streams:", "Answers:"):
        assert section in words
    for command in (
        "mark",
        "image.teach",
        "demo",
        "load",
        "fetch-media",
        "score",
        "prefer-uncertain",
        "route",
        "sql",
        "db-in",
    ):
        assert f"  {command} " in words


def test_every_command_explains_itself(tmp_path):
    from prodflow.cli.main import COMMANDS, cli
    from prodflow.core.registry import recipes

    context = cli.make_context("prodflow", ["--version"], resilient_parsing=True)
    own = {name for name in recipes.names() if recipes.get(name).function.__module__.startswith("prodflow.")}
    for name in {*COMMANDS, *own, "score", "route", "fetch-media", "filter-empty", "prefer-uncertain"}:
        command = cli.get_command(context, name)
        assert command is not None, name
        words = command.get_help(command.make_context(name, [], resilient_parsing=True))
        assert "Usage:" in words
        for parameter in command.params:
            if parameter.param_type_name == "option" and "--help" not in parameter.opts:
                assert parameter.help, f"{name} {parameter.opts} says nothing of itself"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["laod", "x"], 2, "did you mean 'load'?"),
        (["load", "nowhere.jsonl"], 2, "no such file or folder: 'nowhere.jsonl'"),
        (["load", "x.jsonl", "--loader", "jsnol"], 2, "no loader named 'jsnol'; did you mean 'jsonl'?"),
        (["filter-empty"], 2, "Missing option '--key'"),
        (["prefer-uncertain", "--bias", "7"], 2, "bias=7.0 is wrong"),
        (["prefer-uncertain", "--algorithm", "magic"], 2, "'magic' is not one of 'ema', 'probability'"),
        (["score", "--model", "nowhere.py:model"], 2, "no such file"),
        (["score", "--model", "magic"], 2, "no model named 'magic'"),
        (["mark", "my_set", "nowhere", "--view-id", "image"], 2, "no such file or folder: 'nowhere'"),
        (["mark", "../evil", "-"], 2, "dataset name"),
        (["image.teach", "my_set", ".", "--label", ","], 2, "names no label"),
        (["-F", "nowhere.py", "load"], 2, "no such file"),
    ],
)
def test_a_users_mistake_gives_one_line_and_status_2(tmp_path, arguments, status, words):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n')
    done = run(tmp_path / "home", *arguments, cwd=tmp_path, stdin=b"")
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_data_gives_status_1_with_file_and_line(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n{"text": \n{"text": "c"}\n')
    done = run(tmp_path / "home", "load", "x.jsonl", cwd=tmp_path, cold=True)
    assert done.returncode == 1
    assert "x.jsonl, line 2" in done.stderr
    assert done.stdout.count("\n") == 1


def test_a_broken_line_can_be_skipped(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n{"text": \n{"text": "c"}\n')
    done = run(tmp_path / "home", "load", "x.jsonl", "--on-error", "skip", cwd=tmp_path)
    assert done.returncode == 0
    assert [line[:14] for line in done.stdout.splitlines()] == ['{"text":"a","_', '{"text":"c","_']
    assert "line 2" in done.stderr


def test_a_broken_line_can_be_kept_in_quarantine_for_sql(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n{"text": \n')
    assert run(tmp_path / "home", "load", "x.jsonl", "--on-error", "quarantine", cwd=tmp_path).returncode == 0
    done = run(tmp_path / "home", "sql", "select operator, position, error from quarantine", "--format", "csv")
    assert "jsonl" in done.stdout
    assert "line 2" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n' * 50_000)
    load = subprocess.Popen(
        [*PRODFLOW, "load", str(tmp_path / "x.jsonl")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    )
    assert load.stdout is not None
    assert load.stderr is not None
    assert load.stdout.readline().startswith(b'{"text":"a"')
    load.stdout.close()
    assert load.wait(30) == 0
    assert load.stderr.read() == b""
    load.stderr.close()


def test_a_pipe_passes_tasks_on_before_the_source_ends(tmp_path):
    with subprocess.Popen(
        [*PRODFLOW, "filter-empty", "--key", "text"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    ) as command:
        assert command.stdin is not None
        assert command.stdout is not None
        command.stdin.write(b'{"text": "a"}\n')
        command.stdin.flush()
        assert b'"text":"a"' in command.stdout.readline()
        command.stdin.close()


def test_operators_count_what_they_drop(tmp_path):
    done = run(tmp_path, "filter-empty", "--key", "text", stdin=b'{"text": "a"}\n{"text": ""}\n')
    assert "2 in, 1 out, 1 dropped (empty)" in done.stderr


def test_a_users_own_operator_is_a_command(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from prodflow import operator\n\n"
        "@operator(stateless=True)\ndef shout(stream, *, times: int = 1):\n"
        '    """Say it loud."""\n'
        "    for task in stream:\n        yield {**task, 'text': task['text'].upper() + '!' * times}\n"
    )
    done = run(tmp_path / "home", "shout", "--times", "2", "-F", "mine.py", cwd=tmp_path, stdin=b'{"text": "hey"}\n')
    assert '"text":"HEY!!"' in done.stdout, done.stderr


def test_a_users_own_recipe_is_a_command(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import prodflow\n\n"
        '@prodflow.recipe("print-it", source=("Where", "positional", None, str), upper=("Loud", "flag", "u", bool))\n'
        "def print_it(source, upper=False, times: int = 1):\n"
        "    print((source.upper() if upper else source) * times)\n"
    )
    done = run(tmp_path / "home", "print-it", "hey", "-u", "--times", "2", "-F", "mine.py", cwd=tmp_path)
    assert done.stdout == "HEYHEY\n", done.stderr
    assert "Loud" in run(tmp_path / "home", "-F", "mine.py", "print_it", "--help", cwd=tmp_path).stdout


def test_code_that_fails_names_its_line(tmp_path):
    (tmp_path / "mine.py").write_text("x = 1\nraise RuntimeError('no')\n")
    done = run(tmp_path / "home", "load", "-", "-F", "mine.py", cwd=tmp_path, stdin=b"", cold=True)
    assert done.returncode == 2
    assert "mine.py failed: RuntimeError: no (line 2)" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_loads_nothing_heavy(tmp_path):
    code = (
        "import sys\nfrom prodflow.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'duckdb', 'pyarrow', 'PIL', 'starlette', 'uvicorn', 'pydantic', 'httpx2', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path))
    assert done.stderr.strip() == "[]"
