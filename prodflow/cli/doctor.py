"""The command that looks whether everything is as it should be."""

import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import click

from prodflow import __version__
from prodflow.core.config import get_config, get_home
from prodflow.core.errors import ProdflowError
from prodflow.store.place import refuse_network_disk, store_folder, why_not_writable

State = Literal["ok", "warn", "fail"]
_MARKS = {"ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}
_LITTLE_BYTES, _LEAST_BYTES = 2 * 2**30, 100 * 2**20
_SECRETS = ("invites.key", "media.key")
_SHORT_TOKEN = 20
_YEAR_OF_THIS_CODE = 2026


@dataclass(frozen=True)
class Finding:
    """What one look found.

    Args:
        check: what was looked at.
        state: how it is.
        words: what was found, and what to do about it.
    """

    check: str
    state: State
    words: str


def examine(folder: Path, *, quick: bool = False) -> Iterator[Finding]:
    """Yield what is found, a check at a time; one that fails does not spare the next.

    Args:
        folder: the store's folder.
        quick: do not read the whole store.
    """
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("versions", _versions),
        ("configuration", _configuration),
        ("store", lambda: _store(folder, quick)),
        ("secrets", lambda: _secrets(folder)),
        ("disk", lambda: _disk(folder)),
        ("clock", lambda: _clock(folder)),
        ("web app", _web_app),
    ]
    for name, check in checks:
        try:
            yield from check()
        except (ProdflowError, OSError, sqlite3.Error) as error:
            yield Finding(name, "fail", str(error))


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "ok", f"prodflow {__version__}, Python {platform.python_version()}, {platform.system()}")
    missing = [name for name in _needed() if _installed(name) is None]
    if missing:
        yield Finding("packages", "fail", f"missing: {', '.join(missing)}; pip install prodflow")
    else:
        shown = ("starlette", "uvicorn", "duckdb", "pyarrow", "pydantic")
        yield Finding("packages", "ok", ", ".join(f"{name} {_installed(name)}" for name in shown))


def _needed() -> list[str]:
    try:
        named = requires("prodflow") or []
    except PackageNotFoundError:
        return []
    plain = [line for line in named if "extra ==" not in line and not _is_elsewhere(line)]
    return [line.split(">")[0].split(";")[0].split("=")[0].strip() for line in plain]


def _is_elsewhere(requirement: str) -> bool:
    return "platform_system" in requirement and sys.platform == "win32"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _configuration() -> Iterator[Finding]:
    from prodflow.server.access import Access, is_loopback, public_url

    config = get_config()
    access = Access.of(config)
    address = public_url(config)
    door = "visitors need a link" if access.needs_login else "open, to this machine alone"
    if not access.needs_login and not is_loopback(config["host"]):
        yield Finding(
            "configuration",
            "warn",
            f"{address}: open to everybody who reaches {config['host']}; take out require_login=false",
        )
    else:
        yield Finding("configuration", "ok", f"{get_home()}; {address}: {door}")
    if access.token is not None and len(access.token) < _SHORT_TOKEN:
        words = f"token has {len(access.token)} characters and can be guessed; take it out, and one is made for you"
        yield Finding("token", "warn", words)
    if access.needs_login and address.startswith("http://") and not is_loopback(config["host"]):
        words = (
            "links travel without encryption; put TLS in front of the server, and set public_url to its https address"
        )
        yield Finding("encryption", "warn", words)


def _store(folder: Path, quick: bool) -> Iterator[Finding]:
    from prodflow.store.manifest import known_failure
    from prodflow.store.place import JOURNAL
    from prodflow.store.reader import snapshot_counts, verify
    from prodflow.store.reads import reading

    if not (folder / JOURNAL).exists():
        yield Finding("store", "ok", f"{folder}: nothing in it yet")
        return
    refuse_network_disk(folder)
    if (reason := why_not_writable(folder)) is not None:
        yield Finding("store", "fail", f"{folder} cannot be written: {reason}")
    with reading(folder) as journal:
        assert journal is not None
        pragma = "quick_check" if quick else "integrity_check"
        faults = [row[0] for row in journal.execute(f"pragma {pragma}(5)") if row[0] != "ok"]
        unsealed_because = known_failure(journal)
    faults += [] if quick else verify(folder)
    for fault in faults:
        yield Finding("store", "fail", f"{fault}; restore a copy, or run: prodflow store rebuild")
    if unsealed_because is not None:
        words = "no answer is lost, SQL and the dashboard are slower"
        again = "prodflow store rebuild tries it again"
        yield Finding("sealing", "warn", f"failed the last time: {unsealed_because}; {words}; {again}")
    if not faults:
        counts = snapshot_counts(folder)
        words = f"{folder}: {counts['sealed'] + counts['unsealed']} events, {counts['files']} sealed files"
        yield Finding("store", "ok", f"{words}, {'looked at quickly' if quick else 'all read'}")


def _secrets(folder: Path) -> Iterator[Finding]:
    found = [folder / name for name in _SECRETS if (folder / name).exists()]
    open_ones = [str(file) for file in found if file.stat().st_mode & 0o077]
    if open_ones:
        yield Finding("secrets", "fail", f"others can read {', '.join(open_ones)}; chmod 600, and make links anew")
    elif found:
        yield Finding("secrets", "ok", "keys are readable by their owner only")


def _disk(folder: Path) -> Iterator[Finding]:
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    state: State = "fail" if free < _LEAST_BYTES else "warn" if free < _LITTLE_BYTES else "ok"
    more = "" if state == "ok" else "; answers stop being stored when it is full"
    yield Finding("disk", state, f"{free / 2**30:.1f} GiB free at {place}{more}")


def _clock(folder: Path) -> Iterator[Finding]:
    from prodflow.store.reads import rows_of

    now = time.time()
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    [(latest,)] = rows_of(folder, "select max(ts) from events") or [(None,)]
    if time.gmtime(now).tm_year < _YEAR_OF_THIS_CODE:
        yield Finding("clock", "fail", f"{shown} is before this program was written; set the clock")
    elif latest is not None and latest / 1e6 > now + 5:
        ahead = latest / 1e6 - now
        yield Finding(
            "clock", "fail", f"{shown}: the latest answer is {ahead:.0f} s in the future; the clock went back"
        )
    else:
        yield Finding("clock", "ok", shown)


def _web_app() -> Iterator[Finding]:
    import prodflow

    index = Path(prodflow.__file__).parent / "server" / "web" / "index.html"
    if index.is_file():
        yield Finding("web app", "ok", "built")
    else:
        yield Finding("web app", "fail", "not built; install prodflow again without PRODFLOW_WEB=skip")


@click.command("doctor")
@click.option(
    "--format", "file_format", type=click.Choice(("table", "json")), default="table", show_default=True, help="How."
)
@click.option("--quick", is_flag=True, help="Do not read the whole store.")
@click.option("--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one.")
def doctor_command(file_format: str, quick: bool, store: Path | None) -> None:
    """Look at the configuration, versions, the store's integrity, the disk and the clock.

    Ends with 1 where something is broken. A server may run meanwhile.
    """
    import orjson

    failed = False
    for finding in examine(store_folder(store), quick=quick):
        failed = failed or finding.state == "fail"
        if file_format == "json":
            click.echo(orjson.dumps(asdict(finding)).decode())
            continue
        mark, colour = _MARKS[finding.state]
        click.echo(f"{click.style(mark, fg=colour)}  {finding.check:<13}  {finding.words}")
    sys.exit(1 if failed else 0)
