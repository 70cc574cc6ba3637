"""The answers of a dataset into files of a format, each with a manifest; whole, or not at all."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson

from prodflow import __version__
from prodflow.core import registry
from prodflow.core.errors import SettingError
from prodflow.core.task import DECISIONS
from prodflow.formats.aside import Aside, manifest_path
from prodflow.formats.format import Counts, Format
from prodflow.formats.losses import Losses
from prodflow.formats.selection import Choice, Part, Selection, select, side_of
from prodflow.store.exports import note_export
from prodflow.store.manifest import sha256_of

DEFAULT = "jsonl"
_SIDES = ("train", "test")


@dataclass(frozen=True)
class Exported:
    """A file or folder that was written.

    Args:
        path: where it is; None for standard output.
        counts: how many there are of what; `tasks` always.
        losses: what the format cannot hold.
    """

    path: Path | None
    counts: Counts
    losses: Losses


def get_format(name: str | None, output: str) -> Format:
    """Return the format of a name, or the one that a file's name ends with; JSON lines where it says nothing.

    Raises:
        UnknownNameError: if there is no such format.

    >>> get_format(None, "out.csv").name, get_format("parquet", "-").name
    ('csv', 'parquet')
    """
    if name is None:
        lowered = output.lower()
        for known in registry.formats:
            if lowered.endswith(registry.formats.get(known).endings or ("\n",)):
                name = known
                break
    found: Format = registry.formats.get(name or DEFAULT)
    return found


def export(
    store: Path,
    dataset: str,
    output: Path,
    format: Format,
    *,
    choice: Choice | None = None,
    split: float | None = None,
    force: bool = False,
) -> list[Exported]:
    """Write the current answers of a dataset, oldest first, in constant memory.

    Beside each file or folder goes a manifest with counts, a checksum and what was left out. Everything is written
    aside and renamed when it is whole.

    Args:
        store: the store's folder.
        dataset: its name.
        output: the file or folder.
        format: how it is written.
        choice: which answers; by default all that the format can hold.
        split: the share of a first file, `.train`; the rest goes into a second, `.test`. The same input is always on
            the same side.
        force: take the place of files that are there.

    Raises:
        UnknownNameError: if there is no such dataset or annotator.
        SettingError: if a file is there already, or cannot be written.
    """
    chosen = choice or Choice()
    sides = _sides(output, split)
    try:
        with select(store, dataset, chosen) as selection, ExitStack() as stack:
            made = [_prepared(stack, path, format, force) for path, _ in sides]
            losses = Losses()
            _narrow(selection, format, losses)
            done = []
            for (place, note), (path, side) in zip(made, sides, strict=True):
                own = losses if side is None or side == _SIDES[0] else Losses()
                part = _part(selection, format, own, split, side)
                done.append(Exported(path, _written(format, part, place.open(), own), own))
                about = _about(store, dataset, format, chosen, split, side)
                note.open().write_bytes(_manifest(about, done[-1], place.aside))
            for place, note in made:
                place.commit()
                note.commit()
    except OSError as error:
        raise SettingError(f"{str(output)!r} cannot be written: {error.strerror or error}") from error
    for exported in done:
        assert exported.path is not None
        note_export(store, dataset, manifest_path(exported.path))
    return done


def export_to(store: Path, dataset: str, out: IO[bytes], format: Format, *, choice: Choice | None = None) -> Exported:
    """Write the current answers of a dataset to an open file; the arguments are those of `export`.

    Raises:
        SettingError: if the format is a folder.
    """
    if format.write_file is None:
        raise SettingError(f"{format.name} is a folder of files; name it")
    with select(store, dataset, choice or Choice()) as selection:
        losses = Losses()
        _narrow(selection, format, losses)
        part = Part(selection, losses, keys=format.keys)
        counts = format.write_file(part, out, losses)
        return Exported(None, {"tasks": part.tasks, **counts}, losses)


def _sides(output: Path, split: float | None) -> list[tuple[Path, str | None]]:
    if split is None:
        return [(output, None)]
    return [(output.with_name(f"{output.stem}.{side}{output.suffix}"), side) for side in _SIDES]


def _prepared(stack: ExitStack, path: Path, format: Format, force: bool) -> tuple[Aside, Aside]:
    place = Aside(path, is_folder=format.write_folder is not None, force=force)
    note = Aside(manifest_path(path), force=True)
    stack.callback(place.discard)
    stack.callback(note.discard)
    return place, note


def _narrow(selection: Selection, format: Format, losses: Losses) -> None:
    """Leave out what the format has no place for, and say so where the user did not ask for it."""
    wanted = DECISIONS if selection.choice.answer is None else (selection.choice.answer,)
    held = wanted if format.decisions is None else tuple(one for one in wanted if one in format.decisions)
    if not held:
        raise SettingError(f"{format.name} cannot hold tasks answered {wanted[0]!r}; export them as jsonl")
    for decision in wanted:
        if decision not in held and (count := selection.count([decision])):
            losses.add(f"left out, answered {decision!r}", count=count)
    selection.decisions = held
    selection.one_a_task = format.one_a_task
    if format.one_a_task and (more := selection.count() - selection.count_tasks()):
        losses.add("left out, earlier answers of others to the same task", count=more)


def _part(selection: Selection, format: Format, losses: Losses, split: float | None, side: str | None) -> Part:
    wanted = None if split is None else side_of(split, side == _SIDES[0])
    return Part(selection, losses, side=wanted, keys=format.keys)


def _written(format: Format, part: Part, place: Path, losses: Losses) -> Counts:
    if format.write_folder is not None:
        counts = format.write_folder(part, place, losses)
    else:
        assert format.write_file is not None
        with place.open("wb") as out:
            counts = format.write_file(part, out, losses)
    return {"tasks": part.tasks, **counts}


def _about(
    store: Path, dataset: str, format: Format, choice: Choice, split: float | None, side: str | None
) -> dict[str, Any]:
    return {
        "prodflow": __version__,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dataset": dataset,
        "store": str(store),
        "format": format.name,
        "answer": choice.answer,
        "annotators": list(choice.annotators) or None,
        "session": choice.session,
        "consensus": choice.consensus is not None,
        "split": None if side is None else {"part": side, "train_share": split},
    }


def _manifest(about: dict[str, Any], exported: Exported, written: Path) -> bytes:
    assert exported.path is not None
    size, checksum = _measured(written)
    whole = {
        **about,
        "path": str(exported.path.absolute()),
        "bytes": size,
        "sha256": checksum,
        "counts": exported.counts,
        "left_out_or_changed": exported.losses.to_plain(),
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _measured(path: Path) -> tuple[int, str]:
    """Return size and checksum; of a folder that of the sorted list that `sha256sum` prints."""
    if not path.is_dir():
        return path.stat().st_size, sha256_of(path)
    size, checksum = 0, hashlib.sha256()
    for file in _files(path):
        size += file.stat().st_size
        checksum.update(f"{sha256_of(file)}  {file.relative_to(path).as_posix()}\n".encode())
    return size, checksum.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    found: Sequence[Path] = sorted(folder.rglob("*"))
    return (path for path in found if path.is_file())
