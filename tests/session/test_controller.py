"""The controller asks, stores and lets the model learn."""

import threading
import time
from datetime import date
from itertools import count
from pathlib import Path

import numpy
import pytest

from prodflow.core.errors import AnswerError, SettingError
from prodflow.filters import filter_tasks
from prodflow.loaders import get_stream
from prodflow.preprocess import split_sentences
from prodflow.routers import full_overlap
from prodflow.session.controller import Controller
from prodflow.store.database import connect


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def tasks(count):
    return [{"text": f"text {number}"} for number in range(count)]


def make(stream=None, **components):
    given = {"dataset": "news", "view_id": "text", "stream": tasks(25) if stream is None else stream, **components}
    overrides = given.pop("overrides", None)
    return Controller.from_components("test", given, overrides)


def texts(batch):
    return [task["text"] for task in batch]


def accept(batch):
    return [{"_task_hash": task["_task_hash"], "answer": "accept"} for task in batch]


def test_gives_batches_until_the_stream_ends():
    controller = make()
    seen = []
    while batch := controller.get_questions():
        seen += texts(batch)
        controller.receive_answers(accept(batch))
    assert seen == [f"text {number}" for number in range(25)]
    assert controller.total_annotated == controller.session_annotated == 25
    controller.save()


def test_reads_no_further_ahead_than_the_batch():
    read = []
    stream = ({"text": str(number)} for number in range(1000) if read.append(number) is None)
    controller = make(stream)
    controller.get_questions()
    assert len(read) == 10
    controller.save()


def test_asking_again_gives_the_same_tasks():
    controller = make()
    assert controller.get_questions() == controller.get_questions()
    controller.save()


def test_a_restart_goes_on_where_it_was():
    controller = make()
    batch = controller.get_questions()
    controller.receive_answers(accept(batch[:4]))
    held = texts(controller.get_questions())
    controller.save()

    again = make()

    assert texts(again.get_questions()) == held
    assert again.total_annotated == 4
    again.receive_answers(accept(again.get_questions()))
    assert texts(again.get_questions())[0] == "text 14"
    again.save()


def test_stores_the_task_with_who_answered_and_when():
    controller = make([{"text": "a", "meta": {"n": 1}}])
    [task] = controller.get_questions("news-alex")
    controller.receive_answers([{**task, "answer": "reject", "note": "?"}], "news-alex")
    controller.save()
    with connect() as database:
        [stored] = database.get_dataset_examples("news")
    assert (
        stored.items() >= {"text": "a", "meta": {"n": 1}, "answer": "reject", "note": "?", "_view_id": "text"}.items()
    )
    assert (stored["_session_id"], stored["_annotator_id"]) == ("news-alex", "alex")
    assert isinstance(stored["_timestamp"], int)


def test_the_unnamed_session_is_a_timestamp_and_stays_the_same():
    first = make()
    session_id = first.session_id
    first.get_questions()
    first.save()
    time.sleep(1.1)  # ids of sessions are exact to the second
    second = make()
    assert second.session_id == session_id
    assert session_id[:4].isdigit()
    second.save()


def test_takes_changed_keys_only_and_keeps_the_rest():
    controller = make([{"text": "a", "options": [{"id": 1, "text": "x"}]}])
    [task] = controller.get_questions()
    [recorded] = controller.receive_answers(
        [{"_task_hash": task["_task_hash"], "answer": "accept", "accept": [1], "path": "/etc/passwd"}]
    )
    assert recorded.task["accept"] == [1]
    assert recorded.task["text"] == "a"
    assert "path" not in recorded.task
    controller.save()


def test_answers_of_tasks_it_never_asked_are_stored_from_python_and_refused_where_only_known_ones_count():
    controller = make()
    controller.receive_answers([{"_input_hash": 0, "_task_hash": 0, "text": "x", "answer": "accept"}])
    assert controller.total_annotated == 1
    with pytest.raises(AnswerError, match="no task 7 was asked") as error:
        controller.record([{"_task_hash": 7, "text": "x", "answer": "accept"}], known_only=True)
    assert (error.value.status, error.value.path) == (404, "$.answers[0]._task_hash")
    controller.save()


@pytest.mark.parametrize("answer", [None, "yes", 5, ["accept"]])
def test_a_decision_it_does_not_know_is_refused_with_its_place(answer):
    controller = make()
    batch = accept(controller.get_questions())
    batch[3]["answer"] = answer
    with pytest.raises(AnswerError, match="none of accept, reject, ignore") as error:
        controller.receive_answers(batch)
    assert error.value.path == "$.answers[3].answer"
    assert controller.total_annotated == 0
    controller.save()


def test_update_gets_the_answers_and_what_it_raises_costs_none():
    learnt = []

    def update(answers):
        learnt.append([answer["answer"] for answer in answers])
        if len(learnt) == 2:
            raise RuntimeError("no")
        return 0.5

    controller = make(update=update)
    batch = controller.get_questions()
    controller.receive_answers(accept(batch[:2]))
    controller.receive_answers(accept(batch[2:3]))
    controller.receive_answers(accept(batch[3:4]))
    assert learnt == [["accept", "accept"], ["accept"], ["accept", "accept"]]
    assert controller.total_annotated == 4
    controller.save()


def test_the_same_event_id_is_stored_once_and_learnt_once():
    learnt = []
    controller = make(update=learnt.extend)
    [first, *_] = accept(controller.get_questions())
    for _ in range(3):
        [recorded] = controller.receive_answers([{**first, "_event_id": "e1"}])
    assert recorded.duplicate
    assert controller.total_annotated == controller.session_annotated == len(learnt) == 1
    controller.save()


def test_undo_takes_the_answer_back_and_gives_the_task_again():
    controller = make()
    batch = controller.get_questions()
    controller.receive_answers(accept(batch[:1]))
    task = controller.undo(None, batch[0]["_task_hash"])
    assert task["text"] == "text 0"
    assert controller.total_annotated == 0
    assert texts(controller.get_questions())[0] == "text 0"
    with pytest.raises(AnswerError) as error:
        controller.undo(None, batch[0]["_task_hash"])
    assert error.value.status == 404
    controller.save()


def test_an_answer_changed_later_counts_once():
    controller = make()
    [first, *_] = controller.get_questions()
    controller.receive_answers([{"_task_hash": first["_task_hash"], "answer": "accept"}])
    controller.receive_answers([{"_task_hash": first["_task_hash"], "answer": "reject"}])
    assert controller.total_annotated == 1
    assert [task["answer"] for task in controller.history()] == ["reject"]
    controller.save()


def test_without_overlap_nobody_gets_what_another_has():
    controller = make()
    alex, jo = controller.get_questions("news-alex"), controller.get_questions("news-jo")
    assert not {*texts(alex)} & {*texts(jo)}
    controller.save()


def test_after_a_restart_nobody_gets_what_another_still_holds():
    first = make()
    held = texts(first.get_questions("news-alex"))
    first.save()
    second = make()
    assert not {*texts(second.get_questions("news-jo"))} & {*held}
    assert texts(second.get_questions("news-alex")) == held
    second.save()


def test_with_overlap_everybody_gets_everything_also_who_joins_late():
    controller = make(tasks(12), task_router=full_overlap)
    for name in ("news-alex", "news-jo"):
        seen = []
        while batch := controller.get_questions(name):
            seen += texts(batch)
            controller.receive_answers(accept(batch), name)
        assert seen == texts(tasks(12))
    assert controller.get_total_by_session("news-jo") == 12
    controller.save()


def test_excludes_what_other_datasets_have():
    with connect() as database:
        from prodflow import set_hashes

        database.add_examples([{**set_hashes({"text": "text 1"}), "answer": "accept"}], ["old"])
    controller = make(tasks(3), exclude=["old"])
    assert texts(controller.get_questions()) == ["text 0", "text 2"]
    controller.save()


def test_a_task_twice_in_the_stream_is_asked_once():
    controller = make(tasks(3) + tasks(3))
    assert texts(controller.get_questions()) == texts(tasks(3))
    controller.save()


def several_questions(stream):
    return ({**task, "label": label} for task in stream for label in ("A", "B"))


def in_words(stream):
    return ({**task, "text": word} for task in stream for word in task["text"].split())


@pytest.mark.parametrize("rehash", [False, True])
def test_questions_that_a_function_makes_of_one_task_are_all_asked_also_after_a_restart(rehash):
    def start():
        return make(
            get_stream([{"text": "one"}, {"text": "two three"}], rehash=rehash, dedup=True)
            .apply(split_sentences, nlp="blank:en")
            .apply(in_words)
            .apply(several_questions),
            view_id="classification",
        )

    controller = start()
    batch = controller.get_questions()
    assert [(task["text"], task["label"]) for task in batch] == [
        (word, label) for word in ("one", "two", "three") for label in ("A", "B")
    ]
    assert {type(task["_task_hash"]) for task in batch} == {int}
    controller.receive_answers(accept(batch[1:]))
    controller.save()
    again = start()
    assert again.get_questions() == batch[:1]
    again.save()


def test_what_a_function_asks_is_compared_with_what_a_dataset_has():
    asked = [{**task, "label": "A"} for task in tasks(2)]
    with connect() as database:
        database.add_examples([{**asked[0], "answer": "accept"}], ["old"])
        known = database.get_task_hashes("old")
    stream = get_stream(tasks(2)).apply(several_questions).apply(filter_tasks, task_ids=known)
    assert [(task["text"], task["label"]) for task in stream] == [("text 0", "B"), ("text 1", "A"), ("text 1", "B")]


def test_data_uris_are_stored_as_the_path_they_were_made_of():
    controller = make([{"image": "data:image/png;base64,AAAA", "path": "photos/a.png"}], view_id="image")
    [task] = controller.get_questions()
    assert task["image"].startswith("data:")
    controller.receive_answers(accept([task]))
    controller.save()
    with connect() as database:
        assert database.get_dataset_examples("news")[0]["image"] == "photos/a.png"


def test_validate_answer_refuses_with_its_own_words():
    def validate(task):
        assert task["answer"] != "reject", "never reject"

    controller = make(validate_answer=validate)
    [task, *_] = controller.get_questions()
    with pytest.raises(AnswerError, match="never reject") as error:
        controller.receive_answers([{**task, "answer": "reject"}])
    assert error.value.status == 422
    controller.save()


def test_before_db_rewrites_what_is_stored():
    controller = make(before_db=lambda answers: [{**answer, "text": answer["text"].upper()} for answer in answers])
    controller.receive_answers(accept(controller.get_questions()[:1]))
    controller.save()
    with connect() as database:
        assert database.get_dataset_examples("news")[0]["text"] == "TEXT 0"


def only_even(answers):
    return [answer for answer in answers if int(answer["text"][-1]) % 2 == 0]


def each_twice(answers):
    others = [
        {**answer, "text": f"{answer['text']} again", "_task_hash": answer["_task_hash"] + 1} for answer in answers
    ]
    return [*others, *answers]


@pytest.mark.parametrize(("before_db", "stored"), [(only_even, 5), (each_twice, 10)])
def test_what_before_db_drops_does_not_count_and_what_it_adds_is_stored_once(before_db, stored):
    controller = make(before_db=before_db)
    batch = controller.get_questions()
    answers = [{**answer, "_event_id": f"event {number}"} for number, answer in enumerate(accept(batch))]
    for _ in range(2):
        controller.receive_answers(answers)
    assert controller.session_annotated == stored
    assert texts(controller.get_questions())[0] == "text 10"
    controller.save()
    with connect() as database:
        assert len(database.get_dataset_examples("news")) == (5 if stored == 5 else 20)


def test_progress_says_what_it_measures():
    by_source = make(tasks(20))
    by_source.get_questions()
    assert by_source.measure_progress().kind in ("source", None)
    by_source.save()
    by_target = make(dataset="b", overrides={"total_examples_target": 4})
    by_target.receive_answers(accept(by_target.get_questions()[:1]))
    assert (by_target.progress, by_target.measure_progress().kind) == (0.25, "target")
    by_target.save()
    own = make(dataset="c", progress=lambda controller, loss: 0.5)
    assert (own.progress, own.measure_progress().kind) == (0.5, "custom")
    own.save()


def test_the_end_explains_itself():
    controller = make(tasks(2))
    assert controller.done_reason() is None
    controller.receive_answers(accept(controller.get_questions()))
    controller.get_questions()
    assert controller.done_reason() == "You have reached the end: all 2 tasks of the stream came by."
    controller.save()


def test_a_stream_that_breaks_gives_what_came_before_and_says_why_it_ended():
    def stream():
        yield {"text": "a"}
        raise ValueError("line 2 is broken")

    controller = make(stream())
    batch = controller.get_questions()
    assert texts(batch) == ["a"]
    controller.receive_answers(accept(batch))
    assert "line 2 is broken" in controller.done_reason()
    controller.save()


@pytest.mark.parametrize(
    ("components", "words"),
    [
        ({"view": "text"}, "no component 'view'"),
        ({"view_id": None}, "returns no 'view_id'"),
        ({"stream": tasks}, r"stream=<function tasks at .*> is not a stream of tasks; it is a function: call it"),
        ({"stream": {"text": "a"}}, "stream={'text': 'a'} is not a stream of tasks$"),
        ({"view_id": "imgae"}, "no view named 'imgae'; did you mean 'image'"),
        ({"overrides": {"feed_overlap": True, "annotations_per_task": 2}}, "exclude each other"),
        ({"dataset": "../evil"}, "dataset name"),
    ],
)
def test_wrong_components_are_refused_at_once(components, words):
    with pytest.raises(SettingError, match=words):
        make(**components)


def test_sessions_that_are_not_allowed_are_refused():
    controller = make(overrides={"allowed_sessions": "alex,jo"})
    controller.get_questions("news-alex")
    with pytest.raises(SettingError, match="use \\?session= with one of: alex, jo"):
        controller.get_questions("news-eve")
    controller.save()


def test_reset_stream_asks_the_new_tasks():
    controller = make()
    old = controller.get_questions()
    controller.reset_stream([{"text": "new"}])
    assert texts(controller.get_questions()) == ["new"]
    controller.receive_answers(accept(old))
    assert controller.total_annotated == len(old)
    assert texts(controller.get_questions()) == ["new"]
    controller.save()


def test_a_task_its_view_cannot_show_is_shown_as_such_and_can_be_skipped():
    controller = make([{"text": "a"}, {"image": "b.png", "_error": "old"}, {"text": 5}, {"text": "c", "_error": "old"}])
    batch = controller.get_questions()
    assert [task.get("_error", "").partition("'text': ")[2] for task in batch] == [
        "",
        "text: Field required (its keys: image)",
        "text: Input should be a valid string, got 5 (its keys: text)",
        "",
    ]
    assert controller.stream_error is None
    controller.receive_answers([{"_task_hash": task["_task_hash"], "answer": "ignore"} for task in batch])
    assert "2 did not fit the view" in controller.done_reason()
    controller.save()


def test_what_could_not_be_shown_is_not_for_the_recipe_to_look_at():
    learnt = []
    controller = make(
        [{"text": "a"}, {"image": "b.png"}],
        update=lambda answers: learnt.extend(answer["text"] for answer in answers),
        validate_answer=lambda answer: answer["text"],
        before_db=lambda answers: [{**answer, "length": len(answer["text"])} for answer in answers],
    )
    controller.receive_answers(accept(controller.get_questions()))
    assert learnt == ["a"]
    assert controller.total_annotated == 2
    assert {task.get("length") for task in controller.history()} == {1, None}
    controller.save()


def test_a_client_cannot_call_a_task_broken():
    def refuse(answer):
        raise ValueError("no")

    controller = make([{"text": "a"}], validate_answer=refuse)
    [task] = controller.get_questions()
    with pytest.raises(AnswerError, match="no"):
        controller.receive_answers([{**task, "_error": "x", "answer": "accept"}])
    controller.save()


def test_where_much_is_broken_the_sound_tasks_still_come():
    """The first eleven of a hundred are shown as broken, the others left out; nothing sound is lost."""
    broken = [{"image": f"{number}.png"} for number in range(60)]
    controller = make([*tasks(1), *broken, *tasks(300)[1:]])
    shown = []
    while batch := controller.get_questions():
        shown += batch
        controller.receive_answers(accept(batch))
    assert [task["text"] for task in shown if "text" in task] == [f"text {number}" for number in range(300)]
    assert sum("_error" in task for task in shown) == 10
    assert "60 did not fit the view" in controller.done_reason()
    controller.save()


def test_a_stream_of_nothing_but_misfits_stops():
    controller = make({"image": f"{number}.png"} for number in count())
    batch = controller.get_questions()
    controller.receive_answers(accept(batch))
    assert controller.get_questions() == []
    assert "1,000 tasks in a row do not fit; the last: a task does not fit the view 'text'" in controller.done_reason()
    controller.save()


def test_where_nothing_of_the_first_batch_fits_the_stream_counts_as_wrong():
    controller = make([{"image": f"{number}.png"} for number in range(10)] + tasks(5))
    assert len(controller.peek()) == 10
    assert "text: Field required (its keys: image)" in str(controller.stream_error)
    controller.save()


def test_a_task_that_cannot_be_stored_is_left_out():
    controller = make([{"text": "a", "_input_hash": 2**60, "_task_hash": 1}, {"text": "b"}])
    assert texts(controller.get_questions()) == ["b"]
    controller.save()


def test_numbers_of_numpy_paths_and_dates_are_taken_as_json_has_them():
    found = {
        "score": numpy.float32(0.5),
        "file": Path("a/b"),
        "when": date(2026, 1, 2),
        "ids": numpy.arange(2),
        "none": numpy.float32("nan"),
    }
    span = {"start": numpy.int64(0), "end": numpy.int64(1), "label": "X"}
    controller = make(get_stream([{"text": "a", "meta": found}, {"text": "b", "spans": [span]}]), view_id="ner")
    first, second = controller.get_questions()
    assert first["meta"] == {"score": 0.5, "file": "a/b", "when": "2026-01-02", "ids": [0, 1], "none": None}
    assert second["spans"] == [{"start": 0, "end": 1, "label": "X"}]
    controller.save()


def test_tasks_are_not_looked_at_where_validate_is_off():
    controller = make([{"image": "b.png"}], overrides={"validate": "false"})
    assert "_error" not in controller.get_questions()[0]
    controller.save()


def test_answers_as_a_source_are_asked_in_the_view_of_the_recipe():
    exported = {"text": "a", "answer": "accept", "_view_id": "ner_manual"}
    controller = make([exported, {"html": "b", "_view_id": "html"}])
    assert [task["_view_id"] for task in controller.get_questions()] == ["text", "html"]
    controller.save()


def test_sessions_join_while_others_answer():
    """The journal's thread notes answers while a new session waits for the journal: neither waits for the other."""
    controller = make(tasks(4000))

    def annotate(name):
        for _ in range(8):
            session_id = f"news-{name}"
            controller.receive_answers(accept(controller.get_questions(session_id)), session_id)
            name += "x"

    threads = [threading.Thread(target=annotate, args=(f"a{number}",), daemon=True) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a session waits for ever"
    assert controller.total_annotated == 12 * 8 * 10
    controller.save()


def test_a_hold_that_ran_out_goes_to_who_asks_also_after_the_stream_has_ended():
    controller = make(tasks(3), overrides={"lease_s": 0.2})
    controller.get_questions("news-alex")
    time.sleep(0.3)
    batch = controller.get_questions("news-jo")
    assert texts(batch) == texts(tasks(3))
    controller.receive_answers(accept(batch), "news-jo")
    controller.save()

    again = make(tasks(3))
    assert again.get_questions("news-alex") == []
    again.save()


def test_with_overlap_a_restart_asks_nothing_twice():
    first = make(tasks(3), task_router=full_overlap)
    first.receive_answers(accept(first.get_questions("news-alex")), "news-alex")
    first.get_questions("news-jo")
    first.save()
    second = make(tasks(3), task_router=full_overlap)
    assert texts(second.get_questions("news-jo")) == texts(tasks(3))
    assert second.get_questions("news-alex") == []
    second.save()


def test_a_task_whose_answer_is_on_its_way_to_the_disk_is_not_sent_again():
    controller = make(tasks(12))
    batch = controller.get_questions()
    recorded = controller.record(accept(batch))
    assert not {*texts(controller.lease_questions(None)[0])} & {*texts(batch)}
    recorded.result()
    controller.save()


def test_an_undo_sent_again_changes_nothing():
    controller = make(tasks(3))
    first, *_ = controller.get_questions()
    controller.receive_answers(accept([first]))
    controller.undo(None, first["_task_hash"], "u1")
    controller.receive_answers(accept([first]))
    controller.undo(None, first["_task_hash"], "u1")
    assert controller.total_annotated == 1
    assert texts(controller.get_questions()) == ["text 1", "text 2"]
    controller.save()


def test_an_undone_task_is_still_asked_after_a_restart_also_of_a_stream_that_comes_once():
    controller = make(iter(tasks(1)))
    [task] = controller.get_questions()
    controller.receive_answers(accept([task]))
    controller.undo(None, task["_task_hash"])
    controller.save()
    again = make(iter([]))
    assert texts(again.get_questions()) == ["text 0"]
    again.save()


@pytest.mark.parametrize(
    "broken", [{"meta": {"n": float("inf")}}, {"text": "a\0b"}, {"_task_hash": "7"}, {"_task_hash": 2**60}]
)
def test_a_task_the_journal_cannot_take_is_left_out_and_the_rest_goes_on(broken):
    controller = make([{"text": "a"}, {"text": "b", "_input_hash": 1, "_task_hash": 2, **broken}, {"text": "c"}])
    assert texts(controller.get_questions()) == ["a", "c"]
    controller.save()


def test_a_progress_function_that_raises_stops_nothing():
    controller = make(progress=lambda controller, loss: 1 - loss)
    assert controller.measure_progress().value is None
    controller.save()


def test_a_router_that_raises_loses_no_task():
    def router(controller, session_id, task):
        if task["text"] == "text 1":
            raise KeyError("language")
        return [session_id]

    controller = make(tasks(3), task_router=router)
    assert texts(controller.get_questions()) == texts(tasks(3))
    controller.save()


def test_event_ids_that_begin_alike_are_told_apart():
    controller = make(tasks(2))
    one, two = accept(controller.get_questions())
    controller.receive_answers([{**one, "_event_id": "a10"}])
    again, new = controller.receive_answers([{**one, "_event_id": "a10"}, {**two, "_event_id": "a1"}])
    assert (again.duplicate, new.duplicate) == (True, False)
    assert controller.total_annotated == 2
    controller.save()


def test_reset_stream_asks_all_sessions_the_new_tasks_and_takes_answers_to_the_old():
    controller = make(tasks(3), task_router=full_overlap)
    held = controller.get_questions("news-alex")
    controller.confirm_session("news-jo")
    controller.reset_stream([{"text": "new"}])
    controller.receive_answers(accept(held), "news-alex")
    assert controller.get_total_by_session("news-alex") == 3
    assert [texts(controller.get_questions(name)) for name in ("news-alex", "news-jo")] == [["new"], ["new"]]
    controller.save()


def test_a_dataset_of_false_leaves_no_trace(home):
    controller = make(dataset=False)
    controller.receive_answers(accept(controller.get_questions()))
    assert controller.total_annotated == 10
    controller.save()
    assert not (home / "store").exists()


def test_a_dataset_whose_sessions_could_have_no_names_is_refused(tmp_path):
    tasks = [{"text": "a"}]
    with pytest.raises(SettingError, match="160 characters, and annotators' sessions are called <dataset>-<name>"):
        Controller("n" * 160, "text", tasks)
    controller = Controller("n" * 159, "text", tasks)
    controller.get_questions(controller.get_session_name("a" * 40))
    controller.save()


@pytest.mark.parametrize("returned", [5, None, "", "a/b", "x" * 201])
def test_an_id_that_cannot_be_one_is_the_recipes_mistake_and_said_at_the_start(returned):
    with pytest.raises(SettingError, match="get_session_id"):
        Controller("news", "text", [{"text": "a"}], get_session_id=lambda: returned)
