"""A built-in recipe called from Python, with a generator as its source, and its components changed."""

import prodigy
from prodigy.recipes.generic import mark


@prodigy.recipe("wrap-mark", dataset=("Dataset", "positional", None, str), n=("How many", "option", "n", int))
def wrap_mark(dataset, n=3):
    def source():
        for i in range(n):
            yield {"text": f"text {i}"}

    components = mark(dataset, source(), view_id="text")
    stream = components["stream"]
    components["stream"] = ({**eg, "meta": {"via": "mark"}} for eg in stream)
    components["config"].update({"show_stats": False, "my_own_key": [1, 2]})
    components["view_id"] = "text"
    return components
