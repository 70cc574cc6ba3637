"""From votes to a question: what is put together, and what is not."""

import pytest

from prodflow.core.hashing import set_hashes
from prodflow.quality.adjudication import count_voters, decided, find_versions, review_task, split_by_question
from prodflow.quality.votes import Vote

OPTIONS = [{"id": "A", "text": "A"}, {"id": "B", "text": "B"}]


def vote(seq, who, answer="accept", dataset="set", **task):
    made = set_hashes({"text": "a", "_view_id": "ner_manual", **task})
    return Vote(dataset, f"{dataset}-{who}", who, seq, f"event-{seq}", answer, 1.0, made)


def span(start, end, label, **more):
    return {"start": start, "end": end, "label": label, **more}


def box(x, y, width, height, label="CELL"):
    points = [[x, y], [x, y + height], [x + width, y + height], [x + width, y]]
    return {"x": x, "y": y, "width": width, "height": height, "points": points, "label": label}


def sizes(votes, view_id="ner_manual", **options):
    return [len(version.votes) for version in find_versions(votes, view_id, **options)]


def test_spans_are_the_same_whatever_their_order_and_what_only_repeats_them():
    one = [span(0, 5, "ORG", token_start=0, token_end=0), span(6, 9, "PER")]
    other = [span(6, 9, "PER", text="Ada", color="red"), span(0, 5, "ORG")]
    assert sizes([vote(1, "ada", spans=one), vote(2, "bob", spans=other), vote(3, "cy", spans=one[:1])]) == [2, 1]


def test_spans_of_text_must_be_equal_to_agree():
    assert sizes([vote(1, "ada", spans=[span(0, 50, "ORG")]), vote(2, "bob", spans=[span(0, 49, "ORG")])]) == [1, 1]


def test_shapes_agree_where_they_lie_on_each_other():
    near, far = [box(10, 10, 100, 50)], [box(40, 10, 100, 50)]
    votes = [vote(1, "ada", spans=near), vote(2, "bob", spans=[box(12, 9, 99, 51)]), vote(3, "cy", spans=far)]
    assert sizes(votes, "image_manual") == [2, 1]
    assert sizes(votes, "image_manual", iou=0.3) == [3]
    assert sizes([votes[0], vote(2, "bob", spans=[box(10, 10, 100, 50, "DIRT")])], "image_manual") == [1, 1]


def test_a_polygon_is_compared_by_the_box_around_it():
    outline = {"points": [[10, 10], [110, 12], [108, 60], [11, 58]], "label": "CELL", "type": "polygon"}
    assert sizes([vote(1, "ada", spans=[outline]), vote(2, "bob", spans=[box(10, 10, 100, 50)])], "image_manual") == [2]


def test_picks_agree_in_any_order_and_nothing_made_is_a_version():
    votes = [vote(n, who, accept=picks) for n, (who, picks) in enumerate([("ada", ["A", "B"]), ("bob", ["B", "A"])])]
    found = find_versions([*votes, vote(9, "cy")], "choice")
    assert [(version.made, len(version.votes)) for version in found] == [
        ({"accept": ["A", "B"]}, 2),
        ({"accept": []}, 1),
    ]


def test_written_texts_agree_but_for_spaces_around_them():
    assert sizes([vote(1, "ada", user_input="rain "), vote(2, "bob", user_input="rain")], "text_input") == [2]
    assert sizes([vote(1, "ada", note="x"), vote(2, "bob", note="y")], "text_input") == [1, 1]


def test_in_views_where_nothing_is_made_only_the_answer_counts():
    votes = [vote(1, "ada", spans=[span(0, 1, "A")]), vote(2, "bob", "reject", spans=[span(0, 1, "A")])]
    assert [(version.answer, version.made) for version in find_versions(votes, "ner")] == [
        ("accept", {}),
        ("reject", {}),
    ]


def test_other_suggestions_are_the_same_question_where_something_is_made():
    suggested = [vote(1, "ada", spans=[span(0, 1, "A")]), vote(2, "bob", spans=[])]
    assert suggested[0].task["_task_hash"] != suggested[1].task["_task_hash"]
    assert [len(votes) for _, votes in split_by_question(suggested)] == [2]
    asked = [vote(1, "ada", _view_id="ner", spans=[span(0, 1, "A")]), vote(2, "bob", _view_id="ner", spans=[])]
    assert [(view, len(votes)) for view, votes in split_by_question(asked)] == [("ner", 1), ("ner", 1)]
    labels = [vote(1, "ada", label="X", accept=[]), vote(2, "bob", label="Y", accept=[])]
    assert [len(votes) for _, votes in split_by_question(labels)] == [1, 1]


def test_a_session_counts_once_with_its_latest_answer_and_a_name_in_two_datasets_is_one_person():
    votes = [vote(1, "ada", accept=["A"]), vote(2, "ada", accept=["B"]), vote(3, "ada", dataset="more", accept=["B"])]
    [(_, kept)] = split_by_question(votes)
    assert [one.seq for one in kept] == [2, 3]
    assert count_voters(kept) == 1


def test_the_question_is_the_task_without_what_annotators_made_of_it():
    votes = [
        vote(1, "ada", _view_id="choice", options=OPTIONS, accept=["A"], meta={"page": 3}, answer="accept"),
        vote(2, "bob", _view_id="choice", options=OPTIONS, accept=["B"]),
    ]
    task = review_task(votes, find_versions(votes, "choice"), "choice")
    assert task == {
        "text": "a",
        "options": OPTIONS,
        "meta": {"page": 3},
        "view_id": "choice",
        "versions": [
            {"accept": ["A"], "answer": "accept", "sessions": ["set-ada"], "default": True, "_votes": [1]},
            {"accept": ["B"], "answer": "accept", "sessions": ["set-bob"], "default": False, "_votes": [2]},
        ],
        "_input_hash": votes[0].task["_input_hash"],
        "_task_hash": votes[0].task["_task_hash"],
    }
    blind = review_task(votes, find_versions(votes, "choice"), "choice", blind=True)
    assert [version["sessions"] for version in blind["versions"]] == [["1"], ["2"]]
    assert "ada" not in str(blind)


@pytest.mark.parametrize(
    ("picks", "version", "said_so", "against"),
    [(["A"], 0, ["ada"], ["bob"]), (["B"], 1, ["bob"], ["ada"]), ([], None, [], ["ada", "bob"])],
)
def test_a_decision_names_the_version_it_is_and_the_answers_behind_each(picks, version, said_so, against):
    votes = [vote(1, "ada", _view_id="choice", accept=["A"]), vote(2, "bob", _view_id="choice", accept=["B"])]
    task = review_task(votes, find_versions(votes, "choice"), "choice", blind=True)
    made = decided({**task, "accept": picks, "answer": "accept"}, {one.seq: one for one in votes}, decided_by="kim")
    assert made["_review"] == {"decided_by": "kim", "version": version, "for": said_so, "against": against}
    assert made["versions"][1]["sessions"] == ["set-bob"]
    assert made["versions"][1]["_votes"] == [votes[1].to_dict()]
