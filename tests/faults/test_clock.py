"""The machine's clock is set anew while a server runs: durations stay what they are, and nothing is lost or reordered.

The server is a real process; the clock it reads, all of it, is one that goes wrong by as many seconds as a file says.
"""

import json

import pytest

from prodflow.server.invites import Invites
from prodflow.store.database import connect
from tests.server_process import ServerProcess, wait_until

HOUR_S, DAY_S = 3600, 86_400
RECIPE = """
import time
from pathlib import Path
import prodflow

wrong, real, strftime = Path(__file__).with_name("wrong_by"), time.time_ns, time.strftime

def wrong_time_ns():
    return real() + int(wrong.read_text() or 0) * 10**9

time.time_ns = wrong_time_ns
time.time = lambda: wrong_time_ns() / 1e9
time.strftime = lambda form, when=None: strftime(form, time.localtime(time.time()) if when is None else when)

@prodflow.recipe("timed", dataset=("", "positional", None, str))
def timed(dataset):
    return {"dataset": dataset, "view_id": "text", "stream": ({"text": f"text {n}"} for n in range(4))}
"""


class Clock:
    """The clock of the server's process, and the server."""

    def __init__(self, home, folder):
        self.home, self.recipe, self.file = home, folder / "timed.py", folder / "wrong_by"
        self.recipe.write_text(RECIPE)
        self.jump(0)

    def jump(self, seconds):
        """Let the clock be wrong by so much from now on."""
        aside = self.file.with_suffix(".new")
        aside.write_text(str(seconds))
        aside.replace(self.file)

    def start(self, **config):
        overrides = json.dumps({"batch_size": 2, **config})
        return ServerProcess(self.home, "timed", "news", "-F", self.recipe, PRODFLOW_CONFIG_OVERRIDES=overrides)


@pytest.fixture
def clock(home, tmp_path):
    return Clock(home, tmp_path)


def texts(server, name):
    return [task["text"] for task in server.questions(f"news-{name}")]


def answers(tasks):
    return [{"_task_hash": task["_task_hash"], "answer": "accept"} for task in tasks]


def all_of(server, name, count):
    return wait_until(lambda: len(found := texts(server, name)) == count and found, 30)


@pytest.mark.parametrize("seconds", [-HOUR_S, HOUR_S], ids=["back", "forward"])
def test_a_task_is_free_again_when_its_time_is_over_and_no_later(clock, seconds):
    with clock.start(lease_s=1.0, batch_size=4) as server:
        assert len(texts(server, "alex")) == 4
        clock.jump(seconds)
        assert all_of(server, "jo", 4)


@pytest.mark.parametrize("seconds", [-10 * DAY_S, 10 * DAY_S], ids=["back", "forward"])
def test_nobody_loses_a_task_before_its_time(clock, seconds):
    with clock.start(lease_s=HOUR_S) as server:
        mine = texts(server, "alex")
        clock.jump(seconds)
        assert texts(server, "jo") == [], "all are shown to another, or wait for them"
        assert texts(server, "alex") == mine == ["text 0", "text 1"], "a page that is loaded again shows the same"


def test_a_restart_after_the_clock_went_back_keeps_nobodys_tasks_for_longer(clock):
    with clock.start(lease_s=HOUR_S, batch_size=4) as server:
        assert len(texts(server, "alex")) == 4
        server.kill()
    clock.jump(-DAY_S)
    with clock.start(lease_s=1.0, batch_size=4) as server:
        assert all_of(server, "jo", 4)


def test_answers_stay_in_order_with_the_time_that_the_clock_told(clock):
    with clock.start() as server:
        unnamed = server.client.get("/project").json()["session_id"]
        first, second = server.questions("news-alex")
        server.answer(*answers([first]), session_id="news-alex")
        clock.jump(-DAY_S)
        server.answer(*answers([second]), session_id="news-alex")
        [third, fourth] = server.questions("news-alex")
        server.answer(*answers([third]), session_id="news-alex")
        server.kill()
    with clock.start() as server:
        assert server.client.get("/project").json()["session_id"] == unnamed, "the unnamed session has a new id"
        found = server.client.get("/history?session_id=news-alex").json()["answers"]
        assert [task["text"] for task in found] == ["text 2", "text 1", "text 0"]
        assert found[2]["_timestamp"] - found[1]["_timestamp"] == pytest.approx(DAY_S, abs=60)
        assert [task["text"] for task in server.questions("news-alex")] == [fourth["text"]]
        server.post("/undo", session_id="news-alex", _task_hash=third["_task_hash"])
        server.answer(*answers([third, fourth]), session_id="news-alex")
    with connect(clock.home / "store") as database:
        assert len(database.get_dataset("news")) == 4
        events = database.journal.events_since("news", 0, 100)
        assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6]
        counted = database.sql("select text, count(*) from answers group by all order by all").fetchall()
        assert counted == [(f"text {number}", 1) for number in range(4)]


def test_a_link_and_its_cookie_end_in_time_though_the_clock_goes_back(clock):
    with clock.start(require_login=True) as server:
        invites = Invites(clock.home / "store")
        token = invites.token(invites.make("news", "alex", lasts_s=5))
        entered = server.client.get(f"/project?token={token}")
        server.client.cookies.clear()
        assert entered.status_code == 303
        cookie = {"cookie": entered.headers["set-cookie"].partition(";")[0]}
        for way_in in (cookie, {"authorization": f"Bearer {token}"}):
            assert ask(server, way_in) == 200
        clock.jump(-HOUR_S)
        for way_in in (cookie, {"authorization": f"Bearer {token}"}):
            assert wait_until(lambda way_in=way_in: ask(server, way_in) == 401, 30)


def ask(server, headers):
    return server.client.get("/project", headers=headers).status_code


def test_who_guesses_waits_though_the_clock_goes_forward(clock):
    with clock.start(require_login=True) as server:
        wrong = {"authorization": "Bearer wrong"}
        statuses = [server.client.get("/project", headers=wrong).status_code for _ in range(10)]
        clock.jump(HOUR_S)
        refused = server.client.get("/project", headers=wrong)
    assert statuses == [401] * 10
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
