"""The command for links: who may annotate, and who may look at the dashboard."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.table import echo_table
from prodflow.core.config import get_config
from prodflow.core.errors import UnknownNameError
from prodflow.store.place import store_folder

if TYPE_CHECKING:
    from prodflow.server.invites import Invite, Invites
    from prodflow.server.visitor import Role

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


class Duration(click.ParamType[float | None]):
    """A length of time such as `12h`, in seconds; `never` is None."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Return seconds."""
        found = re.fullmatch(r"(\d{1,5})([mhdw])", str(value))
        if value != "never" and (found is None or int(found[1]) == 0):
            self.fail(f"{value!r} is no time such as 30m, 12h, 7d, 4w or never", param, ctx)
        return float(int(found[1]) * _UNITS[found[2]]) if found else None


@click.command("invite")
@click.argument("dataset", required=False)
@click.argument("names", nargs=-1)
@click.option("--expires", type=Duration(), default="30d", show_default=True, help="When the link ends; or never.")
@click.option("--admin", is_flag=True, help="A link that also opens the dashboard, the journal and the metrics.")
@click.option("--metrics", is_flag=True, help="A token for a program that reads /metrics, and for nothing else.")
@click.option("--list", "listing", is_flag=True, help="List the links, of a dataset or of all.")
@click.option("--revoke", multiple=True, metavar="ID|NAME", help="Take back a link by its id, or all links of a name.")
@click.option("--url", help="Where the app is found; by default public_url of the configuration, or this machine.")
@click.option("--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one.")
def invite_command(
    dataset: str | None,
    names: tuple[str, ...],
    expires: float | None,
    admin: bool,
    metrics: bool,
    listing: bool,
    revoke: tuple[str, ...],
    url: str | None,
    store: Path | None,
) -> None:
    """Make links that let annotators in: one for each NAME, at one DATASET.

    A link says who somebody is: who opens it annotates under that name, and no other. The server need not run, and need
    not be started again.
    """
    from prodflow.server.invites import Invites

    if admin and metrics:
        raise click.UsageError("--admin and --metrics exclude each other: an admin may read metrics too")
    invites = Invites(store_folder(store))
    if revoke:
        _revoke(invites, dataset, revoke)
    elif listing:
        _list([invite for invite in invites.all() if dataset in (None, invite.dataset)])
    elif dataset is None:
        raise click.UsageError("give a dataset and the names of annotators, or --list")
    else:
        role: Role = "admin" if admin else "metrics" if metrics else "annotator"
        _make(invites, dataset, names or (None,), role, expires, url)


def _make(invites: "Invites", dataset: str, names: Any, role: "Role", lasts_s: float | None, url: str | None) -> None:
    from prodflow.server.access import Access, public_url

    config = get_config({} if url is None else {"public_url": url})
    address = public_url(config)
    for name in names:
        invite = invites.make(dataset, name, role=role, lasts_s=lasts_s)
        token = invites.token(invite)
        click.echo(token if role == "metrics" else f"{address}?token={token}")
        click.echo(f"{_who(invite)} at {dataset}: {_until(invite)}; to take it back: --revoke {invite.id}", err=True)
    if role == "annotator" and not Access.of(config).needs_login:
        click.echo("On this machine nobody has to show a link; see require_login in the documentation.", err=True)


def _list(invites: "list[Invite]") -> None:
    rows: list[list[object]] = [
        [
            invite.id,
            invite.dataset,
            invite.name or "",
            invite.role,
            _day(invite.made),
            _day(invite.expires),
            invite.state(),
        ]
        for invite in invites
    ]
    if rows:
        echo_table(("id", "dataset", "name", "role", "made", "expires", "state"), rows, ())
    else:
        click.echo("no links", err=True)


def _revoke(invites: "Invites", dataset: str | None, wanted: tuple[str, ...]) -> None:
    valid = [invite for invite in invites.all() if invite.state() == "valid" and dataset in (None, invite.dataset)]
    for word in wanted:
        found = [invite for invite in valid if word in (invite.id, invite.name)]
        if not found:
            raise UnknownNameError("valid link", word, {name for one in valid for name in (one.id, one.name) if name})
        for invite in found:
            invites.revoke(invite)
            click.echo(f"{_who(invite)} at {invite.dataset}: the link {invite.id} opens nothing any more", err=True)


def _who(invite: "Invite") -> str:
    words = {"annotator": "", "admin": "admin", "metrics": "metrics"}[invite.role]
    return " ".join(word for word in (words, invite.name) if word)


def _until(invite: "Invite") -> str:
    return "for ever" if invite.expires is None else f"until {_day(invite.expires)}"


def _day(moment: int | None) -> str:
    return "never" if moment is None else time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment))
