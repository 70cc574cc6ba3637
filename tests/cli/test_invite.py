"""`prodflow invite`: links to standard output, words beside them."""

import os
import re

import pytest

from prodflow.server.invites import Invites
from tests.warm import run_warm


@pytest.fixture
def run(tmp_path):
    def run(*arguments, **env):
        env = {**os.environ, "PRODFLOW_HOME": str(tmp_path), **env}
        return run_warm(("invite", *arguments), env=env, cwd=tmp_path, strict=True)

    return run


def test_a_link_for_each_name_goes_to_standard_output(run, tmp_path):
    done = run("my_set", "alex", "jo", "--expires", "7d", "--url", "https://work.example/annotate")

    assert done.returncode == 0, done.stderr
    links = done.stdout.splitlines()
    assert [link.partition("?token=")[0] for link in links] == ["https://work.example/annotate/"] * 2
    invites = Invites(tmp_path / "store")
    found = [invites.open(link.partition("?token=")[2], "my_set") for link in links]
    assert [(invite.name, invite.expires - invite.made) for invite in found] == [("alex", 7 * 86_400), ("jo", 604_800)]
    assert re.search(r"alex at my_set: until 20\d\d-.*; to take it back: --revoke [0-9a-f]{12}\n", done.stderr)


def test_links_are_listed_and_taken_back(run):
    run("my_set", "alex", "jo")
    run("other", "alex", "--admin", "--expires", "never")
    assert run("my_set", "--revoke", "alex").returncode == 0
    listed = run("--list").stdout.splitlines()
    assert [line.split()[1:4] + line.split()[-1:] for line in listed[1:]] == [
        ["my_set", "alex", "annotator", "revoked"],
        ["my_set", "jo", "annotator", "valid"],
        ["other", "alex", "admin", "valid"],
    ]
    assert len(run("other", "--list").stdout.splitlines()) == 2
    by_id = run("--revoke", listed[2].split()[0])
    assert "jo at my_set: the link" in by_id.stderr
    again = run("--revoke", "jo")
    assert (again.returncode, "no valid link named 'jo'" in again.stderr) == (2, True)


def test_a_token_for_metrics_is_no_link(run, tmp_path):
    token = run("my_set", "--metrics").stdout.strip()
    assert Invites(tmp_path / "store").open(token, "my_set").role == "metrics"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give a dataset and the names"),
        (("my_set",), "give the name of an annotator, or --admin"),
        (("my_set", "a/b"), "leave them out"),
        (("my_set", "alex", "--expires", "soon"), "'soon' is no time such as"),
        (("my_set", "alex", "--expires", "0d"), "'0d' is no time"),
        (("my_set", "--admin", "--metrics"), "exclude each other"),
        (("my_set", "alex", "--url", "nowhere"), "public_url='nowhere' is no address"),
    ],
)
def test_what_cannot_be_meant_is_said(run, arguments, says):
    done = run(*arguments)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_it_says_where_a_link_is_not_asked_for(run):
    assert "nobody has to show a link" in run("my_set", "alex").stderr
    assert "nobody has to show" not in run("my_set", "alex", PRODFLOW_HOST="0.0.0.0").stderr
