"""Loaders of its own: a function given to `get_stream`, and standard input."""

import prodigy
from prodigy.components.filters import filter_duplicates, filter_empty
from prodigy.components.stream import get_stream


def numbers(source):
    for n in range(int(source)):
        yield {"text": str(n // 2), "meta": {"n": n}}


@prodigy.recipe("numbered-source", dataset=("D", "positional", None, str), source=("S", "positional", None, str))
def numbered_source(dataset, source):
    stream = get_stream(source) if source == "-" else get_stream(source, loader=numbers)
    stream.apply(filter_empty, key="text")
    stream.apply(filter_duplicates, by_input=True)
    return {"dataset": dataset, "view_id": "text", "stream": stream}
