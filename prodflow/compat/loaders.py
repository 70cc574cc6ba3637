"""Loaders as recipes written for Prodigy call them: with a path, for an iterator whose media are data URIs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from prodflow.core import registry
from prodflow.core.source import Loader, Source
from prodflow.loaders.stream import Stream

_MEDIA = {"images": "image", "audio": "audio", "video": "video"}
_SERVERS = {"image_server": "images", "audio_server": "audio", "video_server": "video"}


def served_as_files(loader: Any) -> str | None:
    """Return the loader behind `image-server`, `audio-server` or `video-server`, which leave media as files.

    >>> served_as_files("image-server"), served_as_files("images")
    ('images', None)
    """
    return _SERVERS.get(loader.replace("-", "_")) if isinstance(loader, str) else None


def with_media(stream: Stream) -> Stream:
    """Replace the paths that a loader of media yields by data URIs; other streams stay as they are."""
    key = _MEDIA.get(stream.source.name) if isinstance(stream.source, Source) else None
    return stream if key is None else stream.apply(registry.operators.get("fetch_media"), input_keys=[key])


def get_loader(loader_id: str | None = None, file_path: str | Path | None = None) -> Callable[..., Stream]:
    """Return the loader of a name, or the one for a file's extension; called with a path it gives an iterator."""
    from prodflow.loaders.guess import get_loader as find

    found: Loader = find(served_as_files(loader_id) or loader_id, file_path)

    def load(source: Any, **settings: Any) -> Stream:
        stream = Stream(found(source, **settings))
        return stream if served_as_files(loader_id) else with_media(stream)

    load.__name__ = load.__qualname__ = found.name
    load.__doc__ = found.__doc__
    return load


def _later(loader_id: str) -> Callable[..., Stream]:
    """The loader of a name, looked up when it is called."""

    def load(source: Any, **settings: Any) -> Stream:
        return get_loader(loader_id)(source, **settings)

    return load


CSV, JSON, JSONL, TXT, Parquet = map(_later, ("csv", "json", "jsonl", "txt", "parquet"))
Images, Audio, Video = map(_later, ("images", "audio", "video"))
ImageServer, AudioServer, VideoServer = map(_later, ("image-server", "audio-server", "video-server"))
