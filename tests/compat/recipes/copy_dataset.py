"""A command rather than an app: it works on the database and returns nothing."""

import prodigy
from prodigy.components.db import connect
from prodigy.util import INPUT_HASH_ATTR, msg, read_jsonl, write_jsonl


@prodigy.recipe(
    "copy_dataset",
    in_sets=("Names", "positional", None, prodigy.util.split_string),
    out_set=("Name", "positional", None, str),
    answer=("Only these answers", "option", "a", str, ["accept", "reject", "ignore"]),
    export=("File", "option", "x", str),
    dry=("Do nothing", "flag", "D", bool),
)
def copy_dataset(in_sets, out_set, answer=None, export=None, dry=False):
    db = connect()
    for name in in_sets:
        if name not in db:
            msg.fail(f"No dataset {name}", exits=1)
    examples = [eg for name in in_sets for eg in db.get_dataset(name)]
    if answer:
        examples = [eg for eg in examples if eg["answer"] == answer]
    if not dry:
        db.add_dataset(out_set)
        db.add_examples(examples, datasets=[out_set])
    if export:
        write_jsonl(export, examples)
        assert {eg[INPUT_HASH_ATTR] for eg in read_jsonl(export)} == db.get_input_hashes(*in_sets)
    msg.good(f"Copied {len(examples)} examples")
