"""A page that calls its recipe: event hooks with keyword arguments, one of which changes the stream."""

import prodigy
from prodigy.components.stream import get_stream

JAVASCRIPT = """
function refresh(label) {
  prodigy.event('use_label', { label: label, example: prodigy.content }).then(updated => prodigy.update(updated))
}
"""


def use_label(ctrl, *, example: dict, label: str):
    example["label"] = label
    return example


def switch(ctrl, *, words=()):
    stream = get_stream([{"text": word, "label": "NEW"} for word in words])
    ctrl.reset_stream(stream, prepend_old_wrappers=True)
    return {"ok": True, "sessions": len(ctrl.session_ids)}


def fail(ctrl):
    raise RuntimeError("the model is not there")


@prodigy.recipe("change-model", dataset=("Dataset", "positional", None, str))
def change_model(dataset):
    stream = get_stream([{"text": "a"}, {"text": "b"}])

    def shout(stream):
        for eg in stream:
            eg["text"] = eg["text"].upper()
            eg.setdefault("label", "OLD")
            yield eg

    stream.apply(shout, stream=stream)
    return {
        "dataset": dataset,
        "view_id": "classification",
        "stream": stream,
        "event_hooks": {"use_label": use_label, "switch": switch, "fail": fail},
        "config": {"javascript": JAVASCRIPT},
    }
