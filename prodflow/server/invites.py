"""Invite links: signed, for one person at one dataset, with an end, and taken back at any time."""

import os
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from itsdangerous import BadData, URLSafeSerializer

from prodflow.core.clock import latest_s
from prodflow.core.errors import SettingError, StoreError
from prodflow.server.key import read_or_make_key
from prodflow.server.visitor import ROLES, Role
from prodflow.store.export import write_aside
from prodflow.store.place import check_name

KEY_FILE = "invites.key"
REGISTER_FILE = "invites.jsonl"
_MAX_TOKEN_CHARACTERS = 2048
_FIELDS = dict.fromkeys(("id", "dataset", "name", "role", "made", "expires"))


class LinkError(Exception):
    """A link that does not open the door; the text is for the person who opened it.

    `wait_s` says for how long nothing else will either.
    """

    def __init__(self, words: str, *, wait_s: float = 0.0) -> None:
        """Keep the words."""
        super().__init__(words)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Invite:
    """What a link says.

    Args:
        id: its name in the register.
        dataset: where it lets in.
        name: the annotator; None where it is for a role alone.
        role: what the visitor may do.
        made: when, in seconds since 1970.
        expires: until when; None for ever.
        revoked: when it was taken back; None if it was not.
    """

    id: str
    dataset: str
    name: str | None
    role: Role
    made: int
    expires: int | None
    revoked: int | None = None

    def state(self, now: float | None = None) -> str:
        """Say `"valid"`, `"expired"` or `"revoked"`."""
        if self.revoked is not None:
            return "revoked"
        ended = self.expires is not None and self.expires <= (latest_s() if now is None else now)
        return "expired" if ended else "valid"


class Invites:
    """The invites of a store: a key that signs them, and a register that says which were taken back.

    Each change is a line added to the register, so that a server sees it at once and two commands cannot lose each
    other's.

    Args:
        folder: the store's folder.
    """

    def __init__(self, folder: Path) -> None:
        """Read the key, or make one."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"store {str(folder)!r} cannot be made: {error}") from error
        self._register = folder / REGISTER_FILE
        self._key = read_or_make_key(folder / KEY_FILE)
        self._signer = self.signer("invite")
        self._seen: tuple[int, int] | None = None
        self._known: dict[str, Invite] = {}

    def signer(self, purpose: str) -> URLSafeSerializer:
        """Return what signs values for one purpose; what it signed is good for no other."""
        return URLSafeSerializer(self._key, salt=f"prodflow {purpose}", signer_kwargs={"digest_method": sha256})

    def make(self, dataset: str, name: str | None, *, role: Role = "annotator", lasts_s: float | None = None) -> Invite:
        """Make an invite and write it into the register.

        Args:
            dataset: where it lets in.
            name: the annotator; an admin or a program that reads metrics needs none.
            role: what the visitor may do.
            lasts_s: how long, in seconds; None for ever.

        Raises:
            SettingError: if a name cannot be one.
        """
        check_name("dataset", dataset)
        if name is None and role == "annotator":
            raise SettingError("invite: give the name of an annotator, or --admin")
        if name is not None:
            check_name("annotator", name)
        now = int(time.time())
        expires = None if lasts_s is None else now + int(lasts_s)
        invite = Invite(secrets.token_hex(6), dataset, name, role, now, expires)
        self._append({key: getattr(invite, key) for key in _FIELDS})
        return invite

    def token(self, invite: Invite) -> str:
        """Return the signed text that a link carries; the register does not hold it."""
        return str(self._signer.dumps([invite.id, invite.dataset, invite.name, invite.role, invite.expires]))

    def revoke(self, invite: Invite) -> None:
        """Take an invite back: from now on it opens nothing, and who came in with it is out."""
        self._append({"id": invite.id, "revoked": int(time.time())})

    def forget(self, datasets: Iterable[str], name: str) -> int:
        """Strike a person's invites to datasets off the register, and with them the name; return how many.

        Their links open nothing any more. The register is written anew: meanwhile nobody may make or revoke any.
        """
        doomed = {invite.id for invite in self.all() if invite.name == name and invite.dataset in set(datasets)}
        if doomed:
            kept = [orjson.dumps(row) for row in _rows(self._register) if row.get("id") not in doomed]
            write_aside(self._register, lambda out: out.write(b"".join(line + b"\n" for line in kept)))
            self._register.chmod(0o600)
        return len(doomed)

    def all(self) -> list[Invite]:
        """Return the invites, the oldest first."""
        self._refresh()
        return list(self._known.values())

    def find(self, invite_id: str) -> Invite | None:
        """Return the invite of an id."""
        self._refresh()
        return self._known.get(invite_id)

    def open(self, token: str, dataset: str) -> Invite:
        """Return the invite of a link that is good for a dataset.

        Raises:
            LinkError: if it is not, with why.
        """
        try:
            if len(token) > _MAX_TOKEN_CHARACTERS:
                raise BadData("too long")
            said = self._signer.loads(token)
        except (BadData, ValueError, RecursionError) as error:
            raise LinkError("It is not complete, or it was changed.") from error
        invite = self.find(said[0])
        if invite is None or said != [invite.id, invite.dataset, invite.name, invite.role, invite.expires]:
            raise LinkError("It is not known here any more.")
        return self.checked(invite, dataset)

    def checked(self, invite: Invite, dataset: str) -> Invite:
        """Return an invite that is good for a dataset now.

        Raises:
            LinkError: if it is not, with why.
        """
        state = invite.state()
        if state == "revoked":
            raise LinkError("It was taken back.")
        if state == "expired":
            day = time.strftime("%Y-%m-%d at %H:%M UTC", time.gmtime(invite.expires))
            raise LinkError(f"It ended on {day}.")
        if invite.dataset != dataset:
            raise LinkError("It is for another set of tasks than the one that is served here.")
        return invite

    def _append(self, row: dict[str, Any]) -> None:
        line = orjson.dumps(row) + b"\n"
        try:
            descriptor = os.open(self._register, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StoreError(f"{self._register}: cannot be written: {error.strerror or error}") from error

    def _refresh(self) -> None:
        """Read the register again where it has changed."""
        try:
            found = self._register.stat()
        except FileNotFoundError:
            self._known, self._seen = {}, None
            return
        seen = (found.st_size, found.st_mtime_ns)
        if seen != self._seen:
            self._known, self._seen = _read(self._register), seen


def _read(register: Path) -> dict[str, Invite]:
    known: dict[str, Invite] = {}
    for row in _rows(register):
        invite_id = str(row.get("id"))
        if "revoked" in row:
            if invite_id in known:
                known[invite_id] = replace(known[invite_id], revoked=row["revoked"])
        elif row.keys() >= _FIELDS.keys() and row["role"] in ROLES:
            known[invite_id] = Invite(**{key: row[key] for key in _FIELDS})
    return known


def _rows(register: Path) -> Iterator[dict[str, Any]]:
    lines = register.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], 1):  # what follows the last line's end is being written
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise StoreError(f"{register}, line {number}: {error}; take the broken line out") from error
        if isinstance(row, dict):
            yield row
