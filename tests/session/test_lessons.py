"""A model learns from all answers in order, also where `update` raises."""

import logging

from prodflow.session.lessons import Lessons


def numbered(*numbers):
    return [{"n": number} for number in numbers]


def test_what_could_not_be_learnt_comes_again_with_the_next_in_order():
    seen, failures = [], iter([True, False])

    def update(answers):
        if next(failures):
            raise RuntimeError("out of memory")
        seen.extend(answer["n"] for answer in answers)
        return 0.5

    lessons = Lessons(update)
    assert not lessons.learn(numbered(1, 2))
    assert lessons.waiting == 2
    assert lessons.learn(numbered(3))
    assert (seen, lessons.waiting, lessons.value) == ([1, 2, 3], 0, 0.5)


def test_an_answer_that_the_model_never_takes_does_not_end_all_learning(caplog):
    seen = []

    def update(answers):
        if any(answer["n"] == 13 for answer in answers):
            raise ValueError("13")
        seen.extend(answer["n"] for answer in answers)

    lessons = Lessons(update)
    with caplog.at_level(logging.ERROR):
        for number in (13, 1, 2, 3, 4):
            lessons.learn(numbered(number))
    assert seen == [1, 2, 3, 4]
    assert lessons.given_up == 1
    assert "1 are left out after 3" in caplog.text


def test_what_update_does_to_an_answer_is_not_there_at_the_next_try():
    given = []

    def update(answers):
        given.append([dict(answer) for answer in answers])
        for answer in answers:
            answer.clear()
        raise RuntimeError

    lessons = Lessons(update)
    lessons.learn(numbered(1))
    lessons.learn([])
    assert given == [[{"n": 1}], [{"n": 1}]]
