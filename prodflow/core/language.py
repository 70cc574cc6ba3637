"""spaCy's language objects: given as they are, or by name; spaCy is loaded when a name is resolved."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from prodflow.core.errors import SettingError

Nlp: TypeAlias = Any
"""A spaCy `Language`, or what names one: an installed package, a folder, or `"blank:en"`."""

_BLANK = "blank:"


def check_language(where: str, nlp: Nlp) -> None:
    """Refuse what `load_language` cannot make a language of; neither spaCy nor a model is loaded for that.

    Raises:
        SettingError: if it is neither a language nor a name, spaCy is not installed, or no model is of that name.

    >>> check_language("add_tokens", "blank:en")
    """
    if not isinstance(nlp, (str, Path)):
        if not all(callable(getattr(nlp, method, None)) for method in ("make_doc", "pipe")):
            raise SettingError(f"{where}: nlp={nlp!r:.80} is no spaCy language; give spacy.load(…), or a name")
        return
    if find_spec("spacy") is None:
        raise SettingError(f"{where}: nlp={nlp!r} needs spaCy; install it with: pip install 'prodflow[spacy]'")
    name = str(nlp)
    if not name.startswith(_BLANK) and not Path(name).exists() and not _is_installed(name):
        raise SettingError(f"{where}: no spaCy model {name!r}; install its package, name its folder, or use 'blank:en'")


def load_language(where: str, nlp: Nlp, *, shared: bool = True) -> Any:
    """Return a language as it is, or the one of that name.

    Args:
        where: who asks, for messages.
        nlp: the language, or its name.
        shared: load a trained one once for all who ask; False for those who change it.

    Raises:
        SettingError: if it cannot be had.

    >>> [token.text for token in load_language("add_tokens", "blank:en").make_doc("Don't!")]
    ['Do', "n't", '!']
    """
    check_language(where, nlp)
    if not isinstance(nlp, (str, Path)):
        return nlp
    name = str(nlp)
    try:
        if name.startswith(_BLANK):
            return _blank(name.removeprefix(_BLANK))
        return _trained(name) if shared else _trained.__wrapped__(name)
    except (ImportError, OSError, ValueError) as error:
        raise SettingError(f"{where}: spaCy cannot load {name!r}: {_one_line(error)}") from error


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except (PackageNotFoundError, ValueError):
        return False
    return True


def _blank(code: str) -> Any:
    import spacy

    return spacy.blank(code)


@lru_cache(maxsize=8)
def _trained(name: str) -> Any:
    import spacy

    return spacy.load(name)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
