"""Docstrings as data: the summary and what is said of each argument, for help texts and reference pages."""

import inspect
import re

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
