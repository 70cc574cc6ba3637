"""The folders whose media may be shown: what data names elsewhere on this machine stays there."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from prodflow.core.errors import ConfigError

log = logging.getLogger("prodflow")

_STANDARD_INPUT = Path("-")


class MediaRoots:
    """Folders, with symbolic links resolved.

    Args:
        folders: the folders; None where any will do.
    """

    def __init__(self, folders: Iterable[Path] | None = None) -> None:
        """Resolve them."""
        self._folders = None if folders is None else tuple(dict.fromkeys(folder.resolve() for folder in folders))
        self._told: set[Path] = set()

    @classmethod
    def of(cls, config: Mapping[str, Any], stream: Any) -> "MediaRoots":
        """Return the folders of a configuration and a stream.

        A stream that is read from a file or a folder brings that folder, and the one that the server was started in;
        `media_roots` of the configuration takes the place of the latter. A stream that a program makes brings none:
        then the program answers for the paths, and any file will do that is a picture, a sound or a film.

        Raises:
            ConfigError: if `media_roots` is no list of folders.
        """
        configured = _configured(config.get("media_roots"))
        read = _read_from(stream)
        if configured is None:
            return cls() if read is None else cls([*read, Path.cwd()])
        return cls([*configured, *(read or ())])

    def holds(self, file: Path) -> bool:
        """Tell whether a resolved path is in one of the folders; one that is not is named in the log."""
        if self._folders is None or any(file.is_relative_to(folder) for folder in self._folders):
            return True
        if file.parent not in self._told and len(self._told) < 100:
            self._told.add(file.parent)
            known = ", ".join(repr(str(folder)) for folder in self._folders) or "none"
            log.warning(
                "media: %r is not shown: it is outside %s; add its folder to media_roots of the configuration",
                str(file),
                known,
            )
        return False


def _configured(given: Any) -> list[Path] | None:
    if given is None:
        return None
    named = [given] if isinstance(given, str) else given
    if not isinstance(named, (list, tuple)) or not all(isinstance(name, str) and name for name in named):
        raise ConfigError(f"configuration: media_roots is a list of folders, got {given!r:.80}")
    folders = [Path(name).expanduser() for name in named]
    for folder in folders:
        if not folder.is_dir():
            raise ConfigError(f"configuration: media_roots: {str(folder)!r} is no folder")
    return folders


def _read_from(stream: Any) -> list[Path] | None:
    """The folders of what a stream is read from; None where that is no file."""
    source = stream
    while (inner := getattr(source, "source", None)) is not None:
        source = inner
    settings = getattr(source, "settings", None)
    paths = [value for value in (settings or {}).values() if isinstance(value, Path) and value != _STANDARD_INPUT]
    return [path if path.is_dir() else path.parent for path in paths] or None
