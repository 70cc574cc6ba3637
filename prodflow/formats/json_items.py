"""The items of a large JSON file, one by one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prodflow.core.errors import SourceError

_BUFFER_BYTES = 2**18
_EXPLAINED_BYTES = 256 * 2**20


def items_of(path: Path, place: str) -> Iterator[Any]:
    """Yield the items of a list in a JSON file; none where there is no such list.

    Args:
        path: the file.
        place: where the list is, e.g. `"images.item"`, or `"item"` where the file is the list.

    Raises:
        SourceError: if the file is no JSON, naming the line.
    """
    import ijson

    try:
        with path.open("rb") as file:
            yield from ijson.items(file, place, use_float=True, buf_size=_BUFFER_BYTES)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}{_explained(path, error)}") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error


def _explained(path: Path, error: Exception) -> str:
    """Say on which line it is broken, where the file is not too large to read it whole."""
    import orjson

    told = " ".join(str(error).split())[:120]
    if path.stat().st_size > _EXPLAINED_BYTES:
        return f": not JSON: {told}"
    data = path.read_bytes()
    try:
        data.decode()
        orjson.loads(data)
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        return f", line {line}: not UTF-8: byte 0x{data[wrong.start]:02x}; save the file as UTF-8"
    except orjson.JSONDecodeError as wrong:
        return f", line {wrong.lineno}: not JSON: {wrong.msg} at column {wrong.colno}"
    return f": not JSON: {told}"
