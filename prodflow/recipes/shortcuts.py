"""Short names of a recipe's options."""

from typing import Any


def shortcuts(**names: str) -> dict[str, tuple[None, str, str, None]]:
    """Return annotations for `recipe` that give options a short name; one in capitals is a flag.

    >>> shortcuts(label="l", highlight_chars="C")
    {'label': (None, 'option', 'l', None), 'highlight_chars': (None, 'flag', 'C', None)}
    """
    return {option: (None, "flag" if short.isupper() else "option", short, None) for option, short in names.items()}


def given(**settings: Any) -> dict[str, Any]:
    """Return the settings that say something, for a recipe's configuration.

    >>> given(width=None, lang="en")
    {'lang': 'en'}
    """
    return {name: value for name, value in settings.items() if value is not None}
