"""The plainest recipe, with every callback that has to do with the session."""

import prodigy
from prodigy.components.loaders import JSONL


@prodigy.recipe(
    "text-review",
    dataset=("Dataset to save answers to", "positional", None, str),
    source=("Path to texts", "positional", None, str),
    view_id=("Annotation interface", "option", "v", str),
    exclude=("Names of datasets to exclude", "option", "e", prodigy.util.split_string),
)
def text_review(dataset, source, view_id="text", exclude=None):
    prodigy.log("RECIPE: Starting recipe text-review", locals())
    counts = {"accept": 0, "reject": 0, "ignore": 0}

    def update(answers):
        for eg in answers:
            counts[eg["answer"]] += 1

    def on_load(controller):
        prodigy.util.msg.info(f"{len(controller.db)} datasets")

    def on_exit(controller):
        examples = controller.db.get_dataset(controller.dataset)
        prodigy.util.msg.good("Finished", f"{counts['accept']} of {len(examples)} accepted")

    return {
        "dataset": dataset,
        "view_id": view_id,
        "stream": JSONL(source),
        "update": update,
        "on_load": on_load,
        "on_exit": on_exit,
        "exclude": exclude,
        "config": {"batch_size": "3", "instructions": None},
    }
