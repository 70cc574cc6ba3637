"""Progress of streams whose length is known."""

import pytest

from prodflow.session.controller import Controller
from prodflow.session.counted import Counted, counted


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def tasks(count=4):
    return [{"text": f"text {number}"} for number in range(count)]


def progress_after_two(stream, **components):
    config = {"batch_size": 2, **components.pop("config", {})}
    controller = Controller("set", "text", stream, db=False, config=config, **components)
    controller.get_questions()
    measured = controller.measure_progress()
    controller.save()
    return measured.value, measured.kind


def test_a_list_knows_how_much_of_it_was_asked():
    assert progress_after_two(tasks()) == (0.5, "source")
    assert progress_after_two([]) == (1.0, "source")


def test_a_generator_only_where_it_may_be_read_ahead():
    assert progress_after_two(iter(tasks())) == (None, None)
    assert progress_after_two(iter(tasks()), config={"auto_count_stream": True}) == (0.5, "source")


def test_what_a_model_chooses_is_never_read_ahead():
    read = []
    stream = (read.append(task) or task for task in tasks(50))
    progress_after_two(stream, config={"auto_count_stream": True}, update=lambda answers: 0.0)
    assert len(read) == 2


def test_a_stream_that_breaks_gives_what_it_had_and_then_its_error():
    def broken():
        yield from tasks(2)
        raise ValueError("it broke")

    reading = iter(Counted(broken()))
    assert [next(reading)["text"], next(reading)["text"]] == ["text 0", "text 1"]
    with pytest.raises(ValueError, match="it broke"):
        next(reading)


def test_what_else_a_stream_has_is_still_there():
    class Mine:
        counts = (1, 2)

        def __iter__(self):
            return iter(tasks())

    stream = counted(Mine(), {"auto_count_stream": True}, learns=False)
    assert stream.counts == (1, 2)
    assert not hasattr(stream, "rewrap")
    assert len(list(stream)) == 4
