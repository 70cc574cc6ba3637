"""Sessions with a target of their own."""

import prodigy
from prodigy.components import Session
from prodigy.components.routers import full_overlap

TARGETS = {"alex": 2, "jo": 4}


def session_factory(ctrl, session_id):
    name = session_id.replace(f"{ctrl.dataset}-", "")
    return Session(
        session_id,
        stream=ctrl.stream,
        batch_size=ctrl.batch_size,
        answered_input_hashes=ctrl.db.get_input_hashes(session_id),
        answered_task_hashes=ctrl.db.get_task_hashes(session_id),
        total_annotated=0,
        target_annotated=TARGETS.get(name, 0),
    )


@prodigy.recipe("targets", dataset=("Dataset", "positional", None, str))
def targets(dataset):
    return {
        "dataset": dataset,
        "view_id": "text",
        "stream": [{"text": f"text {n}"} for n in range(8)],
        "task_router": full_overlap,
        "session_factory": session_factory,
        "config": {"batch_size": 2},
    }
