"""How recipes were written long ago: arguments by name, progress with three arguments, nothing stored."""

import prodigy
from prodigy import get_stream, recipe_args


@prodigy.recipe(
    "older-forms",
    dataset=recipe_args["dataset"],
    source=recipe_args["source"],
    api=recipe_args["api"],
    loader=recipe_args["loader"],
    label=recipe_args["label_set"],
)
def older_forms(dataset, source=None, api=None, loader=None, label=None):
    stream = get_stream(source, api, loader, rehash=True, input_key="text")
    stream = ({**eg, "html": f"<b>{eg['text']}</b>", "label": label[0]} for eg in stream)

    def progress(session=0, total=0, loss=0):
        return session / 4

    return {
        "dataset": False,
        "view_id": "html",
        "stream": stream,
        "update": lambda answers: 0.5,
        "progress": progress,
        "get_session_id": lambda: "2020-01-02_03-04-05",
        "db": False,
    }
