"""A restart goes on in the midst of the source, and every record of it is accounted for."""

import gzip
import io
import json
import sqlite3
import threading
import time
from itertools import count

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from prodflow import filters, loaders, sorters
from prodflow.core.hashing import set_hashes
from prodflow.core.tracking import Repeat, Tracker, keeps_order
from prodflow.loaders import get_loader, get_stream
from prodflow.recipes.mark import labelled
from prodflow.session.controller import Controller
from prodflow.store.accounts import DUPLICATES, ledger, records_in_words
from prodflow.store.database import Database
from prodflow.store.erase import Target
from prodflow.store.reader import connect
from prodflow.store.reads import rows_of


def write(folder, texts):
    file = folder / "texts.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return file


def a_packed_file(folder, texts):
    file = folder / "texts.jsonl.gz"
    file.write_bytes(gzip.compress(write(folder, texts).read_bytes()))
    return file


def a_table(folder, texts):
    file = folder / "texts.csv"
    file.write_text("text,n\n" + "".join(f"{text},{number}\n" for number, text in enumerate(texts)))
    return file


def a_list(folder, texts):
    file = folder / "texts.json"
    file.write_text(json.dumps([{"text": text} for text in texts]))
    return file


def columns(folder, texts):
    pyarrow.parquet.write_table(pyarrow.table({"text": texts}), folder / "texts.parquet", row_group_size=20)
    return folder / "texts.parquet"


class Runs:
    """A server that is started again and again over the same store."""

    def __init__(self, folder, stream, **overrides):
        self.folder, self.stream, self.overrides = folder / "store", stream, {"batch_size": 3, **overrides}

    def start(self):
        self.database = Database(self.folder)
        components = {"dataset": "news", "view_id": "text", "stream": self.stream(), "db": self.database}
        return Controller.from_components("test", components, self.overrides)

    def stop(self, controller):
        controller.save()
        self.database.close()

    def annotate(self, batches, *, leave=0):
        """Answer some batches, all but the last `leave` of each; return the texts that were answered."""
        controller, answered = self.start(), []
        for _ in range(batches):
            batch = controller.get_questions()
            for task in batch[: len(batch) - leave]:
                controller.receive_answers([{**task, "answer": "accept"}])
                answered.append(task["text"])
            if not batch:
                break
        self.read = controller.stream.position
        self.reason = controller.done_reason()
        self.stop(controller)
        return answered

    def repeats(self):
        rows = rows_of(self.folder, DUPLICATES)
        repeats = {row[2]: row[-1] for row in rows}
        assert len(rows) == len(repeats)
        return repeats

    def ledger(self):
        return {(outcome, stage, reason): n for _, _, outcome, stage, reason, n in ledger(self.folder)}


@pytest.fixture
def lines(tmp_path):
    return write(tmp_path, [f"text {number}" for number in range(1000)])


def test_a_restart_reads_on_where_it_was(tmp_path, lines):
    runs = Runs(tmp_path, lambda: get_stream(lines))
    first = runs.annotate(100)
    second = runs.annotate(3)
    assert (first[-1], second[0], second[-1]) == ("text 299", "text 300", "text 308")
    controller = runs.start()
    controller.get_questions()
    assert controller.stream.counts[0].received < 120, "it began at the first line again"
    runs.stop(controller)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), max_size=5), st.data())
def test_stopping_anywhere_asks_what_one_run_would_have_asked(tmp_path_factory, stops, data):
    folder = tmp_path_factory.mktemp("runs")
    texts = [data.draw(st.sampled_from(["", "a", "b", *map(str, range(40))])) for _ in range(60)]
    file = data.draw(st.sampled_from([write, a_packed_file, a_table, a_list, columns]))(folder, texts)
    dedup = data.draw(st.sampled_from([None, False, True]))

    def stream():
        full = get_loader(file_path=file)(file) | filters.filter_empty(key="text")
        return full if dedup is None else full | filters.filter_duplicates(by_input=dedup)

    runs = Runs(folder, stream)
    asked = [text for batches, leave in [*stops, (100, 0)] for text in runs.annotate(batches, leave=leave)]
    expected = list(dict.fromkeys(text for text in texts if text))
    assert sorted(asked) == sorted(expected)
    counts = runs.ledger()
    assert sum(counts.values()) == len(texts), counts
    assert counts.get(("filtered", "1 filter_empty", "empty"), 0) == texts.count("")
    assert counts[("answered", "", "")] == len(expected) if expected else not counts.get(("answered", "", ""))
    firsts = {record: texts.index(text) for record, text in enumerate(texts) if text and text in texts[:record]}
    assert runs.repeats() == firsts


def by_last_digit(stream):
    for task in stream:
        yield (int(task["text"]) % 10 / 10, {**task, "model_version": 1})


@keeps_order
def without_sevens(stream):
    yield from (task for task in stream if "7" not in task["text"])


@settings(max_examples=6, phases=[Phase.reuse, Phase.generate])
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), max_size=5), st.integers(1, 20), st.data())
def test_what_a_window_holds_is_neither_lost_nor_asked_twice(tmp_path_factory, stops, window, data):
    folder = tmp_path_factory.mktemp("runs")
    texts = [data.draw(st.sampled_from(["", *map(str, range(80))])) for _ in range(70)]
    file = write(folder, texts)

    def stream():
        clean = loaders.jsonl(file) | filters.filter_empty(key="text") | filters.filter_duplicates()
        return get_stream(clean | sorters.choose_from_window(score=by_last_digit, window=window)).apply(without_sevens)

    runs = Runs(folder, stream)
    asked = []
    for batches, leave in [*stops, (100, 0)]:
        asked += runs.annotate(batches, leave=leave)
        ((read,),) = rows_of(runs.folder, "select record from sources")
        assert read - 1 <= sum(runs.ledger().values()) <= read, "the one at work may not be accounted for yet"
        assert len(rows_of(runs.folder, "select record from held")) <= window + 4
    expected = [text for text in dict.fromkeys(texts) if text and "7" not in text]
    assert sorted(asked) == sorted(expected)
    counts = runs.ledger()
    assert sum(counts.values()) == len(texts), counts
    assert counts.get(("filtered", "1 filter_empty", "empty"), 0) == texts.count("")
    assert not rows_of(runs.folder, "select * from held")


def test_what_is_dropped_behind_a_window_last_of_all_is_told_by_who_dropped_it(tmp_path):
    file = write(tmp_path, ["1", "", "7", "70"])
    chosen = loaders.jsonl(file) | filters.filter_empty(key="text") | sorters.choose_from_window(score=by_last_digit)
    runs = Runs(tmp_path, lambda: get_stream(chosen).apply(without_sevens))
    for _ in range(2):
        runs.annotate(10)
        assert runs.ledger() == {
            ("answered", "", ""): 1,
            ("filtered", "1 filter_empty", "empty"): 1,
            ("filtered", "4 without_sevens", ""): 2,
        }


def test_a_restart_reads_no_more_than_a_window_held(tmp_path, lines):
    numbers = tmp_path / "numbers.jsonl"
    numbers.write_text("".join(f'{{"text": "{number}"}}\n' for number in range(1000)))
    runs = Runs(tmp_path, lambda: loaders.jsonl(numbers) | sorters.choose_from_window(score=by_last_digit, window=30))
    runs.annotate(200)
    assert runs.ledger()[("pending", "1 choose_from_window", "waits its turn in the sorter")] == 29
    controller = runs.start()
    controller.get_questions()
    assert controller.stream.counts[0].received < 40, "it began at the first line again"
    [words] = records_in_words(runs.folder, "news")
    assert "629 records read: 600 answered, 3 with an annotator, 26 held by choose_from_window" in words
    runs.stop(controller)


def test_what_is_dropped_before_a_window_is_not_kept_in_memory(tmp_path):
    file = write(tmp_path, ["7"] * 12_000 + ["1", "2"] + ["7"] * 12_000)
    stream = get_stream(loaders.jsonl(file)).apply(without_sevens)
    stream.apply(sorters.choose_from_window, score=by_last_digit)
    tracker = stream.track()
    assert sorted(task["text"] for task in stream) == ["1", "2"]
    assert len(tracker.holding._came) <= 10_000
    assert not tracker.holding.lost


def test_a_record_that_a_window_holds_can_be_erased(tmp_path):
    numbers = tmp_path / "numbers.jsonl"
    numbers.write_text("".join(f'{{"text": "{number}"}}\n' for number in range(20)))
    runs = Runs(tmp_path, lambda: loaders.jsonl(numbers) | sorters.choose_from_window(score=by_last_digit, seed=1))
    asked = runs.annotate(1)
    ((content,), *_) = rows_of(runs.folder, "select content from held where content not in (select content from tasks)")
    task = set_hashes(json.loads(content))
    with Database(runs.folder) as database:
        database.add_examples([{**task, "answer": "accept"}], ["news"])
        database.journal.erase(["news"], Target(input=task["_input_hash"]))
    assert (content,) not in rows_of(runs.folder, "select content from held")
    assert sorted(asked + runs.annotate(99) + [task["text"]]) == sorted(map(str, range(20)))


def test_a_file_that_grew_is_read_on_and_one_that_changed_is_read_anew(tmp_path, lines):
    runs = Runs(tmp_path, lambda: get_stream(lines))
    runs.annotate(70)
    with lines.open("a") as file:
        file.write('{"text": "one more"}\n')
    assert runs.annotate(1000)[-1] == "one more"
    assert sum(runs.ledger().values()) == 1001

    lines.write_text("".join(f'{{"text": "other {number}"}}\n' for number in range(1001)))
    assert runs.annotate(1) == ["other 0", "other 1", "other 2"]


@pytest.mark.parametrize("made", [write, a_table, a_packed_file])
def test_another_file_of_the_same_name_is_read_whole_however_little_was_read_before(tmp_path, made):
    runs = Runs(tmp_path, lambda: get_stream(made(tmp_path, texts)))
    texts = ["a", "b", "c", "d"]
    assert runs.annotate(1) == ["a", "b", "c"]
    texts = ["e", "f", "g", "h"]
    assert runs.annotate(9) == ["e", "f", "g", "h"]


def test_what_cannot_be_known_again_is_not_passed_over(tmp_path, monkeypatch):
    runs = Runs(tmp_path, lambda: get_stream("-"))
    for text, asked in ("abc", "abc"), ("xyz", "xyz"):
        lines = b"".join(b'{"text": "%c"}\n' % letter for letter in text.encode())
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
        assert runs.annotate(9) == list(asked)


def test_other_settings_read_the_source_anew(tmp_path, lines):
    Runs(tmp_path, lambda: get_stream(lines)).annotate(50)
    again = Runs(tmp_path, lambda: get_stream(lines), annotations_per_task=2)
    controller = again.start()
    assert controller.get_questions("news-jo")[0]["text"] == "text 0"
    again.stop(controller)


def test_tasks_that_wait_are_not_forgotten(tmp_path, lines):
    runs = Runs(tmp_path, lambda: get_stream(lines), annotations_per_task=1, allowed_sessions=["alex", "jo"])
    controller = runs.start()
    alex = [task["text"] for task in controller.get_questions("news-alex")]
    runs.stop(controller)
    controller = runs.start()
    jo = [task["text"] for task in controller.get_questions("news-jo")]
    assert [task["text"] for task in controller.get_questions("news-alex")] == alex
    assert not {*alex} & {*jo}
    assert {"text 0", "text 1"} <= {*alex, *jo}
    runs.stop(controller)


def test_a_stage_nobody_knows_starts_over_and_loses_nothing(tmp_path, lines):
    def shuffled(stream):
        tasks = list(stream)
        yield from tasks[::-1]

    runs = Runs(tmp_path, lambda: get_stream(lines).apply(shuffled))
    assert runs.annotate(2) == [f"text {number}" for number in range(999, 993, -1)]
    assert runs.annotate(1) == ["text 993", "text 992", "text 991"]


def test_a_record_that_makes_several_tasks_goes_on_in_its_midst(tmp_path, lines):
    runs = Runs(tmp_path, lambda: get_stream(lines).apply(labelled, labels=["A", "B"]))
    first, second = runs.annotate(101), runs.annotate(1)
    assert first[-2:] == ["text 150", "text 151"]
    assert second == ["text 151", "text 152", "text 152"]
    assert runs.ledger()[("answered", "", "")] == 153


def test_each_record_is_accounted_for_in_words_and_numbers(tmp_path):
    file = write(tmp_path, ["a", "", "a", "b", "c", "d", ""])
    with file.open("a") as lines:
        lines.write("broken\n")

    def stream():
        return get_stream(loaders.jsonl(file, on_error="quarantine") | filters.filter_empty(key="text"), dedup=True)

    runs = Runs(tmp_path, stream)
    runs.annotate(1)
    controller = runs.start()
    controller.get_questions()
    assert runs.ledger() == {
        ("answered", "", ""): 3,
        ("served", "", ""): 1,
        ("filtered", "1 filter_empty", "empty"): 2,
        ("duplicate", "3 filter_duplicates", "the same came before"): 1,
        ("quarantined", "jsonl", "broken"): 1,
    }
    runs.stop(controller)


def test_a_sorter_says_what_it_dropped(tmp_path):
    file = tmp_path / "scored.jsonl"
    file.write_text("".join(f'{{"text": "{n}", "score": {n % 10 / 10}}}\n' for n in range(200)))
    runs = Runs(tmp_path, lambda: loaders.jsonl(file) | sorters.prefer_high_scores())
    answered = runs.annotate(10) + runs.annotate(200)
    counts = runs.ledger()
    assert len(set(answered)) == len(answered) == counts[("answered", "", "")]
    assert sum(counts.values()) == 200
    assert counts[("sorted out", "1 prefer_high_scores", "lower score than the average")] == 200 - len(answered)


def test_duplicates_and_what_is_excluded_are_told_apart(tmp_path):
    texts = ["a", "b", "a", "c"]
    runs = Runs(tmp_path, lambda: iter([{"text": text} for text in texts]))
    with Database(tmp_path / "store") as database:
        database.add_examples([{"text": "c", "answer": "accept"}], ["old"])
    controller = runs.start()
    controller._asking.answered.leave_out(controller._recorder.answered("old"))
    controller.get_questions()
    assert runs.ledger() == {
        ("served", "", ""): 2,
        ("duplicate", "", "asked already"): 1,
        ("excluded", "", "excluded by another dataset"): 1,
    }
    runs.stop(controller)


@pytest.mark.parametrize("dedup", [False, True])
def test_which_task_a_duplicate_repeats_can_be_asked_in_sql(tmp_path, dedup):
    file = write(tmp_path, ["a", "b", "a", "c", "b", "a"])
    runs = Runs(tmp_path, lambda: get_stream(file, dedup=dedup))
    runs.annotate(9)
    asked = (
        "select d.record, d.first_record, a.text from duplicates d join answers a using (dataset, task_hash) order by 1"
    )
    assert connect(runs.folder).sql(asked).fetchall() == [(2, 0, "a"), (4, 1, "b"), (5, 0, "a")]
    assert connect(runs.folder, as_of="2020-01-01").sql("select count(*) from ledger").fetchall() == [(2,)]

    with Database(runs.folder) as database:
        [(task, of_input)] = (
            connect(runs.folder).sql("select task_hash, input_hash from tasks where content->>'text' = 'a'").fetchall()
        )
        database.journal.erase(["news"], Target(input=of_input) if dedup else Target(task=task))
        assert runs.repeats() == {4: 1}
        database.drop_dataset("news")
    assert runs.repeats() == {}
    with sqlite3.connect(runs.folder / "prodflow.db") as journal:
        assert journal.execute("select count(*) from duplicates").fetchall() == [(0,)]
    journal.close()


def test_a_record_of_which_something_passes_is_no_duplicate(tmp_path):
    def twice(stream):
        for task in stream:
            yield task
            yield {**task, "text": task["text"] + "!"}

    file = write(tmp_path, ["a", "b", "a!", "a"])
    runs = Runs(tmp_path, lambda: get_stream(file).apply(keeps_order(twice)).apply(filters.filter_duplicates))
    runs.annotate(9)
    assert runs.repeats() == {3: 0}
    assert runs.ledger()[("duplicate", "3 filter_duplicates", "the same came before")] == 1


def test_a_long_run_of_duplicates_takes_no_memory():
    tracker = Tracker()
    source = tracker.numbered({"_task_hash": 1, "_input_hash": 1} for _ in range(30_000))
    list(tracker.watched(source, filters.filter_duplicates, lambda task: Repeat(task["_record"], "", None, 1)))
    assert len(tracker.repeats_before(10**6)) == 10_000


def test_an_endless_source_is_counted_without_being_read(tmp_path):
    runs = Runs(tmp_path, lambda: ({"text": str(number)} for number in count()))
    controller = runs.start()
    controller.get_questions()
    assert runs.ledger() == {("served", "", ""): 3}
    runs.stop(controller)


def test_a_task_that_is_handed_out_while_the_stream_is_at_work_is_known_as_its_record(tmp_path):
    """A kill at that moment must not make the record one that was seen twice."""
    go_on = threading.Event()

    def slow():
        yield {"text": "first"}
        go_on.wait(60)
        yield {"text": "second"}

    with Database(tmp_path) as database:
        controller = Controller("news", "text", slow(), db=database)
        reading = threading.Thread(target=controller.look_ahead, args=("news-alex", 2))
        reading.start()
        try:
            while not (leased := controller.lease_questions("news-alex"))[0]:
                time.sleep(0.01)
            leased[1].result(60)
            assert [row[2:] for row in ledger(tmp_path, "news")] == [("served", "", "", 1)]
        finally:
            go_on.set()
            reading.join()
            controller.save()
    assert [row[2:] for row in ledger(tmp_path, "news")] == [("pending", "", "", 1), ("served", "", "", 1)]
