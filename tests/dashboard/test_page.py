"""The panels: whatever a dataset holds is shown as text, and is there to be read."""

from html.parser import HTMLParser

from PIL import Image

from prodflow.dashboard.numbers import read_numbers
from prodflow.dashboard.page import panels, report
from prodflow.dashboard.pictures import embedded
from prodflow.store import reader
from prodflow.store.database import connect

VOID = ("meta", "img", "path", "line", "polyline", "polygon", "rect", "br")


class Outline(HTMLParser):
    """Checks that tags are balanced and collects what is read."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.tags, self.sources = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for key, value in attrs if key in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert tag in VOID or self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def outline(page):
    found = Outline()
    found.feed(page)
    assert found.open == []
    return found


def page_of(rows, **live):
    with connect() as store:
        store.add_dataset("set")
        store.add_examples(rows, "set")
    return report("set", read_numbers(reader.connect(), "set"), embedded)


def answers(people=3, tasks=8, labels=("CAT", "DOG"), **more):
    return [
        {
            "text": f"task {number}",
            "answer": "accept",
            "_view_id": "choice",
            **more,
            "accept": [labels[(number + (who if number % 3 == 0 else 0)) % len(labels)]],
            "_session_id": f"set-person{who}",
        }
        for number in range(tasks)
        for who in range(people)
    ]


def test_what_foreign_data_holds_is_text_and_never_markup():
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    rows = [
        {"text": evil, "accept": [f"{evil}{who}"], "_view_id": "choice", "_session_id": f"set-{who}<b>"} for who in "ab"
    ]
    found = outline(page_of(rows))
    assert evil in "".join(found.texts)
    assert not {"script", "b "} & set(found.tags) and "img" not in found.tags


def test_a_report_needs_nothing_else(tmp_path):
    Image.effect_noise((900, 700), 80).convert("RGB").save(tmp_path / "large.png")
    Image.new("RGB", (8, 8), "red").save(tmp_path / "small.png")
    rows = [
        {"image": place, "accept": [who], "_view_id": "choice", "_session_id": f"set-{who}"}
        for place in (str(tmp_path / "large.png"), str(tmp_path / "small.png"), "https://example.org/x.png")
        for who in "ab"
    ]
    page = page_of(rows)
    found = outline(page)
    assert len(found.sources) == 2 and all(source.startswith("data:image/") for source in found.sources)
    assert len(page) < 300_000
    assert "script" not in found.tags and "link" not in found.tags
    assert "https://example.org/x.png" in found.texts


def test_nobody_one_or_thirty_annotators_and_forty_labels():
    empty = outline(page_of([]))
    assert "none yet" in empty.texts
    one = "".join(outline(page_of(answers(people=1))).texts)
    assert "Agreement needs tasks that two annotators have answered" in one
    many = outline(page_of(answers(people=30, tasks=6, labels=[f"label {n:02}" for n in range(40)], mark="many")))
    assert many.texts.count("person29") >= 2
    assert any("more" in text for text in many.texts)


def test_what_only_a_server_knows_is_shown_with_what_was_left_out():
    with connect() as store:
        store.add_examples(answers(people=2), "set")
    live = {
        "read": 50,
        "size": 200,
        "unit": "rows",
        "came": 40,
        "lacking": 64,
        "answers_per_task": 2,
        "target": 0,
        "open": 4,
        "left_out": {"answered before": 3},
        "losses": [(10, 0.9), (20, 0.4)],
        "stages": [
            {"stage": "filter_empty", "received": 50, "yielded": 40, "reason": "had no 'text'"},
            {"stage": "rehash", "received": 40, "yielded": 40, "reason": ""},
        ],
    }
    made = panels(read_numbers(reader.connect(), "set"), live, lambda place: None)
    words = "".join(outline(str(made["flow"])).texts)
    for said in ("50 of 200 rows", "40 of 50 passed", "10 had no 'text'", "3 answered before", "37 tasks", "4 tasks"):
        assert said in words
    assert "16 of 320" in words
    assert "0.40 lately" in "".join(outline(str(made["model"])).texts)
    # in SVG nothing ends by itself: what is not closed would take in the rest, and nothing would be drawn
    assert '<polyline points="0.0,0.0 1000.0,55.6" class="curve" />' in made["model"]
