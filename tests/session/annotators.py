"""Annotators who come, ask, answer, answer too late, take back, leave, and a server that is stopped and killed.

A state machine over a real controller and a real journal, with a clock of its own. What it knows it learns as a client
does, from replies; what must hold is checked after each step, and that the stream drains at the end.
"""

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from prodflow import set_hashes
from prodflow.core import clock
from prodflow.routers import full_overlap, no_overlap, route_average_per_task
from prodflow.session import asking, handing
from prodflow.session.controller import Controller
from prodflow.session.policy import max_waiting
from prodflow.store import writer
from prodflow.store.database import Database

NAMES = ("news-alex", "news-jo", "news-kim")
LEASE_S = 100.0
LINGER_S = writer._LINGER_S
TASKS = [set_hashes({"text": f"text {number}"}) for number in range(36)]
SHARED_MEMORY = Path("/dev/shm")


def by_language(controller, session_id, task):
    """Every other task is for two of three only; one of them is enough."""
    able = NAMES[:2] if task["text"][-1] in "02468" else NAMES
    return [session_id] if session_id in able else [NAMES[0]]


def for_others(controller, session_id, task):
    """Never for who asks."""
    return [next(name for name in NAMES if name != session_id)]


def two_of_the_known(controller, session_id, task):
    """A rule of its own over who is here."""
    return sorted(controller.session_ids)[:2]


ROUTERS = {
    "no_overlap": no_overlap,
    "full_overlap": full_overlap,
    "two": route_average_per_task(2),
    "some": route_average_per_task(1.5),
    "by_language": by_language,
    "for_others": for_others,
    "two_of_the_known": two_of_the_known,
}
COUNTS = {
    "no_overlap": lambda task: 1,
    "full_overlap": lambda task: 3,
    "two": lambda task: 2,
    "some": ROUTERS["some"].wanted,
    "by_language": lambda task: 1,
    "for_others": lambda task: 1,
    "two_of_the_known": lambda task: 2,
}
SESSIONS = st.sampled_from(NAMES)


class Annotators(RuleBasedStateMachine):
    routers = tuple(sorted(ROUTERS))

    @initialize(data=st.data(), allowed=st.booleans())
    def start(self, data, allowed):
        router = data.draw(st.sampled_from(self.routers))
        leaving = data.draw(st.sampled_from(("nobody", *NAMES)))
        self.staying = [name for name in NAMES if name != leaving or router == "for_others"]
        self.folder = Path(
            tempfile.mkdtemp(prefix="annotators-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
        )
        self.now = 1_000_000.0
        self.router = router
        self.overrides = {"batch_size": 2, "lease_s": LEASE_S, "max_waiting": 3}
        if allowed:
            self.overrides["allowed_sessions"] = [name.removeprefix("news-") for name in NAMES]
        asking.clock = handing.clock = SimpleNamespace(steady_s=lambda: self.now)
        writer._LINGER_S = 3600.0  # what nobody waits for is written with what somebody waits for, and no sooner
        self.copies = 0
        self.shown = {name: {} for name in NAMES}
        """What a client has on its page, and until when it may keep it."""
        self.lost = {name: set() for name in NAMES}
        self.answers = {}
        self.sent = {}
        self.most = {}
        """How many answers a task had at most: who takes one of too many back may give it again."""
        self.came = set()
        self.open()

    def open(self):
        self.database = Database(self.folder / str(self.copies))
        components = {"dataset": "news", "view_id": "text", "stream": iter(TASKS), "db": self.database}
        self.controller = Controller.from_components(
            "test", {**components, "task_router": ROUTERS[self.router]}, self.overrides
        )

    def teardown(self):
        if hasattr(self, "controller"):
            try:
                if sys.exc_info()[0] is None:
                    self.drain()
            finally:
                asking.clock = handing.clock = clock
                writer._LINGER_S = LINGER_S
                self.controller.save()
                self.database.close()
                shutil.rmtree(self.folder)

    @rule(session=SESSIONS)
    def ask(self, session):
        batch = self.controller.get_questions(session)
        self.came.add(session)
        hashes = [task["_task_hash"] for task in batch]
        assert len(hashes) == len(set(hashes)), "a task comes twice in a reply"
        assert not {(session, key) for key in hashes} & self.answers.keys(), "what was answered comes again"
        for key in [key for key in self.shown[session] if key not in hashes]:
            assert len(batch) == 2 or key in self.lost[session], "a page that was loaded again lost a task"
        self.note_losses()
        self.show(session, batch)

    def show(self, session, batch):
        for task in batch:
            if task["_task_hash"] not in self.shown[session] or task["_task_hash"] in self.lost[session]:
                self.is_new(session, task)
            self.shown[session][task["_task_hash"]] = self.now + LEASE_S

    def note_losses(self, relieved=None):
        """Learn who lost a task to others: nobody before the time, but where another's answer made it needless."""
        for name in NAMES:
            for key, until in self.shown[name].items():
                entry = self.controller._asking.broker.open.get(key)
                if key not in self.lost[name] and (entry is None or name not in entry.assigned):
                    assert until < self.now or key == relieved, "a task was taken away before its time"
                    self.lost[name].add(key)

    def is_new(self, session, task):
        key = task["_task_hash"]
        self.lost[session].discard(key)
        if self.router == "by_language":
            assert session in by_language(None, session, task), "the router's rule does not count"
        others = [name for name in NAMES if name != session and key in self.shown[name] and key not in self.lost[name]]
        asked_for = max(COUNTS[self.router](task), self.most.get(key, 0))
        assert self.count(key) + len(others) < asked_for, "more people have a task than were asked for"

    def count(self, key):
        return sum(task == key for _, task in self.answers)

    @precondition(lambda self: any(self.shown.values()))
    @rule(data=st.data(), decision=st.sampled_from(["accept", "reject"]))
    def answer(self, data, decision):
        session = data.draw(st.sampled_from([name for name in NAMES if self.shown[name]]))
        key = data.draw(st.sampled_from(sorted(self.shown[session])))
        self.send(session, key, decision, f"event-{len(self.sent)}")

    @precondition(lambda self: any(self.shown.values()))
    @rule(data=st.data())
    def answer_late(self, data):
        """Somebody's time runs out, another asks, and then the answer comes."""
        session = data.draw(st.sampled_from([name for name in NAMES if self.shown[name]]))
        key = data.draw(st.sampled_from(sorted(self.shown[session])))
        self.now += 1.5 * LEASE_S
        self.ask(data.draw(st.sampled_from([name for name in NAMES if name != session])))
        self.send(session, key, "accept", f"event-{len(self.sent)}")

    def send(self, session, key, decision, event_id):
        first = event_id not in self.sent
        self.sent[event_id] = (session, key, decision)
        entry = self.controller._asking.broker.open.get(key)
        if entry is not None and session in entry.assigned:
            self.lost[session].discard(key)  # it was given it anew, e.g. as more people are known after a restart
        [recorded] = self.controller.receive_answers(
            [{"_task_hash": key, "answer": decision, "_event_id": event_id}], session
        )
        assert recorded.duplicate != first, "an answer is stored twice, or a new one is not"
        assert recorded.stored, "an answer is not stored"
        if not first:
            return
        late = key in self.lost[session]
        assert recorded.late == late, "a late answer is not told from one in time"
        asked_for = max(COUNTS[self.router](TASK[key]), self.most.get(key, 0))
        assert late or self.count(key) < asked_for, "an answer too many counts as one in time"
        self.answers[session, key] = decision
        self.most[key] = max(self.most.get(key, 0), self.count(key))
        self.shown[session].pop(key, None)
        self.lost[session].discard(key)
        if late:
            self.note_losses(relieved=key)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data):
        event_id = data.draw(st.sampled_from(sorted(self.sent)))
        session, key, decision = self.sent[event_id]
        if (session, key) in self.answers:
            self.send(session, key, decision, event_id)

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def undo(self, data):
        session, key = data.draw(st.sampled_from(sorted(self.answers)))
        self.controller.undo(session, key)
        del self.answers[session, key]
        self.shown[session][key] = self.now + LEASE_S
        batch = self.controller.get_questions(session)
        assert key in {task["_task_hash"] for task in batch}, "an undone task is gone"
        self.note_losses()
        self.show(session, batch)

    @rule(seconds=st.sampled_from([1.0, 60.0, 150.0]))
    def wait(self, seconds):
        self.now += seconds

    @rule(how=st.sampled_from(["stop", "kill", "kill at once"]), back_s=st.sampled_from([0.0, 0.0, 3600.0]))
    def restart(self, how, back_s):
        """Between two runs the machine's clock may be set back."""
        before = self.state() if how != "kill at once" else None
        self.now -= back_s
        for shown in self.shown.values():
            shown.update({key: min(until, self.now + LEASE_S) for key, until in shown.items()})
        if how == "kill at once":
            self.kill_at_once()
            return
        if how == "kill":
            self.database.journal.flush().result()
            self.copy()
        else:
            self.controller.save()
            self.database.close()
        self.open()
        assert self.state() == before, "a restart changes who has what"

    def kill_at_once(self):
        """What was not written yet is gone; nobody loses what is on their page, at most the time they had it for."""
        held = self.state()["held"]
        self.copy()
        self.open()
        here = self.controller._asking
        for name, keys in held.items():
            assert {key for key in keys if key not in self.lost[name]} <= here.expect(name).held.keys() | {
                task["_task_hash"] for task in here.expect(name).waiting
            }, "a kill takes a task away from who has it"
            for key in keys:
                if key not in self.lost[name]:
                    self.shown[name][key] = min(self.shown[name][key], here.broker.open[key].expires[name])

    def copy(self):
        """Go on with the files as they are now, as after a kill."""
        old = self.controller, self.database
        shutil.copytree(self.folder / str(self.copies), self.folder / str(self.copies + 1))
        self.copies += 1
        old[0].save()
        old[1].close()

    def state(self):
        """Who has what, and what wants more answers."""
        here = self.controller._asking
        return {
            "open": {
                key: (entry.places, sorted(entry.assigned)) for key, entry in here.broker.open.items() if entry.wanted
            },
            "held": {name: sorted(session.held) for name, session in here.sessions.items() if session.held},
            "waiting": {
                name: sorted(task["_task_hash"] for task in session.waiting)
                for name, session in here.sessions.items()
                if session.waiting
            },
        }

    @invariant()
    def open_tasks_are_bounded(self):
        if hasattr(self, "controller"):
            here = self.controller._asking
            limit = max_waiting(here._config, len(NAMES))
            untouched = [entry for entry in here.broker.open.values() if not entry.answered and not self.has(entry)]
            assert len(untouched) <= limit + 8, "the stream is drained into queues"

    @invariant()
    def nobody_keeps_a_task_for_longer_than_its_time(self):
        if hasattr(self, "controller"):
            for entry in self.controller._asking.broker.open.values():
                assert max(entry.expires.values(), default=0) <= self.now + LEASE_S, "a task is kept for too long"

    def has(self, entry):
        key = entry.task["_task_hash"]
        return any(key in session.held for session in self.controller._asking.sessions.values())

    @invariant()
    def the_journal_has_each_answer_once(self):
        if hasattr(self, "controller"):
            stored = {(session, key): answer for session, _, key, answer in self.database.journal.answered("news")}
            assert stored == self.answers, "the journal does not say what was answered"

    def drain(self):
        """While enough people answer, every task gets as many answers as were asked for, though one may be gone."""
        for _ in range(200):
            self.now += 2 * LEASE_S
            went = False
            for session in self.staying:
                self.ask(session)
                for key in list(self.shown[session]):
                    if key not in self.lost[session]:
                        self.send(session, key, "accept", f"event-{len(self.sent)}")
                        went = True
            if not went:
                break
        counts = Counter(key for _, key in self.answers)
        for task in TASKS:
            key, wanted = task["_task_hash"], COUNTS[self.router](task)
            if self.router == "two_of_the_known" and "allowed_sessions" not in self.overrides:
                wanted = 1  # there may have been one only when it was asked
            if self.router == "full_overlap":
                wanted = len(self.staying)
            assert counts[key] >= wanted, f"{task['text']} has {counts[key]} answers of {wanted}"


TASK = {task["_task_hash"]: task for task in TASKS}
