"""Accepted answers are stored twice, and in another dataset too; tasks choose their interface; crops of one text."""

import copy

import prodigy
import prodigy.components.db
from prodigy.util import read_jsonl


@prodigy.recipe("mirror-answers", dataset=("D", "positional"), source=("S", "positional"))
def mirror_answers(dataset, source):
    def stream():
        for number, eg in enumerate(read_jsonl(source)):
            eg["_view_id"] = ["text", "classification"][number % 2]
            eg["label"] = "L"
            yield eg

    def before_db(examples):
        stored = []
        for eg in examples:
            if eg["answer"] == "accept":
                twin = copy.deepcopy(eg)
                twin["text"] += " again"
                stored += [eg, prodigy.set_hashes(twin, overwrite=True)]
        return stored

    def update(examples):
        db = prodigy.components.db.connect()
        if "mirror" not in db:
            db.add_dataset("mirror")
        db.add_examples(examples, datasets=["mirror"])

    def validate_answer(eg):
        assert eg["answer"] in ("accept", "reject", "ignore"), "What?"

    def on_load(ctrl):
        ctrl.config["added"] = True

    return {
        "dataset": dataset,
        "view_id": "text",
        "stream": stream(),
        "before_db": before_db,
        "update": update,
        "validate_answer": validate_answer,
        "on_load": on_load,
        "exclude": ["never-made"],
        "progress": None,
        "get_session_id": None,
        "config": None,
    }
