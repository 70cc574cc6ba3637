"""Whatever is answered, changed, undone, repeated and reopened: the journal says what a plain dict says."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from prodflow.core.errors import AnswerError
from prodflow.store.database import Database
from prodflow.store.journal import Event, Journal
from prodflow.store.reader import Reader

SESSIONS = st.sampled_from(["news-alex", "news-kim"])
TASKS = st.integers(-2, 2)
DECISIONS = st.sampled_from(["accept", "reject", "ignore"])


class JournalAgainstDict(RuleBasedStateMachine):
    @initialize()
    def open(self):
        self.folder = Path(tempfile.mkdtemp(prefix="prodflow-model-"))
        self.journal = Journal.open(self.folder)
        self.journal.add_dataset("news")
        for name in ("alex", "kim"):
            self.journal.add_session("news", f"news-{name}", name)
        self.events = {}
        self.current = {}
        self.leased = set()

    def event(self, kind, session, task, decision):
        content = {"text": str(task), "_task_hash": task, "_input_hash": task, "answer": decision} if decision else {}
        return Event(f"event-{len(self.events)}", kind, session, task, task, decision, content)

    def expect(self, event):
        """Apply an event to the model; return the status of its refusal, or what it replaces."""
        key = (event.session, event.task_hash)
        if event.event_id in self.events:
            return "same" if self.events[event.event_id] == event else 409
        if event.kind == "undo" and key not in self.current:
            return 403 if any(task == event.task_hash for _, task in self.current) else 404
        replaced = self.current.pop(key, None)
        self.events[event.event_id] = event
        if event.kind == "answer":
            self.current[key] = event
            self.leased.discard(key)
        return replaced and replaced.event_id

    def send(self, event):
        expected = self.expect(event)
        future = self.journal.submit("news", [event])
        if isinstance(expected, int):
            error = future.exception()
            assert isinstance(error, AnswerError)
            assert error.status == expected
            return
        (ack,) = future.result()
        places = list(self.events)
        assert places[ack.seq - 1] == event.event_id
        assert ack.duplicate == (expected == "same")
        if not ack.duplicate:
            assert (ack.replaced and places[ack.replaced - 1]) == expected

    @rule(session=SESSIONS, task=TASKS, decision=DECISIONS)
    def answer(self, session, task, decision):
        self.send(self.event("answer", session, task, decision))

    @rule(session=SESSIONS, task=TASKS)
    def undo(self, session, task):
        self.send(self.event("undo", session, task, None))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def repeat(self, data):
        self.send(data.draw(st.sampled_from(list(self.events.values()))))

    @precondition(lambda self: self.events)
    @rule(data=st.data(), session=SESSIONS, task=TASKS, decision=DECISIONS)
    def use_an_id_again(self, data, session, task, decision):
        event_id = data.draw(st.sampled_from(list(self.events)))
        made = self.event("answer", session, task, decision)
        self.send(Event(event_id, *(getattr(made, name) for name in list(made.__slots__)[1:])))

    @rule(session=SESSIONS, task=TASKS)
    def lease(self, session, task):
        self.journal.lease(
            "news", session, [{"text": str(task), "_task_hash": task, "_input_hash": task}], 9.0
        ).result()
        self.leased.add((session, task))

    @rule(session=SESSIONS, task=TASKS)
    def release(self, session, task):
        self.journal.release("news", session, [task]).result()
        self.leased.discard((session, task))

    @rule()
    def reopen(self):
        self.journal.close()
        self.journal = Journal.open(self.folder)

    @rule()
    def seal(self):
        self.journal._segments.seal()

    @rule()
    def ask_in_sql(self):
        rows = Reader(self.folder).sql("select session, task_hash, answer from answers").fetchall()
        assert sorted(rows) == sorted((*key, event.answer) for key, event in self.current.items())

    @invariant()
    def says_what_the_model_says(self):
        found = list(self.journal.answered("news"))
        order = [event.event_id for event in self.events.values()]
        expected = sorted(self.current.values(), key=lambda event: order.index(event.event_id))
        assert found == [(event.session, event.input_hash, event.task_hash, event.answer) for event in expected]
        assert Database(self.folder).get_dataset_examples("news") == [event.content for event in expected]
        assert {(session, task["_task_hash"]) for session, _, task in self.journal.leases("news")} == self.leased
        assert [event.event_id for event in self.journal.events_since("news", 0, 1000)] == order

    def teardown(self):
        if hasattr(self, "journal"):
            self.journal.close()
            shutil.rmtree(self.folder)


TestJournalAgainstDict = JournalAgainstDict.TestCase
TestJournalAgainstDict.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
