"""Add options to choose from."""

from collections.abc import Iterable, Iterator

from prodflow.core.operator import operator
from prodflow.core.settings import Names
from prodflow.core.task import Task
from prodflow.preprocess.question import asked_anew


@operator(stateless=True)
def add_label_options(stream: Iterable[Task], labels: Names) -> Iterator[Task]:
    """Give each task "options", one for each label, for the interface `choice`.

    Args:
        stream: the tasks; options they have already are replaced.
        labels: the labels, in the order they are shown.

    >>> list(add_label_options([{"text": "a"}], ["CAT", "DOG"]))
    [{'text': 'a', 'options': [{'id': 'CAT', 'text': 'CAT'}, {'id': 'DOG', 'text': 'DOG'}]}]
    """
    for task in stream:
        yield asked_anew(task, options=[{"id": label, "text": label} for label in labels])
