"""A recipe that makes its controller itself."""

from prodigy import recipe
from prodigy.core import Controller


@recipe("own-controller", dataset=("Dataset", "positional", None, str))
def own_controller(dataset):
    components = {"dataset": dataset, "view_id": "text", "stream": [{"text": "a"}]}
    return Controller.from_components("own-controller", components, {"batch_size": 1})
