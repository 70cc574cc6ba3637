"""Two annotators for what is hard, one for what is easy; somebody known by name for what is French."""

import prodigy
from prodigy.util import TASK_HASH_ATTR


def by_confidence(ctrl, session_id, item):
    if item["meta"].get("lang") == "fr":
        name = ctrl.get_session_name("claire")
        ctrl.confirm_session(name)
        return [name]
    pool = ctrl.session_ids
    place = item[TASK_HASH_ATTR] % len(pool)
    annotators = [pool.pop(place)]
    if item["meta"]["confidence"] < 0.5 and pool:
        annotators.append(pool.pop(item[TASK_HASH_ATTR] % len(pool)))
    return annotators


@prodigy.recipe("route-by-confidence", dataset=("Dataset", "positional", None, str))
def route_by_confidence(dataset):
    def stream():
        for n in range(40):
            yield {"text": f"text {n}", "meta": {"confidence": n % 4 / 4, "lang": "fr" if n == 5 else "en"}}

    return {"dataset": dataset, "view_id": "text", "stream": stream(), "task_router": by_confidence}
