"""Files behind opaque ids: the browser never sees a path, and never sends one."""

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

from prodflow.core.errors import AnswerError
from prodflow.core.media import guess_type, is_data_uri, is_url
from prodflow.core.task import MEDIA_KEYS, Task
from prodflow.server.key import read_or_make_key
from prodflow.server.media_roots import MediaRoots

PREFIX = "media/"
_SERVED = ("image/", "audio/", "video/")


class MediaIds:
    """Turns paths in tasks into ids, and ids in answers back into paths.

    Args:
        secret_file: where the key is kept, so that the ids are the same after a restart and the browser's cache holds.
        roots: the folders whose media may be shown; any if not given.
    """

    def __init__(self, secret_file: Path, roots: MediaRoots | None = None) -> None:
        """Read the key, or make one."""
        self._roots = roots or MediaRoots()
        self._secret = read_or_make_key(secret_file)
        self._paths: dict[str, str] = {}

    def outgoing(self, task: Task) -> Task:
        """Return the task as the browser gets it: ids for paths, and no path beside them."""
        shown: Task = self._replaced(task)
        shown.pop("path", None)
        meta = shown.get("meta")
        if isinstance(meta, dict) and "path" in meta and meta["path"] in map(task.get, MEDIA_KEYS):
            shown["meta"] = {key: value for key, value in meta.items() if key != "path"}
        return shown

    def shown(self, value: Any) -> Any:
        """Return what a recipe's function gave back as the browser gets it: ids for the paths of tasks inside it."""
        return self._replaced(value)

    def incoming(self, answer: Any, path: str, *, strict: bool = True) -> Any:
        """Return what a browser sent with paths for ids.

        Args:
            answer: any JSON.
            path: its place in the body.
            strict: refuse what is no id of ours; else it stays as it is.

        Raises:
            AnswerError: if it names an id nobody gave out, or a path.
        """
        if isinstance(answer, list):
            return [self.incoming(item, f"{path}[{number}]", strict=strict) for number, item in enumerate(answer)]
        if not isinstance(answer, dict):
            return answer
        return {
            key: self._original(value, f"{path}.{key}", strict)
            if key in MEDIA_KEYS and isinstance(value, str)
            else self.incoming(value, f"{path}.{key}", strict=strict)
            for key, value in answer.items()
        }

    def find(self, media_id: str) -> tuple[Path, str] | None:
        """Return the file behind an id, with symbolic links resolved, and its type; None if there is none to show.

        Raises:
            AnswerError: status 403 if it is outside the folders whose media may be shown.
        """
        value = self._paths.get(media_id)
        if value is None or not guess_type(value).startswith(_SERVED):
            return None
        try:
            file = Path(value).expanduser().resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # not there, a circle of links, a NUL in the name
            return None
        kind = guess_type(file.name)
        if not kind.startswith(_SERVED) or not file.is_file():
            return None
        if not self._roots.holds(file):
            raise AnswerError("this file is outside the folders that are shown; the server's log says more", status=403)
        return file, kind

    def _replaced(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._replaced(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._id_of(item) if key in MEDIA_KEYS and isinstance(item, str) else self._replaced(item)
            for key, item in value.items()
        }

    def _id_of(self, value: str) -> str:
        if not value or is_url(value) or is_data_uri(value):
            return value
        digest = hmac.new(self._secret, value.encode(), hashlib.sha256).digest()[:18]
        media_id = base64.urlsafe_b64encode(digest).decode("ascii")
        self._paths[media_id] = value
        return PREFIX + media_id

    def _original(self, value: str, path: str, strict: bool) -> str:
        if not value or is_url(value) or is_data_uri(value):
            return value
        original = self._paths.get(value.removeprefix(PREFIX)) if value.startswith(PREFIX) else None
        if original is None and not strict:
            return value
        if original is None:
            raise AnswerError(f"{value!r:.80} is no media id this server gave out", path=path)
        return original
