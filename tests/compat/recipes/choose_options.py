"""Multiple choice over images, with a rule for answers."""

import prodigy
from prodigy.components.loaders import Images
from prodigy.util import get_labels


@prodigy.recipe(
    "choose-options",
    dataset=("Dataset", "positional", None, str),
    source=("Folder of images", "positional", None, str),
    label=("Labels, or a file", "option", "l", get_labels),
    multiple=("Allow several", "flag", "M", bool),
)
def choose_options(dataset, source, label=(), multiple=False):
    options = [{"id": i, "text": name} for i, name in enumerate(label)]

    def add_options(stream):
        for eg in stream:
            eg["options"] = options
            yield eg

    def validate_answer(eg):
        if eg["answer"] == "accept" and not eg.get("accept"):
            raise ValueError("Select at least one option!")
        assert len(eg.get("accept", [])) <= 2

    return {
        "dataset": dataset,
        "view_id": "choice",
        "stream": add_options(Images(source)),
        "validate_answer": validate_answer,
        "config": {"choice_style": "multiple" if multiple else "single", "choice_auto_accept": not multiple},
    }
