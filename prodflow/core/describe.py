"""Docstrings as data: the summary and what is said of each argument, for help texts and reference pages."""

import inspect
import re
from collections.abc import Iterable, Mapping

_ARGUMENT = re.compile(r"^    (\w+): (.*)$")


def summary_of(docstring: str | None) -> str:
    r"""Return the first line.

    >>> summary_of("Do it.\n\n    Args: …")
    'Do it.'
    """
    return inspect.cleandoc(docstring or "").partition("\n")[0]


def arguments_of(docstring: str | None) -> dict[str, str]:
    """Return what stands under `Args:`, by argument.

    >>> arguments_of('''Do it.
    ...
    ... Args:
    ...     key: what to look at,
    ...         if anything.
    ...     skip: whether.
    ... ''')
    {'key': 'what to look at, if anything.', 'skip': 'whether.'}
    """
    found: dict[str, str] = {}
    name = None
    inside = False
    for line in inspect.cleandoc(docstring or "").splitlines():
        if line == "Args:":
            inside = True
        elif inside and (match := _ARGUMENT.match(line)):
            name = match[1]
            found[name] = match[2]
        elif inside and name and line.startswith("     "):
            found[name] += " " + line.strip()
        elif inside and line and not line.startswith(" "):
            break
    return found


def with_arguments(docstring: str | None, told: Mapping[str, str], order: Iterable[str]) -> str:
    r"""Return a docstring with what is told of arguments that it leaves out.

    Args:
        docstring: one with `Args:`, or without.
        told: what to say, by argument.
        order: the names of all arguments.

    >>> print(with_arguments("Do it.\n\nArgs:\n    key: which.", {"loud": "how loud."}, ["loud", "key"]))
    Do it.
    <BLANKLINE>
    Args:
        loud: how loud.
        key: which.
    """
    text = inspect.cleandoc(docstring or "")
    said = {**told, **arguments_of(text)}
    before, _, after = text.partition("Args:\n")
    rest = after.partition("\n\n")[2]
    lines = [f"    {name}: {said[name]}" for name in order if name in said]
    parts = [before.rstrip("\n"), "Args:\n" + "\n".join(lines), rest]
    return "\n\n".join(part for part in parts if part)
