"""Where exports went: a list in the store, so that an erase can find their manifests."""

from collections.abc import Iterator
from pathlib import Path

import orjson

EXPORTS = "exports.jsonl"


def note_export(folder: Path, dataset: str, manifest: Path) -> None:
    """Write down that answers of a dataset were exported.

    Args:
        folder: the store.
        dataset: its name.
        manifest: the file beside the export.
    """
    line = orjson.dumps({"dataset": dataset, "manifest": str(manifest.absolute())}, option=orjson.OPT_APPEND_NEWLINE)
    with (folder / EXPORTS).open("ab") as file:
        file.write(line)


def noted_exports(folder: Path, dataset: str) -> Iterator[Path]:
    """Yield the manifests of a dataset's exports that are still there, each once."""
    try:
        lines = (folder / EXPORTS).read_bytes().splitlines()
    except FileNotFoundError:
        return
    seen = set()
    for line in lines:
        try:
            note = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # cut by a crash: its export was not finished
        path = Path(note["manifest"])
        if note["dataset"] == dataset and path not in seen and path.is_file():
            seen.add(path)
            yield path
