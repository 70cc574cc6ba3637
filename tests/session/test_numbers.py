"""The done screen, the controller and the ledger say the same numbers, whatever was stopped, killed and changed."""

import json
import shutil

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from prodflow import filters, loaders
from prodflow.session.controller import Controller
from prodflow.store.accounts import ledger, records_in_words
from prodflow.store.database import Database

NAMES = ("news-alex", "news-jo")
SETTINGS = [{}, {"annotations_per_task": 2}, {"feed_overlap": True}]
ENDS = st.sampled_from(["stop", "kill"])
RUNS = st.tuples(st.integers(0, 2), st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 3)), max_size=6), ENDS)


class Runs:
    """A server that is stopped, killed and started again, over one file."""

    def __init__(self, folder, texts):
        self.folder, self.copies, self.texts = folder, 0, texts
        self.file = folder / "texts.jsonl"
        self.file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))

    @property
    def store(self):
        return self.folder / f"store-{self.copies}"

    def start(self, setting):
        self.database = Database(self.store)
        stream = loaders.jsonl(self.file) | filters.filter_empty(key="text")
        components = {"dataset": "news", "view_id": "text", "stream": stream, "db": self.database}
        controller = Controller.from_components("test", components, {"batch_size": 3, **SETTINGS[setting]})
        controller.peek()  # as the server does: it reads ahead of what is asked
        return controller

    def end(self, controller, how):
        """After a kill there is what was on the disk."""
        if how == "kill":
            self.database.journal.flush().result()
            shutil.copytree(self.store, self.folder / f"store-{self.copies + 1}")
        controller.save()
        self.database.close()
        self.copies += how == "kill"

    def work(self, controller, name, count):
        batch = controller.get_questions(name)
        for task in batch[:count]:
            controller.receive_answers([{**task, "answer": "accept"}], name)
        return batch[:count]

    def ledger(self):
        rows = ledger(self.store, "news")
        assert len({row[1] for row in rows}) <= 1
        assert len({row[2:5] for row in rows}) == len(rows), "one source is told as if it were two"
        return {(outcome, stage): records for _, _, outcome, stage, _, records in rows}


@settings(max_examples=8, phases=[Phase.reuse, Phase.generate])
@given(st.lists(RUNS, max_size=5), st.integers(0, 2), st.data())
def test_all_say_the_same_numbers_after_stops_kills_and_other_settings(tmp_path_factory, earlier, setting, data):
    texts = [data.draw(st.sampled_from(["", *map(str, range(40))])) for _ in range(30)]
    runs = Runs(tmp_path_factory.mktemp("runs"), texts)
    for one, work, how in earlier:
        controller = runs.start(one)
        for name, count in work:
            runs.work(controller, name, count)
        runs.end(controller, how)
    for how in ("kill", "stop"):
        controller = runs.start(setting)
        while sum(len(runs.work(controller, name, 3)) for name in NAMES):
            pass
        runs.database.journal.flush().result()
        counts, reason, records = controller.asked_counts, controller.done_reason(NAMES[0]), runs.ledger()
        runs.end(controller, how)

    filled = [text for text in texts if text]
    assert counts.get("came", 0) == len(filled)
    assert not filled or f"{len(filled)} tasks" in reason.replace("the only task", "1 tasks"), reason
    told = {
        ("answered", ""): len(set(filled)),
        ("filtered", "1 filter_empty"): len(texts) - len(filled),
        ("duplicate", ""): len(filled) - len(set(filled)),
    }
    assert records == {fate: count for fate, count in told.items() if count}
    assert counts.get("asked already", 0) == told["duplicate", ""]
    [words] = records_in_words(runs.store, "news")
    assert f": {len(texts)} records read: " in words
