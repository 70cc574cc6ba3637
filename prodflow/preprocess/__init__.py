"""Preprocessors change tasks."""

from prodflow.preprocess.media import fetch_media
from prodflow.preprocess.rehash import rehash

__all__ = ["fetch_media", "rehash"]
