"""Make one dataset of several."""

from prodflow.core import registry
from prodflow.core.errors import UnknownNameError
from prodflow.core.hashing import set_hashes
from prodflow.core.message import msg
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts


@recipe("db-merge", **shortcuts(rehash="RH", dry="D"))
def db_merge(in_sets: list[str], out_set: str, rehash: bool = False, dry: bool = False) -> None:
    """Copy the examples of datasets into another one, which is made where it is missing.

    Args:
        in_sets: the names of the datasets, with commas.
        out_set: the name of the one to add to.
        rehash: give every example new hashes.
        dry: count only, and add nothing.
    """
    with registry.stores.get("default")() as database:
        count = 0
        for name in in_sets:
            if name not in database:
                raise UnknownNameError("dataset", name, database.datasets)
        for name in in_sets:
            examples = list(database.iter_dataset_examples(name))
            count += len(examples)
            if not dry:
                made = [set_hashes(task, overwrite=True) for task in examples] if rehash else examples
                database.add_examples(made, out_set)
    msg.good(f"{'Would merge' if dry else 'Merged'} {count:,} examples of {len(in_sets)} datasets into {out_set!r}")
