"""Where the store lives: a folder on a disk of this machine."""

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from prodflow.core.config import get_config, get_home
from prodflow.core.errors import SettingError, StoreError

JOURNAL = "prodflow.db"
SEGMENTS = "segments"
ANALYTICS = "analytics.duckdb"

_NETWORK = ("nfs", "cifs", "smb", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs", "lustre")
_MAX_NAME_CHARACTERS = 200
_ANNOTATOR_CHARACTERS = 40


def store_folder(store: str | Path | None = None) -> Path:
    """Return the folder of the store: the one given, else the configuration's `store`, else `store` in the home folder.

    The configuration holds a path, or a table with `path` and `columns`.

    Raises:
        SettingError: if it names a kind of store that prodflow cannot open.

    >>> store_folder("answers").name
    'answers'
    """
    chosen = store if store is not None else _configured_path()
    text = os.fspath(chosen) if chosen else str(get_home() / "store")
    if "://" in text:
        raise SettingError(f"store: {text!r} is not a folder; give the path of a folder on a local disk")
    return Path(text).expanduser().absolute()


def _configured_path() -> str | None:
    configured = get_config()["store"]
    path = configured.get("path") if isinstance(configured, Mapping) else configured
    if path is not None and not isinstance(path, (str, Path)):
        raise SettingError(f"configuration: store={path!r} is not a path")
    return str(path) if path else None


def promoted_columns() -> dict[str, str]:
    """Return the columns promoted in the configuration (`[store.columns]`), as name to JSON path.

    Raises:
        SettingError: if a name or a path is not one.
    """
    configured = get_config()["store"]
    columns = configured.get("columns", {}) if isinstance(configured, Mapping) else {}
    if not isinstance(columns, Mapping):
        raise SettingError(f"configuration: store.columns={columns!r} is not a table of names and JSON paths")
    for name, path in columns.items():
        if not name.isidentifier():
            raise SettingError(
                f"configuration: store.columns: {name!r} is not a column name; use letters, digits and _"
            )
        if not isinstance(path, str) or not path.startswith("$"):
            raise SettingError(
                f"configuration: store.columns: {name}={path!r} is not a JSON path such as '$.meta.{name}'"
            )
    return dict(columns)


def check_name(kind: str, name: object) -> str:
    """Return the name of a dataset or session.

    Raises:
        SettingError: if it is empty, too long, or could be taken for a path.

    >>> check_name("dataset", "news")
    'news'
    """
    if not isinstance(name, str) or not name.strip():
        raise SettingError(f"{kind} name {name!r} is empty; give it a name")
    if len(name) > _MAX_NAME_CHARACTERS:
        raise SettingError(
            f"{kind} name {name[:20]!r}… has {len(name)} characters; at most {_MAX_NAME_CHARACTERS} are allowed"
        )
    if "/" in name or "\\" in name or ".." in name or not name.isprintable():
        raise SettingError(f"{kind} name {name!r} has a '/', a '\\', a '..' or a control character; leave them out")
    return name


def check_served_name(dataset: str) -> str:
    """Return the name of a dataset that is to be served: its sessions are called `<dataset>-<annotator>`.

    Raises:
        SettingError: if it cannot be a name, or leaves too little of a session's for the annotator's.
    """
    check_name("dataset", dataset)
    most = _MAX_NAME_CHARACTERS - 1 - _ANNOTATOR_CHARACTERS
    if len(dataset) > most:
        raise SettingError(
            f"dataset name {dataset[:20]!r}… has {len(dataset)} characters, and annotators' sessions are called "
            f"<dataset>-<name>, with {_MAX_NAME_CHARACTERS} in all; at most {most} are allowed"
        )
    return dataset


def refuse_network_disk(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Check that the folder's disk is local: SQLite's locks and its shared memory do not work over a network.

    Args:
        folder: an existing folder.
        mounts: the kernel's list of mounted file systems; where there is none, nothing is checked.

    Raises:
        StoreError: if it is on NFS, SMB or the like.
    """
    kind = _filesystem(folder, mounts)
    if kind.startswith(_NETWORK):
        raise StoreError(
            f"store {str(folder)!r} is on a network disk ({kind}); keep it on a local disk, or use PostgreSQL"
        )


_ADVICE = {
    errno.EROFS: "its disk is read-only; mount it writable, or choose another folder",
    errno.EACCES: "this user has no right to write there; give it that right, or choose another folder",
    errno.EPERM: "it is locked against changes; unlock it (chattr -i), or choose another folder",
    errno.ENOSPC: "its disk is full; make room",
    errno.EDQUOT: "the quota of this user is used up; make room",
}


def why_not_writable(folder: Path) -> str | None:
    """Try whether a store can be written; say why not and what to do, None where it can.

    SQLite says of most of this that a file cannot be opened, or that there was an error.
    """
    try:
        made, name = tempfile.mkstemp(prefix=".try-", dir=folder)
        os.close(made)
        Path(name).unlink()
    except OSError as error:
        return _ADVICE.get(error.errno or 0, error.strerror or str(error))
    for file in (JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm"):  # not opened: that would end SQLite's locks
        if (folder / file).exists() and not os.access(folder / file, os.W_OK):
            return f"{file} cannot be written by this user; give it that right, or unlock the file (chattr -i)"
    return None


def refuse_read_only(folder: Path) -> None:
    """Check that a store can be written.

    Args:
        folder: an existing folder.

    Raises:
        StoreError: if it cannot, with why and what to do.
    """
    if (reason := why_not_writable(folder)) is not None:
        raise StoreError(f"store {str(folder)!r} cannot be written: {reason}")


def _filesystem(folder: Path, mounts: Path) -> str:
    if not mounts.is_file():
        return ""
    number = folder.stat().st_dev
    device = f"{os.major(number)}:{os.minor(number)}"
    for line in mounts.read_text(errors="replace").splitlines():
        place, _, kind = line.partition(" - ")
        if place.split()[2] == device:
            return kind.split()[0]
    return ""
