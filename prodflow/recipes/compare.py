"""Compare two versions of the same things without knowing which is which."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from prodflow.core.errors import SettingError, TaskError
from prodflow.core.hashing import set_hashes
from prodflow.core.message import msg
from prodflow.core.task import Task
from prodflow.loaders import get_stream
from prodflow.recipes.options import Dataset
from prodflow.recipes.recipe import recipe
from prodflow.recipes.shortcuts import shortcuts


@recipe("compare", **shortcuts(no_random="NR", diff="D"))
def compare(
    dataset: Dataset,
    a_file: str | Path,
    b_file: str | Path,
    no_random: bool = False,
    diff: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """Say which of two outputs for the same input is better; at the end it is said which file won.

    Args:
        a_file: a file of tasks with an "id", an "output" and, if you like, an "input".
        b_file: another one; what has the same "id" is compared.
        no_random: show the first file's output always on the same side.
        diff: show what was added and removed.
        seed: of the sides.
    """
    others = {_part(task, "id", b_file): task for task in get_stream(b_file)}
    if not others:
        raise SettingError(f"compare: {str(b_file)!r} has no tasks")
    counts: Counter[str] = Counter()

    def update(answers: list[Task]) -> None:
        for answer in answers:
            better = next((name for name, side in answer["mapping"].items() if side == answer["answer"]), "neither")
            counts[better] += 1

    def on_exit(controller: Any) -> None:
        msg.info(f"A ({a_file}) was better {counts['A']} times, B ({b_file}) {counts['B']} times")

    return {
        "dataset": dataset,
        "view_id": "diff" if diff else "compare",
        "stream": _pairs(a_file, others, None if no_random else Random(seed)),
        "update": update,
        "progress": lambda controller, _: controller.total_annotated / len(others),
        "on_exit": on_exit,
    }


def _pairs(a_file: str | Path, others: dict[Any, Task], random: Random | None) -> Iterator[Task]:
    for task in get_stream(a_file):
        name = _part(task, "id", a_file)
        if name not in others:
            continue
        swapped = random is not None and random.random() < 0.5
        outputs = [_part(task, "output", a_file), _part(others[name], "output", "the other file")]
        sides = ("reject", "accept") if swapped else ("accept", "reject")
        made = {"id": name, **dict(zip(sides, outputs)), "mapping": dict(zip("AB", sides))}
        if task.get("input") is not None:
            made["input"] = task["input"]
        # the sides are no part of what is asked: after a restart they may be others
        yield set_hashes({**made, **_hashes(name, outputs)})


def _hashes(name: Any, outputs: list[Any]) -> Task:
    hashed = set_hashes({"input": [name, outputs]})
    return {key: hashed[key] for key in ("_input_hash", "_task_hash")}


def _part(task: Task, key: str, where: object) -> Any:
    if task.get(key) is None:
        keys = ", ".join(map(repr, task))
        raise TaskError(f"compare: a task of {str(where)!r} has no {key!r} (keys: {keys})")
    return task[key]
