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
    from prodflow.core.log import log as log
    from prodflow.core.media import b64_to_bytes as b64_to_bytes
    from prodflow.core.media import bytes_to_b64 as bytes_to_b64
    from prodflow.core.media import file_to_b64 as file_to_b64
    from prodflow.core.message import msg as msg
    from prodflow.core.operator import Stage as Stage
    from prodflow.core.operator import operator as operator
    from prodflow.core.pipeline import Pipeline as Pipeline
    from prodflow.core.source import Source as Source
    from prodflow.core.source import loader as loader
    from prodflow.loaders.jsonl_file import read_jsonl as read_jsonl
    from prodflow.loaders.jsonl_file import write_jsonl as write_jsonl
    from prodflow.loaders.stream import Stream as Stream
    from prodflow.loaders.stream import get_loader as get_loader
    from prodflow.loaders.stream import get_stream as get_stream
    from prodflow.loaders.wrapper import STREAM_PLACEHOLDER as STREAM_PLACEHOLDER
    from prodflow.recipes.argument import Arg as Arg
    from prodflow.recipes.labels import get_labels as get_labels
    from prodflow.recipes.labels import split_string as split_string
    from prodflow.recipes.recipe import get_recipe as get_recipe
    from prodflow.recipes.recipe import recipe as recipe
    from prodflow.recipes.recipe import set_recipe as set_recipe
    from prodflow.session.controller import Controller as Controller
    from prodflow.session.schema import get_schema as get_schema
    from prodflow.session.session import Session as Session
    from prodflow.session.session import get_timestamp_session_id as get_timestamp_session_id
    from prodflow.store.database import connect as connect

_PLACES = {
    "serve": "prodflow.cli.serve",
    "get_config": "prodflow.core.config",
    "ProdflowError": "prodflow.core.errors",
    "get_hash": "prodflow.core.hashing",
    "set_hashes": "prodflow.core.hashing",
    "log": "prodflow.core.log",
    "b64_to_bytes": "prodflow.core.media",
    "bytes_to_b64": "prodflow.core.media",
    "file_to_b64": "prodflow.core.media",
    "msg": "prodflow.core.message",
    "operator": "prodflow.core.operator",
    "Stage": "prodflow.core.operator",
    "Pipeline": "prodflow.core.pipeline",
    "loader": "prodflow.core.source",
    "Source": "prodflow.core.source",
    "read_jsonl": "prodflow.loaders.jsonl_file",
    "write_jsonl": "prodflow.loaders.jsonl_file",
    "get_loader": "prodflow.loaders.stream",
    "get_stream": "prodflow.loaders.stream",
    "Stream": "prodflow.loaders.stream",
    "STREAM_PLACEHOLDER": "prodflow.loaders.wrapper",
    "Arg": "prodflow.recipes.argument",
    "get_labels": "prodflow.recipes.labels",
    "split_string": "prodflow.recipes.labels",
    "get_recipe": "prodflow.recipes.recipe",
    "recipe": "prodflow.recipes.recipe",
    "set_recipe": "prodflow.recipes.recipe",
    "Controller": "prodflow.session.controller",
    "get_schema": "prodflow.session.schema",
    "get_timestamp_session_id": "prodflow.session.session",
    "Session": "prodflow.session.session",
    "connect": "prodflow.store.database",
}
_PACKAGES = ("compat", "filters", "loaders", "models", "preprocess", "recipes", "routers", "sorters")

__all__ = ["__version__", *_PLACES, *_PACKAGES]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    if name in _PACKAGES:
        return importlib.import_module(f"prodflow.{name}")
    raise AttributeError(f"module 'prodflow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
