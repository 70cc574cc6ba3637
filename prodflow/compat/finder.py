"""Answers `import prodigy` where the real one is not installed."""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

from prodflow.compat import names
from prodflow.core import registry

ROOT = "prodigy"
RECIPE = "recipe"
RECIPE_PLUGINS = "prodigy_recipes"


class StandIn(ModuleType):
    """A module whose names are looked up in the table when they are first used."""

    def __getattr__(self, name: str) -> Any:
        if (place := names.MODULES[self.__name__].get(name)) is not None:
            found = resolve(place)
        elif f"{self.__name__}.{name}" in names.MODULES:
            found = importlib.import_module(f"{self.__name__}.{name}")
        else:
            raise AttributeError(f"prodflow has nothing in place of {self.__name__}.{name}")
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return sorted({*names.MODULES[self.__name__], *super().__dir__()})


def resolve(place: str) -> Any:
    """Return what a place in the table stands for: `module:attribute`, or `recipe:name`.

    Raises:
        AttributeError: if there is no recipe of that name.

    >>> resolve("prodflow.recipes.labels:split_string")("A, B")
    ['A', 'B']
    """
    module, _, attribute = place.partition(":")
    if module != RECIPE:
        return getattr(importlib.import_module(module), attribute)
    if attribute not in registry.recipes:
        raise AttributeError(f"prodflow has no recipe {attribute!r}")
    return registry.recipes.get(attribute)


class _StandInLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name, f"prodflow in place of {spec.name}.")

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = names.__file__
        module.__all__ = [name for name in names.MODULES[module.__name__] if not name.startswith("_")]  # type: ignore[attr-defined]


class Finder(MetaPathFinder):
    """Finds the modules of the table, unless the real package is there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the stand-in of a module; None where it is none of Prodigy's, or the real one is installed."""
        if fullname not in names.MODULES:
            return None
        if fullname == ROOT and _is_installed():
            return None
        if fullname != ROOT and not isinstance(sys.modules.get(ROOT), StandIn):
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in names.MODULES)
        return spec_from_loader(fullname, _StandInLoader(), is_package=is_package)


def _is_installed() -> bool:
    """Whether there is a package; a mere folder of that name, without code of its own, is none."""
    found = PathFinder.find_spec(ROOT)
    return found is not None and found.origin is not None


_FINDER = Finder()


def install() -> None:
    """Make `import prodigy` work in this program; where the real one is installed, it is left alone.

    Recipe files given with `-F` get this without asking.

    >>> install()
    >>> import prodigy
    >>> prodigy.util.split_string("PERSON, ORG")
    ['PERSON', 'ORG']
    """
    if _FINDER not in sys.meta_path:
        # In front: a folder called prodigy beside the program must not be taken for the package.
        sys.meta_path.insert(0, _FINDER)
        registry.recipes.also_from(RECIPE_PLUGINS)
