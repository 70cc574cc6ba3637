"""Annotate data with a model in the loop: streaming pipelines, a web app, answers in SQL.

Everything is loaded on first use: importing prodflow is cheap.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from prodflow.cli.serve import serve as serve
    from prodflow.core.config import get_config as get_config
    from prodflow.core.errors import ProdflowError as ProdflowError
    from prodflow.core.hashing import get_hash as get_hash
    from prodflow.core.hashing import set_hashes as set_hashes
    from prodflow.core.operator import Stage as Stage
    from prodflow.core.operator import operator as operator
    from prodflow.core.pipeline import Pipeline as Pipeline
    from prodflow.core.source import Source as Source
    from prodflow.core.source import loader as loader
    from prodflow.loaders.stream import Stream as Stream
    from prodflow.loaders.stream import get_loader as get_loader
    from prodflow.loaders.stream import get_stream as get_stream
    from prodflow.recipes.recipe import recipe as recipe
    from prodflow.session.controller import Controller as Controller
    from prodflow.session.schema import get_schema as get_schema
    from prodflow.store.reader import connect as connect

_PLACES = {
    "get_config": "prodflow.core.config",
    "ProdflowError": "prodflow.core.errors",
    "get_hash": "prodflow.core.hashing",
    "set_hashes": "prodflow.core.hashing",
    "Stage": "prodflow.core.operator",
    "operator": "prodflow.core.operator",
    "Pipeline": "prodflow.core.pipeline",
    "Source": "prodflow.core.source",
    "loader": "prodflow.core.source",
    "Stream": "prodflow.loaders.stream",
    "get_loader": "prodflow.loaders.stream",
    "get_stream": "prodflow.loaders.stream",
    "recipe": "prodflow.recipes.recipe",
    "serve": "prodflow.cli.serve",
    "Controller": "prodflow.session.controller",
    "get_schema": "prodflow.session.schema",
    "connect": "prodflow.store.reader",
}
_PACKAGES = ("filters", "loaders", "models", "preprocess", "recipes", "routers", "sorters")

__all__ = ["__version__", *_PLACES, *_PACKAGES]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    if name in _PACKAGES:
        return importlib.import_module(f"prodflow.{name}")
    raise AttributeError(f"module 'prodflow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
