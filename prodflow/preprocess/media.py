"""Replace paths and URLs of media by the media themselves."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

from annotated_types import Gt

from prodflow.core.config import get_config
from prodflow.core.errors import MediaError
from prodflow.core.failures import HiddenFailures
from prodflow.core.media import MAX_BYTES, bytes_to_b64, guess_type, is_data_uri, is_url, read_file
from prodflow.core.operator import operator
from prodflow.core.settings import Names, NamesOrAll
from prodflow.core.task import MEDIA_KEYS, Task
from prodflow.core.window import ordered_window
from prodflow.preprocess.image_check import check_image
from prodflow.preprocess.url_reader import UrlReader

log = logging.getLogger("prodflow")

MAX_PIXELS = 89_478_485
"""Pillow warns of larger images: 0.25 GiB in memory."""

_MAX_BYTES_AHEAD = 4 * MAX_BYTES


@operator(stateless=True, drops="media that cannot be fetched")
def fetch_media(
    stream: Iterable[Task],
    input_keys: Names = MEDIA_KEYS,
    skip: bool = False,
    *,
    max_bytes: Annotated[int, Gt(0)] = MAX_BYTES,
    max_pixels: Annotated[int, Gt(0)] = MAX_PIXELS,
    timeout_s: Annotated[float, Gt(0)] = 20.0,
    workers: Annotated[int, Gt(0)] = 8,
    urls_only: bool = False,
    private_networks: NamesOrAll = None,
    failures: HiddenFailures,
) -> Iterator[Task]:
    """Replace paths and URLs by base64 data URIs; the first one replaced stays under `path`.

    Some tasks are fetched ahead, in order. Images are decoded once, so that no annotator meets a broken one.

    Args:
        stream: the tasks; data URIs and tasks without any of the keys pass as they are.
        input_keys: the keys that hold paths or URLs, e.g. `["image"]`.
        skip: drop tasks with media that cannot be fetched, with a line in the log; if False, raise at the first.
        max_bytes: of one file.
        max_pixels: of one image, width times height.
        timeout_s: for one URL, from the connection to the last byte.
        workers: how many are fetched at a time.
        urls_only: leave paths as they are.
        private_networks: networks that URLs may lead to beside the open internet, such as `["10.1.0.0/16"]`, or
            `"all"`; what the configuration says if not given. This machine and private networks are refused, by
            whatever name, redirect or notation.

    Raises:
        MediaError: at the first task that fails, naming its position, the key and the value.

    >>> list(fetch_media([{"text": "a"}, {"image": "data:image/gif;base64,R0lGODlh"}], ["image"]))
    [{'text': 'a'}, {'image': 'data:image/gif;base64,R0lGODlh'}]
    """
    networks = get_config()["private_networks"] or () if private_networks is None else private_networks
    with UrlReader(max_bytes=max_bytes, timeout_s=timeout_s, private_networks=networks) as urls:
        fetcher = _Fetcher(input_keys, urls, max_bytes, max_pixels, urls_only)
        executor = ThreadPoolExecutor(workers, thread_name_prefix="prodflow-media")
        try:
            fetched = ordered_window(
                fetcher.fetch, stream, executor=executor, size=2 * workers, weigh=_weight, max_weight=_MAX_BYTES_AHEAD
            )
            for position, (task, future) in enumerate(fetched):
                try:
                    result = future.result()
                except MediaError as error:
                    told = MediaError(f"fetch_media: task {position}: {error}")
                    if skip:
                        log.warning("%s (skipped)", told)
                    else:
                        failures.handle(told, position=position, record=task)
                else:
                    yield result
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


class _Fetcher:
    """Fetches the media of one task; called from many threads."""

    def __init__(
        self, keys: tuple[str, ...], urls: UrlReader, max_bytes: int, max_pixels: int, urls_only: bool
    ) -> None:
        self._keys = keys
        self._urls = urls
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._is_wanted = _is_url if urls_only else _is_reference

    def fetch(self, task: Task) -> Task:
        found = {key: task[key] for key in self._keys if self._is_wanted(task.get(key))}
        if not found:
            return task
        first = next(iter(found.values()))
        fetched = {**task, **{key: self._data_uri(key, value) for key, value in found.items()}}
        if "_input_hash" in task and any(map(is_url, found.values())):
            fetched["_input_hash"] = int(task["_input_hash"])  # lasting: a server may encode a picture anew each time
        return fetched | ({} if task.get("path") else {"path": first})

    def _data_uri(self, key: str, value: str) -> str:
        try:
            data, kind = self._read(value)
            if key == "image" or kind.startswith("image/"):
                kind = check_image(data, self._max_pixels)
            elif kind.startswith("text/") and is_url(value):
                raise MediaError(f"the server answered with {kind}")
        except MediaError as error:
            raise MediaError(f"{key}={value!r:.200}: {error}") from error
        return bytes_to_b64(data, kind)

    def _read(self, value: str) -> tuple[bytes, str]:
        if not is_url(value):
            return read_file(Path(value).expanduser(), max_bytes=self._max_bytes), guess_type(value)
        data, kind = self._urls.read(value)
        unsaid = kind in ("", "application/octet-stream", "binary/octet-stream")
        return data, guess_type(value) if unsaid else kind


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and value != "" and not is_data_uri(value)


def _is_url(value: object) -> bool:
    return isinstance(value, str) and is_url(value)


def _weight(future: "Future[Task]") -> int:
    if future.exception() is not None:
        return 0
    return sum(len(value) for value in future.result().values() if isinstance(value, str))
